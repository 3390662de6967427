# SPDX-License-Identifier: AGPL-3.0-only
"""Which contract an order is for: one shape for every kind of order."""

from dataclasses import dataclass
from typing import ClassVar

from eth_typing import ChecksumAddress

from hashrate.evm.eip712 import Domain


@dataclass(frozen=True, slots=True)
class OrderDomain:
    """A contract that fills orders; a subclass names its EIP-712 domain.

    Attributes:
        chain_id: EIP-155 chain id.
        contract: its address, checksummed.
    """

    chain_id: int
    contract: ChecksumAddress
    domain_name: ClassVar[str]
    domain_version: ClassVar[str] = "1"

    def typed(self) -> Domain:
        """Return the EIP-712 domain."""
        return Domain(self.domain_name, self.domain_version, self.chain_id, self.contract)
