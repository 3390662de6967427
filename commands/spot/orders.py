# SPDX-License-Identifier: AGPL-3.0-only
"""What commands need to know of spot orders."""

from commands.shell.orders import OrderKind
from hashrate.orders.spot import spot_hash
from hashrate.orders.spot_file import spot_from_json, spot_to_json

SPOT = OrderKind(
    spot_from_json, spot_to_json, lambda signed: spot_hash(signed.domain, signed.order)
)
