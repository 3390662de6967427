# SPDX-License-Identifier: AGPL-3.0-only
"""The commands of strips and notes on ape's in-process chain."""

import pytest

from tests.integration.command_flow import Answer, play

pytestmark = pytest.mark.integration

REFUSED = {
    "no product": "there is no product 1; the last one is 0",
    "create again": "tranches: exists",
    "split too early": "tranches: not started",
    "split too much": "100000.000000000000000000 thFJORD are needed",
    "merge without junior": "holds 0 TH/s of thFJORD-PT-",
    "claim nothing": "has nothing to claim",
    "no auction": "there is no auction",
    "redeem nothing": "tranches: junior can still pay",
}
SENT = {
    "create strip": "Product 1 is thFJORD-YT-",
    "create note": "Product 2 is thFJORD-SR-",
    "split strip": "Split 10,000 TH/s",
    "split note": "Split 10,000 TH/s",
    "claim strip": "Paid 0.0",
    "claim note": "Paid 0.00199993 xBTC",
    "note": "Noted: met",
    "redeem strip": "Redeemed 10,000 TH/s for 0.00000000 xBTC",
    "redeem note": "Redeemed 10,000 TH/s for 0.00000000 xBTC",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """Every command's answer."""
    return play("ethereum:local:test", tmp_path_factory.mktemp("tranches"), "tranches_driver")


@pytest.mark.parametrize(("label", "message"), REFUSED.items())
def test_tranches__refused__says_why_in_one_line(
    answers: dict[str, Answer], label: str, message: str
) -> None:
    assert answers[label].code == 1
    assert message in answers[label].text


@pytest.mark.parametrize(("label", "message"), SENT.items())
def test_tranches__sent__says_what_happened(
    answers: dict[str, Answer], label: str, message: str
) -> None:
    assert answers[label].code == 0
    assert message in answers[label].text


@pytest.mark.parametrize("label", ["create dry", "split dry"])
def test_tranches__dry_run__sends_nothing(answers: dict[str, Answer], label: str) -> None:
    assert answers[label].code == 0
    assert "Dry run: nothing was sent" in answers[label].text


def test_tranches__list_and_status__name_everything(answers: dict[str, Answer]) -> None:
    assert "thFJORD-YT-280414, of fjord" in answers["list"].text
    assert "thFJORD-SR-280511-20, of fjord" in answers["list"].text
    assert "0.00833120 xBTC to claim" in answers["status strip"].text
    assert "met" in answers["status note"].text
