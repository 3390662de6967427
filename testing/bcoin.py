# SPDX-License-Identifier: AGPL-3.0-only
"""A real Bitcoin node in regtest, fed with header times of a test's choice."""

import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx2 as httpx

from testing.ports import HeldPort

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "node_modules/bcoin/bin/node"
API_KEY = "public test key"
_PATIENCE_SECONDS = 300
_KEPT_SECONDS = 1  # the node hangs up after five: not to be asked at that very moment


class RpcRefused(Exception):
    """The node answered with an error."""


class Bcoin:
    """One node without peers; its chain lives in memory."""

    def __init__(self, folder: Path) -> None:
        """Start it on free ports."""
        self._held = HeldPort(), HeldPort()
        self.port, self._wallet_port = (each.number for each in self._held)
        self.url = f"http://127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        node = shutil.which("node")
        assert node is not None
        options = {
            "network": "regtest",
            "prefix": folder,
            "memory": "true",
            "listen": "false",
            "seeds": "",
            "max-outbound": 1,
            "only": "127.0.0.1:9",
            "http-host": "127.0.0.1",
            "http-port": self.port,
            "wallet-http-host": "127.0.0.1",
            "wallet-http-port": self._wallet_port,
            "api-key": API_KEY,
            "index-tx": "true",
            "workers": "false",
            "log-level": "error",
        }
        command = [node, str(PROGRAM), "--no-dns-discovery"]
        command += [f"--{name}={value}" for name, value in options.items()]
        environment = {**os.environ, "NODE_BACKEND": "js", "BCOIN_NETWORK": "regtest"}
        log = (folder / "log").open("w")
        self._process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        log.close()
        self._client = httpx.Client(
            auth=("x", API_KEY),
            timeout=_PATIENCE_SECONDS,
            limits=httpx.Limits(keepalive_expiry=_KEPT_SECONDS),
            trust_env=False,
        )
        self._wait()

    def close(self) -> None:
        """End the process."""
        self._client.close()
        self._process.kill()
        self._process.wait()

    def call(self, method: str, *params: Any, port: int | None = None) -> Any:
        """Call an RPC method."""
        url = f"http://127.0.0.1:{port or self.port}"
        answer = self._client.post(url, json={"method": method, "params": list(params)}).json()
        if answer["error"] is not None:
            raise RpcRefused(f"{method}: {answer['error']}")
        return answer["result"]

    def wallet(self, method: str, *params: Any) -> Any:
        """Call an RPC method of the node's wallet."""
        return self.call(method, *params, port=self._wallet_port)

    def new_address(self) -> str:
        """Make an address of the wallet's."""
        return str(self.wallet("getnewaddress", "default"))

    def mine(self, times: list[int], address: str) -> None:
        """Mine one block at each header time [unix s], paying to an address.

        The node's clock goes on while it mines, so a time may come out a second later.
        """
        for moment in times:
            self.call("setmocktime", moment)
            self.call("generatetoaddress", 1, address)

    def mine_claiming(self, time: int, sats: int) -> None:
        """Mine one block of the mempool's transactions whose coinbase claims an amount [sats].

        The node itself always claims all it may. Transactions must not depend on one another.
        """
        self.call("setmocktime", time)
        parent = self.call("getblockheader", self.call("getbestblockhash"))
        names = self.call("getrawmempool")
        rest = [bytes.fromhex(self.call("getrawtransaction", name)) for name in names]
        mined = _coinbase(parent["height"] + 1, sats)
        root = _merkle_root([_hash(mined), *(bytes.fromhex(name)[::-1] for name in names)])
        block = _worked(bytes.fromhex(parent["hash"])[::-1], root, time, parent["bits"])
        block += bytes([1 + len(rest)]) + mined + b"".join(rest)
        assert self.call("submitblock", block.hex()) is None

    def height(self) -> int:
        """Return the height of the tip."""
        return int(self.call("getblockcount"))

    def pay(self) -> int:
        """Put a payment into the mempool, and return its fee by its inputs and outputs [sats]."""
        paid = self.wallet("sendtoaddress", self.new_address(), 1.5)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while paid not in self.call("getrawmempool"):  # the wallet answers before the node has it
            assert time.monotonic() < deadline
            time.sleep(0.02)
        transaction = self.call("getrawtransaction", paid, 1)
        spent = [
            self.call("getrawtransaction", each["txid"], 1)["vout"][each["vout"]]
            for each in transaction["vin"]
        ]
        return sum(map(_sats, spent)) - sum(map(_sats, transaction["vout"]))

    def header_times(self) -> tuple[int, ...]:
        """Return the header times of all blocks from height 1 on [unix s]."""
        return tuple(int(header["time"]) for header in self.headers(1))

    def headers(self, first: int) -> list[dict[str, Any]]:
        """Return the headers of all blocks from a height on."""
        heights = range(first, self.height() + 1)
        hashes = self.batch([("getblockhash", height) for height in heights])
        return self.batch([("getblockheader", each) for each in hashes])

    def batch(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        """Call many RPC methods, a hundred in one request."""
        results = []
        for start in range(0, len(calls), 100):
            body = [
                {"id": i, "method": method, "params": params}
                for i, (method, *params) in enumerate(calls[start : start + 100])
            ]
            answers = self._client.post(self.url, json=body).json()
            assert [each["error"] for each in answers] == [None] * len(body)
            results += [each["result"] for each in sorted(answers, key=lambda each: each["id"])]
        return results

    def copy_to(self, other: "Bcoin") -> None:
        """Submit to another node the blocks it lacks."""
        headers = self.headers(other.height() + 1)
        blocks = self.batch([("getblock", header["hash"], False) for header in headers])
        other.call("setmocktime", max(header["time"] for header in headers) + 1)
        assert set(other.batch([("submitblock", block) for block in blocks])) == {None}

    def drop_from(self, height: int) -> None:
        """Make the node forget the blocks from a height on."""
        self.call("invalidateblock", self.call("getblockhash", height))

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                self.height()
                self.new_address()
                return
            except (httpx.HTTPError, ValueError):
                if time.monotonic() > deadline or self._process.poll() is not None:
                    self.close()
                    raise
                time.sleep(0.05)


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def _coinbase(height: int, sats: int) -> bytes:
    """Write a coinbase that pays to a script anyone can spend."""
    number = height.to_bytes(height.bit_length() // 8 + 1, "little")
    script = bytes([len(number)]) + number + b"\x00"
    spent = bytes(32) + b"\xff" * 4 + bytes([len(script)]) + script + b"\xff" * 4
    paid = sats.to_bytes(8, "little") + b"\x01\x51"
    return b"\x01\x00\x00\x00\x01" + spent + b"\x01" + paid + bytes(4)


def _merkle_root(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes += hashes[-1:] * (len(hashes) % 2)
        hashes = [_hash(a + b) for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def _worked(parent: bytes, root: bytes, time: int, bits: int) -> bytes:
    """Return a header with as much work as regtest asks for."""
    target = (bits & 0x7FFFFF) << 8 * ((bits >> 24) - 3)
    head = b"\x00\x00\x00\x20" + parent + root
    head += time.to_bytes(4, "little") + bits.to_bytes(4, "little")
    nonce = 0
    while int.from_bytes(_hash(head + nonce.to_bytes(4, "little")), "little") > target:
        nonce += 1
    return head + nonce.to_bytes(4, "little")


def _sats(output: dict[str, Any]) -> int:
    """Read an output's value, which the node gives as a float of BTC."""
    return round(output["value"] * 10**8)
