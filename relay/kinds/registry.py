# SPDX-License-Identifier: AGPL-3.0-only
"""The one registry of kinds."""

from collections.abc import Callable

from eth_utils.address import to_checksum_address

from hashrate.orders.order import BookDomain
from hashrate.orders.spot import SpotDomain
from relay.kind import Kind
from relay.kinds.forward import Forwards
from relay.kinds.spot import Spot
from relay.settings import RelaySettings

Maker = Callable[[RelaySettings], Kind | None]


def _forwards(settings: RelaySettings) -> Kind:
    domain = BookDomain(settings.chain_id, to_checksum_address(settings.book))
    return Forwards(domain, [to_checksum_address(each) for each in settings.indices])


def _spot(settings: RelaySettings) -> Kind | None:
    if settings.market is None:
        return None
    domain = SpotDomain(settings.chain_id, to_checksum_address(settings.market))
    return Spot(domain, [to_checksum_address(each) for each in settings.tokens])


KINDS: dict[str, Maker] = {Forwards.name: _forwards, Spot.name: _spot}
"""How each kind is made from the settings; None where they do not name its contract."""


def kinds_of(settings: RelaySettings) -> dict[str, Kind]:
    """Make the kinds that the settings name."""
    made = ((name, make(settings)) for name, make in KINDS.items())
    return {name: kind for name, kind in made if kind is not None}
