# SPDX-License-Identifier: AGPL-3.0-only
"""A spot market on a private chain: two tokens, one of which pays itself down, money, traders."""

from dataclasses import dataclass

from reference.spot import SignedSpotOrder
from testing.compiler import Compiler
from testing.forwards_system import key_of
from testing.local_chain import ChainType, LocalChain, LocalContract
from testing.quick_chain import QuickChain
from testing.spot import sign_spot
from testing.system import COINS, named_address

WITH_KEYS = ("miner", "fund", "maker")


@dataclass(frozen=True)
class SpotSystem:
    """A market and those who meet on it; `wallet` is a contract that signs as its owner does."""

    chain: LocalChain
    market: LocalContract
    plain: LocalContract
    note: LocalContract
    money: LocalContract
    wallet: str

    @property
    def tokens(self) -> list[LocalContract]:
        """All tokens there are, the money last."""
        return [self.plain, self.note, self.money]

    @property
    def traders(self) -> list[str]:
        """Accounts with keys, and the wallet."""
        return [*(key_of(role).address for role in WITH_KEYS), self.wallet]

    def signature(self, signed: SignedSpotOrder) -> bytes:
        """Return the maker's signature, or a stranger's."""
        keys = {key_of(role).address: key_of(role).key for role in WITH_KEYS}
        key = keys.get(signed.order.maker, key_of("owner of the wallet").key)
        if not signed.is_signed:
            key = key_of("a stranger").key
        return sign_spot(self.chain.chain_id, self.market.address, signed.order, key)


def deploy_spot(
    now: int, compiler: Compiler | None = None, chain_type: ChainType = QuickChain
) -> SpotSystem:
    """Deploy everything; traders have plenty of everything and have approved the market."""
    chain, deployer = chain_type(now, compiler), named_address("deployer")
    owner = key_of("owner of the wallet").address
    system = SpotSystem(
        chain,
        chain.deploy("market/SpotMarket", sender=deployer),
        plain=chain.deploy("mocks/MockBitcoin", 18, sender=deployer),
        note=chain.deploy("mocks/MockAmortizing", sender=deployer),
        money=chain.deploy("mocks/MockBitcoin", 8, sender=deployer),
        wallet=chain.deploy("mocks/MockSignerWallet", owner, sender=deployer).address,
    )
    for token in system.tokens:
        for trader in system.traders:
            token.send("mint", trader, COINS, sender=deployer)
            token.send("approve", system.market.address, COINS, sender=trader)
    return system
