# SPDX-License-Identifier: AGPL-3.0-only
"""What `ape run tranches` and `ape run fund` must have answered, on whatever chain they ran."""

import re

import pytest

from tests.integration.driver import Answer

REFUSED = {
    "no product": "there is no product 1; the last one is 0",
    "create again": "tranches: exists",
    "create empty": "the term has no day",
    "create past": "the term starts in the past, on 2028-01-01",
    "split too early": "tranches: not started",
    "split too much": "100000.000000000000000000 thFJORD are needed",
    "merge without junior": "holds 0 TH/s of thFJORD-PT-",
    "claim nothing": "has nothing to claim",
    "no auction": "there is no auction",
    "redeem nothing": "tranches: junior can still pay",
    "no fund": "there is no fund 1; the last one is 0",
    "fund malformed": "'fjord:2' is not a weight such as fjord=2, in whole TH/s",
    "fund unknown": "no series 'nowhere'",
    "fund weightless": "a weight is 1 to 4294967295, not 0",
    "shares malformed": "'ten' is not a decimal number",
    "shares too many": "80000.000000000000000000 thFJORD are needed",
    "redeem shares of another": "holds 0 shares of NORD",
    "claim nothing of fund": "has nothing to claim",
    "claim of a stranger": "NORD has no nowhere; it is",
    "claim fund again": "has nothing to claim",
}
SENT = {
    "create strip": "Product 1 is thFJORD-YT-",
    "create note": "Product 2 is thFJORD-SR-",
    "split strip": "Split 10,000 TH/s",
    "split note": "Split 10,000 TH/s",
    "claim strip": "Paid 0.0",
    "claim note": "Paid 0.00",
    "note": "Noted: met",
    "redeem strip": "Redeemed 10,000 TH/s for 0.00000000 xBTC",
    "redeem note": "Redeemed 10,000 TH/s for 0.00000000 xBTC",
    "fund": "Fund 1 is NORD, at 0x",
    "shares": "Created 2000 shares of NORD for 0x",
    "redeem shares": "Redeemed 1000.5 shares of NORD, the basket to 0x",
    "claim fund of one series": " xBTC of fjord to 0x",
    "claim fund": " xBTC of prairie to 0x",
}
DRY = ["create dry", "split dry", "fund dry", "shares dry", "redeem shares dry", "claim fund dry"]


def _amount(pattern: str, text: str) -> int:
    """Find an amount of bitcoin [sats]."""
    found = re.search(pattern + r"\D*?(\d+)\.(\d{8}) xBTC", text)
    assert found is not None, text
    return int(found[1] + found[2])


class ProductsFlow:
    """Tests of the answers; a subclass sits in the module whose fixture plays the driver."""

    @pytest.mark.parametrize("label", REFUSED)
    def test_products__refused__says_why_in_one_line_and_sends_nothing(
        self, answers: dict[str, Answer], label: str
    ) -> None:
        answer = answers[label]

        assert answer.code == 1, answer.text
        last = answer.text.rstrip().splitlines()[-1]
        assert last.startswith("Error: ")
        assert REFUSED[label] in last
        assert "Transaction" not in answer.text

    @pytest.mark.parametrize("label", SENT)
    def test_products__sent__says_what_happened(
        self, answers: dict[str, Answer], label: str
    ) -> None:
        assert answers[label].code == 0, answers[label].text
        assert SENT[label] in answers[label].text

    @pytest.mark.parametrize("label", DRY)
    def test_products__dry_run__sends_nothing(self, answers: dict[str, Answer], label: str) -> None:
        assert answers[label].code == 0
        assert "Dry run: nothing was sent" in answers[label].text
        assert "Transaction" not in answers[label].text

    def test_tranches__plan__names_the_tokens_as_the_contract_does(
        self, answers: dict[str, Answer]
    ) -> None:
        assert "thFJORD-YT-280414, thFJORD-PT-280414" in answers["create dry"].text
        assert "thFJORD-YT-280414, of fjord" in answers["list"].text
        assert "thFJORD-SR-280511-20, of fjord" in answers["list"].text

    def test_tranches__status__tells_what_is_due(self, answers: dict[str, Answer]) -> None:
        # to the satoshi it depends on the seconds of the chain's blocks
        assert (
            833_000
            < _amount(r"YT-280414 │ [\d.]+ thFJORD, ", answers["status strip"].text)
            < 834_000
        )
        assert "met" in answers["status note"].text

    def test_tranches__note_that_is_met__pays_its_face(self, answers: dict[str, Answer]) -> None:
        """10,000 TH/s at 20 sat, less what they earned in the seconds before they were split."""
        assert 199_900 < _amount("Paid", answers["claim note"].text) <= 200_000

    def test_fund__plan_and_status__name_the_basket(self, answers: dict[str, Answer]) -> None:
        assert "4000.000000000000000000 thFJORD" in answers["shares dry"].text
        assert "10000.000000000000000000 thPRAIRIE" in answers["shares dry"].text
        assert "5002.500000000000000000 thPRAIRIE" in answers["redeem shares dry"].text
        assert "2 TH/s of fjord" in answers["funds"].text
        assert "5 TH/s of prairie" in answers["funds"].text
        assert "999.5 shares" in answers["status fund"].text

    def test_fund__claimed__is_paid_what_status_says(self, answers: dict[str, Answer]) -> None:
        shown = answers["status fund due"].text
        paid = answers["claim fund"].text

        assert _amount("Paid", paid) == _amount("due of prairie", shown) > 0
        assert _amount("due of fjord", shown) == 0

    def test_fund__status__tells_what_a_share_earns(self, answers: dict[str, Answer]) -> None:
        """Half of the 2,000 shares earned from day 2, noon on, and a share is 2 TH/s of fjord."""
        claimed = _amount("Paid", answers["claim fund of one series"].text)
        a_share = _amount("2 TH/s a share:", answers["status fund due"].text)

        # 999.5 shares were held all the time, and 1,000.5 for half of one of the days settled;
        # what a share earned is cut off
        assert 999 * a_share < claimed < 1_500 * (a_share + 1)
