# SPDX-License-Identifier: AGPL-3.0-only
"""What happened on the chain, in order: all that the reference model is given, and its answers.

Times are those of the blocks [unix s]; accounts are checksummed addresses; money is in base units
of the reward token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hashrate.core.types import DayFacts
from simulation.demo.product_events import ProductEntry


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as the model knows it: who, at which price [USD per BTC, 1e8]."""

    signer: str
    btc_usd_e8: int = 0


@dataclass(frozen=True, slots=True)
class DayPosted:
    """A day report was posted, or replaced a pending one."""

    at: int
    facts: DayFacts
    signed: tuple[Signed, ...]
    revision: int
    membership_version: int
    final_at: int


@dataclass(frozen=True, slots=True)
class DayVetoed:
    """The guardian removed a pending day."""

    at: int
    caller: str
    day: int


@dataclass(frozen=True, slots=True)
class OutputPosted:
    """An output report was posted, or replaced a pending one.

    `credited_sats` in satoshi, `delivered_ths` in TH/s with 18 decimals.
    """

    at: int
    series: str
    day: int
    credited_sats: int
    delivered_ths: int
    signed: tuple[Signed, ...]
    revision: int
    membership_version: int
    is_replacement: bool


@dataclass(frozen=True, slots=True)
class Minted:
    """The issuer minted hashrate [TH/s, 18 dec]."""

    at: int
    series: str
    receiver: str
    amount: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Hashrate [TH/s, 18 dec] changed hands."""

    at: int
    series: str
    sender: str
    receiver: str
    amount: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The public ledger of a series, as the contract's `ledger()` gives it."""

    promised: int
    paid: int
    repaid: int
    arrears: int
    claimed: int
    escrow: int
    bond: int
    bond_drawn: int


@dataclass(frozen=True, slots=True)
class Funded:
    """Money was added to the escrow; `repaid` of it went to arrears, by day."""

    at: int
    series: str
    amount: int
    repaid: Mapping[int, int]
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class BondPosted:
    """Money was added to the bond."""

    at: int
    series: str
    amount: int
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class DaySettled:
    """A settled day as the contract logged it; works in TH/s (18 dec) times seconds."""

    day: int
    is_deemed: bool
    held_work: int
    paid_work: int
    fee: int
    reward: int
    paid: int
    from_bond: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Days were settled."""

    at: int
    series: str
    max_days: int
    days: tuple[DaySettled, ...]
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Claimed:
    """An account was paid."""

    at: int
    series: str
    account: str
    caller: str
    receiver: str
    amount: int
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class RoundOpened:
    """An issuer offered hashrate at a falling price; what it has on the shelf earns for it."""

    at: int
    series: str
    seller: str
    shelf: str
    amount: int
    closes_at: int
    delivery_days: int
    low_price: int
    high_price: int


@dataclass(frozen=True, slots=True)
class Bought:
    """A holder bought in a round; `amount` in TH/s (18 dec)."""

    at: int
    series: str
    number: int
    buyer: str
    amount: int
    cost: int


@dataclass(frozen=True, slots=True)
class Released:
    """Money of a round went to its seller."""

    at: int
    series: str
    number: int
    amount: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was unsold of a round went back; `amount` in TH/s (18 dec)."""

    at: int
    series: str
    number: int
    caller: str
    amount: int


@dataclass(frozen=True, slots=True)
class SpotTraded:
    """An order was filled on the spot market; `price` per TH/s, `quantity` in TH/s (18 dec)."""

    at: int
    series: str
    maker: str
    taker: str
    is_buy: bool
    price: int
    quantity: int
    cost: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A series was closed; `amount` went back to the issuer."""

    at: int
    series: str
    caller: str
    amount: int
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class SeriesOpened:
    """A series was created, with the terms as the chain has them."""

    at: int
    series: str
    distributor: str
    token: str
    issuer: str
    terms: Mapping[str, int | bytes]


@dataclass(frozen=True, slots=True)
class OracleOpened:
    """The oracle was deployed."""

    at: int
    owner: str
    guardian: str
    reporters: tuple[str, ...]
    threshold: int
    first_day: int
    first_height: int
    spread_bps: int


MarketEntry = RoundOpened | Bought | Released | TakenBack | SpotTraded

Entry = (
    OracleOpened
    | SeriesOpened
    | DayPosted
    | DayVetoed
    | OutputPosted
    | Minted
    | Moved
    | Funded
    | BondPosted
    | Settled
    | Claimed
    | Closed
    | MarketEntry
    | ProductEntry
)


@dataclass(frozen=True, slots=True)
class FinalState:
    """What the chain shows of a series at the end.

    Attributes:
        balances: of hashrate, by account [TH/s, 18 dec].
        supply: [TH/s, 18 dec].
        held: reward tokens at the distributor [base units].
        is_closed: whether escrow and bond went back.
    """

    balances: Mapping[str, int]
    supply: int
    held: int
    is_closed: bool


@dataclass
class History:
    """Everything that happened, and what is left.

    Attributes:
        reward_decimals: of the reward token.
        entries: in the order of their blocks.
        wallets: reward tokens at the end, by account [base units].
        unclaimed_balances: what they would hold without any claim: what they started with,
            less and plus what was paid for hashrate [base units].
        final_states: by series.
        held_by_offering: reward tokens in the offering at the end [base units].
        held_by_products: reward tokens in each product and fund at the end [base units].
        tokens_of_products: of each series, by product or fund and the series' key, and of SENIOR
            and JUNIOR or shares the supply [18 dec].
    """

    reward_decimals: int
    entries: list[Entry] = field(default_factory=list)
    wallets: dict[str, int] = field(default_factory=dict)
    unclaimed_balances: dict[str, int] = field(default_factory=dict)
    final_states: dict[str, FinalState] = field(default_factory=dict)
    held_by_offering: int = 0
    held_by_products: dict[str, int] = field(default_factory=dict)
    tokens_of_products: dict[tuple[str, str], int] = field(default_factory=dict)
