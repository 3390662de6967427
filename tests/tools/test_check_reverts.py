# SPDX-License-Identifier: AGPL-3.0-only
"""The check of `@custom:reverts` finds missing and invented reasons, however far away they are."""

from pathlib import Path

import pytest

from tools.check_reverts import check

pytestmark = pytest.mark.unit

TILL = '''# pragma version 0.4.3
from snekmate.auth import ownable
from ..common import change
from . import IPurse


@external
def spend(_amount_sats: uint256):
    """
    @notice Spend.
    @custom:reverts {reverts}
    @custom:emits Spent
    """
    assert _amount_sats != 0, "till: nothing to spend"
    self._take(_amount_sats)


@external
def close():
    """
    @notice Close.
    @custom:reverts "ownable: caller is not the owner"
    """
    ownable._check_owner()


@external
def refill(_purse: address):
    """
    @notice Refill.
    @custom:reverts "purse: …"
    """
    extcall IPurse(_purse).pay()


@internal
def _take(_amount_sats: uint256):
    """
    @notice Take.
    """
    change._check(_amount_sats)
'''
CHANGE = '''# pragma version 0.4.3
@internal
def _check(_amount_sats: uint256):
    """
    @notice Check.
    """
    assert _amount_sats < 100, "change: too much"
    if _amount_sats == 1:
        raise "change: one is none"
'''
PURSE = '''# pragma version 0.4.3
@external
def pay():
    """
    @notice Pay.
    @custom:reverts "purse: empty"
    """
    assert self.balance != 0, "purse: empty"
'''
ALL = '"till: nothing to spend", "change: too much", "change: one is none"'


def findings(project: Path, source: str) -> list[str]:
    """Return what the check says of a project with this till."""
    files = {"till/Till.vy": source, "till/Purse.vy": PURSE, "common/change.vy": CHANGE}
    for name, text in files.items():
        path = project / "contracts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [str(each).removeprefix("contracts/till/Till.vy:") for each in check(project)]


@pytest.mark.parametrize(
    "reverts",
    [
        ALL,
        '"till: nothing to spend", "change: …"',
        '"till: nothing to\n        spend",\n        "change: …"',
    ],
)
def test_check__all_reasons__returns_nothing(tmp_path, reverts):
    assert findings(tmp_path, TILL.replace("{reverts}", reverts)) == []


@pytest.mark.parametrize(
    ("reverts", "expected"),
    [
        (
            '"change: …"',
            'reverts with "till: nothing to spend", which is not documented',
        ),
        (
            ALL.replace('"change: too much", ', ""),
            'reverts with "change: too much", which is not documented',
        ),
        (ALL + ', "till: shut"', 'never reverts with "till: shut"'),
        (ALL + ', "nobody: …"', '"nobody: …" stands for fewer than two reasons'),
        (ALL + ', "till: …"', '"till: …" stands for fewer than two reasons'),
        (ALL + ', "purse: …"', '"purse: …" stands for fewer than two reasons'),
        (ALL + ", `close`", 'never reverts with "ownable: caller is not the owner"'),
        (ALL + " and more", "@custom:reverts holds more than reasons: and more"),
    ],
)
def test_check__wrong_reasons__returns_problem(tmp_path, reverts, expected):
    assert findings(tmp_path, TILL.replace("{reverts}", reverts)) == [f"8: spend: {expected}"]


def test_check__no_tag__returns_each_reason(tmp_path):
    source = TILL.replace("    @custom:reverts {reverts}\n", "")

    assert len(findings(tmp_path, source)) == 3


def test_check__role_of_snekmate_not_documented__returns_problem(tmp_path):
    source = TILL.replace("{reverts}", ALL)
    source = source.replace('    @custom:reverts "ownable: caller is not the owner"\n', "")

    assert findings(tmp_path, source) == [
        '19: close: reverts with "ownable: caller is not the owner", which is not documented'
    ]


def test_check__tag_of_internal_function__is_held_to_it(tmp_path):
    source = TILL.replace("{reverts}", ALL)
    source = source.replace("@notice Take.", '@notice Take.\n    @custom:reverts "change: shut"')

    assert findings(tmp_path, source) == [
        '37: _take: never reverts with "change: shut"',
        '37: _take: reverts with "change: one is none", which is not documented',
        '37: _take: reverts with "change: too much", which is not documented',
    ]
