# SPDX-License-Identifier: AGPL-3.0-only
"""The rules of docs/rules.md and docs/forwards.md a second time, in plain exact Python.

`SeriesModel` is a series' token and distributor, `OracleModel` the oracle, `FactTable` facts
written down by hand in its place, `invariants` the checks; `forwards` and what it imports are vault
and book of the forwards. Only `int` and `Fraction`; every call that depends on time takes the
absolute clock `now` [unix s]; a refused call raises `ModelRevert`.
"""

from .day_reward import DayReward, day_reward, is_unprofitable
from .day_rules import DayFacts, Network
from .errors import Cause, ModelRevert
from .facts import DayPrices, FactSource, FactTable, FinalPrices, Output
from .ledger import Ledger, SettledDay
from .membership import Membership, SignedPrice
from .meter import MeterModel
from .oracle import OracleModel, OutputFacts, PostedDay, PrefixSums, Roles
from .series import Parties, SeriesModel
from .terms import FleetRegister, SeriesTerms

__all__ = [
    "Cause",
    "DayFacts",
    "DayReward",
    "FactSource",
    "FactTable",
    "FinalPrices",
    "FleetRegister",
    "Ledger",
    "DayPrices",
    "Membership",
    "MeterModel",
    "ModelRevert",
    "Network",
    "OracleModel",
    "Output",
    "OutputFacts",
    "Parties",
    "PostedDay",
    "PrefixSums",
    "Roles",
    "SeriesModel",
    "SettledDay",
    "SignedPrice",
    "SeriesTerms",
    "day_reward",
    "is_unprofitable",
]
