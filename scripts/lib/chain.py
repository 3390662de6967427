# SPDX-License-Identifier: AGPL-3.0-only
"""The connected chain as the commands use it: who sends, what was sent, what is there.

Everything here goes through ape, so it is the same on ape's in-process chain, on a local node and
on any live network ape knows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ape import chain as ape_chain
from ape import networks, project
from ape.contracts import ContractContainer, ContractInstance
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from scripts.lib.errors import RecordError


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

    def __init__(self, account: Any, before_send: Callable[[], None] = lambda: None) -> None:
        """Use the network ape is connected to.

        Args:
            account: an ape account; None where nothing will be sent.
            before_send: called before each transaction; a local clock may be set there.
        """
        self.account = account
        self._before_send = before_send

    @property
    def name(self) -> str:
        """Give the network's name in ape, such as `local` or `sepolia`."""
        return str(networks.provider.network.name)

    @property
    def chain_id(self) -> int:
        """Give the EIP-155 chain id."""
        return int(networks.provider.chain_id)

    @property
    def is_local(self) -> bool:
        """Tell whether this is a development network or a fork: nothing of value is at stake."""
        return bool(networks.provider.network.is_dev)

    @property
    def now(self) -> int:
        """Give the newest block's time [unix s]."""
        return int(ape_chain.blocks.head.timestamp)

    def container(self, contract: str) -> ContractContainer:
        """Give a contract of this project."""
        return getattr(project, contract)

    def contract(self, contract: str, address: str) -> ContractInstance:
        """Give a contract at an address.

        Raises:
            RecordError: nothing is there.
        """
        if not self.has_code(address):
            raise RecordError(f"no {contract} at {address}: {self.name} has no code there")
        return self.container(contract).at(to_checksum_address(address), fetch_from_explorer=False)

    def code(self, address: str) -> bytes:
        """Give the code at an address."""
        return bytes(networks.provider.get_code(address))

    def has_code(self, address: str) -> bool:
        """Tell whether there is a contract at an address."""
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
        self._before_send()
        return method(*args, sender=self.account if sender is None else sender)


def _sent(receipt: Any, address: str) -> Sent:
    return Sent(
        to_checksum_address(address),
        str(receipt.txn_hash),
        int(receipt.block_number),
        int(receipt.timestamp),
    )
