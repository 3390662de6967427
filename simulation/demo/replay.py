# SPDX-License-Identifier: AGPL-3.0-only
"""Drive the reference model of reference through a history and compare every satoshi.

The model shares no code with the contracts: it is written from docs/rules.md in exact fractions.
It is told what people did and when; what that comes to, it works out itself.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from reference import (
    DayFacts,
    FleetRegister,
    Membership,
    ModelRevert,
    Network,
    OracleModel,
    OutputFacts,
    Parties,
    Roles,
    SeriesModel,
    SeriesTerms,
    SignedPrice,
)
from reference.invariants import InvariantBroken, check_series
from reference.offering import OfferingModel, Pricing, RoundTerms
from reference.spot import PlainToken, SpotModel, SpotOrder
from simulation.demo import events
from simulation.demo.product_replay import ProductReplay

ZERO = "0x" + "00" * 20


@dataclass(frozen=True, slots=True)
class HolderResult:
    """One account of one series: what the chain paid, what the model says [base units].

    `exact` is the account's fair share as a fraction, without any rounding.
    """

    series: str
    account: str
    paid: int
    model: int
    exact: Fraction

    @property
    def agrees(self) -> bool:
        """Return whether chain and model agree to the satoshi."""
        return self.paid == self.model


@dataclass(frozen=True, slots=True)
class Earned:
    """What an account could have claimed by a time [unix s], claimed or not [base units]."""

    at: int
    amount: int


@dataclass
class Audit:
    """The outcome: every difference found, in words, and every holder's result.

    Attributes:
        differences: in words.
        holders: each account of each series.
        earned: by account, what the model says it could have claimed so far, from all series.
        comparisons: how many values were compared.
        senior_lines: by the model, what one SENIOR of each product had earned by each settled day
            [1e-6 base units].
    """

    differences: list[str] = field(default_factory=list)
    holders: list[HolderResult] = field(default_factory=list)
    earned: dict[str, list[Earned]] = field(default_factory=dict)
    comparisons: int = 0
    senior_lines: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def compare(self, what: str, chain: object, model: object) -> None:
        """Compare one value exactly."""
        self.comparisons += 1
        if chain != model:
            self.differences.append(f"{what}: chain {chain}, model {model}")


class Replay:
    """The models of one oracle and its series, one history entry after the other."""

    def __init__(self, reward_decimals: int) -> None:
        self.audit = Audit()
        self.series: dict[str, SeriesModel] = {}
        self._decimals = reward_decimals
        self._fleets = FleetRegister()
        self._oracle: OracleModel | None = None
        self._repaid: dict[str, dict[int, int]] = {}
        self._offerings: dict[str, OfferingModel] = {}
        self.products = ProductReplay(self.series, self.audit.compare)

    @property
    def oracle(self) -> OracleModel:
        """Return the oracle's model; the first entry of every history opens it."""
        if self._oracle is None:
            raise ValueError("the history does not begin with an oracle")
        return self._oracle

    def apply(self, entry: events.Entry) -> None:
        """Apply one entry to the model and compare its answer; a refusal is a difference."""
        try:
            self._apply(entry)
        except ModelRevert as refusal:
            what = f"{type(entry).__name__} at {entry.at}"
            self.audit.differences.append(f"{what}: the model refuses it ({refusal})")

    def _apply(self, entry: events.Entry) -> None:
        match entry:
            case events.OracleOpened():
                self._open_oracle(entry)
            case events.SeriesOpened():
                self._open_series(entry)
            case events.DayPosted():
                self._post_day(entry)
            case events.DayVetoed():
                self.oracle.veto_day(entry.caller, entry.day, entry.at)
            case events.OutputPosted():
                self._post_output(entry)
            case events.Minted():
                self.series[entry.series].mint(entry.receiver, entry.amount, entry.at)
            case events.Moved():
                series = self.series[entry.series]
                series.transfer(entry.sender, entry.receiver, entry.amount, entry.at)
            case (
                events.RoundOpened()
                | events.Bought()
                | events.Released()
                | events.TakenBack()
                | events.SpotTraded()
            ):
                self._apply_market(entry)
            case (
                events.Funded()
                | events.BondPosted()
                | events.Settled()
                | events.Claimed()
                | events.Closed()
            ):
                self._apply_money(entry)
                self._compare_ledger(entry)
                self._note_earned(entry.at)
            case _:
                self.products.apply(entry)

    def _apply_market(self, entry: events.MarketEntry) -> None:
        match entry:
            case events.RoundOpened():
                self._open_round(entry)
            case events.SpotTraded():
                self._trade_spot(entry)
            case _:
                self._apply_round(entry)

    def _open_round(self, entry: events.RoundOpened) -> None:
        series = self.series[entry.series]
        if entry.series not in self._offerings:
            self._offerings[entry.series] = OfferingModel(series, entry.shelf, self._decimals)
            series.set_payout(entry.shelf, entry.seller)
        terms = RoundTerms(
            amount_ths=entry.amount,
            closes_at=entry.closes_at,
            delivery_days=entry.delivery_days,
            refunds_early_end=True,
            pricing=Pricing.FALLING,
            price_days=0,
            low_price=entry.low_price,
            high_price=entry.high_price,
        )
        self._offerings[entry.series].open_round(entry.seller, terms, entry.at)

    def _apply_round(self, entry: events.Bought | events.Released | events.TakenBack) -> None:
        offering, where = self._offerings[entry.series], f"{entry.series} at {entry.at}"
        match entry:
            case events.Bought():
                wanted = (entry.amount, 0, entry.cost)
                bought = offering.buy(entry.buyer, entry.number, wanted, [], entry.at)
                self.audit.compare(f"{where}: bought", (entry.amount, entry.cost), bought)
            case events.Released():
                released = offering.release(entry.number)
                self.audit.compare(f"{where}: released", entry.amount, released)
            case events.TakenBack():
                taken = offering.take_back(entry.caller, entry.number, entry.at)
                self.audit.compare(f"{where}: taken back", entry.amount, taken)

    def _trade_spot(self, entry: events.SpotTraded) -> None:
        order = SpotOrder(
            maker=entry.maker,
            taker=None,
            is_buy=entry.is_buy,
            token=entry.series,
            money="money",
            price=entry.price,
            is_per_remaining=False,
            max_lag_days=0,
            quantity=entry.quantity,
            minimum_quantity=0,
            deadline=entry.at,
            epoch=0,
            salt=0,
        )
        market = SpotModel("market", {entry.series: PlainToken()})
        cost = market.cost(order, entry.quantity, entry.at)
        self.audit.compare(f"{entry.series} at {entry.at}: spot trade", entry.cost, cost)
        sides = (entry.taker, entry.maker) if entry.is_buy else (entry.maker, entry.taker)
        self.series[entry.series].transfer(*sides, entry.quantity, entry.at)

    def _apply_money(
        self,
        entry: events.Funded | events.BondPosted | events.Settled | events.Claimed | events.Closed,
    ) -> None:
        series, where = self.series[entry.series], f"{entry.series} at {entry.at}"
        match entry:
            case events.Funded():
                moved = series.fund(entry.amount)
                self.audit.compare(f"{where}: repaid", sum(entry.repaid.values()), moved)
                repaid = self._repaid[entry.series]
                for day, amount in entry.repaid.items():
                    repaid[day] = repaid.get(day, 0) + amount
            case events.BondPosted():
                series.post_bond(entry.amount)
            case events.Settled():
                self._settle(series, entry)
            case events.Claimed():
                receiver, amount = series.claim(entry.account, entry.caller)
                self.audit.compare(f"{where}: receiver", entry.receiver, receiver)
                self.audit.compare(f"{where}: claim of {entry.account}", entry.amount, amount)
            case events.Closed():
                amount = series.close(entry.caller, entry.at)
                self.audit.compare(f"{where}: returned to the issuer", entry.amount, amount)

    def _open_oracle(self, entry: events.OracleOpened) -> None:
        self._oracle = OracleModel(
            Network(entry.first_day, entry.first_height),
            Membership(entry.reporters, entry.threshold),
            Roles(entry.owner, entry.guardian),
            entry.spread_bps,
        )

    def _open_series(self, entry: events.SeriesOpened) -> None:
        number = {name: value for name, value in entry.terms.items() if isinstance(value, int)}
        fleet_id = entry.terms["fleet_id"]
        terms = SeriesTerms(
            start_day=number["start_day"],
            end_day=number["end_day"],
            pool_fee_bps=number["pool_fee_bps"],
            guaranteed_uptime_bps=number["guaranteed_uptime_bps"],
            efficiency_mj_per_th=number["efficiency_mj_per_th"],
            power_price_micro_usd_per_kwh=number["power_price_usd_e6"],
            service_sats_per_th_day_wad=number["service_fee_wad"],
            bond_per_th=number["bond_per_ths"],
            attestation_days=number["attestation_days"],
            termination_days=number["termination_days"],
            grace_seconds=number["grace_seconds"],
            output_deadline_seconds=number["output_deadline_seconds"],
            fleet_id=fleet_id.hex() if isinstance(fleet_id, bytes) else str(fleet_id),
        )
        parties = Parties(ZERO, entry.token, entry.distributor, entry.issuer, self.oracle.guardian)
        self.series[entry.series] = SeriesModel(
            terms, self.oracle, parties, self._fleets, self._decimals, entry.at
        )
        self._repaid[entry.series] = {}

    def _post_day(self, entry: events.DayPosted) -> None:
        facts = DayFacts(*entry.facts.as_tuple())
        signed = [SignedPrice(each.signer, each.btc_usd_e8) for each in entry.signed]
        posted = self.oracle.post_day(
            facts, signed, entry.revision, entry.membership_version, entry.at
        )
        self.audit.compare(f"day {facts.day}: final at", entry.final_at, posted.final_at)

    def _post_output(self, entry: events.OutputPosted) -> None:
        token = self.series[entry.series].parties.token
        facts = OutputFacts(token, entry.day, entry.credited_sats, entry.delivered_ths)
        post = self.oracle.replace_output if entry.is_replacement else self.oracle.post_output
        signers = [each.signer for each in entry.signed]
        post(facts, signers, entry.revision, entry.membership_version, entry.at)

    def _settle(self, series: SeriesModel, entry: events.Settled) -> None:
        rewards = {seen.day: series.reward_of(seen.day, entry.at) for seen in entry.days}
        settled = series.settle(entry.max_days, entry.at)
        where = f"{entry.series} at {entry.at}: days settled"
        self.audit.compare(where, [seen.day for seen in entry.days], [ours.day for ours in settled])
        for seen, ours in zip(entry.days, settled, strict=False):
            reward = rewards[seen.day]
            what = f"{entry.series} day {seen.day}"
            self.audit.compare(f"{what}: held work", seen.held_work, ours.total)
            self.audit.compare(f"{what}: paid work", seen.paid_work, reward and reward.work)
            self.audit.compare(f"{what}: fee", seen.fee, reward and reward.fee)
            self.audit.compare(f"{what}: reward", seen.reward, ours.reward)
            self.audit.compare(f"{what}: paid", seen.paid, ours.paid)
            self.audit.compare(f"{what}: deemed", seen.is_deemed, ours.deemed)

    def _compare_ledger(
        self,
        entry: events.Funded | events.BondPosted | events.Settled | events.Claimed | events.Closed,
    ) -> None:
        ours = self.series[entry.series].ledger
        for name in events.Ledger.__slots__:
            what = f"{entry.series} at {entry.at}: ledger {name}"
            self.audit.compare(what, getattr(entry.ledger, name), getattr(ours, name))

    def _note_earned(self, at: int) -> None:
        for account in {a for series in self.series.values() for a in series.meter.accounts}:
            total = sum(series.entitled_base_units(account) for series in self.series.values())
            line = self.audit.earned.setdefault(account, [])
            if total != (line[-1].amount if line else 0):
                line.append(Earned(at, total))

    def finish(self, history: events.History) -> Audit:
        """Compare what is left at the end: every holder, balance, wallet and repaid day."""
        for key, final_states in history.final_states.items():
            self._compare_remains(key, final_states, history)
        for account, held in history.wallets.items():
            claims = sum(result.model for result in self.audit.holders if result.account == account)
            self.audit.compare(
                f"wallet of {account}", held, history.unclaimed_balances[account] + claims
            )
        inside = sum(
            sale.inside for offering in self._offerings.values() for sale in offering.rounds
        )
        self.audit.compare("inside the offering", history.held_by_offering, inside)
        self.products.finish(history.held_by_products, history.tokens_of_products)
        self.audit.senior_lines = self.products.senior_lines()
        return self.audit

    def _compare_remains(
        self, key: str, final_states: events.FinalState, history: events.History
    ) -> None:
        series = self.series[key]
        self.audit.compare(f"{key}: supply", final_states.supply, series.meter.supply)
        self.audit.compare(f"{key}: closed", final_states.is_closed, series.closed)
        self.audit.compare(
            f"{key}: reward tokens held", final_states.held, series.ledger.liabilities
        )
        for day in series.ledger.days:
            repaid = self._repaid[key].get(day.day, 0)
            self.audit.compare(f"{key} day {day.day}: repaid", repaid, day.repaid)
        for account, balance in final_states.balances.items():
            what = f"{key}: balance of {account}"
            self.audit.compare(what, balance, series.meter.balance(account))
            self._compare_holder(key, account, history)
        try:
            check_series(series, history.entries[-1].at)
        except InvariantBroken as error:
            self.audit.differences.append(f"{key}: an invariant is broken: {error}")

    def _compare_holder(self, key: str, account: str, history: events.History) -> None:
        series = self.series[key]
        paid = sum(
            entry.amount
            for entry in history.entries
            if isinstance(entry, events.Claimed) and (entry.series, entry.account) == (key, account)
        )
        model = series.entitled_base_units(account)
        self.audit.compare(f"{key}: paid to {account}", paid, model)
        exact = series.exact_entitlement(account)
        self.audit.holders.append(HolderResult(key, account, paid, model, exact))


def replay(history: events.History) -> Audit:
    """Drive the model through a whole history."""
    run = Replay(history.reward_decimals)
    for entry in history.entries:
        run.apply(entry)
    return run.finish(history)
