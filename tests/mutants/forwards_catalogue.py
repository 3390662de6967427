# SPDX-License-Identifier: AGPL-3.0-only
"""Vault and book broken on purpose, and the history that has to notice."""

from tests.mutants.mutant import HistoryMutant
from tests.stateful.forwards_history import (
    blocked_history,
    hostile_book_history,
    pegged_history,
    refusing_history,
    settled_history,
    spread_history,
    traded_history,
    watching_history,
)

VAULT = "forwards/ForwardsVault.vy"
BOOK = "forwards/ForwardsBook.vy"
ORDERS = "forwards/orders.vy"
SERIES = "forwards/series.vy"
SETTLEMENT = "forwards/settlement.vy"
NAMED = "forwards/named_books.vy"
POSITIONS = "forwards/positions.vy"
CASH = "exchange/cash.vy"
STATE = "exchange/order_state.vy"
SIGNATURES = "exchange/signatures.vy"

SETTLEMENT_MUTANTS = [
    HistoryMutant(
        "a payout is rounded up",
        settled_history,
        SETTLEMENT,
        "// (MEAN_DAYS * _units_per_tick)",
        "// (MEAN_DAYS * _units_per_tick) + 1",
    ),
    HistoryMutant(
        "a mean is rounded before it is multiplied",
        settled_history,
        SETTLEMENT,
        "_missing_days * _mean_sum)",
        "_missing_days * (_mean_sum // (MEAN_DAYS * _units_per_tick) * MEAN_DAYS"
        " * _units_per_tick))",
    ),
    HistoryMutant(
        "a payout knows no cap",
        settled_history,
        SETTLEMENT,
        "return min(max(gross, lowest), highest) - lowest",
        "return max(gross, lowest) - lowest",
    ),
    HistoryMutant(
        "a sum below the floor cannot be settled",
        settled_history,
        SETTLEMENT,
        "return min(max(gross, lowest), highest) - lowest",
        "return min(gross, highest) - lowest",
    ),
    HistoryMutant(
        "the newest day stands for the mean of seven",
        settled_history,
        SERIES,
        "newest - settlement.MEAN_DAYS",
        "newest - 1",
    ),
    HistoryMutant(
        "the day of the deadline is missing twice",
        settled_history,
        SERIES,
        "missing_days = min(last - newest,",
        "missing_days = min(last - newest + 1,",
    ),
    HistoryMutant(
        "a last day that is late counts",
        settled_history,
        SERIES,
        "final_at > min(block.timestamp, deadline)",
        "final_at > block.timestamp",
    ),
    HistoryMutant(
        "what is final when somebody asks counts",
        settled_history,
        SERIES,
        "index_reader._final_day_at(_terms.index, deadline)",
        "index_reader._final_day_at(_terms.index, block.timestamp)",
    ),
    HistoryMutant(
        "silence since before the window cannot be settled",
        settled_history,
        SERIES,
        "before = min(before, newest)",
    ),
    HistoryMutant(
        "the oracle is given up a second late",
        settled_history,
        SERIES,
        "if block.timestamp < deadline:",
        "if block.timestamp <= deadline:",
    ),
]
TRADE_MUTANTS = [
    HistoryMutant(
        "nothing is netted",
        traded_history,
        VAULT,
        "shorts = min(count, positions._balance(parties[b], leg.series + 1))",
    ),
    HistoryMutant(
        "a leg's side is flipped",
        traded_history,
        VAULT,
        "b: uint256 = 0 if leg.is_buy else 1",
        "b: uint256 = 1 if leg.is_buy else 0",
    ),
    HistoryMutant(
        "every leg has the side of the first",
        spread_history,
        VAULT,
        "b: uint256 = 0 if leg.is_buy else 1",
        "b: uint256 = 0 if _trade.legs[0].is_buy else 1",
    ),
    HistoryMutant(
        "a ratio is forgotten",
        spread_history,
        VAULT,
        "count: uint256 = self._contracts(_trade.quantity, leg.ratio)",
        "count: uint256 = self._contracts(_trade.quantity, 1)",
    ),
    HistoryMutant(
        "who closes gets the leg it paid",
        traded_history,
        VAULT,
        "gets[b] += shorts * short_cost",
        "gets[b] += shorts * long_cost",
    ),
    HistoryMutant(
        "what is earned is not set off",
        traded_history,
        VAULT,
        "max(pays[0], gets[0]) - gets[0],",
        "pays[0],",
    ),
    HistoryMutant(
        "a cap counts leg by leg",
        spread_history,
        VAULT,
        "pulled[0] <= _trade.maker_cap and",
        "pulled[0] <= _trade.maker_cap * len(_trade.legs) and",
    ),
    HistoryMutant(
        "a midpoint is rounded up",
        traded_history,
        ORDERS,
        "(bid + ask) // 2",
        "(bid + ask + 1) // 2",
    ),
    HistoryMutant(
        "orders cross in all, not in each leg",
        spread_history,
        ORDERS,
        'assert bid >= ask, "order: prices do not cross"',
    ),
    HistoryMutant(
        "pairs forget what is closed",
        traded_history,
        SERIES,
        "terms._pairs(market) + _opened - _closed",
        "terms._pairs(market) + _opened",
    ),
    HistoryMutant(
        "series share their positions",
        traded_history,
        VAULT,
        "positions._swap(parties[b], shorts, parties[s], count - longs, leg.series + 1)",
        "positions._swap(parties[b], shorts, parties[s], count - longs, 1)",
    ),
]
PEG_MUTANTS = [
    HistoryMutant(
        "a peg reads a day that is not final",
        pegged_history,
        SERIES,
        "newest: uint256 = index_reader._last_final_day(asked.index) assert newest + 1 >= terms",
        "newest: uint256 = block.timestamp // 86_400 - 1\n    assert newest + 1 >= terms",
    ),
    HistoryMutant(
        "a peg leaves its clamp",
        pegged_history,
        ORDERS,
        "return min(max(convert(price, uint256), _peg.low_ticks), _peg.high_ticks)",
        "return max(convert(price, uint256), _peg.low_ticks)",
    ),
    HistoryMutant(
        "a peg never grows old",
        pegged_history,
        BOOK,
        "- newest <= peg.max_age_days",
        "- newest <= peg.max_age_days + 1",
    ),
    HistoryMutant(
        "a peg is bounded at its best price",
        pegged_history,
        BOOK,
        "_order.pegs[0].high_ticks if legs[i].is_buy else _order.pegs[0].low_ticks",
        "_order.pegs[0].low_ticks if legs[i].is_buy else _order.pegs[0].high_ticks",
    ),
]
BOOK_MUTANTS = [
    HistoryMutant(
        "one party's word is enough",
        hostile_book_history,
        VAULT,
        'assert naming.is_named, "vault: book not named"',
        "assert naming.is_named or _account == tx.origin or _account.is_contract == False,"
        ' "vault: book not named"',
    ),
    HistoryMutant(
        "a limit is not counted down",
        hostile_book_history,
        NAMED,
        "self._words[_account][msg.sender][_token] -= _amount",
    ),
    HistoryMutant(
        "every book may close",
        hostile_book_history,
        NAMED,
        "may_close=word & _MAY_CLOSE != 0",
        "may_close=True",
    ),
    HistoryMutant(
        "a naming never ends",
        hostile_book_history,
        NAMED,
        "or block.timestamp > until",
        "or block.timestamp > until + 1",
    ),
    HistoryMutant(
        "the official book cannot be disowned",
        hostile_book_history,
        NAMED,
        "if times == 0 and _book == BOOK:",
        "if _book == BOOK:",
    ),
    HistoryMutant(
        "disowning spares what was said before",
        hostile_book_history,
        NAMED,
        "or (word >> _DISOWNED_SHIFT) & _DISOWNED_MASK != times",
        "",
    ),
]
ORDER_MUTANTS = [
    HistoryMutant(
        "an epoch is not looked at",
        refusing_history,
        STATE,
        "_epoch >= epochs >> _LEAST_SHIFT",
        "_epoch >= 0",
    ),
    HistoryMutant(
        "an order never expires",
        refusing_history,
        STATE,
        'assert block.timestamp <= _deadline, "order: deadline is over"',
    ),
    HistoryMutant(
        "an order can be filled again",
        refusing_history,
        STATE,
        "self.filled_of[_digest] = _whole - _remaining + _quantity",
    ),
    HistoryMutant(
        "cancelling is for show",
        refusing_history,
        STATE,
        "self.filled_of[_digest] = _CANCELLED",
    ),
    HistoryMutant(
        "a minimum binds although less is left",
        refusing_history,
        STATE,
        "_quantity >= min(_minimum, _remaining)",
        "_quantity >= _minimum",
    ),
    HistoryMutant(
        "collateral has no bound",
        refusing_history,
        VAULT,
        "pulled[0] <= _trade.maker_cap and",
        "True and",
    ),
    HistoryMutant(
        "a strip mixes tokens",
        refusing_history,
        VAULT,
        'assert _token == _first, "vault: more than one token"',
    ),
    HistoryMutant(
        "an order lives into the window",
        refusing_history,
        SERIES,
        "assert block.timestamp < first_day * _DAY_SECONDS",
        "assert block.timestamp <= first_day * _DAY_SECONDS",
    ),
    HistoryMutant(
        "an order outlives the window",
        refusing_history,
        SERIES,
        "assert block.timestamp < end_day * _DAY_SECONDS",
        "assert block.timestamp <= end_day * _DAY_SECONDS",
    ),
    HistoryMutant(
        "cancelling a series spares it",
        refusing_history,
        STATE,
        "self._least_on[_maker][_subject] = epoch",
    ),
    HistoryMutant(
        "a taker's limit is for show",
        refusing_history,
        BOOK,
        "taker_cap=_take.max_pay",
        "taker_cap=max_value(uint256)",
    ),
    HistoryMutant(
        "anyone fills what is for matching",
        refusing_history,
        BOOK,
        "or (_is_match and _order.taker == self)",
        "or _order.taker == self",
    ),
    HistoryMutant(
        "any answer of a wallet is a signature",
        refusing_history,
        SIGNATURES,
        "return convert(answer, bytes32) == convert(_MAGIC, bytes32)",
        "return True",
    ),
]
MONEY_MUTANTS = [
    HistoryMutant(
        "a payment that fails is lost",
        blocked_history,
        CASH,
        "self.credit_of[_token][_account] += _amount",
    ),
    HistoryMutant(
        "a credit can be fetched twice",
        blocked_history,
        CASH,
        "self.credit_of[_token][_account] = 0",
    ),
    HistoryMutant(
        "the answer False is a payment",
        blocked_history,
        CASH,
        "return is_done and (len(answer) == 0 or convert(answer, uint256) != 0)",
        "return is_done",
    ),
    HistoryMutant(
        "receivers are asked before the money is there",
        watching_history,
        POSITIONS,
        "self._mint(_to, _id, _received - moved)",
        "self._mint(_to, _id, _received - moved)\n    self._ask(_to, _id, _received - moved)",
    ),
    HistoryMutant(
        "a door has no lock",
        watching_history,
        VAULT,
        "@external def merge_pair(",
        "@external\n@reentrant\ndef merge_pair(",
    ),
    HistoryMutant(
        "transfers have no lock",
        watching_history,
        VAULT,
        "@external def safeTransferFrom(",
        "@external\n@reentrant\ndef safeTransferFrom(",
    ),
]
FORWARDS_MUTANTS = [
    *SETTLEMENT_MUTANTS,
    *TRADE_MUTANTS,
    *PEG_MUTANTS,
    *BOOK_MUTANTS,
    *ORDER_MUTANTS,
    *MONEY_MUTANTS,
]
