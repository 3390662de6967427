# SPDX-License-Identifier: AGPL-3.0-only
"""`review_day` broken on purpose, each by a few words."""

from testing.patching import Patch

ORACLE = "oracle/HashpriceOracle.vy"
DISPUTES = "oracle/day_disputes.vy"
DAYS = "oracle/day_history.vy"

DISPUTE_MUTANTS: dict[str, Patch] = {
    "an answer puts finality off": Patch(DISPUTES, "min(_earliest, _final_at)", "_earliest"),
    "an agreement that changes nothing cuts later days off": Patch(
        DISPUTES, "is_of_use or _earliest < _final_at", "True"
    ),
    "an answer has to bring finality forward": Patch(
        DISPUTES, "is_of_use or _earliest < _final_at", "_earliest < _final_at"
    ),
    "an agreement shortens a recovery": Patch(
        ORACLE,
        "RECOVERY_WINDOW_SECONDS if is_recovery else LONG_WINDOW_SECONDS",
        "LONG_WINDOW_SECONDS",
    ),
    "an agreement takes the short window": Patch(
        ORACLE,
        "RECOVERY_WINDOW_SECONDS if is_recovery else LONG_WINDOW_SECONDS",
        "RECOVERY_WINDOW_SECONDS if is_recovery else SHORT_WINDOW_SECONDS",
    ),
    "a contradiction can shorten": Patch(
        DISPUTES, "is_of_use = final_at >= _final_at + _DAY_SECONDS", "is_of_use = True"
    ),
    "a contradiction can be repeated at once": Patch(
        DISPUTES,
        "final_at >= _final_at + _DAY_SECONDS",
        "final_at > _final_at",
    ),
    "an agreement overtakes the day before": Patch(
        ORACLE,
        "max(before.final_at, block.timestamp + window)",
        "block.timestamp + window",
    ),
    "a wait belongs to a report": Patch(ORACLE, "if old_final_at > final_at:", "if False:"),
    "a wait outlives its dispute": Patch(
        ORACLE, "min(old_final_at, day_disputes._ends_at())", "old_final_at"
    ),
    "a review leaves later days": Patch(
        DAYS, "self.next_day = _day + 1", "self.next_day = max(self.next_day, _day + 1)"
    ),
    "recovery is forgotten": Patch(DAYS, "convert(_is_recovery, uint256) << _RECOVERY_SHIFT", "0"),
    "disputes are not counted": Patch(
        DISPUTES,
        "block.timestamp >= ends_at + _REST_WINDOWS * DISPUTE_WINDOW_SECONDS",
        "True",
    ),
    "disputes do not rest": Patch(
        DISPUTES,
        "block.timestamp >= ends_at + _REST_WINDOWS * DISPUTE_WINDOW_SECONDS",
        "block.timestamp >= ends_at",
    ),
    "disputes rest a second longer": Patch(
        DISPUTES,
        "block.timestamp >= ends_at + _REST_WINDOWS",
        "block.timestamp > ends_at + _REST_WINDOWS",
    ),
    "a dispute never ends": Patch(
        DISPUTES,
        "min(block.timestamp + DISPUTE_WINDOW_SECONDS, ends_at)",
        "block.timestamp + DISPUTE_WINDOW_SECONDS",
    ),
    "an answered dispute rests": Patch(
        DISPUTES,
        "self._dispute = block.timestamp - _REST_WINDOWS * DISPUTE_WINDOW_SECONDS",
        "pass",
    ),
    "a proof that changes its mind ends a dispute": Patch(
        DISPUTES,
        "and _revision > (dispute >> _REVISION_SHIFT) & _REVISION_MASK",
        "",
    ),
    "another day ends a dispute": Patch(
        DISPUTES,
        "            and dispute >> _DAY_SHIFT == _day\n"
        "            and _revision > (dispute >> _REVISION_SHIFT) & _REVISION_MASK\n",
        "            and (\n"
        "                dispute >> _DAY_SHIFT != _day\n"
        "                or _revision > (dispute >> _REVISION_SHIFT) & _REVISION_MASK\n"
        "            )\n",
    ),
    "height is not compared": Patch(DISPUTES, "height == _height", "True"),
    "difficulty is not compared": Patch(DISPUTES, "and difficulty == _difficulty", ""),
    "hashprice has no lower bound": Patch(DISPUTES, "and least <= _hashprice", ""),
    "hashprice has no upper bound": Patch(DISPUTES, "and greatest >= _hashprice", ""),
}
