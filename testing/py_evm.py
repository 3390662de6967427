# SPDX-License-Identifier: AGPL-3.0-only
"""A private chain on py-evm, through titanoboa: every transaction starts with cold slots.

Slow, and its gas is a chain's (without the 21,000 and the calldata); `testing.revm` is fast.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import boa
from eth.exceptions import Revert

from testing.compiler import Compiler
from testing.local_chain import CODE_LIMIT, Call, LocalChain, Refused, reason_of


class PyEvmChain(LocalChain):
    """One chain in this process; time moves only when a test moves it."""

    def __init__(self, now: int, compiler: Compiler | None = None) -> None:
        """Start at `now` [unix s], with contracts as they are unless a compiler is given."""
        super().__init__(compiler)
        self.env = boa.Env()
        if not self.compiler.is_optimized:  # a limit of the whole process: as a chain's elsewhere
            self.env.evm.patch.code_size_limit = CODE_LIMIT
        self.gas_used = 0
        self.now = now

    @property
    def now(self) -> int:
        """Time of the block that calls are in [unix s]."""
        time: int = self.env.evm.patch.timestamp
        return time

    @now.setter
    def now(self, time: int) -> None:
        self.env.evm.patch.timestamp = time

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        number: int = self.env.evm.patch.chain_id
        return number

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back everything that happens inside, the clock included."""
        length = len(self.journal)
        try:
            with self.env.anchor():
                yield
        finally:
            del self.journal[length:]

    def _deploy_code(self, code: bytes, sender: str) -> str:
        try:
            address, _ = self.env.deploy_code(bytecode=code, sender=sender)
        except Revert as error:
            raise Refused(reason_of(error.args[0])) from None
        return str(address)

    def execute(self, to: str, data: bytes, sender: str, *, is_modifying: bool) -> bytes:
        """Make a call and return what it returned; its gas is in `gas_used` afterwards.

        Raises:
            Refused: it reverted.
        """
        if is_modifying:
            # every transaction starts with cold accounts and slots; this keeps the snapshots
            self.env.evm.vm.state._account_db._journal_accessed_state.clear()
        done = self.env.execute_code(
            to_address=to, sender=sender, data=data, is_modifying=is_modifying
        )
        if is_modifying:
            self.gas_used = done.get_gas_used()
        if done.is_error:
            raise Refused(reason_of(done.output))
        if is_modifying:
            self.journal.append(Call(self.now, to, data, sender))
        return bytes(done.output)
