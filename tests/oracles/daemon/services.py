# SPDX-License-Identifier: AGPL-3.0-only
"""What a reporter asks, on loopback: Bitcoin sources, exchanges, pools, an EVM node; and faults.

They tell one growing chain and one history of prices and outputs. A fault is one of the way, as
docs/sources.md lists them, or one of what is said.
"""

import datetime as dt
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from eth_utils.address import to_checksum_address

from hashrate.service.fetch import BlockingFetcher, Bounds, Request
from testing.header_times import Replay
from testing.http_server import Answer, Asked, Handler, HttpServer, json_answer, serving
from testing.oracle_world import DAY_SECONDS
from tests.oracles.daemon.changed_answers import CHANGES, changed
from tests.oracles.sources.chains import Mined, forked, mined
from tests.oracles.sources.exchange_server import PAGES, ROWS
from tests.oracles.sources.explorer_server import Explorer
from tests.oracles.sources.faults import FAULTS
from tests.oracles.sources.node_server import Node
from tests.oracles.sources.pool_servers import (
    POOLS,
    Row,
    antpool_page,
    antpool_row,
    ocean_page,
    ocean_row,
    viabtc_page,
    viabtc_row,
)

BITCOIN = ("core", "mempool", "esplora")
EXCHANGES = ("coinbase", "kraken", "bitstamp")
REMOTE = (*POOLS, "antpool", "viabtc", "ocean")
OUTPUTS = (*REMOTE, "own_node", "table")
NODE = "evm-1"
SPACING_SECONDS = 3_600
CONFIRMATIONS = 2
_RECENT = 40  # blocks that another chain or a liar has otherwise
_HISTORY_DAYS = 11
_DRIP_SECONDS = 0.5  # nine pieces outlast a question

SERIES = {kind: to_checksum_address(f"0x{i:040x}") for i, kind in enumerate(OUTPUTS, start=0x5E1)}

HANGS_UP = "hangs up"
WAY = (*FAULTS, HANGS_UP)
CHANGED = tuple(CHANGES)
_CHAINS = ("behind", "another chain", "fees kept back")
OF_SOURCE: Mapping[str, tuple[str, ...]] = {
    "core": (*WAY, *CHANGED, *_CHAINS, "pruned", "still downloading"),
    "mempool": (*WAY, *CHANGED, *_CHAINS, "another height"),
    "esplora": (*WAY, *CHANGED, *_CHAINS, "another height"),
    **{name: (*WAY, *CHANGED, "clock behind", "far off") for name in EXCHANGES},
    **{name: (*WAY, *CHANGED, "clock behind") for name in REMOTE},
    # a block that Ocean leaves out is one that nobody else could tell of
    "ocean": (*WAY, "a null", "a field gone", "a row twice", "clock behind"),
    NODE: (*WAY, "another EVM chain", "stands still", "behind"),
}


@dataclass(frozen=True)
class Truth:
    """What is so on a day: closing price [USD], credited [sats], delivered [TH/s]."""

    price: int
    credited: int
    delivered: str

    @classmethod
    def of(cls, day: int) -> "Truth":
        """Return what is so, the same for every pool."""
        return cls(60_000 + day % 89 * 31, 30_000_000 + day % 97 * 1_001, f"{1_000 + day % 83}.5")


@dataclass
class Services:
    """Everything; each has at most one fault at a time.

    Attributes:
        start: time of the first block [unix s].
        evm_url: the real node that `evm-1` stands before.
        folder: for the files of meter and table.
        seed: of what a change changes.
        faults: by source.
        now: the time that all clocks show [unix s].
    """

    start: int
    evm_url: str
    folder: Path
    seed: int
    faults: dict[str, str] = field(default_factory=dict)
    now: int = 0
    blocks: list[Mined] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stack = ExitStack()
        self._servers: dict[str, HttpServer] = {}
        self._evm = BlockingFetcher(Bounds(max_bytes=2**25))
        self._stack.callback(self._evm.close)
        self.core = Node(self.blocks)
        self.explorers = {kind: Explorer(kind, self.blocks) for kind in ("mempool", "esplora")}
        good: dict[str, Handler] = {
            "core": self.core.answer,
            **{kind: explorer.answer for kind, explorer in self.explorers.items()},
            **{name: partial(self._candles, name) for name in EXCHANGES},
            **{name: partial(self._pool, name) for name in POOLS},
            "antpool": self._antpool,
            "viabtc": self._viabtc,
            "ocean": self._ocean,
            NODE: self._pass_on,
        }
        for name, handler in good.items():
            server = self._stack.enter_context(serving())
            server.reply_to_all(partial(self._answer, name, handler))
            self._servers[name] = server
        self._meter = self.folder / "meter.csv"
        self._meter.write_text("date,delivered_ths\n")
        self._table = self.folder / "table.csv"
        self._table.write_text("date,credited_sats,delivered_ths\n")
        for name in ("token", "password"):
            (self.folder / name).write_text("key:secret")
            (self.folder / name).chmod(0o600)

    def close(self) -> None:
        """Stop serving."""
        self._stack.close()

    def settings(self) -> dict[str, Any]:
        """Return what a reporter's settings say of all this."""
        token = self.folder / "token"
        outputs: list[dict[str, Any]] = []
        for kind in OUTPUTS:
            output: dict[str, Any] = {"series": SERIES[kind], "kind": kind}
            if kind in REMOTE:
                output |= {"url": self._servers[kind].url, "account": "fleet 1"}
                output |= {} if kind == "ocean" else {"token_file": token}
            if kind == "foundry":
                output["hashrate_unit"] = "H/s"
            if kind in ("ocean", "own_node"):
                output["path"] = self._meter
            if kind == "own_node":
                output["addresses"] = ["miner"]
            if kind == "table":
                output["path"] = self._table
            outputs.append(output)
        return {
            "network": "regtest",
            "rpc_url": self._servers[NODE].url,
            "rpc_fallback_urls": [self.evm_url],
            "bitcoin": [{"kind": kind, "url": self._servers[kind].url} for kind in BITCOIN],
            "confirmations": CONFIRMATIONS,
            "prices": EXCHANGES,
            "price_urls": {name: self._servers[name].url for name in EXCHANGES},
            "outputs": outputs,
        }

    def reach(self, now: int) -> None:
        """Go on to a time [unix s]: blocks are mined, meters write the days that are over."""
        before, self.now = self.now, now
        while (time := self._next_block_at()) <= now:
            fees = 100_000 + len(self.blocks) * 7_919 % 50_000
            self.blocks.append(mined(self.blocks, time, fees))
        for name, fault in self.faults.items():
            self._show_chain(name, fault)
        for day in range(before // DAY_SECONDS, now // DAY_SECONDS) if before else ():
            truth, date = Truth.of(day), _iso(day)
            with self._meter.open("a") as meter, self._table.open("a") as table:
                meter.write(f"{date},{truth.delivered}\n")
                table.write(f"{date},{truth.credited},{truth.delivered}\n")

    def facts(self, day: int) -> tuple[int, ...]:
        """Work out a day's facts by the definition."""
        fees = {m.block.height: m.block.fees_sats for m in self.blocks}
        return self._replay(day).facts(day, fees)

    def first_height(self, day: int) -> int:
        """Find a day's first block."""
        return self._replay(day).heights(day)[0]

    def outputs_of(self, day: int, kinds: Sequence[str] = OUTPUTS) -> dict[str, tuple[int, int]]:
        """Return what was credited and delivered on a day, by series [sat; TH/s, 1e18]."""
        truth, facts = Truth.of(day), self.facts(day)
        delivered = int(truth.delivered.replace(".", "")) * 10**17
        mined = facts[3] + facts[4]  # every coinbase is the fleet's
        return {
            SERIES[kind]: (mined if kind == "own_node" else truth.credited, delivered)
            for kind in kinds
        }

    def asked(self) -> Counter[str]:
        """Count the requests so far, by source."""
        return Counter({name: len(server.asked) for name, server in self._servers.items()})

    def break_one(self, name: str, fault: str) -> None:
        """Let a source have a fault."""
        self.faults[name] = fault
        self._show_chain(name, fault)
        if name == NODE:
            self._frozen = self._ask_evm("eth_getBlockByNumber", ["latest", False])

    def mend(self) -> None:
        """Take all faults away."""
        for name in list(self.faults):
            self.break_one(name, "")
        self.faults.clear()

    # ---------------------------------------------------------------- faults

    def _answer(self, name: str, good: Handler, asked: Asked) -> Answer:
        """Answer, as far as the fault lets."""
        fault = self.faults.get(name, "")
        if fault == HANGS_UP:
            raise ConnectionResetError
        if fault in FAULTS:
            return _brief(FAULTS[fault].answer)
        if fault == "another height":
            asked = replace(asked, path=_lower(asked.path))
        answer = good(asked)
        if fault == "clock behind":
            return replace(answer, clock=self.now - 2 * DAY_SECONDS)
        if fault in CHANGED:
            draw = random.Random(
                f"{self.seed}/{name}/{fault}/{self.now}/{asked.path}/{asked.query}"
            )
            return replace(changed(answer, fault, draw), clock=self.now)
        return replace(answer, clock=self.now)

    def _show_chain(self, name: str, fault: str) -> None:
        """Let a source show the chain as its fault has it; blocks that come are in it too."""
        chain = self._chain(fault)
        if name == "core":
            self.core.blocks = chain
            self.core.pruned_below = len(self.blocks) if fault == "pruned" else 0
            self.core.info = {"initialblockdownload": True} if "download" in fault else {}
        elif name in self.explorers:
            self.explorers[name].blocks = chain

    def _chain(self, fault: str) -> Sequence[Mined]:
        """Return the chain as a source with a fault tells it."""
        if fault == "behind":
            return self.blocks[:-_RECENT]
        if fault == "another chain":
            return forked(self.blocks, len(self.blocks) - _RECENT)
        if fault == "fees kept back":
            return [*self.blocks[:-_RECENT], *map(_poorer, self.blocks[-_RECENT:])]
        return self.blocks

    # ---------------------------------------------------------------- what is so

    def _replay(self, day: int) -> Replay:
        return Replay(tuple(int(m.block.time) for m in self.blocks[1:]), range(day, day + 1))

    def _next_block_at(self) -> int:
        height = len(self.blocks)
        return self.start + height * SPACING_SECONDS + height * 7_907 % 2_400 - 1_200

    def _days(self) -> range:
        """Return the days that services tell of: the last ones that are over."""
        today = self.now // DAY_SECONDS
        return range(today - _HISTORY_DAYS, today)

    def _candles(self, name: str, asked: Asked) -> Answer:
        factor = 2 if self.faults.get(name) == "far off" else 1
        quote = "" if name == "coinbase" else '"'
        rows = [
            ROWS[name](day * DAY_SECONDS, f"{quote}{factor * Truth.of(day).price}.0{quote}")
            for day in (*self._days(), self._days().stop)
        ]
        return json_answer(PAGES[name] % ", ".join(reversed(rows) if quote == "" else rows))

    def _pool(self, name: str, asked: Asked) -> Answer:
        rows = [
            Row(day * DAY_SECONDS, _btc(Truth.of(day).credited), _hashes(Truth.of(day).delivered))
            for day in self._days()
        ]
        return json_answer(POOLS[name].bodies(rows)[asked.path])

    def _antpool(self, asked: Asked) -> Answer:
        rows = []
        for day in self._days():
            truth = Truth.of(day)
            rows.append(
                antpool_row(
                    f"{_iso(day)} 00:00:00",
                    hashrate=f"{truth.delivered} TH/s",
                    hashrate_unit=_hashes(truth.delivered),
                    fppsBlockAmount=_btc(truth.credited - 1),
                    fppsFeeAmount=_btc(1),
                )
            )
        return json_answer(antpool_page(*reversed(rows)))

    def _viabtc(self, asked: Asked) -> Answer:
        rows = [
            viabtc_row(
                _iso(day),
                total_profit=_btc(Truth.of(day).credited),
                hashrate=_hashes(Truth.of(day).delivered),
            )
            for day in self._days()
        ]
        return json_answer(viabtc_page(*rows))

    def _ocean(self, asked: Asked) -> Answer:
        start = int(asked.path.split("/")[-2])
        credited = Truth.of(start // DAY_SECONDS).credited
        rows = [ocean_row(credited - 5, start, "00aa"), ocean_row("5", start + 7_000, "00bb")]
        return json_answer(ocean_page(*rows))

    def _pass_on(self, asked: Asked) -> Answer:
        """Ask the real node; of another chain, or of an old block, tell that."""
        fault, call = self.faults.get(NODE), asked.json()
        method = "" if isinstance(call, list) else call["method"]
        if fault == "another EVM chain" and method == "eth_chainId":
            return json_answer({"jsonrpc": "2.0", "id": call["id"], "result": "0x1"})
        if fault in ("stands still", "behind") and method == "eth_getBlockByNumber":
            head = self._frozen
            if fault == "behind":  # fresh by its clock, far below the others
                head = {**head, "number": "0x1", "timestamp": hex(self.now)}
            return json_answer({"jsonrpc": "2.0", "id": call["id"], "result": head})
        found = self._evm.fetch(Request("POST", self.evm_url, body=asked.body))
        return Answer(bytes(found.body), found.status)

    def _ask_evm(self, method: str, params: list[Any]) -> Any:
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        body = json.dumps(call).encode()
        return json.loads(self._evm.fetch(Request("POST", self.evm_url, body=body)).body)["result"]


def _brief(answer: Answer) -> Answer:
    """Make a fault of the way last as long as days do here."""
    if "retry-after" in answer.headers:
        return replace(answer, headers={"retry-after": "1"})
    return replace(answer, pause=_DRIP_SECONDS) if answer.pause else answer


def _lower(path: str) -> str:
    """Ask for the block below the one that was asked for."""
    place, _, last = path.rpartition("/")
    is_height = last.isdecimal() and place.endswith(("/block-height", "/blocks"))
    return f"{place}/{max(0, int(last) - 1)}" if is_height else path


def _poorer(block: Mined) -> Mined:
    """Return a block whose coinbase paid a satoshi less."""
    (sats, script), *rest = block.outputs
    return replace(block, outputs=((sats - 1, script), *rest))


def _btc(sats: int) -> str:
    return f"{sats // 10**8}.{sats % 10**8:08}"


def _hashes(ths: str) -> str:
    """Write TH/s with one decimal as H/s."""
    return str(int(ths.replace(".", "")) * 10**11)


def _iso(day: int) -> str:
    return (dt.date(1970, 1, 1) + dt.timedelta(days=day)).isoformat()
