# SPDX-License-Identifier: AGPL-3.0-only
"""Answers in which one thing, drawn at random, is null, gone or twice."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from testing.http_server import Answer


def changed(answer: Answer, fault: str, draw: random.Random) -> Answer:
    """Change one thing, drawn at random, of what an answer says."""
    try:
        value = json.loads(answer.body)
    except ValueError:  # a line of text: all there is
        return replace(answer, body=b"null") if fault == "a null" else answer
    lists = fault in ("a hole in a list", "a row twice")
    places = list(_places(value, lists=lists))
    if not places:
        return replace(answer, body=b"null") if fault == "a null" else answer
    CHANGES[fault](*draw.choice(places))
    return replace(answer, body=json.dumps(value).encode())


def _places(value: Any, *, lists: bool) -> Iterator[tuple[Any, Any]]:
    """Find each element of a list, or each field of an object, as its holder and its key."""
    keys = (
        range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()
    )
    for key in keys:
        if isinstance(value, list) == lists:
            yield value, key
        yield from _places(value[key], lists=lists)


def _null(holder: Any, key: Any) -> None:
    holder[key] = None


def _gone(holder: Any, key: Any) -> None:
    del holder[key]


def _twice(holder: Any, key: Any) -> None:
    holder.insert(key, holder[key])


CHANGES: Mapping[str, Callable[[Any, Any], None]] = {
    "a null": _null,
    "a field gone": _gone,
    "a hole in a list": _gone,
    "a row twice": _twice,
}
