# SPDX-License-Identifier: AGPL-3.0-only
"""The chain's side of the demo: each method sends a transaction and records it as it was mined."""

from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress

from commands.series.issuing import distributor_args, issue_series, token_args, verify_series
from commands.shell.chain import Chain
from commands.shell.contracts import (
    DISTRIBUTOR,
    HASHRATE_ERC20,
    LENS,
    MOCK_BITCOIN,
    OFFERING,
    ORACLE,
    REGISTRY,
    SPOT,
    series_terms,
    system_steps,
)
from commands.shell.deployment import execute
from commands.shell.parameters import NetworkParameters
from commands.shell.plan import Action, Change
from hashrate.core.types import DayIndex, DayObservation, Sats
from hashrate.core.units import DAY_SECONDS
from hashrate.reports.report import DayReport, OracleDomain, OutputReport
from simulation.demo import events
from simulation.demo.accounts import Reporters, test_account
from simulation.demo.block_timer import BlockTimer
from simulation.demo.market import Market
from simulation.demo.schedule import (
    HOLDERS,
    ISSUER_STARTING_SATS,
    KEEPER,
    OWNER,
    SERIES,
    STARTING_SATS,
    DemoSeries,
    Sale,
    SpotTrade,
)

MAX_SETTLED_DAYS = 64


@dataclass(frozen=True, slots=True)
class Issue:
    """A series on the chain, with its contracts."""

    demo_series: DemoSeries
    issuer: Any
    distributor: Any
    token: Any


class System:
    """Oracle, registry, reward token and series on a local chain."""

    def __init__(self, timer: BlockTimer, parameters: NetworkParameters) -> None:
        """Deploy the system and both series."""
        self.timer = timer
        self.chain = _chain(test_account(OWNER), timer)
        self.parameters = parameters
        self.issues: dict[str, Issue] = {}
        self.ledgers: dict[str, events.Ledger] = {}
        self._addresses = self._deploy()
        self.oracle = self.contract(ORACLE)
        self.registry = self.contract(REGISTRY)
        self.lens = self.contract(LENS)
        self.bitcoin = self.contract(MOCK_BITCOIN)
        self.market = Market(self.chain, self.contract(OFFERING), self.contract(SPOT), self.bitcoin)
        self.history = events.History(reward_decimals=int(self.bitcoin.decimals()))
        self._record_oracle()
        domain = OracleDomain(self.chain.chain_id, self.oracle.address)
        self.reporters = Reporters(domain)
        self._membership_version = self.oracle.membership_version()  # nobody joins or leaves
        self.holders = {name: test_account(alias) for name, alias in HOLDERS.items()}
        self._keeper = test_account(KEEPER)
        for account in self.holders.values():
            self.chain.send(self.bitcoin.mint, account, STARTING_SATS)
            self.history.unclaimed_balances[account.address] = STARTING_SATS
        for demo_series in SERIES:
            self._issue(demo_series)

    def _deploy(self) -> dict[str, ChecksumAddress]:
        steps = system_steps(
            self.parameters, lambda alias: test_account(alias).address, self.timer.now
        )
        changes = [Change(step, Action.DEPLOY) for step in steps]
        return {step.name: sent.address for step, sent, _ in execute(self.chain, changes, {})}

    def contract(self, name: str) -> Any:
        """Return a contract of the system by its name in the plan."""
        return self.chain.contract(name, self._addresses[name])

    def _record_oracle(self) -> None:
        first_day = self.oracle.FIRST_DAY()
        self.history.entries.append(
            events.OracleOpened(
                at=self.timer.now,
                owner=self.oracle.owner(),
                guardian=self.oracle.guardian(),
                reporters=tuple(self.oracle.reporters()),
                threshold=self.oracle.threshold(),
                first_day=first_day,
                first_height=self.oracle.day_record(first_day - 1).last_height + 1,
                spread_bps=self.oracle.SPREAD_BPS(),
            )
        )

    def _issue(self, demo_series: DemoSeries) -> None:
        issuer = test_account(demo_series.issuer)
        chain = _chain(issuer, self.timer)
        series = self.parameters.series_named(demo_series.key)
        terms = series_terms(series, self.timer.now)
        issued = issue_series(chain, self.registry, self.bitcoin.address, series, terms)
        address = issued.distributor.address
        wanted = distributor_args(
            issuer.address, self.oracle.address, self.bitcoin.address, series, terms
        )
        verify_series(chain, self.registry, issued, wanted, token_args(address, series))
        distributor = chain.contract(DISTRIBUTOR, address)
        token = chain.contract(HASHRATE_ERC20, issued.token.address)
        self.issues[demo_series.key] = Issue(demo_series, issuer, distributor, token)
        self.ledger(demo_series.key)
        self.history.entries.append(
            events.SeriesOpened(
                at=issued.distributor.timestamp,
                series=demo_series.key,
                distributor=address,
                token=token.address,
                issuer=issuer.address,
                terms=terms,
            )
        )
        self.chain.send(self.bitcoin.mint, issuer, ISSUER_STARTING_SATS)
        self.chain.send(self.bitcoin.approve, distributor, ISSUER_STARTING_SATS, sender=issuer)

    # Reports

    def report_day(self, seen: DayObservation) -> None:
        """Post a day as a quorum signs it."""
        facts = seen.facts
        report = DayReport(facts, self.oracle.revision_of(facts.day), self._membership_version)
        signed = self.reporters.sign_day(report, seen.btc_usd_e8)
        receipt = self.chain.send(
            self.oracle.report_day, facts.as_tuple(), signed.signature_tuples()
        )
        (event,) = receipt.decode_logs(self.oracle.DayReported)
        self.history.entries.append(
            events.DayPosted(
                at=receipt.timestamp,
                facts=facts,
                signed=tuple(events.Signed(s.signer, s.btc_usd_e8) for s in signed.signatures),
                revision=report.revision,
                membership_version=report.membership_version,
                final_at=event.final_at,
            )
        )

    def veto_day(self, day: DayIndex) -> None:
        """Let the guardian remove a pending day."""
        guardian = test_account(self.parameters.oracle.guardian)
        receipt = self.chain.send(self.oracle.veto_day, day, sender=guardian)
        self.history.entries.append(events.DayVetoed(receipt.timestamp, guardian.address, day))

    def report_output(
        self, key: str, day: DayIndex, output: tuple[Sats, int], *, replaces: bool = False
    ) -> None:
        """Post an output as a quorum signs it, or replace the pending one."""
        series = self.issues[key].distributor.address
        revision = self.oracle.output_record(series, day).revision + 1 if replaces else 0
        version = self._membership_version
        signed = self.reporters.sign_output(OutputReport(series, day, *output, revision, version))
        method = self.oracle.replace_output if replaces else self.oracle.report_output
        receipt = self.chain.send(method, series, day, *output, signed.signature_tuples())
        self.history.entries.append(
            events.OutputPosted(
                at=receipt.timestamp,
                series=key,
                day=day,
                credited_sats=output[0],
                delivered_ths=output[1],
                signed=tuple(events.Signed(s.signer) for s in signed.signatures),
                revision=revision,
                membership_version=version,
                is_replacement=replaces,
            )
        )

    # Money

    def fund(self, key: str, amount: int) -> None:
        """Let the issuer add to the escrow [base units]."""
        issue = self.issues[key]
        receipt = self.chain.send(issue.distributor.fund, amount, sender=issue.issuer)
        repaid: dict[int, int] = {}
        for event in receipt.decode_logs(issue.distributor.ArrearsRepaid):
            repaid[event.day] = repaid.get(event.day, 0) + event.amount
        self.history.entries.append(
            events.Funded(receipt.timestamp, key, amount, repaid, self.ledger(key))
        )

    def post_bond(self, key: str, amount: int) -> None:
        """Let the issuer add to the bond [base units]."""
        issue = self.issues[key]
        receipt = self.chain.send(issue.distributor.post_bond, amount, sender=issue.issuer)
        self.history.entries.append(
            events.BondPosted(receipt.timestamp, key, amount, self.ledger(key))
        )

    def settle(self, key: str) -> tuple[events.DaySettled, ...]:
        """Let the keeper settle all days that are ready."""
        distributor = self.issues[key].distributor
        receipt = self.chain.send(distributor.settle, MAX_SETTLED_DAYS, sender=self._keeper)
        drawn = {e.day: e.amount for e in receipt.decode_logs(distributor.BondDrawn)}
        days = tuple(
            events.DaySettled(
                day=event.day,
                is_deemed=event.is_deemed,
                held_work=event.held_work,
                paid_work=event.paid_work,
                fee=event.fee,
                reward=event.reward,
                paid=event.paid,
                from_bond=drawn.get(event.day, 0),
            )
            for event in receipt.decode_logs(distributor.DaySettled)
        )
        self.history.entries.append(
            events.Settled(receipt.timestamp, key, MAX_SETTLED_DAYS, days, self.ledger(key))
        )
        return days

    def claim(self, key: str, holder: str, caller: str) -> None:
        """Claim for a holder if there is anything; the keeper may, for anyone without code."""
        distributor, account = self.issues[key].distributor, self.holders[holder]
        due, _ = distributor.preview_claim(account)
        if due == 0:
            return
        sender = self._keeper if caller == "keeper" else self.holders[caller]
        receipt = self.chain.send(distributor.claim, account, sender=sender)
        (event,) = receipt.decode_logs(distributor.RewardClaimed)
        self.history.entries.append(
            events.Claimed(
                at=receipt.timestamp,
                series=key,
                account=event.account,
                caller=sender.address,
                receiver=event.receiver,
                amount=event.amount,
                ledger=self.ledger(key),
            )
        )

    def close(self, key: str) -> int:
        """Let the issuer take what is left, and give it [base units]."""
        issue = self.issues[key]
        receipt = self.chain.send(issue.distributor.close, sender=issue.issuer)
        (event,) = receipt.decode_logs(issue.distributor.SeriesClosed)
        self.history.entries.append(
            events.Closed(
                receipt.timestamp, key, issue.issuer.address, event.amount, self.ledger(key)
            )
        )
        return int(event.amount)

    def ledger(self, key: str) -> events.Ledger:
        """Read a series' public ledger, and keep it: only the methods above change it."""
        self.ledgers[key] = events.Ledger(*self.issues[key].distributor.ledger())
        return self.ledgers[key]

    # Hashrate

    def pay(self, buyer: str, seller: str, price_sats: int) -> None:
        """Let a buyer pay a seller, who is a holder or an issuer."""
        if price_sats == 0:
            return
        payer, payee = self.holders[buyer], self._account(seller)
        self.chain.send(self.bitcoin.transfer, payee, price_sats, sender=payer)
        self.history.unclaimed_balances[payer.address] -= price_sats
        if seller in self.holders:
            self.history.unclaimed_balances[payee.address] += price_sats

    def deliver(self, key: str, seller: str, buyer: str, amount: int) -> None:
        """Hand hashrate over [TH/s, 18 dec]: an issuer mints it, a holder transfers it."""
        issue, receiver = self.issues[key], self.holders[buyer]
        if seller == key:
            sent = self.chain.send(issue.distributor.mint, receiver, amount, sender=issue.issuer)
            entry: events.Entry = events.Minted(sent.timestamp, key, receiver.address, amount)
        else:
            sender = self.holders[seller]
            sent = self.chain.send(issue.token.transfer, receiver, amount, sender=sender)
            entry = events.Moved(sent.timestamp, key, sender.address, receiver.address, amount)
        self.history.entries.append(entry)

    # Market

    def open_round(self, sale: Sale) -> None:
        """Let an issuer offer hashrate; what it does not hold it mints for itself."""
        issue = self.issues[sale.series]
        issuer = issue.issuer
        missing = sale.amount_wad - int(issue.token.balanceOf(issuer))
        if missing > 0:
            sent = self.chain.send(issue.distributor.mint, issuer, missing, sender=issuer)
            self.history.entries.append(
                events.Minted(sent.timestamp, sale.series, issuer.address, missing)
            )
        opened = self.market.open_round(sale, issue.distributor, issue.token, issuer)
        self.history.entries.append(opened)

    def buy(self, key: str, buyer: str, amount: int) -> None:
        """Let a holder buy in the newest round."""
        bought = self.market.buy(key, self.holders[buyer], amount)
        self.history.unclaimed_balances[bought.buyer] -= bought.cost
        self.history.entries.append(bought)

    def take_back(self, key: str) -> None:
        """Let the issuer take what is unsold of the newest round."""
        self.history.entries.append(self.market.take_back(key, self.issues[key].issuer))

    def release(self, key: str) -> int:
        """Let the keeper release what is due of the newest round; return it [base units]."""
        if self.market.due(self.issues[key].distributor) == 0:
            return 0
        released = self.market.release(key, self._keeper)
        self.history.entries.append(released)
        return released.amount

    def trade_spot(self, trade: SpotTrade) -> None:
        """Let two holders trade by a signed order."""
        maker, taker = self.holders[trade.maker], self.holders[trade.taker]
        traded = self.market.trade(trade, self.issues[trade.series].token, maker, taker)
        buyer, seller = (maker, taker) if trade.is_buy else (taker, maker)
        self.history.unclaimed_balances[buyer.address] -= traded.cost
        self.history.unclaimed_balances[seller.address] += traded.cost
        self.history.entries.append(traded)

    def _account(self, name: str) -> Any:
        return self.issues[name].issuer if name in self.issues else self.holders[name]

    # The end

    def record_final_state(self) -> None:
        """Record what the chain shows at the end."""
        for key, issue in self.issues.items():
            self.history.final_states[key] = events.FinalState(
                balances={
                    account.address: issue.token.balanceOf(account)
                    for account in self.holders.values()
                },
                supply=issue.token.totalSupply(),
                held=self.bitcoin.balanceOf(issue.distributor),
                is_closed=issue.distributor.is_closed(),
            )
        for account in self.holders.values():
            self.history.wallets[account.address] = self.bitcoin.balanceOf(account)
        self.history.held_by_offering = self.bitcoin.balanceOf(self.market.offering)

    def time_of(self, day: DayIndex, time_of_day: str) -> int:
        """Find the time [unix s] of `HH:MM:SS` on a day."""
        hours, minutes, seconds = (int(part) for part in time_of_day.split(":"))
        return day * DAY_SECONDS + hours * 3600 + minutes * 60 + seconds


def _chain(account: Any, timer: BlockTimer) -> Chain:
    """Send as an account by the block timer; the schedule holds no call that would be refused."""
    return Chain(account, before_send=timer.tick, is_rehearsed=False)
