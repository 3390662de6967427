# SPDX-License-Identifier: AGPL-3.0-only
"""Assembling a quorum's signatures."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.types import UsdE8
from hashrate.reports.errors import (
    PriceSpreadError,
    QuorumMissingError,
    ReportMismatchError,
    SignatureInvalidError,
)
from hashrate.reports.quorum import assemble, assemble_output
from hashrate.reports.report import SignedDayReport, sign_day_report, sign_output_report
from tests.oracles.builders import DOMAIN, make_day_report, make_output_report, reporter

pytestmark = pytest.mark.unit

REPORTERS = [reporter(number) for number in range(1, 8)]


def signed_at(*prices: int) -> list[SignedDayReport]:
    """Let one reporter sign the same day at each price."""
    report = make_day_report()
    return [
        sign_day_report(account, DOMAIN, report, UsdE8(price))
        for account, price in zip(REPORTERS, prices, strict=False)
    ]


def chosen_prices(signed: SignedDayReport) -> list[int]:
    return sorted(signature.btc_usd_e8 for signature in signed.signatures)


# ---------------------------------------------------------------- what is picked


@given(st.permutations(range(5)), st.integers(1, 5))
def test_assemble__parts_in_any_order__sorts_threshold_signatures_by_signer(
    order: list[int], threshold: int
) -> None:
    parts = signed_at(1000, 1001, 1002, 1003, 1004)

    signed = assemble([parts[i] for i in order], threshold)

    ranks = [int(signature.signer, 16) for signature in signed.signatures]
    assert ranks == sorted(set(ranks))
    assert len(ranks) == threshold
    assert signed == assemble(parts, threshold)
    assert (signed.domain, signed.report) == (DOMAIN, make_day_report())
    assert signed.signature_tuples() == [s.as_tuple() for s in signed.signatures]


@pytest.mark.parametrize(
    ("prices", "threshold", "picked"),
    [
        ([1000, 1001, 1002], 3, [1000, 1001, 1002]),
        ([1000, 1001, 1002, 1003, 1004], 3, [1001, 1002, 1003]),  # the middle
        ([1000, 1001, 1002, 1003], 3, [1000, 1001, 1002]),  # no middle: the lower one
        ([1000, 1001, 1002, 1003, 9999], 3, [1001, 1002, 1003]),
        ([1, 1000, 1001, 1002], 3, [1000, 1001, 1002]),  # an outlier below
        ([1000, 1001, 1002, 9999, 9999], 3, [1000, 1001, 1002]),  # two above
        ([1, 1, 1000, 1001, 1002], 3, [1000, 1001, 1002]),
    ],
)
def test_assemble__prices__picks_neighbours_nearest_to_the_middle(
    prices: list[int], threshold: int, picked: list[int]
) -> None:
    assert chosen_prices(assemble(signed_at(*prices), threshold)) == picked


def test_assemble__parts_assembled_before__merges_and_drops_repetitions() -> None:
    parts = signed_at(1000, 1001, 1002)

    signed = assemble([assemble(parts[:2], 2), assemble(parts[1:], 2), parts[0]], 3)

    assert signed == assemble(parts, 3)


# ---------------------------------------------------------------- spread


@pytest.mark.parametrize(("high", "fits"), [(10_099, True), (10_100, True), (10_101, False)])
def test_assemble__spread_around_one_percent__follows_the_contracts_bound(
    high: int, fits: bool
) -> None:
    parts = signed_at(10_000, high)

    if fits:
        assert chosen_prices(assemble(parts, 2)) == [10_000, high]
    else:
        with pytest.raises(PriceSpreadError, match="no 2 of 2 prices lie within 100 bps"):
            assemble(parts, 2)


def test_assemble__other_spread__is_used() -> None:
    parts = signed_at(10_000, 10_500)

    assert chosen_prices(assemble(parts, 2, spread_bps=500)) == [10_000, 10_500]
    with pytest.raises(PriceSpreadError, match="499 bps"):
        assemble(parts, 2, spread_bps=499)


# ---------------------------------------------------------------- refusals


def test_assemble__too_few__raises() -> None:
    with pytest.raises(QuorumMissingError, match="2 signatures, the threshold is 3"):
        assemble(signed_at(1000, 1001), 3)
    with pytest.raises(QuorumMissingError, match="no signed report"):
        assemble([], 1)


@pytest.mark.parametrize("threshold", [0, -1, 32])
def test_assemble__threshold_out_of_range__raises(threshold: int) -> None:
    with pytest.raises(QuorumMissingError, match="not 1 to 31"):
        assemble(signed_at(1000), threshold)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fees_sats": 1}, "report.facts.fees_sats: 7000000000 in one report, 1 in another"),
        ({"day": 1}, "report.facts.day"),
        ({"revision": 1}, "report.revision"),
        ({"membership_version": 2}, "report.membership_version"),
    ],
)
def test_assemble__reports_differ__names_the_field(changes: dict[str, int], field: str) -> None:
    first = signed_at(1000)[0]
    other = sign_day_report(REPORTERS[1], DOMAIN, make_day_report(**changes), UsdE8(1000))

    with pytest.raises(ReportMismatchError, match=field):
        assemble([first, other], 2)


def test_assemble__other_oracle__raises() -> None:
    other = replace(DOMAIN, chain_id=1)
    part = sign_day_report(REPORTERS[1], other, make_day_report(), UsdE8(1000))

    with pytest.raises(ReportMismatchError, match=r"domain.chain_id: 31337 .* 1 in another"):
        assemble([*signed_at(1000), part], 2)


def test_assemble__one_signer_at_two_prices__raises() -> None:
    twice = sign_day_report(REPORTERS[0], DOMAIN, make_day_report(), UsdE8(1001))

    with pytest.raises(ReportMismatchError, match=f"{REPORTERS[0].address} signed 2 times"):
        assemble([*signed_at(1000, 1000), twice], 2)


def test_assemble__forged_signature__raises() -> None:
    genuine = signed_at(1000, 1000)
    (signature,) = genuine[1].signatures
    forged = replace(genuine[1], signatures=(replace(signature, btc_usd_e8=UsdE8(1001)),))

    with pytest.raises(SignatureInvalidError, match=REPORTERS[1].address):
        assemble([genuine[0], forged], 1)


# ---------------------------------------------------------------- outputs


def test_assemble_output__more_than_threshold__takes_the_lowest_addresses() -> None:
    parts = [sign_output_report(account, DOMAIN, make_output_report()) for account in REPORTERS]

    signed = assemble_output(parts[::-1], 3)

    lowest = sorted((account.address for account in REPORTERS), key=lambda a: int(a, 16))[:3]
    assert [signature.signer for signature in signed.signatures] == lowest
    assert signed.signature_tuples() == [(s.v, s.r, s.s) for s in signed.signatures]


def test_assemble_output__outputs_differ__names_the_field() -> None:
    parts = [
        sign_output_report(REPORTERS[0], DOMAIN, make_output_report()),
        sign_output_report(REPORTERS[1], DOMAIN, make_output_report(credited_sats=1)),
    ]

    with pytest.raises(ReportMismatchError, match="report.credited_sats: 85000"):
        assemble_output(parts, 2)


def test_assemble_output__too_few__raises() -> None:
    with pytest.raises(QuorumMissingError, match="1 signature, the threshold is 2"):
        assemble_output([sign_output_report(REPORTERS[0], DOMAIN, make_output_report())], 2)
