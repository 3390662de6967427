# SPDX-License-Identifier: AGPL-3.0-only
"""A private chain on revm, the EVM of anvil and reth: for histories of many calls.

It keeps everything in one journal, so that any of it can be taken back; what was touched once stays
warm, therefore gas is less than on a chain. Where gas is looked at, `testing.py_evm` runs the same.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from eth_abi import decode, encode
from eth_utils import keccak, to_checksum_address
from pyrevm import EVM, BlockEnv, CfgEnv, Env

from testing.compiler import Compiler
from testing.local_chain import BLOCK_GAS, CODE_LIMIT, Call, LocalChain, Refused, reason_of

CALL = keccak(text="call(address,bytes)")[:4]
_CALL_TYPES = ["address", "bytes"]
ORIGIN = "0x" + "0e" * 20
"""Who asks a contract to make a call."""
_OUTPUT = re.compile(r"output: 0x([0-9a-f]*)")


class RevmChain(LocalChain):
    """One chain in this process; time moves only when a test moves it."""

    chain_id = 1

    def __init__(self, now: int, compiler: Compiler | None = None) -> None:
        """Start at `now` [unix s], with contracts as they are unless a compiler is given."""
        super().__init__(compiler)
        config = CfgEnv(chain_id=self.chain_id, limit_contract_code_size=CODE_LIMIT)
        self._evm = EVM(Env(config), spec_id="CANCUN")
        self.gas_used = 0
        self.now = now

    @property
    def now(self) -> int:
        """Time of the block that calls are in [unix s]."""
        return self._now

    @now.setter
    def now(self, time: int) -> None:
        self._now = time
        self._evm.set_block_env(BlockEnv(number=1, timestamp=time, gas_limit=BLOCK_GAS))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back everything that happens inside, the clock included."""
        length, now, state = len(self.journal), self.now, self._evm.snapshot()
        try:
            yield
        finally:
            self._evm.revert(state)
            self.now = now
            del self.journal[length:]

    def _deploy_code(self, code: bytes, sender: str) -> str:
        try:
            return str(to_checksum_address(self._evm.deploy(sender, code)))
        except RuntimeError as error:
            raise Refused(_reason_in(str(error))) from None

    def execute(self, to: str, data: bytes, sender: str, *, is_modifying: bool) -> bytes:
        """Make a call and return what it returned.

        A contract calls through its own `call(address,bytes)`: no transaction can come from it.

        Raises:
            Refused: it reverted.
        """
        self._evm.reset_transient_storage()
        is_contract = bool(self._evm.get_code(sender))
        if is_contract:
            caller, target, calldata = ORIGIN, sender, CALL + encode(_CALL_TYPES, [to, data])
        else:
            caller, target, calldata = sender, to, data
        try:
            output = self._evm.message_call(
                caller, target, calldata, gas=BLOCK_GAS, is_static=not is_modifying
            )
        except RuntimeError as error:
            raise Refused(_reason_in(str(error))) from None
        if is_modifying:
            self.gas_used = self._evm.result.gas_used
            self.journal.append(Call(self.now, to, data, sender))
        return bytes(decode(["bytes"], output)[0]) if is_contract else output


def _reason_in(error: str) -> str:
    found = _OUTPUT.search(error)
    return reason_of(bytes.fromhex(found[1])) if found else ""
