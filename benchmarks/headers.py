# SPDX-License-Identifier: AGPL-3.0-only
"""Gas of proving a day from headers, and its fees from coinbases, on a mined chain.

A day has 144 blocks, one in ten timed before its predecessor as on the real chain. Calls go from
the thirteenth block of a day to the thirteenth of the next, as a watcher's would.
"""

from benchmarks.contract import NodeChain
from benchmarks.errors import HistoryError
from benchmarks.recorder import Recorder
from benchmarks.reviews import measure_reviews
from benchmarks.system import DAY, FIRST_DAY, System
from reference.header_coinbase import root_of
from reference.headers import ChainBlock, HeaderModel, HeaderRules, point_of
from testing.mining import (
    EASY_LIMIT,
    anchor_tuple,
    branch_of,
    coinbase,
    easy_anchor,
    mine,
    rules_tuple,
    words_of,
)

_BLOCKS = 144
_INTO_A_DAY = 13
_DAYS = 4
_HEIGHT = 2016 * 5 + 100  # no retarget comes up
# hashes are cheap here: a unit of one of them a second earns what fits the oracle's fields
_RULES = HeaderRules(pow_limit=EASY_LIMIT, unit_hashes=1)
_SUBSIDY = 50 * 10**8
_SIBLINGS = 12  # of a block of 2,049 to 4,096 transactions
_FEE_BLOCKS = 24
COINBASES = {
    # pool's output and witness commitment, as in block 702,861
    217: coinbase([(_SUBSIDY + 10**7, 22), (0, 38)], script_bytes=88),
    # thirteen outputs to miners, and the commitment
    600: coinbase([(10**9, 22)] * 12 + [(10**7, 33), (0, 38)], script_bytes=88),
}
"""Coinbases without witness by their length [bytes]."""


def measure_headers(system: System, recorder: Recorder) -> None:
    """Extend a chain day by day, then prove the fees of a day with each kind of coinbase."""
    recorder.say("a chain of headers, its days and fees")
    for size, transaction in COINBASES.items():
        if len(transaction) != size:
            raise HistoryError(f"a coinbase has {len(transaction)} bytes, expected {size}")
        _Miner(system, recorder, transaction).measure(f"fee_proof_block_{size}B")


class _Miner:
    """One chain whose blocks all have the same coinbase."""

    def __init__(self, system: System, recorder: Recorder, transaction: bytes) -> None:
        self._system = system
        self._node, self._sender = system.node, system.roles.transmitter
        self._recorder = recorder
        self._transaction = transaction
        self._branch = branch_of("branch", _SIBLINGS)
        self._root = root_of(transaction, self._branch)
        anchor = easy_anchor(_HEIGHT, FIRST_DAY)
        self._model = HeaderModel(anchor, _RULES)
        self._node.go_to(max(self._node.clock + 1, (FIRST_DAY + _DAYS + 2) * DAY))
        self._contract = NodeChain(self._node).deploy(
            "headers/BitcoinHeaders",
            anchor_tuple(anchor),
            rules_tuple(_RULES),
            sender=self._sender,
        )

    def measure(self, fees_name: str) -> None:
        """Record a day's headers, a further header, and the fees of a block."""
        tip = self._model.root
        tip = self._extend(None, tip, self._blocks_until(tip, FIRST_DAY + 1))
        for day in range(FIRST_DAY + 2, FIRST_DAY + _DAYS):
            # the first proof ever writes to an empty slot: it is not a usual day
            name = "headers_day_144" if day > FIRST_DAY + 2 else None
            tip = self._extend(name, tip, _BLOCKS)
        few = self._gas_of(tip, 1)
        many = self._gas_of(tip, 101)
        self._recorder.gas["headers_per_header"] = -(-(many - few) // 100)  # rounds up
        measure_reviews(self._system, self._recorder, self._contract, self._model)
        self._prove_fees(fees_name)

    def _blocks_until(self, tip: ChainBlock, day: int) -> int:
        """Return how many blocks lead some way into a day."""
        count = 0
        while tip.day < day:
            tip = self._next(tip)
            count += 1
        return count + _INTO_A_DAY - 1

    def _next(self, tip: ChainBlock) -> ChainBlock:
        even = self._model.anchor.times[-1] + (tip.height + 1 - _HEIGHT) * DAY // _BLOCKS
        time = even - 700 if tip.height % 10 == 0 else even
        header = mine(tip, time, _RULES, self._root)
        return self._model.follow(tip, header, self._node.clock)

    def _headers(self, tip: ChainBlock, count: int) -> list[bytes]:
        headers = []
        for _ in range(count):
            tip = self._next(tip)
            headers.append(tip.header)
        return headers

    def _extend(self, name: str | None, tip: ChainBlock, count: int) -> ChainBlock:
        headers = self._headers(tip, count)
        words = [words_of(header) for header in headers]
        call = self._contract.call("extend", point_of(tip), words, sender=self._sender)
        if name is None:
            call.send()
        else:
            self._recorder.send(name, call)
        return self._model.extend(tip, headers, self._node.clock)

    def _gas_of(self, tip: ChainBlock, count: int) -> int:
        """Return the gas of a call that ends no day; the tip stays where it was."""
        words = [words_of(header) for header in self._headers(tip, count)]
        return self._contract.send("extend", point_of(tip), words, sender=self._sender).gas

    def _prove_fees(self, name: str) -> None:
        day, proof = max(self._model.proofs.items())
        blocks = proof.day.blocks[::-1]
        for start in range(0, 2 * _FEE_BLOCKS, _FEE_BLOCKS):
            proofs = [
                (block.header, self._transaction, self._branch)
                for block in blocks[start : start + _FEE_BLOCKS]
            ]
            gas = self._contract.send("prove_fees", day, proofs, sender=self._sender).gas
        self._recorder.gas[name] = -(-gas // _FEE_BLOCKS)  # rounds up
