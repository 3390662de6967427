# SPDX-License-Identifier: AGPL-3.0-only
"""What `ape run offering` and `ape run spot` must have answered, on whatever chain they ran."""

import csv
import io
import json

import pytest

from tests.integration.driver import Answer

REFUSED = {
    "open by another": "holds 0.000000000000000000 thFJORD",
    "open too dear": "the low price is above the high one",
    "buy too dear": "that costs",
    "buy too much": "round 1 has 400 TH/s left",
    "buy no round": "there is no round 2; the last one is 1",
    "release early": "round 1: nothing is due; 0 of 3 days delivered",
    "refund early": "round 1 is not in default; 0 of 3 days delivered",
    "take back by another": "round 1 is of 0x",
    "fill own": "this order is your own",
    "fill match only": "order: for another taker",
    "match same side": "one of the two has to buy and one to sell",
    "far": "order: remaining unknown",
    "cancel another's": "only its maker 0x",
    "fill cancelled": "order: nothing left",
}
SENT = {
    "open": "Round 1 is open: ape run offering buy 1 AMOUNT",
    "buy": "Bought 600 TH/s for 0.04",
    "buy 2": "Bought 100 TH/s for 0.00",
    "take back": "Took back 300 TH/s",
    "release": "Released 0.0",
    "fill": "Bought 100.5 TH/s for 0.00693551 xBTC",
    "match": "Matched 50 TH/s for 0.00345150 xBTC",
    "sweep": "Bought 60 TH/s for 0.00412040 xBTC",
    "cancel": "Cancelled: it can never be filled again",
    "cancel token": "Those signed before can never be filled again",
    "cancel all": "Those signed before can never be filled again",
}


class MarketFlow:
    """Tests of the answers; a subclass sits in the module whose fixture plays the driver."""

    @pytest.mark.parametrize("label", REFUSED)
    def test_market__refused__says_why_in_one_line_and_sends_nothing(
        self, answers: dict[str, Answer], label: str
    ) -> None:
        answer = answers[label]

        assert answer.code == 1
        last = answer.text.rstrip().splitlines()[-1]
        assert last.startswith("Error: ")
        assert REFUSED[label] in last
        assert "Confirmed" not in answer.text

    @pytest.mark.parametrize("label", SENT)
    def test_market__sent__says_what_happened(self, answers: dict[str, Answer], label: str) -> None:
        assert answers[label].code == 0, answers[label].text
        assert SENT[label] in answers[label].text

    @pytest.mark.parametrize("label", ["open dry", "buy dry", "ask dry", "fill dry"])
    def test_market__dry_run__sends_nothing(self, answers: dict[str, Answer], label: str) -> None:
        assert answers[label].code == 0
        assert "Dry run: nothing was sent, nothing was written." in answers[label].text
        assert "Confirmed" not in answers[label].text

    def test_offering__status__is_the_same_in_json_and_csv(
        self, answers: dict[str, Answer]
    ) -> None:
        (found,) = json.loads(answers["status json"].text)["rounds"]
        (line,) = csv.DictReader(io.StringIO(answers["status csv"].text))

        assert found["series"] == "fjord"
        assert (found["delivery_days"], found["unsold_ths"]) == ("3", str(300 * 10**18))
        assert found["buyer_bought_ths"] == str(600 * 10**18)
        assert {name: str(value) for name, value in found.items() if name in line} == line

    def test_offering__delivered__releases_to_the_satoshi(self, answers: dict[str, Answer]) -> None:
        (found,) = json.loads(answers["status delivered"].text)["rounds"]

        days = int(found["delivered_days"])
        assert 0 < days <= 3
        assert int(found["released"]) == int(found["paid"]) * days // 3
        assert found["due"] == "0"

    def test_offering__buy__warns_whose_the_refund_is(self, answers: dict[str, Answer]) -> None:
        assert "is yours, not the tokens'" in answers["buy dry"].text
        assert "95 %" in answers["buy dry"].text

    @pytest.mark.parametrize(
        ("label", "spender", "cost"),
        [("buy 2", "offering", None), ("fill", "market", "0.00693551")],
    )
    def test_market__by_permit__says_what_is_signed(
        self, answers: dict[str, Answer], label: str, spender: str, cost: str | None
    ) -> None:
        said = " ".join(answers[label].text.replace("│", " ").split())

        assert f"a permit: the {spender} may take {cost or '0.00'}" in said

    def test_spot__book__shows_what_can_be_filled(self, answers: dict[str, Answer]) -> None:
        orders = json.loads(answers["book json"].text)["orders"]
        lines = list(csv.DictReader(io.StringIO(answers["book csv"].text)))

        # the bid is filled by the match: it says why it cannot be filled
        by_file = {order["file"]: order for order in orders}
        assert "order: nothing left" in by_file["bid.json"]["refused"]
        assert by_file["ask.json"]["remaining"] == str(1_495 * 10**17)
        assert by_file["low.json"]["covered"] == str(20 * 10**18)
        assert [line["file"] for line in lines] == list(by_file)
        assert "fjord (thFJORD)" in answers["book"].text

    def test_spot__trades__are_told_as_they_were(self, answers: dict[str, Answer]) -> None:
        trades = json.loads(answers["trades json"].text)["trades"]
        lines = list(csv.DictReader(io.StringIO(answers["trades csv"].text)))

        assert [trade["cost"] for trade in trades] == ["693551", "345150", "136000", "276040"]
        assert lines == trades
        assert "0.00693551 xBTC" in answers["trades"].text
