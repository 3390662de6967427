# SPDX-License-Identifier: AGPL-3.0-only
"""The connected chain as the commands use it: who sends, what was sent, what is there.

Everything here goes through ape, so it is the same on ape's in-process chain, on a local node and
on any live network ape knows.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ape import accounts, networks, project
from ape import chain as ape_chain
from ape.contracts import ContractContainer, ContractInstance
from eth_tester.exceptions import TransactionFailed
from eth_typing import ChecksumAddress, HexStr
from eth_utils.address import is_address, to_checksum_address
from eth_utils.conversions import to_hex
from web3.exceptions import Web3Exception
from web3.types import TxParams

from commands.shell.errors import ParameterError, RecordError, RefusalError
from commands.shell.reasons import explain

_TEST_ACCOUNT = re.compile(r"TEST::(\d{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction that made a contract.

    Attributes:
        address: the contract, checksummed.
        tx_hash: hash of the transaction, 0x-prefixed.
        block: its block's height.
        timestamp: its block's time [unix s].
    """

    address: ChecksumAddress
    tx_hash: str
    block: int
    timestamp: int


class Chain:
    """A connected chain and the account that sends."""

    def __init__(
        self,
        account: Any,
        before_send: Callable[[], None] = lambda: None,
        *,
        is_rehearsed: bool = True,
    ) -> None:
        """Use the network ape is connected to.

        Args:
            account: an ape account; None where nothing will be sent.
            before_send: called before each transaction; a local clock may be set there.
            is_rehearsed: make each call without sending first, so that a refusal costs nothing.
        """
        self.account = account
        self._before_send = before_send
        self._is_rehearsed = is_rehearsed

    @property
    def name(self) -> str:
        """Return the network's name in ape, such as `local` or `sepolia`."""
        return str(networks.provider.network.name)

    @property
    def chain_id(self) -> int:
        """Return the EIP-155 chain id."""
        return int(networks.provider.chain_id)

    @property
    def is_local(self) -> bool:
        """Return whether this is a development network or a fork: nothing of value is at stake."""
        return bool(networks.provider.network.is_dev)

    @property
    def now(self) -> int:
        """Return the newest block's time [unix s]."""
        return int(ape_chain.blocks.head.timestamp)

    @property
    def height(self) -> int:
        """Return the newest block's height."""
        return int(ape_chain.blocks.head.number)

    def container(self, contract: str) -> ContractContainer:
        """Return a contract of this project."""
        return getattr(project, contract)

    def contract(self, contract: str, address: str) -> ContractInstance:
        """Return a contract at an address.

        Raises:
            RecordError: nothing is there.
        """
        if not self.has_code(address):
            raise RecordError(f"no {contract} at {address}: {self.name} has no code there")
        return self.container(contract).at(to_checksum_address(address), fetch_from_explorer=False)

    def code(self, address: str) -> bytes:
        """Return the code at an address."""
        return bytes(networks.provider.get_code(address))

    def has_code(self, address: str) -> bool:
        """Return whether there is a contract at an address."""
        return len(self.code(address)) > 0

    def deploy(self, contract: str, args: Sequence[Any]) -> Sent:
        """Deploy a contract."""
        self._before_send()
        instance = self.account.deploy(self.container(contract), *args)
        return _sent(instance.creation_metadata.receipt, instance.address)

    def declare(self, contract: str) -> Sent:
        """Deploy a contract's ERC-5202 blueprint."""
        self._before_send()
        receipt = self.account.declare(self.container(contract))
        return _sent(receipt, receipt.contract_address)

    def send(self, method: Any, *args: Any, sender: Any = None) -> Any:
        """Call a method of a contract in a transaction and give ape's receipt."""
        signer = self.account if sender is None else sender
        if self._is_rehearsed:
            self._rehearse(method, args, signer)
        self._before_send()
        return method(*args, sender=signer)

    def _rehearse(self, method: Any, args: Sequence[Any], signer: Any) -> None:
        """Make a call without sending it.

        ape's own way of doing that prints a whole call trace where the call is refused.

        Raises:
            RefusalError: the contract refuses.
        """
        provider = networks.provider
        data = HexStr(to_hex(method.encode_input(*args)))
        call = TxParams({"from": signer.address, "to": method.contract.address, "data": data})
        try:
            provider.web3.eth.call(call)
        except (Web3Exception, TransactionFailed) as error:
            reason = provider.get_virtual_machine_error(error, set_ape_traceback=False)
            raise RefusalError(explain(str(reason.message))) from error


def address_of(text: str) -> ChecksumAddress:
    """Find the address of an account: an address itself, `TEST::n`, or an ape alias.

    Raises:
        ParameterError: ape knows no such account.
    """
    if is_address(text):
        return to_checksum_address(text)
    if (test := _TEST_ACCOUNT.fullmatch(text.upper())) is not None:
        test_accounts = accounts.test_accounts
        if int(test[1]) < len(test_accounts):
            return to_checksum_address(test_accounts[int(test[1])].address)
    elif text in accounts.aliases:
        return to_checksum_address(accounts.load(text).address)
    raise ParameterError(f"{text!r} is neither an address nor an account of ape's")


def _sent(receipt: Any, address: str) -> Sent:
    return Sent(
        to_checksum_address(address),
        str(receipt.txn_hash),
        int(receipt.block_number),
        int(receipt.timestamp),
    )
