# SPDX-License-Identifier: AGPL-3.0-only
"""The forwards engine broken on purpose, and the history that has to notice."""

from collections.abc import Callable
from dataclasses import dataclass

from testing.patching import Patch
from tests.stateful.forwards_history import (
    blocked_history,
    refusing_history,
    settled_history,
    traded_history,
    watching_history,
)
from tests.stateful.forwards_lockstep import ForwardsLockstep

ENGINE = "forwards/ForwardsEngine.vy"
SERIES = "forwards/forward_series.vy"
SETTLEMENT = "forwards/forward_settlement.vy"
CASH = "forwards/forward_cash.vy"
BOOK = "forwards/order_book.vy"
SIGNED = "forwards/signed_orders.vy"
POSITIONS = "forwards/positions.vy"


@dataclass(frozen=True)
class ForwardsMutant:
    """One defect: what is wrong, the words that make it so, and who notices."""

    name: str
    history: Callable[[ForwardsLockstep], None]
    path: str
    old: str
    new: str = "pass"

    @property
    def patches(self) -> list[Patch]:
        """The replacement that makes it."""
        return [Patch(self.path, self.old, self.new)]


SETTLEMENT_MUTANTS = [
    ForwardsMutant(
        "a payout is rounded up",
        settled_history,
        SETTLEMENT,
        "* _terms.tick_value // (MEAN_DAYS * scale)",
        "* _terms.tick_value // (MEAN_DAYS * scale) + 1",
    ),
    ForwardsMutant(
        "a mean is rounded before it is multiplied",
        settled_history,
        SETTLEMENT,
        "_missing_days * _mean_sum) * _terms.tick_value",
        "_missing_days * (_mean_sum // (MEAN_DAYS * scale) * MEAN_DAYS * scale))"
        " * _terms.tick_value",
    ),
    ForwardsMutant(
        "a payout knows no cap",
        settled_history,
        SETTLEMENT,
        "return min(max(gross, lowest), highest) - lowest",
        "return max(gross, lowest) - lowest",
    ),
    ForwardsMutant(
        "a sum below the floor cannot be settled",
        settled_history,
        SETTLEMENT,
        "return min(max(gross, lowest), highest) - lowest",
        "return min(gross, highest) - lowest",
    ),
    ForwardsMutant(
        "the newest day stands for the mean of seven",
        settled_history,
        SERIES,
        "staticcall oracle.day_record(newest - forward_settlement.MEAN_DAYS)",
        "staticcall oracle.day_record(newest - 1)",
    ),
    ForwardsMutant(
        "the day of the deadline is missing twice",
        settled_history,
        SERIES,
        "missing_days = _terms.end_day - 1 - last",
        "missing_days = _terms.end_day - last",
    ),
    ForwardsMutant(
        "a last day that is late counts",
        settled_history,
        SERIES,
        "record.final_at > min(block.timestamp, deadline)",
        "record.final_at > block.timestamp",
    ),
    ForwardsMutant(
        "what is final when somebody asks counts",
        settled_history,
        SERIES,
        "staticcall oracle.final_day_at(deadline)",
        "staticcall oracle.final_day_at(block.timestamp)",
    ),
    ForwardsMutant(
        "silence since before the window cannot be settled",
        settled_history,
        SERIES,
        "last = max(newest, before)",
        "last = newest",
    ),
    ForwardsMutant(
        "the oracle is given up a second late",
        settled_history,
        SERIES,
        "if block.timestamp < deadline:",
        "if block.timestamp <= deadline:",
    ),
]
TRADE_MUTANTS = [
    ForwardsMutant(
        "nothing is netted",
        traded_history,
        POSITIONS,
        "count: uint256 = min(_amount, erc1155.balanceOf[_account][_closed])",
        "count: uint256 = 0",
    ),
    ForwardsMutant(
        "the seller closes before the buyer",
        traded_history,
        ENGINE,
        "positions._exchange(_deal.buyer, series + 1, series, _deal.quantity)",
        "positions._exchange(_deal.buyer, series, series + 1, _deal.quantity)",
    ),
    ForwardsMutant(
        "who closes gets the leg it paid",
        traded_history,
        ENGINE,
        "buyer_gets += closed * seller_leg",
        "buyer_gets += closed * buyer_leg",
    ),
    ForwardsMutant(
        "what is earned is not set off",
        traded_history,
        CASH,
        "self._pull(_token, _account, _owed - _earned)",
        "self._pull(_token, _account, _owed)",
    ),
    ForwardsMutant(
        "a midpoint is rounded up",
        traded_history,
        ENGINE,
        "(_buy.price_ticks + _sell.price_ticks) // 2",
        "(_buy.price_ticks + _sell.price_ticks + 1) // 2",
    ),
    ForwardsMutant(
        "supply forgets what is burned",
        traded_history,
        POSITIONS,
        "erc1155.total_supply[_id] -= _amount",
    ),
]
ORDER_MUTANTS = [
    ForwardsMutant(
        "an epoch is not looked at",
        refusing_history,
        BOOK,
        'assert self.epoch_of[_order.maker] == _order.epoch, "order: other epoch"',
    ),
    ForwardsMutant(
        "an order never expires",
        refusing_history,
        BOOK,
        'assert block.timestamp <= _order.deadline, "order: deadline is over"',
    ),
    ForwardsMutant(
        "an order can be filled again",
        refusing_history,
        BOOK,
        "self.filled_of[_digest] = _order.quantity - _remaining + _quantity",
    ),
    ForwardsMutant(
        "cancelling is for show",
        refusing_history,
        BOOK,
        "self.filled_of[_digest] = _CANCELLED",
    ),
    ForwardsMutant(
        "a minimum binds although less is left",
        refusing_history,
        BOOK,
        "_quantity >= min(_order.minimum_quantity, _remaining)",
        "_quantity >= _order.minimum_quantity",
    ),
    ForwardsMutant(
        "collateral has no bound",
        refusing_history,
        ENGINE,
        'assert _order.quantity * legs <= _order.max_collateral, "engine: too much collateral"',
    ),
    ForwardsMutant(
        "a strip mixes tokens",
        refusing_history,
        ENGINE,
        'assert count == 0 or offer.token == terms.token, "engine: more than one token"',
    ),
    ForwardsMutant(
        "an order lives into the window",
        refusing_history,
        SERIES,
        "assert block.timestamp < terms.first_day * _DAY_SECONDS",
        "assert block.timestamp <= terms.first_day * _DAY_SECONDS",
    ),
    ForwardsMutant(
        "an order outlives the window",
        refusing_history,
        SERIES,
        "assert block.timestamp < terms.end_day * _DAY_SECONDS",
        "assert block.timestamp <= terms.end_day * _DAY_SECONDS",
    ),
    ForwardsMutant(
        "any answer of a wallet is a signature",
        refusing_history,
        SIGNED,
        "return convert(answer, bytes32) == convert(_MAGIC, bytes32)",
        "return True",
    ),
]
MONEY_MUTANTS = [
    ForwardsMutant(
        "a payment that fails is lost",
        blocked_history,
        CASH,
        "self.credit_of[_token][_account] += _amount",
    ),
    ForwardsMutant(
        "a credit can be fetched twice",
        blocked_history,
        CASH,
        "self.credit_of[_token][_account] = 0",
    ),
    ForwardsMutant(
        "the answer False is a payment",
        blocked_history,
        CASH,
        "return is_done and (len(answer) == 0 or convert(answer, uint256) != 0)",
        "return is_done",
    ),
    ForwardsMutant(
        "receivers are told before the money is there",
        watching_history,
        POSITIONS,
        "self._mint(_account, _opened, _amount - count)",
        "self._mint(_account, _opened, _amount - count)\n"
        "    self._tell(_account, _opened, _amount - count)",
    ),
    ForwardsMutant(
        "a door has no lock",
        watching_history,
        ENGINE,
        "@external def cancel_all():",
        "@external\n@reentrant\ndef cancel_all():",
    ),
    ForwardsMutant(
        "transfers have no lock",
        watching_history,
        ENGINE,
        "@external def safeTransferFrom(",
        "@external\n@reentrant\ndef safeTransferFrom(",
    ),
]
FORWARDS_MUTANTS = [*SETTLEMENT_MUTANTS, *TRADE_MUTANTS, *ORDER_MUTANTS, *MONEY_MUTANTS]
