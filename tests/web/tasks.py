# SPDX-License-Identifier: AGPL-3.0-only
"""What a page's main thread does at a stretch, by the processor and by the clock."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page


@contextmanager
def traced(page: Page) -> Iterator[list[dict[str, Any]]]:
    """Trace a page inside; the list holds its main thread's tasks afterwards.

    Each has its time of the processor, `tdur`, and of the clock, `dur` [us].
    """
    browser = page.context.browser
    assert browser is not None
    tasks: list[dict[str, Any]] = []
    browser.start_tracing(page=page, categories=["toplevel"])
    try:
        yield tasks
    finally:
        tasks += _tasks(json.loads(browser.stop_tracing()))


def longest_ms(tasks: list[dict[str, Any]]) -> int:
    """Return what the longest task took of the processor, whoever else was at work [ms]."""
    return int(max(each["tdur"] for each in tasks)) // 1_000


def _tasks(trace: dict[str, Any]) -> list[dict[str, Any]]:
    """List the tasks of the busiest page's main thread."""
    events = trace["traceEvents"]
    mains = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    by_thread: dict[tuple[int, int], list[dict[str, Any]]] = {main: [] for main in mains}
    for each in events:
        if (
            each["name"].endswith("RunTask")
            and (each["pid"], each["tid"]) in mains
            and "tdur" in each
        ):
            by_thread[each["pid"], each["tid"]].append(each)
    return max(by_thread.values(), key=lambda tasks: sum(each["tdur"] for each in tasks))
