# SPDX-License-Identifier: AGPL-3.0-only
"""The in-process chain: contracts by name, actors by role, the clock, and refusals."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from typing import Any

import boa
import pytest
from boa.contracts.base_evm_contract import BoaError
from eth_abi import decode
from eth_account import Account
from eth_account.signers.local import LocalAccount

from reference.units import DAY_SECONDS
from testing.chain import ZERO_ADDRESS as ZERO
from testing.titanoboa import deployer

__all__ = ["ZERO", "deployer"]

DEPLOYER = str(boa.env.eoa)
ERROR_SELECTOR = bytes.fromhex("08c379a0")

View = Callable[[], object]
"""Anything that shows state: called before and after a refusal, and compared."""


@cache
def account(role: str) -> LocalAccount:
    """Return the key of an actor named by its role, the same in every run."""
    signer: LocalAccount = Account.from_key(sha256(f"hashrate test {role}".encode()).digest())
    return signer


def actor(role: str) -> str:
    """Return the address of an actor named by its role."""
    return str(account(role).address)


def now() -> int:
    """Return the chain's clock [unix s]."""
    return int(boa.env.timestamp)


def go_to(time: int) -> None:
    """Set the chain's clock [unix s]; it may only go forward."""
    if time < now():
        raise ValueError(f"the clock is at {now()} and cannot go back to {time}")
    boa.env.timestamp = time


def go_to_day(day: int, seconds: int = 0) -> None:
    """Set the chain's clock to some seconds after a day begins."""
    go_to(day * DAY_SECONDS + seconds)


def wait(seconds: int) -> None:
    """Let time pass [s]."""
    go_to(now() + seconds)


def reason_of(error: BoaError) -> str:
    """Return the reason that the outermost call reverted with, empty if it gave none."""
    output: bytes = error.call_trace.computation.output
    if not output.startswith(ERROR_SELECTOR):
        return ""
    return str(decode(["string"], output[len(ERROR_SELECTOR) :])[0])


@contextmanager
def refused(reason: str, *views: View) -> Iterator[None]:
    """Require the call inside to revert with exactly this reason, and the views to stay."""
    before = [view() for view in views]
    try:
        yield
    except BoaError as error:
        assert reason_of(error) == reason
    else:
        pytest.fail(f"not refused: {reason}")
    assert [view() for view in views] == before


def events(contract: Any, name: str) -> list[Any]:
    """Return the events of one name from the contract's last call, a view counting as one."""
    return [log for log in contract.get_logs(strict=False) if type(log).__name__ == name]


def event(contract: Any, name: str) -> Any:
    """Return the only event of one name from the contract's last call."""
    (found,) = events(contract, name)
    return found
