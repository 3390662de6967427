# SPDX-License-Identifier: AGPL-3.0-only
"""Vault and book on a private chain: an oracle, settlement tokens and people who trade."""

from dataclasses import dataclass, field
from functools import cache

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils import keccak

from reference.forward_orders import SignedOrder
from reference.forward_terms import Venue
from testing.compiler import Compiler
from testing.forward_signing import sign_order
from testing.forwards import deploy_forwards
from testing.local_chain import LocalContract
from testing.system import COINS, OracleSystem, Setup, deploy_oracle_system, named_address

TOKEN_DECIMALS = (6, 8, 18)
WITH_KEYS = ("miner", "fund", "maker")


@cache
def key_of(role: str) -> LocalAccount:
    """Return an account with a key, always the same for a role."""
    account: LocalAccount = Account.from_key(keccak(text=f"key of {role}"))
    return account


@dataclass(frozen=True)
class ForwardsSystem(OracleSystem):
    """Vault, book and those who meet there.

    `coins` are the settlement tokens by their decimals; `wallet` is a contract that signs and
    takes positions; `deaf` is one that takes none. `heir` is an account that only receives.
    """

    vault: LocalContract = field(kw_only=True)
    book: LocalContract = field(kw_only=True)
    coins: dict[int, LocalContract] = field(kw_only=True)
    wallet: LocalContract = field(kw_only=True)
    deaf: str = field(kw_only=True)
    heir: str = field(default=named_address("heir"))

    @property
    def venue(self) -> Venue:
        """What orders are signed for."""
        return Venue(self.chain.chain_id, self.vault.address, self.book.address)

    @property
    def traders(self) -> list[str]:
        """Accounts with coins: three with keys, a wallet, and a contract that takes no position."""
        return [*(key_of(role).address for role in WITH_KEYS), self.wallet.address, self.deaf]

    @property
    def everybody(self) -> list[str]:
        """All who can have positions or coins."""
        return [*self.traders, self.heir]

    def signature(self, signed: SignedOrder) -> bytes:
        """Return the maker's signature, or one over something else."""
        order = signed.order
        keys = {key_of(role).address: key_of(role).key for role in WITH_KEYS}
        key = keys.get(order.maker, key_of("owner of the wallet").key)
        if not signed.is_signed:
            key = key_of("a stranger").key
        return sign_order(self.venue, order, key)


def deploy_forwards_system(setup: Setup, compiler: Compiler | None = None) -> ForwardsSystem:
    """Deploy everything; traders have plenty of every coin and have approved the vault."""
    base = deploy_oracle_system(setup, compiler)
    chain, deployer = base.chain, named_address("deployer")
    coins = {
        decimals: chain.deploy("mocks/MockBlocklistToken", decimals, sender=deployer)
        for decimals in TOKEN_DECIMALS
    }
    tokens = [coin.address for coin in coins.values()]
    forwards = deploy_forwards(chain, tokens, deployer)
    owner = key_of("owner of the wallet").address
    system = ForwardsSystem(
        chain,
        base.oracle,
        base.reporters,
        vault=forwards.vault,
        book=forwards.book,
        coins=coins,
        wallet=chain.deploy("mocks/MockSignerWallet", owner, sender=deployer),
        deaf=chain.deploy("mocks/MockHolder", sender=deployer).address,
    )
    for trader in system.traders:
        for token in coins.values():
            token.send("mint", trader, COINS, sender=deployer)
            token.send("approve", system.vault.address, COINS, sender=trader)
    return system
