# SPDX-License-Identifier: AGPL-3.0-only
"""Ten years of days and an account touched on a thousand of them, built by real transactions.

Its only reporter's key is one of the node's: the node signs ten times faster than Python.
"""

from typing import Any

from hashrate.bitcoin.subsidy import subsidy_sum
from hashrate.core.types import BlockHeight, DayFacts, DayIndex, Sats, Wad
from testing.anvil import CHAIN_ID
from tests.web.world import (
    BTC,
    DAY_SECONDS,
    HOUR_SECONDS,
    MAX_SETTLED_DAYS,
    OUTPUT_DEADLINE_SECONDS,
    START,
    WAD,
    World,
    account_of,
)

DAYS = 3_650
TOUCHED_DAYS = 1_000
REPORTER = 7  # of the public mnemonic
BTC_USD_E8 = 95_000 * 10**8
BLOCKS_A_DAY = 144
FEES_SATS = 5_760_000_00
DIFFICULTY_WAD = 150 * 10**12 * WAD
UNIT_HASHES = 10**12
REPORT_GAS = 250_000
REPORTS_A_BLOCK = 100  # a block for each would take the node a minute longer

_FIELDS = (
    *("day", "first_height", "last_height", "subsidy_sats", "fees_sats"),
    *("hashprice_wad", "difficulty_wad"),
)
_TYPES = {
    "EIP712Domain": [
        {"name": "name", "type": "string"},
        {"name": "version", "type": "string"},
        {"name": "chainId", "type": "uint256"},
        {"name": "verifyingContract", "type": "address"},
    ],
    "DayFacts": [{"name": name, "type": "uint256"} for name in _FIELDS],
    "DayReport": [
        {"name": "facts", "type": "DayFacts"},
        *(
            {"name": name, "type": "uint256"}
            for name in ("btc_usd_e8", "revision", "membership_version")
        ),
    ],
}


class LongWorld(World):
    """A chain with ten years behind it; nobody reported the fleet's output, so days are deemed."""

    def __init__(self) -> None:
        super().__init__("--prune-history", "256", reporters=[account_of(REPORTER)])
        self._first_height = self.source.observe(DayIndex(self.first)).facts.first_height
        self._sell_and_trade()
        self._report_everything()
        self.anvil.warp(self.anvil.now() + 3 * DAY_SECONDS + OUTPUT_DEADLINE_SECONDS + 60)
        last = self.first + DAYS
        while self.fjord.distributor.read("progress")[0] < last:
            self.fjord.distributor.send("settle", MAX_SETTLED_DAYS, sender=self.keeper)

    def _sell_and_trade(self) -> None:
        """Sell on the first day, then let both holders be touched on each of a thousand days."""
        self.move_to(1, 2)
        self.report_output(self.fjord, 0)
        self.move_to(1, 19)
        self.fund(self.fjord, 1_000 * BTC, BTC)
        self.mint(self.fjord, self.holder, 60_000 * WAD)
        for day in range(START, START + TOUCHED_DAYS):
            at = (self.first + day) * DAY_SECONDS + day % 24 * HOUR_SECONDS
            self.anvil.do("evm_setNextBlockTimestamp", hex(at))
            token, to = self.fjord.token, self.second_holder.address
            token.send("transfer", to, WAD + day, sender=self.holder.address)

    def _report_everything(self) -> None:
        """Post all ten years at once, as reporters do who catch up."""
        self.move_to(DAYS, 1)
        self.anvil.do("evm_setAutomine", False)
        for day in range(DAYS):
            facts = self.steady_facts(day)
            report = (facts.as_tuple(), [self._signed_by_node(facts)])
            self.oracle.submit("report_day", *report, sender=self.keeper, gas=REPORT_GAS)
            if day % REPORTS_A_BLOCK == REPORTS_A_BLOCK - 1 or day == DAYS - 1:
                self.anvil.do("evm_mine")
        self.anvil.do("evm_setAutomine", True)
        assert self.oracle.read("next_day") == self.first + DAYS

    def steady_facts(self, day: int) -> DayFacts:
        """Make the facts of a day of a network that never changes but for the halvings."""
        first = BlockHeight(self._first_height + day * BLOCKS_A_DAY)
        last = BlockHeight(first + BLOCKS_A_DAY - 1)
        subsidy = subsidy_sum(first, last)
        fees = Sats(FEES_SATS + day)
        numerator = (subsidy + fees) * DAY_SECONDS * UNIT_HASHES * WAD * WAD
        hashprice = Wad(numerator // (BLOCKS_A_DAY * DIFFICULTY_WAD * 2**32))
        return DayFacts(
            *(DayIndex(self.first + day), first, last, subsidy, fees, hashprice),
            difficulty_wad=Wad(DIFFICULTY_WAD),
        )

    def _signed_by_node(self, facts: DayFacts) -> tuple[int, int, int, int]:
        message: dict[str, Any] = {
            "facts": {
                name: str(part) for name, part in zip(_FIELDS, facts.as_tuple(), strict=True)
            },
            "btc_usd_e8": str(BTC_USD_E8),
            "revision": "0",
            "membership_version": "1",
        }
        document = {
            "types": _TYPES,
            "primaryType": "DayReport",
            "domain": {
                "name": "HashpriceOracle",
                "version": "1",
                "chainId": CHAIN_ID,
                "verifyingContract": self.oracle.address,
            },
            "message": message,
        }
        reporter = self.reporters[0].address
        signed = bytes.fromhex(self.anvil.do("eth_signTypedData_v4", reporter, document)[2:])
        r, s = (int.from_bytes(signed[at : at + 32], "big") for at in (0, 32))
        return (BTC_USD_E8, signed[64], r, s)
