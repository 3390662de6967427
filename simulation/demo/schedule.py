# SPDX-License-Identifier: AGPL-3.0-only
"""What the demo runs, as data: who, when, how much. Days count from the first one, 0."""

from dataclasses import dataclass

from commands.shell.parameters import (
    NetworkParameters,
    OracleParameters,
    RewardTokenParameters,
    SeriesParameters,
)
from hashrate.core.types import DayIndex
from hashrate.core.units import iso_from_day

DAYS = 35
START = 4  # first day that is paid
ATTESTATION_DAYS = 3
WAD = 10**18

OWNER, GUARDIAN, KEEPER = "TEST::0", "TEST::1", "TEST::19"
REPORTERS = ("TEST::2", "TEST::3", "TEST::4")
THRESHOLD = 2
SPREAD_BPS = 100

HOLDERS = {
    "pension fund": "TEST::7",
    "day trader": "TEST::8",
    "night owl": "TEST::9",
    "newcomer": "TEST::10",
    "treasury": "TEST::11",
    "dust collector": "TEST::12",
}
STARTING_SATS = 10 * 10**8  # reward tokens each holder starts with, to buy hashrate
ISSUER_STARTING_SATS = 1000 * 10**8  # what an issuer has to pay rewards from


@dataclass(frozen=True, slots=True)
class DemoSeries:
    """One series, its issuer and its fleet.

    Attributes:
        key: short name.
        issuer: ape account.
        symbol, site: of the token.
        power_price_usd_e6: [USD per kWh, 1e6].
        guaranteed_uptime_bps: [1e-4].
        capacity_ths: hashrate of the fleet [TH/s].
    """

    key: str
    issuer: str
    symbol: str
    site: str
    power_price_usd_e6: int
    guaranteed_uptime_bps: int
    capacity_ths: int


FJORD = DemoSeries("fjord", "TEST::5", "thFJORD", "hydro, 95 % guaranteed", 25_000, 9_500, 120_000)
PRAIRIE = DemoSeries("prairie", "TEST::6", "thPRAIRIE", "grid, pass-through", 40_000, 0, 80_000)
SERIES = (FJORD, PRAIRIE)

EFFICIENCY_MJ_PER_TH = 15_000
POOL_FEE_BPS = 200
SERVICE_FEE_WAD = WAD // 2


@dataclass(frozen=True, slots=True)
class Trade:
    """Hashrate against reward tokens at a time of day.

    Attributes:
        day: from the first, 0.
        clock: `HH:MM:SS` of the transfer of hashrate; it is paid a second before.
        series: key.
        seller, buyer: a holder, or a series' key for its issuer, who mints.
        amount_wad: [TH/s, 18 decimals].
        price_sats: for all of it [sats].
    """

    day: int
    time_of_day: str
    series: str
    seller: str
    buyer: str
    amount_wad: int
    price_sats: int


def _ths(text: str) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole) * WAD + int(fraction.ljust(18, "0") or "0")


def _trades(series: str, *rows: tuple[int, str, str, str, str, int]) -> list[Trade]:
    """Read a table: day, clock, seller, buyer, TH/s as text, price in satoshi."""
    return [
        Trade(day, clock, series, seller, buyer, _ths(ths), price)
        for day, clock, seller, buyer, ths, price in rows
    ]


TRADES = [
    *_trades(
        "fjord",
        # the first sale, before the first paid day
        (3, "20:00:00", "fjord", "pension fund", "60000", 2_40000000),
        (3, "20:07:31", "fjord", "day trader", "25000.5", 1_00000000),
        # in the middle of a day: its reward is shared by the second
        (6, "13:37:42", "fjord", "newcomer", "9999.999999999999999999", 40000000),
        # the first and the last second of a day
        (8, "00:00:00", "day trader", "night owl", "5000.000000000000000001", 20000000),
        (8, "23:59:59", "night owl", "day trader", "2500", 10000000),
        # there and back within a minute, on the day the fleet fails
        (12, "17:45:09", "pension fund", "day trader", "1234.567890123456789", 5000000),
        (12, "17:46:00", "day trader", "pension fund", "1234.567890123456789", 5000000),
        # the smallest amount there is, 1e-18 TH/s
        (14, "06:00:01", "day trader", "dust collector", "0.000000000000000001", 0),
        # while the issuer is short of money
        (21, "03:14:15", "day trader", "newcomer", "3141.592653589793238462", 8000000),
        (22, "23:59:58", "newcomer", "treasury", "5000", 12000000),
        (28, "00:00:00", "night owl", "pension fund", "2500.000000000000000001", 9000000),
        # a second before the series ends: worth one second's reward
        (34, "23:59:59", "pension fund", "newcomer", "60000", 1),
    ),
    *_trades(
        "prairie",
        (3, "20:30:00", "prairie", "treasury", "40000", 60000000),
        (3, "23:59:59", "prairie", "night owl", "12345.678901234567890123", 20000000),
        (10, "11:11:11", "treasury", "newcomer", "7777.7", 11000000),
        (14, "06:00:02", "treasury", "dust collector", "0.000123456789", 1),
        (16, "00:00:01", "night owl", "treasury", "345.678901234567890123", 500000),
        (24, "12:00:00", "newcomer", "day trader", "7777.7", 9000000),
        (31, "19:59:59", "treasury", "night owl", "10000", 8000000),
    ),
]


@dataclass(frozen=True, slots=True)
class Sale:
    """A round of the offering: an issuer mints hashrate and sells it at a falling price.

    Attributes:
        series: key; its issuer sells.
        day: from the first, 0; it opens at `opens`, a time of day.
        hours: it is open.
        amount_wad: for sale [TH/s, 18 decimals].
        high_sats, low_sats: what a TH/s costs when it opens and when it closes [sat].
        delivery_days: days over which the money is released.
        purchases: time of day, buyer, amount [TH/s, 18 decimals].
        taken_back: time of day when what is unsold goes back to the issuer.
        release_days: days, from the first, in whose evening what is due is released.
    """

    series: str
    day: int
    opens: str
    hours: int
    amount_wad: int
    high_sats: int
    low_sats: int
    delivery_days: int
    purchases: tuple[tuple[str, str, int], ...]
    taken_back: str
    release_days: tuple[int, ...]


SALE = Sale(
    series="fjord",
    day=5,
    opens="09:00:00",
    hours=12,
    amount_wad=_ths("4000"),
    high_sats=4_500,
    low_sats=3_500,
    delivery_days=18,
    purchases=(
        ("09:30:00", "treasury", _ths("1500.25")),
        ("15:45:59", "dust collector", _ths("0.000000000000000001")),
        ("20:59:00", "newcomer", _ths("2000.000000000000000001")),
    ),
    taken_back="22:00:00",
    # on day 22 the issuer owes: what is due stays where it is
    release_days=(10, 16, 22, 31),
)


@dataclass(frozen=True, slots=True)
class SpotTrade:
    """A signed order of a holder on the spot market, filled whole by another.

    Attributes:
        day, time_of_day: when it is filled.
        series: key.
        maker, taker: holders.
        is_buy: whether the maker buys.
        amount_wad: [TH/s, 18 decimals].
        price_sats: of a TH/s [sat].
    """

    day: int
    time_of_day: str
    series: str
    maker: str
    taker: str
    is_buy: bool
    amount_wad: int
    price_sats: int


SPOT_TRADES = (
    SpotTrade(7, "10:10:10", "fjord", "treasury", "night owl", False, _ths("100.5"), 4_001),
    SpotTrade(7, "10:20:30", "fjord", "newcomer", "treasury", True, _ths("33.333"), 3_999),
    SpotTrade(26, "05:06:07", "prairie", "treasury", "newcomer", False, _ths("77.7"), 1_503),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Regular claims: by `caller`, for `holder`, every so many days from a day on."""

    holder: str
    caller: str
    first_day: int
    every_days: int
    time_of_day: str


CLAIMS = (
    Claim("pension fund", "pension fund", 11, 7, "09:00:00"),
    Claim("day trader", "day trader", 6, 2, "22:22:22"),
    Claim("night owl", "night owl", 9, 5, "03:03:03"),
    Claim("newcomer", "keeper", 13, 6, "12:34:56"),
    # treasury and dust collector claim once, after the end
)

# the fleet delivers less: day -> share of its capacity [1e-4]
OUTAGES = {"fjord": {12: 6_100}, "prairie": {15: 4_000}}
# the guardian vetoes the report of this day: its fees were counted twice
VETOED_DAY = 9
# the reporters themselves replace this output: a digit was lost
REPLACED_OUTPUT = ("prairie", 18)
# the issuer of fjord pays nothing on these evenings, and pays everything back afterwards
UNFUNDED_DAYS = range(20, 25)
REPAYMENT_DAY = UNFUNDED_DAYS.stop


def parameters(first_day: DayIndex, first_height: int, hashprice_wad: int) -> NetworkParameters:
    """Make the demo's parameters, in the same form as a network's file.

    Args:
        first_day: the oracle's first day.
        first_height: height of that day's first block.
        hashprice_wad: of that day; half of it is the bond, so that a few bad days use it up.
    """
    day = {index: iso_from_day(DayIndex(first_day + index)) for index in (0, START, DAYS)}
    return NetworkParameters(
        oracle=OracleParameters(
            owner=OWNER,
            guardian=GUARDIAN,
            reporters=list(REPORTERS),
            threshold=THRESHOLD,
            first_day=day[0],
            first_height=first_height,
            spread_bps=SPREAD_BPS,
        ),
        reward_token=RewardTokenParameters(mock_decimals=8),
        series={
            demo_series.key: SeriesParameters(
                name=f"Hashrate {demo_series.key.title()}",
                symbol=demo_series.symbol,
                site=demo_series.site,
                fleet=f"demo fleet {demo_series.key}",
                start_day=day[START],
                # the second one goes on: what is split into a note must outlast it
                end_day=day[DAYS] if demo_series is FJORD else None,
                efficiency_mj_per_th=EFFICIENCY_MJ_PER_TH,
                power_price_usd_e6=demo_series.power_price_usd_e6,
                service_fee_wad=SERVICE_FEE_WAD,
                pool_fee_bps=POOL_FEE_BPS,
                guaranteed_uptime_bps=demo_series.guaranteed_uptime_bps,
                bond_per_ths=hashprice_wad // (2 * WAD),
                attestation_days=ATTESTATION_DAYS,
                grace_seconds=86_400,
                output_deadline_seconds=3 * 86_400,
                termination_days=14,
            )
            for demo_series in SERIES
        },
    )
