# SPDX-License-Identifier: AGPL-3.0-only
"""Spot orders from files and relays. Nothing of it is trusted: the market is asked again."""

import json
from pathlib import Path

from commands.shell.errors import ScriptError
from hashrate.orders.relay_client import RelayClient, require_success
from hashrate.orders.spot import SignedSpotOrder, spot_hash
from hashrate.orders.spot_file import read_spot, spot_from_json, spot_to_json


def read_signed(source: str) -> SignedSpotOrder:
    """Read an order from a file, or from its address at a relay, `<relay>/orders/<hash>`.

    Raises:
        HashrateError: it cannot be read or is malformed.
    """
    if not source.startswith(("http://", "https://")):
        return read_spot(Path(source))
    with RelayClient(source) as client:
        entry = client.get().get("order")
    if not isinstance(entry, dict) or "signed_order" not in entry:
        raise ScriptError(f"{source}: the answer holds no signed order")
    signed = spot_from_json(json.dumps(entry["signed_order"]))
    asked = source.rstrip("/").rpartition("/")[2].lower()
    if asked != "0x" + spot_hash(signed.domain, signed.order).hex():
        raise ScriptError(f"{source}: the relay serves another order than was asked for")
    return signed


def post_order(relay: str, signed: SignedSpotOrder) -> None:
    """Send an order to a relay.

    Raises:
        RelayAnswerError: the relay cannot be reached, or refuses.
    """
    with RelayClient(relay) as client:
        require_success(client.submit(spot_to_json(signed).encode()))
