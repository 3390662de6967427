# SPDX-License-Identifier: AGPL-3.0-only
"""The demo's strip, notes and fund: each method sends, and records what was mined."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commands.shell.chain import Chain
from commands.shell.contracts import FUND, TRANCHE_ERC20, TRANCHES
from hashrate.products.fund.basket import Basket
from hashrate.products.tranches.terms import State, TrancheTerms
from simulation.demo import product_events as events

_ENOUGH = 2**255


@dataclass(frozen=True, slots=True)
class Made:
    """A strip or a note on the chain; `key` is that of its series."""

    key: str
    terms: TrancheTerms
    contract: Any
    senior: Any
    junior: Any
    distributor: Any
    token: Any

    @property
    def address(self) -> str:
        """Return the product's address."""
        return str(self.contract.address)

    def tranche(self, *, is_senior: bool) -> Any:
        """Return SENIOR or JUNIOR."""
        return self.senior if is_senior else self.junior


@dataclass(frozen=True, slots=True)
class MadeFund:
    """A fund on the chain; keys, distributors and tokens in the order of its basket."""

    contract: Any
    keys: tuple[str, ...]
    distributors: tuple[Any, ...]
    tokens: tuple[Any, ...]

    @property
    def address(self) -> str:
        """Return the fund's address."""
        return str(self.contract.address)


class Products:
    """The factories of tranches and funds of a local chain, and what they made."""

    def __init__(self, chain: Chain, tranches: Any, funds: Any, bitcoin: Any) -> None:
        """Use factories that are deployed."""
        self._chain, self._tranches, self._funds = chain, tranches, funds
        self._bitcoin = bitcoin
        self.made: dict[str, Made] = {}
        self.fund: MadeFund | None = None

    # Strips and notes

    def create(
        self, name: str, key: str, terms: TrancheTerms, series: tuple[Any, Any], sender: Any
    ) -> events.TranchesMade:
        """Create a strip or a note; `series` are its distributor and token."""
        sent = self._chain.send(self._tranches.create, terms.as_tuple(), sender=sender)
        (log,) = sent.decode_logs(self._tranches.TranchesCreated)
        contract = self._chain.contract(TRANCHES, log.product)
        senior = self._chain.contract(TRANCHE_ERC20, contract.SENIOR())
        junior = self._chain.contract(TRANCHE_ERC20, contract.JUNIOR())
        self.made[name] = Made(key, terms, contract, senior, junior, *series)
        return events.TranchesMade(
            at=sent.timestamp,
            series=key,
            name=str(senior.symbol()),
            product=str(contract.address),
            tokens=(str(senior.address), str(junior.address)),
            start_day=terms.start_day,
            maturity_day=terms.maturity_day,
            face=terms.face,
            grace_days=terms.grace_days,
        )

    def split(self, made: Made, owner: Any, senior_to: Any, amount: int) -> events.TokensSplit:
        """Let an account split tokens and keep JUNIOR."""
        self._approve(made.token, made.contract, owner)
        sent = self._chain.send(made.contract.split, amount, senior_to, owner, sender=owner)
        return events.TokensSplit(
            sent.timestamp, made.address, owner.address, senior_to.address, owner.address, amount
        )

    def merge(self, made: Made, owner: Any, amount: int) -> events.TokensMerged:
        """Let an account merge both."""
        sent = self._chain.send(made.contract.merge, amount, sender=owner)
        return events.TokensMerged(sent.timestamp, made.address, owner.address, amount)

    def move(
        self, made: Made, sender: Any, receiver: Any, amount: int, *, is_senior: bool
    ) -> events.TrancheMoved:
        """Let an account transfer SENIOR or JUNIOR."""
        token = made.tranche(is_senior=is_senior)
        sent = self._chain.send(token.transfer, receiver, amount, sender=sender)
        return events.TrancheMoved(
            sent.timestamp, made.address, is_senior, sender.address, receiver.address, amount
        )

    def claim(
        self, made: Made, account: Any, sender: Any, *, is_senior: bool
    ) -> events.TrancheClaimed | None:
        """Claim for an account, if there is anything."""
        token = made.tranche(is_senior=is_senior)
        due, _ = made.contract.preview_claim(token, account)
        if due == 0:
            return None
        sent = self._chain.send(made.contract.claim, token, account, sender=sender)
        (log,) = _of(sent, made.contract, made.contract.RewardClaimed)
        pulled = _pulled(sent, made.distributor, made.address)
        return events.TrancheClaimed(
            sent.timestamp, made.address, is_senior, str(log.account), int(log.amount), pulled
        )

    def state(self, made: Made) -> State:
        """Return what is known of a note."""
        return State(int(made.contract.outcome().state))

    def note(self, made: Made, sender: Any) -> events.OutcomeNoted | None:
        """Note the outcome, unless it is open or noted already."""
        if self.state(made) is State.OPEN:
            return None
        sent = self._chain.send(made.contract.find_cut, sender=sender)
        found = sent.decode_logs(made.contract.CutFound)
        if not found:
            return None
        is_met = State(int(found[0].state)) is State.MET
        return events.OutcomeNoted(sent.timestamp, made.address, is_met, int(found[0].shortfall))

    def redeem_junior(self, made: Made, holder: Any, amount: int) -> events.JuniorRedeemed:
        """Let an account redeem JUNIOR, at the cost there is."""
        self._approve(self._bitcoin, made.contract, holder)
        sent = self._chain.send(made.contract.redeem_junior, amount, _ENOUGH, sender=holder)
        (log,) = sent.decode_logs(made.contract.JuniorRedeemed)
        return events.JuniorRedeemed(
            sent.timestamp, made.address, holder.address, amount, int(log.cost)
        )

    def buy_junior(self, made: Made, buyer: Any, holder: Any, amount: int) -> events.JuniorBought:
        """Let an account buy a holder's JUNIOR at the auction."""
        self._approve(self._bitcoin, made.contract, buyer)
        sent = self._chain.send(made.contract.buy_junior, holder, amount, 0, sender=buyer)
        (log,) = sent.decode_logs(made.contract.JuniorBought)
        return events.JuniorBought(
            at=sent.timestamp,
            product=made.address,
            buyer=buyer.address,
            holder=holder.address,
            amount=amount,
            bought=int(log.bought_ths),
            cost=int(log.cost),
        )

    def collect_pool(self, made: Made, sender: Any) -> events.PoolCollected:
        """Add what forfeited tokens earned to the pool."""
        sent = self._chain.send(made.contract.collect_pool, sender=sender)
        (log,) = sent.decode_logs(made.contract.PoolCollected)
        pulled = _pulled(sent, made.distributor, made.address)
        return events.PoolCollected(sent.timestamp, made.address, int(log.amount), pulled)

    def redeem_senior(self, made: Made, holder: Any, amount: int) -> events.SeniorRedeemed:
        """Let an account take its part of the pool."""
        sent = self._chain.send(made.contract.redeem_senior, amount, sender=holder)
        (log,) = sent.decode_logs(made.contract.SeniorRedeemed)
        return events.SeniorRedeemed(
            at=sent.timestamp,
            product=made.address,
            holder=holder.address,
            amount=amount,
            cash=int(log.cash),
            tokens=int(log.tokens_ths),
        )

    # The fund

    def create_fund(
        self, basket: Basket, series: dict[str, tuple[str, Any, Any]], sender: Any
    ) -> events.FundMade:
        """Create the fund; `series` are key, distributor and token by the distributor's address."""
        addresses, weights, *names = basket.as_arguments()
        sent = self._chain.send(self._funds.create_fund, addresses, weights, *names, sender=sender)
        (log,) = sent.decode_logs(self._funds.FundCreated)
        keys, distributors, tokens = zip(*(series[each] for each in addresses), strict=True)
        contract = self._chain.contract(FUND, log.fund)
        self.fund = MadeFund(contract, keys, distributors, tokens)
        return events.FundMade(sent.timestamp, str(contract.address), keys, tuple(weights))

    def create_shares(self, fund: MadeFund, creator: Any, amount: int) -> events.SharesCreated:
        """Let an account bring the basket."""
        for token in fund.tokens:
            self._approve(token, fund.contract, creator)
        sent = self._chain.send(fund.contract.create, amount, sender=creator)
        return events.SharesCreated(sent.timestamp, fund.address, creator.address, amount)

    def move_shares(
        self, fund: MadeFund, sender: Any, receiver: Any, amount: int
    ) -> events.SharesMoved:
        """Let an account transfer shares."""
        sent = self._chain.send(fund.contract.transfer, receiver, amount, sender=sender)
        return events.SharesMoved(
            sent.timestamp, fund.address, sender.address, receiver.address, amount
        )

    def redeem_shares(self, fund: MadeFund, holder: Any, amount: int) -> events.SharesRedeemed:
        """Let an account redeem shares."""
        sent = self._chain.send(fund.contract.redeem, amount, sender=holder)
        return events.SharesRedeemed(sent.timestamp, fund.address, holder.address, amount)

    def claim_fund(self, fund: MadeFund, account: Any, sender: Any) -> events.FundClaimed | None:
        """Claim of every series for an account, if there is anything."""
        places = range(len(fund.keys))
        if not any(fund.contract.preview_claim(account, place)[0] for place in places):
            return None
        sent = self._chain.send(fund.contract.claim, account, sender=sender)
        logs = _of(sent, fund.contract, fund.contract.FundRewardClaimed)
        paid = {str(log.distributor): int(log.amount) for log in logs}
        return events.FundClaimed(
            at=sent.timestamp,
            fund=fund.address,
            account=account.address,
            amounts=tuple(paid.get(str(each.address), 0) for each in fund.distributors),
            pulled=tuple(_pulled(sent, each, fund.address) for each in fund.distributors),
        )

    # The end

    def remains(self) -> dict[str, dict[str, int]]:
        """Return what is left of every product: tokens held by key of the series, and supplies."""
        left = {
            made.address: {
                made.key: int(made.token.balanceOf(made.contract)),
                "senior": int(made.senior.totalSupply()),
                "junior": int(made.junior.totalSupply()),
            }
            for made in self.made.values()
        }
        if self.fund is not None:
            held = zip(self.fund.keys, self.fund.tokens, strict=True)
            left[self.fund.address] = {
                "shares": int(self.fund.contract.totalSupply()),
                **{key: int(token.balanceOf(self.fund.contract)) for key, token in held},
            }
        return left

    def _approve(self, token: Any, spender: Any, account: Any) -> None:
        if int(token.allowance(account, spender)) < _ENOUGH:
            self._chain.send(token.approve, spender, 2**256 - 1, sender=account)


def _of(sent: Any, contract: Any, event: Any) -> Sequence[Any]:
    """Return a contract's own logs of an event that others have too."""
    return [log for log in sent.decode_logs(event) if log.contract_address == contract.address]


def _pulled(sent: Any, distributor: Any, account: str) -> int | None:
    """Return what a product collected from a series; None if it did not."""
    logs = _of(sent, distributor, distributor.RewardClaimed)
    own = [int(log.amount) for log in logs if log.account == account]
    return sum(own) if own else None
