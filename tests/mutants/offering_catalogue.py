# SPDX-License-Identifier: AGPL-3.0-only
"""The offering broken on purpose, and the history that has to notice."""

from tests.mutants.mutant import HistoryMutant
from tests.stateful.offering_history import default_history, example_history, price_history

OFFERING = "market/HashrateOffering.vy"
DELIVERY = "market/delivery.vy"
PRICE = "market/offering_price.vy"
ROUNDS = "market/offering_rounds.vy"
SHELF = "market/Shelf.vy"

OFFERING_MUTANTS = [
    HistoryMutant(
        "days count while arrears are owed",
        example_history,
        DELIVERY,
        "end = min(end, oldest.day)",
    ),
    HistoryMutant(
        "an issuer is paid whose bond paid for it",
        example_history,
        OFFERING,
        "delivery._check_bond(round.series)",
    ),
    HistoryMutant(
        "a refund burns nothing",
        default_history,
        OFFERING,
        "extcall IBurnable(round.token).burn_from(msg.sender, _amount_ths)",
    ),
    HistoryMutant(
        "a refund takes no notice of what was handed back",
        default_history,
        ROUNDS,
        "purchase.bought_ths -= _amount_ths",
    ),
    HistoryMutant(
        "what a refund leaves to the seller is forgotten",
        example_history,
        ROUNDS,
        "self._rounds[_number].payout += (_part - _amount) << 128",
    ),
    HistoryMutant(
        "a refund pays for days that were delivered",
        example_history,
        DELIVERY,
        "part * (_delivery_days - _delivered_days) // _delivery_days",
        "part",
    ),
    HistoryMutant(
        "a refund is rounded up",
        example_history,
        DELIVERY,
        "part * (_delivery_days - _delivered_days) // _delivery_days",
        "part * (_delivery_days - _delivered_days) // _delivery_days + 1",
    ),
    HistoryMutant(
        "what is due is rounded up",
        example_history,
        DELIVERY,
        "_round.paid * _delivered_days // _round.delivery_days",
        "(_round.paid * _delivered_days + _round.delivery_days - 1) // _round.delivery_days",
    ),
    HistoryMutant(
        "what was released is due again",
        example_history,
        ROUNDS,
        "self._rounds[_number].payout += _amount",
    ),
    HistoryMutant(
        "a cost is rounded down, for the buyer",
        example_history,
        PRICE,
        "return self._ceil_div(_amount_ths * _price, _WAD)",
        "return _amount_ths * _price // _WAD",
    ),
    HistoryMutant(
        "a falling price is rounded down, for the buyer",
        example_history,
        PRICE,
        "return _round.high_price - fallen",
        "return _round.high_price - fallen - 1",
    ),
    HistoryMutant(
        "a hashprice price is rounded down, for the buyer",
        price_history,
        PRICE,
        "self._ceil_div(sum_wad * _round.price_days * base_units, MEAN_DAYS * _WAD)",
        "sum_wad * _round.price_days * base_units // (MEAN_DAYS * _WAD)",
    ),
    HistoryMutant(
        "a price in satoshi is one in USD",
        price_history,
        PRICE,
        "if _is_usd:",
        "if True:",
    ),
    HistoryMutant(
        "an old index makes a price",
        price_history,
        PRICE,
        "newest + MAX_INDEX_AGE_DAYS",
        "newest + MAX_INDEX_AGE_DAYS + 1",
    ),
    HistoryMutant(
        "an index of six days makes a price",
        price_history,
        PRICE,
        "newest + 1 >= staticcall _oracle.FIRST_DAY() + MEAN_DAYS",
        "newest + 2 >= staticcall _oracle.FIRST_DAY() + MEAN_DAYS",
    ),
    HistoryMutant(
        "a buyer's limit does not hold",
        example_history,
        OFFERING,
        'assert cost <= _max_cost, "offering: costs too much"',
    ),
    HistoryMutant(
        "a closed round sells",
        example_history,
        OFFERING,
        'assert block.timestamp < round.closes_at, "offering: round is closed"',
    ),
    HistoryMutant(
        "a default comes a second too early",
        example_history,
        DELIVERY,
        "block.timestamp > due_at + DEFAULT_SECONDS",
        "block.timestamp >= due_at + DEFAULT_SECONDS",
    ),
    HistoryMutant(
        "a default does not heal",
        example_history,
        DELIVERY,
        "return Standing(delivered_days=days, is_in_default=is_overdue)",
        "return Standing(delivered_days=days, is_in_default=is_overdue or days < 30)",
    ),
    HistoryMutant(
        "delivery counts from the day the round closes",
        example_history,
        ROUNDS,
        "return _closes_at // _DAY_SECONDS + 1",
        "return _closes_at // _DAY_SECONDS",
    ),
    HistoryMutant(
        "unsold tokens earn for nobody",
        default_history,
        SHELF,
        "extcall IRewardPayer(_series).set_payout_address(_seller)",
    ),
    HistoryMutant(
        "what was sold can be taken back",
        default_history,
        ROUNDS,
        "((sale >> 128) - _amount_ths) << 128",
        "(sale >> 128) << 128",
    ),
    HistoryMutant(
        "anyone takes the rest",
        default_history,
        OFFERING,
        'assert msg.sender == round.seller, "offering: not the seller"',
    ),
    HistoryMutant(
        "the least that a refund may pay is ignored",
        example_history,
        OFFERING,
        "amount != 0 and amount >= _minimum",
        "amount != 0",
    ),
]
