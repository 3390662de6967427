# SPDX-License-Identifier: AGPL-3.0-only
"""The local chain of a rehearsal: its time, and an oracle of its own."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.types import BlockHeight, DayIndex, Network
from hashrate.core.units import DAY_SECONDS, iso_from_day
from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.local_node import LocalNode, find_program
from hashrate.evm.rpc import EvmRpc, number_from_hex
from oracles.daemon.settings import LOCAL_CHAINS
from oracles.rehearsal.errors import RehearsalError

ROOT = Path(__file__).resolve().parents[2]
_HOUR_SECONDS = 3_600
_GAS = hex(10_000_000)
_PATIENCE_SECONDS = 20  # for a block of the local chain, real time
_MUCH_WEI = hex(10**21)
_ORACLE = "HashpriceOracle"
_TERMS = {  # of a mainnet deployment, without a header contract
    "spread_bps": 100,
    "short_window_seconds": 12 * _HOUR_SECONDS,
    "long_window_seconds": 72 * _HOUR_SECONDS,
    "recovery_window_seconds": 10 * DAY_SECONDS,
    "membership_delay_seconds": 7 * DAY_SECONDS,
    "bitcoin_headers": "0x" + "00" * 20,
    "dispute_window_seconds": 0,
}


@dataclass(frozen=True, slots=True)
class Code:
    """A contract that can be deployed: its creation code, and the types of its arguments."""

    creation: str
    inputs: Sequence[dict[str, Any]]


def oracle_code(path: Path | None) -> Code:
    """Read the oracle's code from what `make build` wrote.

    Args:
        path: that file; None for the one of the checkout that this program runs from.

    Raises:
        RehearsalError: it is not there, or has no oracle.
    """
    path = path or ROOT / ".build/__local__.json"
    try:
        contract = json.loads(path.read_text(encoding="utf-8"))["contractTypes"][_ORACLE]
        (constructor,) = (each for each in contract["abi"] if each["type"] == "constructor")
        return Code(contract["deploymentBytecode"]["bytecode"], constructor["inputs"])
    except OSError as error:
        raise RehearsalError(
            f"no compiled contracts at {path}: run `make build` in the repository, and name its "
            ".build/__local__.json with --contracts"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise RehearsalError(f"{path}: no compiled {_ORACLE} in it") from error


@contextmanager
def open_chain(url: str | None, start: int) -> Iterator["LocalChain"]:
    """Start a local chain at a time [unix s], or use the one at an address.

    Raises:
        RehearsalError: there is none, or it is no local chain before that time.
        LocalNodeError: anvil does not start.
    """
    if url is not None:
        rpc = EvmRpc(url)
        try:
            yield LocalChain(url, rpc, start)
        finally:
            rpc.close()
        return
    program = find_program(ROOT)
    if program is None:
        raise RehearsalError(
            "no anvil on PATH: install Foundry, or Node.js with npm and then `make setup`; or name "
            f"a local chain with --rpc-url (anvil --timestamp {start})"
        )
    node = LocalNode(program, timestamp=start)
    try:
        yield LocalChain(node.url, node.rpc, start)
    finally:
        node.close()


class LocalChain:
    """A chain whose time and balances can be set."""

    def __init__(self, url: str, rpc: EvmRpc, start: int) -> None:
        """Use a node.

        Raises:
            RehearsalError: it is no local chain, or its time is past `start` [unix s].
        """
        self.url, self.rpc = url, rpc
        self.chain_id = rpc.chain_id()
        if self.chain_id not in LOCAL_CHAINS:
            raise RehearsalError(f"chain {self.chain_id} is no local one: nothing is sent there")
        if self.now() > start + DAY_SECONDS:
            raise RehearsalError(
                f"the chain's time is past the rehearsal's: start it with --timestamp {start}"
            )

    def now(self) -> int:
        """Return the newest block's time [unix s]."""
        return number_from_hex(self.rpc.block().get("timestamp"))

    def move(self, time: int) -> None:
        """Make a block at a time [unix s], or a second after the newest one."""
        try:
            self.rpc.request("evm_setNextBlockTimestamp", hex(max(time, self.now() + 1)))
            self.rpc.request("evm_mine")
        except RpcRefusedError as error:
            raise RehearsalError(f"the chain's time cannot be moved: {error}") from error

    def give(self, account: ChecksumAddress) -> None:
        """Set an account's balance so that it can pay gas."""
        self.rpc.request("hardhat_setBalance", account, _MUCH_WEI)

    def deploy_oracle(
        self,
        code: Code,
        network: Network,
        first: tuple[DayIndex, BlockHeight],
        reporters: Sequence[ChecksumAddress],
        threshold: int,
    ) -> ChecksumAddress:
        """Deploy an oracle with a mainnet deployment's windows.

        Args:
            code: see `oracle_code`.
            network: consensus parameters of its days.
            first: its first day, and that day's first height.
            reporters: in ascending order.
            threshold: signatures a report needs.

        Raises:
            RehearsalError: its code wants other arguments, or the chain refuses it.
        """
        deployer = self.rpc.request("eth_accounts")[0]
        terms = {
            "first_day": first[0],
            "first_height": first[1],
            "halving_blocks": network.halving_blocks,
            "unit_hashes": network.unit_hashes,
            **_TERMS,
        }
        try:
            names = [each["name"] for each in code.inputs[4]["components"]]
            config = tuple(terms[name] for name in names)
            values = (deployer, deployer, list(reporters), threshold, config)
            arguments = encode([_type_of(each) for each in code.inputs], values)
        except (IndexError, KeyError) as error:
            raise RehearsalError(f"{_ORACLE} has other terms than this program knows") from error
        sent = {"from": deployer, "data": code.creation + arguments.hex(), "gas": _GAS}
        created = self.rpc.request("eth_sendTransaction", sent)
        receipt = self.rpc.wait_for_receipt(created, _PATIENCE_SECONDS)
        if receipt is None or number_from_hex(receipt.get("status")) != 1:
            raise RehearsalError(f"the chain does not take the oracle of {iso_from_day(first[0])}")
        return to_checksum_address(receipt["contractAddress"])


def _type_of(entry: dict[str, Any]) -> str:
    """Write an ABI type out, a struct as its members in parentheses."""
    kind = str(entry["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(map(_type_of, entry['components']))}){kind.removeprefix('tuple')}"
