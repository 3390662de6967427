# SPDX-License-Identifier: AGPL-3.0-only
"""What to bid for gas, under a cap that is never passed."""

from dataclasses import dataclass

from hashrate.core.errors import RetryableError
from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.rpc import EvmRpc, number_from_hex

_BUMP_NUMERATOR, _BUMP_DENOMINATOR = 9, 8  # nodes ask for 10 % more to replace a transaction
_BASE_FEE_ROOM = 2  # a base fee doubles in six full blocks


class FeeTooHighError(RetryableError):
    """Gas costs more than the operator allows: wait."""


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """The operator's limits.

    Attributes:
        cap_wei: highest bid, priority fee included [wei per gas].
        priority_wei: priority fee where the node suggests none, and the highest that is taken of
            its suggestions [wei per gas].
        least_priority_wei: priority fee that is bid in any case; some chains take no less [wei per
            gas].
    """

    cap_wei: int
    priority_wei: int
    least_priority_wei: int = 0


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that a node takes, as far as it said so [wei per gas]; zero where it did not."""

    max_fee: int = 0
    priority_fee: int = 0

    def over(self, other: "Floor") -> "Floor":
        """Return the higher of two floors, part by part."""
        return Floor(max(self.max_fee, other.max_fee), max(self.priority_fee, other.priority_fee))


NO_FLOOR = Floor()


@dataclass(frozen=True, slots=True)
class Bid:
    """An EIP-1559 bid [wei per gas]."""

    max_fee: int
    priority_fee: int


def bid_now(rpc: EvmRpc, policy: FeePolicy, floor: Floor = NO_FLOOR) -> Bid:
    """Bid for the next blocks, and no less than a floor.

    Raises:
        FeeTooHighError: the next block would already cost more than the cap.
        RpcUnavailableError: no answer.
    """
    base = number_from_hex(rpc.block().get("baseFeePerGas"))
    taken = min(_suggested_priority(rpc, policy), policy.priority_wei)
    priority = max(taken, policy.least_priority_wei, floor.priority_fee)
    least = max(base + priority, floor.max_fee)
    if least > policy.cap_wei:
        raise FeeTooHighError(f"gas costs {least} wei, the cap is {policy.cap_wei}: waiting")
    return Bid(min(policy.cap_wei, max(least, _BASE_FEE_ROOM * base + priority)), priority)


def raised(earlier: Bid, now: Bid, policy: FeePolicy) -> Bid | None:
    """Bid enough to replace an earlier transaction; None if the cap does not allow it."""
    priority = max(_bumped(earlier.priority_fee), now.priority_fee)
    max_fee = max(_bumped(earlier.max_fee), now.max_fee, priority)
    return Bid(max_fee, priority) if max_fee <= policy.cap_wei else None


def _bumped(fee: int) -> int:
    return fee * _BUMP_NUMERATOR // _BUMP_DENOMINATOR + 1


def _suggested_priority(rpc: EvmRpc, policy: FeePolicy) -> int:
    try:
        return rpc.priority_fee()
    except RpcRefusedError:
        return policy.priority_wei
