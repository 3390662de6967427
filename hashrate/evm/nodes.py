# SPDX-License-Identifier: AGPL-3.0-only
"""Several EVM nodes as one: the first that is on the chain, answers and keeps up is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError, WrongChainError
from hashrate.evm.rpc import EvmRpc, number_from_hex

_LAG_BLOCKS = 5  # nodes of one provider differ by a block or two


@dataclass(frozen=True, slots=True)
class NodeState:
    """How one node is.

    Attributes:
        name: how it is called; its address may hold a key.
        height: of its newest block; None where it gives none.
        head_age: of that block, by this machine's clock [s].
        trouble: why it is not used; empty where it could be.
        is_chosen: whether it is asked now.
    """

    name: str
    height: int | None
    head_age: int | None
    trouble: str
    is_chosen: bool


class EvmNodes(EvmRpc):
    """Asks one of several nodes; `choose` decides which, for as long as it is not called again."""

    def __init__(
        self, nodes: Sequence[tuple[str, EvmRpc]], chain_id: int, max_head_age: int
    ) -> None:
        """Use the first node until something is known of them.

        Args:
            nodes: the name and the client of each, the most trusted first.
            chain_id: that all must have.
            max_head_age: from which a node's newest block is old [s]; another is preferred then.
        """
        self._nodes = tuple(nodes)
        self._chain_id = chain_id
        self._max_head_age = max_head_age
        self._chosen = self._nodes[0][1]

    @property
    def names(self) -> tuple[str, ...]:
        """Return how the nodes are called."""
        return tuple(name for name, _ in self._nodes)

    def close(self) -> None:
        """Close the connections."""
        for _, rpc in self._nodes:
            rpc.close()

    def request(self, method: str, *params: Any) -> Any:
        """Call a method of the chosen node; see `EvmRpc.request`."""
        return self._chosen.request(method, *params)

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Call several methods of the chosen node; see `EvmRpc.batch`."""
        return self._chosen.batch(calls)

    def choose(self, now: int) -> list[NodeState]:
        """Look at every node and choose one.

        A node that stands still is used where no other is better: this machine's clock may be what
        is wrong, and a chain may pause.

        Args:
            now: this machine's time [unix s].

        Returns:
            How each node is, in the operator's order.

        Raises:
            WrongChainError: no node is on the chain, and one is on another.
            RpcUnavailableError: none answers.
        """
        heads = [self._head(rpc) for _, rpc in self._nodes]
        usable = [i for i, head in enumerate(heads) if isinstance(head, tuple)]
        if not usable:
            raise self._despair([head for head in heads if isinstance(head, Exception)])
        highest = max(head[0] for head in heads if isinstance(head, tuple))

        def is_level(i: int) -> bool:
            head = heads[i]
            return isinstance(head, tuple) and head[0] >= highest - _LAG_BLOCKS

        def is_fresh(i: int) -> bool:
            head = heads[i]
            return isinstance(head, tuple) and now - head[1] <= self._max_head_age

        level = [i for i in usable if is_level(i)]
        chosen = next(filter(is_fresh, level), level[0])
        self._chosen = self._nodes[chosen][1]
        return [
            _state(name, head, now, self._doubt(is_level(i), is_fresh(i)), is_chosen=i == chosen)
            for i, ((name, _), head) in enumerate(zip(self._nodes, heads, strict=True))
        ]

    def _doubt(self, is_level: bool, is_fresh: bool) -> str:
        if not is_level:
            return "lags behind the others"
        return "" if is_fresh else f"newest block is over {self._max_head_age} s old"

    def _head(self, rpc: EvmRpc) -> tuple[int, int] | Exception:
        """Return the height and the time of a node's newest block, or why there is none."""
        try:
            chain_id = rpc.chain_id()
            if chain_id != self._chain_id:
                return WrongChainError(f"the node is on chain {chain_id}, not {self._chain_id}")
            block = rpc.block()
        except (RpcUnavailableError, RpcRefusedError) as error:
            return error
        return number_from_hex(block.get("number")), number_from_hex(block.get("timestamp"))

    def _despair(self, errors: Sequence[Exception]) -> Exception:
        wrong = next((error for error in errors if isinstance(error, WrongChainError)), None)
        if wrong is not None and len(errors) == 1:
            return wrong
        whys = "; ".join(
            f"{name}: {error}" for (name, _), error in zip(self._nodes, errors, strict=True)
        )
        return RpcUnavailableError(whys) if len(errors) > 1 else errors[0]


def _state(
    name: str, head: tuple[int, int] | Exception, now: int, doubt: str, *, is_chosen: bool
) -> NodeState:
    if isinstance(head, Exception):
        return NodeState(name, None, None, str(head), is_chosen=False)
    return NodeState(name, head[0], now - head[1], doubt, is_chosen)
