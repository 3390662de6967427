# SPDX-License-Identifier: AGPL-3.0-only
"""The bids of a relay's book for the months of a hedge.

What a relay says is believed for a plan; a trade asks the book itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hashrate.hedging.errors import HedgeError
from hashrate.hedging.selling import Bid, MonthBids
from hashrate.orders.relay_client import RelayClient

_DEPTH = 200  # [levels], as many as a relay returns


def read_bids(relay: str, months: Sequence[MonthBids]) -> list[MonthBids]:
    """Replace the bids of months by those that rest at a relay, the best first.

    Strips and other linked orders are left out: they cannot be taken month by month.

    Raises:
        RelayAnswerError: the relay cannot be reached, or refuses.
        HedgeError: it answers with something else than a book.
    """
    with RelayClient(relay) as client:
        listed = client.get("/markets")
        return [replace(month, bids=_bids(client, listed, month)) for month in months]


def _bids(client: RelayClient, listed: dict[str, Any], month: MonthBids) -> tuple[Bid, ...]:
    terms = month.terms
    wanted = (terms.metric, terms.first_day, terms.end_day, terms.floor_ticks, terms.cap_ticks)
    found = []
    try:
        for entry in listed["markets"]:
            if entry["kind"] != "forward":
                continue
            days = int(entry["first_day"]), int(entry["end_day"])
            band = int(entry["floor_ticks"]), int(entry["cap_ticks"])
            if (int(entry["metric"]), *days, *band) == wanted:
                found.append(int(entry["market"]))
        if len(found) > 1:
            raise HedgeError(f"{month.contract}: the relay has {len(found)} such series")
        levels = client.get(f"/book/{found[0]}?depth={_DEPTH}")["buy"] if found else []
        bids = [Bid(int(each["price"]), int(each["quantity"])) for each in levels]
    except (KeyError, TypeError, ValueError) as error:
        raise HedgeError("the relay answers with something else than a book") from error
    return tuple(sorted((bid for bid in bids if bid.quantity), key=lambda bid: -bid.price_ticks))
