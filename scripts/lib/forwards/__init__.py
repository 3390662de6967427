# SPDX-License-Identifier: AGPL-3.0-only
"""Forwards: months, contract codes, prices, mathematics, orders, positions, the miner's hedge.

docs/forwards.md is the engine's specification, docs/market.md the market's conventions.
"""
