# SPDX-License-Identifier: AGPL-3.0-only
"""A local chain's clock, set to the second for every transaction."""

from typing import Protocol

from ape import networks
from eth_tester.backends.pyevm.main import get_default_genesis_params, setup_tester_chain

from commands.shell.errors import ScriptError

IN_PROCESS_PROVIDER = "test"


class BlockTimer(Protocol):
    """Decides the time of each block of a local chain."""

    @property
    def now(self) -> int:
        """Return the newest block's time [unix s]."""

    def move_to(self, time: int) -> None:
        """Let the next transaction happen at `time` [unix s], or a second after the last one."""

    def tick(self) -> None:
        """Set the time of the block that the next transaction will be in."""

    def mine(self) -> None:
        """Make an empty block, so that views see the present time."""


class InProcessBlockTimer:
    """Decides the time of each block of ape's in-process chain, in the past or in the future.

    Each transaction is a block of its own there, so two of them are at least a second apart.
    """

    def __init__(self, genesis_time: int) -> None:
        """Start a new chain whose first block is at `genesis_time` [unix s].

        Raises:
            ScriptError: another chain than ape's in-process one is connected.
        """
        if networks.provider.name != IN_PROCESS_PROVIDER:
            raise ScriptError(
                "the demo runs on ape's in-process chain: --network ethereum:local:test"
            )
        backend = networks.provider.evm_backend
        settings = backend.config
        _, backend.chain = setup_tester_chain(
            get_default_genesis_params({"timestamp": genesis_time}),
            backend.genesis_state,
            settings.number_of_accounts,
            None,
            settings.mnemonic,
            backend.hd_path,
        )
        self._backend = backend
        self._now = genesis_time

    @property
    def now(self) -> int:
        """Return the time of the newest transaction [unix s]."""
        return self._now

    def move_to(self, time: int) -> None:
        """Let the next transaction happen at `time` [unix s], or a second after the last one."""
        self._now = max(self._now, time - 1)

    def tick(self) -> None:
        """Set the time of the block that the next transaction will be in."""
        self._now += 1
        chain = self._backend.chain
        chain.header = chain.header.copy(timestamp=self._now)

    def mine(self) -> None:
        """Make an empty block, so that views see the present time."""
        self.tick()
        networks.provider.mine()
