# SPDX-License-Identifier: AGPL-3.0-only
"""What the commands must answer on every chain: from the first deployment to the first claim."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commands.shell.parameters import read_parameters
from commands.shell.provenance import ROOT
from hashrate.core.types import DayIndex
from hashrate.core.units import decimal_text
from hashrate.history import open_source
from reference import DayPrices, DayReward, Output, SeriesTerms, day_reward
from tests.integration.driver import CREDITED_SATS, DELIVERED_THS, SOURCE, Answer

PAID_DAY = 2  # from the first, 0
SUPPLY_THS = 60_000 * 10**18
ANSWERS_FILE = "answers.json"
TIMEOUT_SECONDS = 900
SYSTEM_RECORDS = [
    "ForwardsBook.blueprint.json",
    "ForwardsMetadata.json",
    "ForwardsVault.json",
    "FundFactory.json",
    "HashpriceOracle.json",
    "HashrateFund.blueprint.json",
    "HashrateOffering.json",
    "HashrateToken.blueprint.json",
    "HashrateTranches.blueprint.json",
    "MetricFeed.difficulty.json",
    "MetricFeed.hashprice-sats.json",
    "MetricFeed.hashprice-usd.json",
    "MockBitcoin.json",
    "MockDollar.json",
    "RewardDistributor.blueprint.json",
    "SeriesLens.json",
    "SeriesRegistry.json",
    "Shelf.blueprint.json",
    "SpotMarket.json",
    "TrancheToken.blueprint.json",
    "TranchesFactory.json",
]


def play(
    network: str, folder: Path, driver: str = "driver", **environment: str
) -> dict[str, Answer]:
    """Run a driver against a network and give every command's answer."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.integration.{driver}", network, str(folder)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads((folder / ANSWERS_FILE).read_text(encoding="utf-8"))
    return {label: Answer(**answer) for label, answer in answers.items()}


def ape_run(*args: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `ape run …` as a user would."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "ape"), "run", *args],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def expected_reward() -> DayReward:
    """Work the first paid day out with the reference model: the whole day, one holder."""
    series = read_parameters(ROOT / "parameters/local.toml", is_local=True).series["fjord"]
    terms = SeriesTerms(
        start_day=0,
        pool_fee_bps=series.pool_fee_bps,
        guaranteed_uptime_bps=series.guaranteed_uptime_bps,
        efficiency_mj_per_th=series.efficiency_mj_per_th,
        power_price_micro_usd_per_kwh=series.power_price_usd_e6,
        service_sats_per_th_day_wad=series.service_fee_wad,
    )
    source = open_source(SOURCE)
    seen = source.observe(DayIndex(source.first_day + PAID_DAY))
    prices = DayPrices(seen.facts.hashprice_wad, seen.btc_usd_e8)
    output = Output(CREDITED_SATS, DELIVERED_THS, final_at=0)
    return day_reward(terms, prices, output, SUPPLY_THS * 86_400, decimals=8)


class CommandFlow:
    """Tests of the answers; a subclass says on which chain, by a fixture `answers`."""

    def test_deploy__dry_run__shows_plan_and_writes_nothing(
        self, answers: dict[str, Answer]
    ) -> None:
        shown = answers["deploy dry"]

        assert shown.code == 0
        assert "config.short_window_seconds: 43200" in shown.text
        assert "Dry run: nothing was sent, nothing was written." in shown.text
        assert json.loads(answers["records after dry run"].text) == []

    def test_deploy__answered_no__sends_nothing(self, answers: dict[str, Answer]) -> None:
        assert answers["deploy declined"].code == 1
        assert "Aborted" in answers["deploy declined"].text
        assert "read back and recorded" not in answers["deploy declined"].text

    def test_deploy__answered_yes__records_every_contract(self, answers: dict[str, Answer]) -> None:
        assert answers["deploy"].code == 0
        assert answers["deploy"].text.count("read back and recorded") == len(SYSTEM_RECORDS)
        assert json.loads(answers["records before issue"].text) == SYSTEM_RECORDS

    def test_deploy__again__keeps_everything(self, answers: dict[str, Answer]) -> None:
        assert answers["deploy again"].code == 0
        assert "Everything is there already." in answers["deploy again"].text

    def test_verify__as_deployed__shows_every_contract(self, answers: dict[str, Answer]) -> None:
        assert answers["verify"].code == 0
        count = len(SYSTEM_RECORDS)
        assert f"{count} contracts: the code is the recorded." in answers["verify"].text
        assert answers["verify"].text.count("this tree") == count

    def test_verify__other_code_or_none__names_the_contract(
        self, answers: dict[str, Answer]
    ) -> None:
        other, missing = answers["verify changed"], answers["verify moved"]

        assert (other.code, missing.code) == (1, 1)
        assert "HashpriceOracle at 0x" in other.text
        assert "not the recorded" in other.text
        assert "SeriesLens: no code at 0x1111" in missing.text

    def test_deploy__done__records_say_what_was_made_from_what(
        self, answers: dict[str, Answer], folder: Path
    ) -> None:
        assert answers["deploy"].code == 0

        (path,) = folder.rglob("SeriesRegistry.json")
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

        assert path.parent.name == f"{record['chain_id']}-{record['network']}"
        assert record["compiler"]["version"] == "0.4.3"
        assert record["compiler"]["settings"]["evmVersion"] == "cancun"
        assert len(record["source_hash"]) == 64
        assert len(record["git_commit"]) == 40
        (oracle,) = folder.rglob("HashpriceOracle.json")
        assert record["args"]["oracle"] == json.loads(oracle.read_text("utf-8"))["address"]

    @pytest.mark.parametrize(
        ("label", "message"),
        [
            ("issue too early", "no SeriesRegistry is recorded in"),
            ("issue unknown", "no series 'nowhere' in the parameters; there are: fjord, prairie"),
            ("issue again", "series fjord is issued already, at 0x"),
            ("report damaged", "signature of 0x"),
            ("report one signature", "1 signature, the threshold is 2"),
            ("report day again", "2028-04-09 is posted already: --replace it while it is pending"),
            ("report day not over", "the contract refuses: oracle: day not over"),
            (
                "report wrong day",
                "the report is of 2028-04-11, the oracle waits for 2028-04-10",
            ),
            ("report mixed", "the files mix day and output reports: post one report at a time"),
            (
                "report correction without replace",
                "2028-04-11 is posted already: --replace it while it is pending",
            ),
            ("deposit without money", "holds 0.00000000 BTC of the reward token"),
            ("deposit malformed", "'0.1eth' is not an amount such as 0.25btc or 25000000sat"),
            ("mint by stranger", "the contract refuses: ownable: caller is not the owner"),
            ("mint too much", "the contract refuses: dist: above attested hashrate"),
            (
                "settle early",
                "fjord: 2028-04-11 cannot settle: the day is not final in the oracle",
            ),
            ("claim early", "has nothing to claim"),
            ("claim again", "has nothing to claim"),
            ("status unknown", "no series 'nowhere' in"),
        ],
    )
    def test_command__refused__says_why_in_one_line(
        self, answers: dict[str, Answer], label: str, message: str
    ) -> None:
        answer = answers[label]

        assert answer.code == 1
        last = answer.text.rstrip().splitlines()[-1]
        assert last.startswith("Error: ")
        assert message in last

    @pytest.mark.parametrize("label", ["deposit dry", "settle dry", "issue dry"])
    def test_command__dry_run__sends_nothing(self, answers: dict[str, Answer], label: str) -> None:
        assert answers[label].code == 0
        assert "Dry run: nothing was sent, nothing was written." in answers[label].text
        assert "Transaction" not in answers[label].text

    @pytest.mark.parametrize(
        ("label", "line"),
        [
            ("issue", "Series fjord issued and read back:"),
            ("report day", "Posted 2028-04-09, final from 2028-04-13 06:00:"),
            ("report output", "Posted, final from 2028-04-10 18:00:"),
            ("faucet", "now holds 1.00000000 BTC"),
            ("deposit", "Deposited 0.10000000 BTC"),
            ("bond", "Bond raised by 0.02000000 BTC"),
            ("mint", "Minted 60,000 TH/s to 0x"),
            ("replace day 2", "Posted 2028-04-11, final from 2028-04-13 06:00:"),
            ("replace output 2", "Posted, final from 2028-04-12 18:00:"),
        ],
    )
    def test_command__sent__says_what_happened(
        self, answers: dict[str, Answer], label: str, line: str
    ) -> None:
        assert answers[label].code == 0
        assert line in answers[label].text

    def test_settle__first_day__pays_what_the_reference_model_says(
        self, answers: dict[str, Answer]
    ) -> None:
        reward = decimal_text(expected_reward().reward, 8)

        assert answers["settle"].code == 0
        line = f"Settled 2028-04-11: reward {reward} BTC, paid {reward} BTC"
        assert line in answers["settle"].text

    def test_claim__by_a_keeper__pays_the_holder_everything(
        self, answers: dict[str, Answer]
    ) -> None:
        reward = expected_reward().reward

        before = json.loads(answers["status settled"].text)["series"][0]
        after = json.loads(answers["status claimed"].text)["series"][0]

        assert answers["claim"].code == 0
        assert f"Paid {decimal_text(reward, 8)} BTC to 0x" in answers["claim"].text
        assert before["holder"]["claimable"] == str(reward)
        assert after["holder"]["claimable"] == "0"
        assert after["ledger"]["claimed"] == str(reward)
        assert after["ledger"]["escrow"] == str(10_000_000 - reward)

    def test_status__for_people__names_oracle_series_and_holder(
        self, answers: dict[str, Answer]
    ) -> None:
        shown = answers["status for people"]

        assert shown.code == 0
        for words in ("2 of 3", "fjord (thFJORD)", "60,000 TH/s", "can claim"):
            assert words in shown.text
