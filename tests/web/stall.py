# SPDX-License-Identifier: AGPL-3.0-only
"""The spot market on the page's world, a relay that lists it, and a holder who trades there."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from hashrate.orders.order import ZERO_ADDRESS, BookDomain
from hashrate.orders.spot import SignedSpotOrder, SpotDomain, SpotOrder, sign_spot
from hashrate.orders.spot_file import spot_from_json, spot_to_json
from testing.anvil import CHAIN_ID
from testing.evm_contract import EvmContract
from testing.forwards import deploy_forwards
from testing.relay_process import RelayProcess
from tests.web.world import BTC, DAY_SECONDS, WAD, World

ASK, BID = 345, 300  # [satoshi per TH/s]
OFFERED_THS = 50 * WAD


class Stall:
    """A market on which the world's second holder buys and sells Fjord's hashrate."""

    def __init__(self, world: World, folder: Path, tokens: Sequence[str] = ()) -> None:
        """Deploy it, start the relay.

        Args:
            world: with the series.
            folder: of the relay.
            tokens: that the relay lists besides the series' and the money.
        """
        self.world, self.anvil, self.indices = world, world.anvil, [world.oracle.address]
        self.market = world.chain.deploy("market/SpotMarket", sender=world.owner)
        book = deploy_forwards(world.chain, [world.bitcoin.address], world.owner).book
        self.domain = BookDomain(CHAIN_ID, book.address)  # a relay follows a book, too
        self.spot = SpotDomain(CHAIN_ID, to_checksum_address(self.market.address))
        listed = [each.token.address for each in world.series] + [world.bitcoin.address, *tokens]
        self.relay = RelayProcess(self, folder, market=self.market.address, tokens=listed)
        self.relay.start()
        self.maker = world.second_holder
        world.give_bitcoin(self.maker.address, BTC)
        for token in (world.fjord.token, world.bitcoin):
            token.send("approve", self.market.address, 2**255, sender=self.maker.address)

    def close(self) -> None:
        """Stop the relay."""
        self.relay.close()

    def deployment(self) -> dict[str, Any]:
        """Describe it to the page."""
        return {"spot": {"market": self.market.address, "relay": self.relay.url}}

    def quote(self, *, is_buy: bool, price: int, **changes: Any) -> SignedSpotOrder:
        """Let the holder sign an order and hand it to the relay [satoshi per TH/s]."""
        plain = {
            "maker": self.maker.address,
            "taker": ZERO_ADDRESS,
            "is_buy": is_buy,
            "token": to_checksum_address(self.world.fjord.token.address),
            "money": to_checksum_address(self.world.bitcoin.address),
            "price": price,
            "is_per_remaining": False,
            "max_lag_days": 2,
            "quantity": OFFERED_THS,
            "minimum_quantity": 0,
            "deadline": self.anvil.now() + 5 * DAY_SECONDS,
            "epoch": 0,
            "salt": price,
        }
        signed = sign_spot(self.maker, self.spot, SpotOrder(**(plain | changes)))
        answer = self.relay.post_raw(spot_to_json(signed).encode())
        assert answer.status_code == 201, answer.text
        return signed

    def listed(self, maker: LocalAccount) -> list[SignedSpotOrder]:
        """Ask the relay for an account's open orders."""
        records = self.relay.get(f"/orders?maker={maker.address}").json()["orders"]
        return [spot_from_json(json.dumps(each["signed_order"])) for each in records]

    def fill(self, signed: SignedSpotOrder, quantity: int, sender: LocalAccount) -> None:
        """Let somebody take a part of an order, whatever it costs."""
        take = (quantity, quantity, 2**255, 0)
        self.market.send(
            "fill", signed.order.as_tuple(), signed.signature, take, sender=sender.address
        )

    def allowed(self, token: EvmContract, holder: LocalAccount) -> int:
        """Ask the chain what the market may take of an account's token [base units]."""
        return int(token.read("allowance", holder.address, self.market.address))
