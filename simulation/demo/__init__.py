# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run demo`: the whole system for five weeks on ape's in-process chain, checked exactly.

`story` says what happens, `system` makes it happen on the chain and notes it down in a `history`,
`replay` drives the reference model through the same history, `tables` and `chart` show it.
"""
