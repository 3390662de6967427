# SPDX-License-Identifier: AGPL-3.0-only
"""The forwards commands on a local node."""

import pytest

from tests.integration.command_flow import Answer, play
from tests.integration.forwards_flow import ForwardsFlow

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, node: str) -> dict[str, Answer]:
    """Every command's answer."""
    folder = tmp_path_factory.mktemp("forwards_anvil")
    return play("ethereum:local:foundry", folder, "forwards_driver", APE_FOUNDRY_HOST=node)


class TestForwardsAnvil(ForwardsFlow):
    """From the first listing to the last redemption."""

    def test_order__to_a_relay__is_listed_and_quoted(self, answers: dict[str, Answer]) -> None:
        assert answers["relay order"].code == 0
        assert "The relay at http://127.0.0.1:" in answers["relay order"].text
        rows = answers["relay quote"].text.splitlines()
        (ask,) = (line for line in rows if line.startswith("│ ask"))
        assert [cell.strip() for cell in ask.split("│")[2:6]] == ["9999", "4", "1", "HPS-JUN28"]

    def test_fill__from_a_relay__trades(self, answers: dict[str, Answer]) -> None:
        line = "Bought 3 contracts of HPS-JUN28 at 9999 sat per PH/s per day"
        assert line in answers["relay fill"].text
        assert answers["relay cancel"].code == 0

    def test_hide__own_order__is_off_the_relay_and_good_all_the_same(
        self, answers: dict[str, Answer]
    ) -> None:
        for label in ("hide dry", "hide"):
            said = " ".join(answers[label].text.replace("│", " ").split())
            assert "drop it, and take it from nobody" in said
            assert "for whoever has it: cancel ends it" in said
        assert "Dry run: nothing was sent" in answers["hide dry"].text
        assert "lists it no more" in answers["hide"].text
        assert "Bought 1 contract of HPS-JUN28 at 9998 sat" in answers["hidden and good"].text

    @pytest.mark.parametrize(
        ("label", "message"),
        [
            ("relay down", "/orders: "),
            ("relay poor", "the relay refuses: "),
            ("relay unknown", "the relay refuses: unknown: no such order is open"),
            ("relay gone", "nothing is left of the order: filled, or cancelled"),
            ("hide foreign", "only its maker 0x"),
            ("hidden there", "the relay refuses: withdrawn: "),
        ],
    )
    def test_forwards__relay_or_book_refuses__says_why_in_one_line(
        self, answers: dict[str, Answer], label: str, message: str
    ) -> None:
        assert answers[label].code == 1
        last = answers[label].text.rstrip().splitlines()[-1]
        assert last.startswith("Error: ")
        assert message in last
