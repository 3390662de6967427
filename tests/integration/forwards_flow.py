# SPDX-License-Identifier: AGPL-3.0-only
"""What the forwards commands must answer on every chain: from the listing to the redemption.

Money is worked out here by hand from the trades and the source's own days, in satoshi and in
millionths of a dollar, and not with the functions under test.
"""

import json
from typing import Any

import pytest

from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_iso
from hashrate.history import open_source
from tests.integration.driver import SOURCE, Answer
from tests.integration.forwards_driver import MIDDLE_FINAL

MAY, JUNE = day_from_iso("2028-05-01"), day_from_iso("2028-06-01")
DAYS = 31
FLOOR, CAP = 5_000, 40_000  # [sat] of HPS from May 2028 on
PAIR = DAYS * (CAP - FLOOR)


def sums(days: int) -> tuple[int, int]:
    """Add the first days of May up: satoshi [1e-15 sat per PH/s] and dollars [1e-15 per PH/s]."""
    source = open_source(SOURCE)
    sats = dollars = 0
    for number in range(MAY, MAY + days):
        seen = source.observe(DayIndex(number))
        sats += seen.facts.hashprice_wad
        dollars += seen.facts.hashprice_wad * seen.btc_usd_e8 // 10**16
    return sats, dollars


def long_in_sats(days: int, rest_sats: int) -> int:
    """Compute what LONG of HPS-MAY28 is worth if the other days bring `rest_sats` each [sat]."""
    realised, _ = sums(days)
    return realised // 10**15 + (DAYS - days) * rest_sats - DAYS * FLOOR


def position(answers: dict[str, Answer], label: str, contract: str) -> dict[str, Any]:
    """Find a contract in the JSON of `positions`."""
    assert answers[label].code == 0
    found = [each for each in json.loads(answers[label].text) if each["contract"] == contract]
    assert len(found) == 1
    return found[0]


class ForwardsFlow:
    """Tests of the answers; a subclass says on which chain, by a fixture `answers`."""

    def test_deploy__with_forwards__records_vault_and_dollar(
        self, answers: dict[str, Answer]
    ) -> None:
        assert answers["deploy"].code == 0
        for name in ("MockDollar", "ForwardsBook.blueprint", "ForwardsMetadata", "ForwardsVault"):
            assert f"{name} at 0x" in answers["deploy"].text

    def test_months__three_of_them__are_the_next_with_their_bands(
        self, answers: dict[str, Answer]
    ) -> None:
        lines = [line for line in answers["months"].text.splitlines() if "HPS-" in line]

        assert [line.split("│")[1].strip() for line in lines] == [
            "HPS-MAY28",
            "HPS-JUN28",
            "HPS-JUL28",
        ]
        cells = [cell.strip() for cell in lines[0].split("│")[2:7]]
        assert cells == ["31", "5000", "40000", "0.01085000 xBTC", "not listed"]

    @pytest.mark.parametrize(
        ("label", "message"),
        [
            ("list young oracle", "the contract refuses: series: index too young"),
            ("list past", "the vault would refuse the series: its first day has begun"),
            ("list nonsense", "'HPX-MAY28' is not a contract such as HPS-JAN27"),
            ("order unlisted", "HPS-MAY28 is not listed yet: ape run forwards list HPS-MAY28"),
            ("order below floor", "price 4999 is outside the series' floor 5000 and cap 40000"),
            ("order other unit", "'$10.50' is not a price of HPS such as 43150sat"),
            ("order late", "does not trade any more: --in-window trades a window that has begun"),
            ("fill below minimum", "10 contracts at least are to be taken, not 9 of 60 left"),
            ("fill own", "this order is your own"),
            ("fill poor", "holds 0.00000000 xBTC, 0.10230000 xBTC are needed"),
            ("fill damaged", "the order is not signed by its maker 0x"),
            ("fill not for you", "may take this order"),
            ("fill again", "nothing is left of the order: filled, or cancelled"),
            ("fill cancelled", "nothing is left of the order: filled, or cancelled"),
            ("order peg loose", "a price that follows the index needs --between LOW:HIGH"),
            ("fill match only", "may take this order"),
            ("fill dead leg", "the contract refuses: order: other epoch"),
            ("fill strip cancelled", "the contract refuses: order: other epoch"),
            ("cancel foreign", "can cancel this order"),
            ("cancel again", "nothing is left of the order: filled, or cancelled before"),
            ("redeem early", "HPS-MAY28 is not due: open"),
            ("settle early", "the contract refuses: series: not due"),
            ("settle again", "HPS-MAY28 is settled already"),
            ("redeem nothing", "holds nothing of HPS-MAY28"),
            ("merge nothing", "holds 0 pairs of HPS-JUN28"),
            ("withdraw nothing", "nothing waits for 0x"),
            ("sweep too cheap", "no order on HPS-JUN28 can be filled at that price"),
            ("fill unpaid", "its maker can pay for 0 contracts now, not for 1"),
        ],
    )
    def test_forwards__refused__says_why_in_one_line(
        self, answers: dict[str, Answer], label: str, message: str
    ) -> None:
        answer = answers[label]

        assert answer.code == 1
        last = answer.text.rstrip().splitlines()[-1]
        assert last.startswith("Error: ")
        assert message in last

    @pytest.mark.parametrize("label", ["list dry", "order dry", "fill dry", "settle dry"])
    def test_forwards__dry_run__sends_nothing(self, answers: dict[str, Answer], label: str) -> None:
        assert answers[label].code == 0
        assert "Dry run: nothing was sent, nothing was written." in answers[label].text
        assert "Transaction" not in answers[label].text

    def test_order__dry_run__writes_no_file(self, answers: dict[str, Answer]) -> None:
        assert answers["files after dry run"].text == "0"

    def test_list__answered_no__sends_nothing(self, answers: dict[str, Answer]) -> None:
        assert answers["list declined"].code == 1
        assert "Aborted" in answers["list declined"].text
        assert "listed: series" not in answers["list declined"].text

    def test_list__strip_and_letters__creates_the_series_predicted(
        self, answers: dict[str, Answer]
    ) -> None:
        text = answers["list"].text

        assert answers["list"].code == 0
        for code in ("HPS-MAY28", "HPS-JUN28", "HPU-MAY28", "DIF-MAY28"):
            assert f"{code} listed: series 0x" in text
        predicted = answers["quote unlisted"].text.partition("series")[2].split()[1]
        assert f"HPS-MAY28 listed: series {predicted}" in text

    def test_list__again__sends_nothing(self, answers: dict[str, Answer]) -> None:
        assert answers["list again"].code == 0
        assert "HPS-MAY28 is listed already." in answers["list again"].text
        assert "Transaction" not in answers["list again"].text

    def test_quote__with_orders__shows_mark_collateral_and_open_orders_only(
        self, answers: dict[str, Answer]
    ) -> None:
        before, after = answers["quote"].text, answers["quote after"].text

        (ask,) = (line for line in before.splitlines() if line.startswith("│ ask"))
        assert [cell.strip() for cell in ask.split("│")[2:6]] == ["10500", "60", "10", "HPS-MAY28"]
        (ask,) = (line for line in after.splitlines() if line.startswith("│ ask"))
        assert [cell.strip() for cell in ask.split("│")[2:5]] == ["10500", "40", "10"]
        assert "│ bid" not in after
        assert "nothing is left of the order: filled, or cancelled" in after
        assert "10800.000, LONG worth 0.00179800 xBTC" in after

    def test_fill__fresh_party__pays_its_collateral(self, answers: dict[str, Answer]) -> None:
        # 20 contracts x 31 days x (10,500 - 5,000) sat
        assert "│ you pay           │ 0.03410000 xBTC" in answers["fill"].text
        line = "Bought 20 contracts of HPS-MAY28 at 10500 sat per PH/s per day"
        assert line in answers["fill"].text

    def test_fill__against_an_opposite_position__is_paid_for_closing(
        self, answers: dict[str, Answer]
    ) -> None:
        # 5 LONG given up at 10,800: 5 x 31 x 5,800 sat
        assert "5 against what you hold on the other side" in answers["fill closing"].text
        assert "│ you receive       │ 0.00899000 xBTC" in answers["fill closing"].text
        assert "Sold 5 contracts of HPS-MAY28" in answers["fill closing"].text

    def test_fill__strip__trades_every_month(self, answers: dict[str, Answer]) -> None:
        # one SHORT of each: (31 + 30) x (40,000 - 10,000) sat
        assert "│ you pay           │ 0.01830000 xBTC" in answers["fill strip"].text
        assert "Sold 1 contract of HPS-MAY28, HPS-JUN28" in answers["fill strip"].text

    def test_order__spread__says_each_leg_and_trades_both(self, answers: dict[str, Answer]) -> None:
        signed = answers["order spread"].text
        assert "buys, LONG: 1 contract of 1 PH/s a unit at 10100 sat per PH/s per day" in signed
        assert "sells, SHORT: 1 contract of 1 PH/s a unit at 9500 sat per PH/s per day" in signed
        # LONG of May given up at 10,100, LONG of June opened at 9,500
        paid = 31 * (10_100 - FLOOR) - 30 * (9_500 - FLOOR)
        assert f"│ you receive       │ 0.{paid:08} xBTC" in answers["fill spread"].text
        line = "Took the other side of 1 unit of +1 HPS-MAY28, -1 HPS-JUN28"
        assert line in answers["fill spread"].text

    def test_order__pegged__says_how_and_is_filled_within_its_bounds(
        self, answers: dict[str, Answer]
    ) -> None:
        said = " ".join(answers["order peg"].text.replace("│", " ").split())
        assert "the mean of the newest 1 final day - 50, from 9000 to 11000 sat" in said
        assert "Sold 1 contract of HPS-JUN28 at" in answers["fill peg"].text
        price = int(answers["fill peg"].text.partition("HPS-JUN28 at ")[2].split()[0])
        assert 9_000 <= price <= 11_000

    def test_match__two_orders_for_it_alone__trade_half_way(
        self, answers: dict[str, Answer]
    ) -> None:
        assert "another order only, by match" in answers["order bid"].text
        # it closes what it holds: nothing can be taken
        assert "takes at most     │ 0.00000000 xBTC" in answers["order ask"].text
        assert "Matched 1 of HPS-JUN28" in answers["match"].text
        assert "may do nothing for you" in answers["disown"].text
        assert "0.50000000 xBTC, at any price inside" in answers["approve book"].text

    def test_order__second_one_of_a_maker__approval_is_the_sum(
        self, answers: dict[str, Answer]
    ) -> None:
        # SHORT of June: 30 days x (40,000 - price) sat; each order takes its own share
        first, second = 3 * 30 * (40_000 - 9_500), 2 * 30 * (40_000 - 9_600)
        said = answers["ask second"].text
        assert f"0.{first:08} xBTC -> 0.{first + second:08} xBTC" in said

    def test_sweep__several_orders__best_first_and_the_plan_before(
        self, answers: dict[str, Answer]
    ) -> None:
        # whose maker has nothing, and whose permit a sweep does not send, are left out
        paid = 30 * (3 * (9_500 - FLOOR) + 2 * (9_600 - FLOOR))
        for label in ("sweep dry", "sweep"):
            said = answers[label].text
            assert said.index("3 at 9500 sat") < said.index("2 at 9600 sat")
            assert "9400 sat" not in said and "9700 sat" not in said
            assert f"0.{paid:08} xBTC" in said
            # (3 x 9,500 + 2 x 9,600) / 5 = 9,540
            assert "9540 sat per PH/s per day" in said
        assert "Dry run: nothing was sent" in answers["sweep dry"].text
        assert "Bought 5 contracts of HPS-JUN28" in answers["sweep"].text
        assert "skipped" not in answers["sweep"].text

    def test_permits__of_both_parties__are_said_and_pay(self, answers: dict[str, Answer]) -> None:
        """The maker's comes with the order, the taker's with the fill: nobody approved anything."""
        locked, paid = 2 * 30 * (40_000 - 9_700), 2 * 30 * (9_700 - FLOOR)
        words = "a permit: the vault may take"
        for label, amount in (("ask permitted", locked), ("fill permit", paid)):
            said = " ".join(answers[label].text.replace("│", " ").split())
            assert f"{words} 0.{amount:08} xBTC of yours, until" in said
        assert "Bought 2 contracts of HPS-JUN28 at 9700 sat" in answers["fill permit"].text
        assert words in " ".join(answers["mint permit"].text.replace("│", " ").split())
        assert "Minted 1 LONG and 1 SHORT" in answers["mint permit"].text

    def test_cancel__one_and_all__says_for_ever(self, answers: dict[str, Answer]) -> None:
        assert "Cancelled: it can never be filled again" in answers["cancel"].text
        assert "Every order signed before can never be filled again" in answers["cancel all"].text

    def test_positions__middle_of_the_month__marks_realised_days_and_last_trade(
        self, answers: dict[str, Answer]
    ) -> None:
        found = position(answers, "positions buyer middle", "HPS-MAY28")

        # 20 bought at 10,500, 5 sold at 10,800, one in a spread at 10,100: the last trade
        value = long_in_sats(MIDDLE_FINAL, 10_100)
        assert found["state"] == f"in its window, {MIDDLE_FINAL} of 31 days final"
        assert (found["longs"], found["shorts"]) == ("14", "0")
        assert found["long_value"] == str(value)
        assert found["short_value"] == str(PAIR - value)
        assert found["value"] == str(14 * value)
        profit = 20 * (value - DAYS * 5_500) - 5 * (value - DAYS * 5_800)
        profit -= value - DAYS * 5_100
        assert found["profit"] == str(profit)

    def test_positions__given_price__marks_the_other_days_with_it(
        self, answers: dict[str, Answer]
    ) -> None:
        found = position(answers, "positions priced", "HPS-MAY28")

        assert found["long_value"] == str(long_in_sats(MIDDLE_FINAL, 9_000))

    def test_positions__all_parties__profits_cancel_out(self, answers: dict[str, Answer]) -> None:
        for when in ("middle", "settled", "redeemed"):
            for contract in ("HPS-MAY28", "HPU-MAY28"):
                profits = [
                    int(each["profit"])
                    for name in ("miner", "buyer", "third")
                    for each in json.loads(answers[f"positions {name} {when}"].text)
                    if each["contract"] == contract
                ]
                assert sum(profits) == 0
                assert any(profits)

    def test_positions__for_people__shows_totals_by_token(self, answers: dict[str, Answer]) -> None:
        assert answers["positions for people"].code == 0
        for words in ("HPS-MAY28", "HPU-MAY28", "all in xBTC", "all in xUSD"):
            assert words in answers["positions for people"].text

    def test_settle__whole_month_final__pays_the_sum_of_its_days(
        self, answers: dict[str, Answer]
    ) -> None:
        long = long_in_sats(DAYS, 0)

        assert answers["settle"].code == 0
        assert (
            f"HPS-MAY28 settled: LONG {long // 10**8}.{long % 10**8:08}" in answers["settle"].text
        )

    def test_redeem__every_holder__gets_all_that_was_put_in(
        self, answers: dict[str, Answer]
    ) -> None:
        # miner 20 + 1 - 1 SHORT, buyer 15 - 1 LONG, third 5 + 1 LONG
        long = long_in_sats(DAYS, 0)
        amounts = {"miner": 20 * (PAIR - long), "buyer": 14 * long, "third": 6 * long}

        assert sum(amounts.values()) == 20 * PAIR
        for name, amount in amounts.items():
            line = f"Redeemed {amount // 10**8}.{amount % 10**8:08} xBTC to 0x"
            assert line in answers[f"redeem {name}"].text

    def test_redeem__in_dollars_to_another__pays_the_dollar_sum(
        self, answers: dict[str, Answer]
    ) -> None:
        _, dollars = sums(DAYS)
        long = dollars * 10_000 // 10**13 - DAYS * 1_000 * 10_000  # $0.01 is 10^4 base units
        amount = 3 * long

        line = f"Redeemed {amount // 10**6}.{amount % 10**6:06} xUSD to 0x"
        assert line in answers["redeem dollars"].text

    def test_merge__one_of_two_pairs__pays_its_whole_cost(self, answers: dict[str, Answer]) -> None:
        # 30 days x 35,000 sat
        assert "Merged for 0.01050000 xBTC to 0x" in answers["merge"].text

    def test_positions__after_redemption__keep_the_profit_and_hold_nothing(
        self, answers: dict[str, Answer]
    ) -> None:
        settled = position(answers, "positions buyer settled", "HPS-MAY28")
        redeemed = position(answers, "positions buyer redeemed", "HPS-MAY28")

        assert (redeemed["longs"], redeemed["value"]) == ("0", "0")
        assert redeemed["profit"] == settled["profit"] != "0"
        assert redeemed["state"] == "settled"
