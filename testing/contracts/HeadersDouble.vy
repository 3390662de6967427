# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
"""
@title Headers that prove whatever a test wants
@license GNU Affero General Public License v3.0 only
@notice Stands in for BitcoinHeaders where an oracle reads it, soundly or with every kind of malice.
"""

# how `proven_bounds` answers
flag Answer:
    BOUNDS  # what `set_bounds` said
    REVERT
    BURN  # all the gas there is
    SHORT  # three words
    LONG  # five words, the first four of `set_bounds`
    EMPTY
    FICKLE  # of `set_bounds` in even seconds, of another height in odd ones

answer: Answer
bounds: HashMap[uint256, uint256[4]]


@deploy
def __init__():
    self.answer = Answer.BOUNDS


@external
def set_answer(_answer: Answer):
    self.answer = _answer


@external
def set_bounds(_day: uint256, _bounds: uint256[4]):
    self.bounds[_day] = _bounds


@external
@view
@raw_return
def proven_bounds(_day: uint256) -> Bytes[160]:
    bounds: uint256[4] = self.bounds[_day]
    if self.answer == Answer.REVERT:
        raise "headers: hostile"
    if self.answer == Answer.BURN:
        for _: uint256 in range(max_value(uint256)):
            bounds[0] += bounds[1]
    if self.answer == Answer.EMPTY:
        return b""
    if self.answer == Answer.SHORT:
        return abi_encode(bounds[0], bounds[1], bounds[2])
    if self.answer == Answer.LONG:
        return abi_encode(bounds[0], bounds[1], bounds[2], bounds[3], max_value(uint256))
    if self.answer == Answer.FICKLE and block.timestamp % 2 == 1:
        bounds[0] += 1
    return abi_encode(bounds[0], bounds[1], bounds[2], bounds[3])
