# SPDX-License-Identifier: AGPL-3.0-only
"""What Prometheus would have scraped of a daemon, minute by minute, and its rules on that."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

MINUTE = 60
PROMTOOL = shutil.which("promtool")
_UP = 'up{instance="reporter",job="hashrate-oracle"}'


class Scrapes:
    """One sample a minute of every series, as `promtool test rules` takes it.

    Time begins at zero there: metrics that are times are told from the first scrape on.
    """

    def __init__(self, start: int) -> None:
        """Begin at a time [unix s]."""
        self._start = start
        self._series: dict[str, list[str]] = {}
        self.minutes = 0

    def until(self, now: int, metrics: bytes | None) -> None:
        """Scrape the same metrics every minute up to a time [unix s]; None while nobody answers."""
        if now < self._start + self.minutes * MINUTE:
            return  # not due: reading the metrics takes long
        fresh = self._values(metrics) if metrics is not None else {}
        fresh[_UP] = "0" if metrics is None else "1"
        while self._start + self.minutes * MINUTE <= now:
            for name in {**self._series, **fresh}:
                past = self._series.setdefault(name, ["_"] * self.minutes)
                past.append(fresh.get(name, "_"))
            self.minutes += 1

    def skip(self, now: int) -> None:
        """Scrape nothing up to a time [unix s]."""
        count = max(0, (now - self._start) // MINUTE - self.minutes)
        for past in self._series.values():
            past.extend(["_"] * count)
        self.minutes += count

    def check(
        self,
        folder: Path,
        rules: Path,
        expected: Iterable[tuple[int, str, int]],
        evaluated: str = "1m",
    ) -> str:
        """Run the rules; gives what does not hold, nothing if all does.

        Args:
            folder: for the test's file.
            rules: the file of rules.
            expected: for each expectation the minute, an expression, and its value; zero for no
                value at all.
            evaluated: how often the rules are.
        """
        tests = [
            {
                "expr": expression,
                "eval_time": f"{minute}m",
                "exp_samples": [{"labels": "{}", "value": value}] if value else [],
            }
            for minute, expression, value in expected
        ]
        asked = set(re.findall(r"\b\w+\b", rules.read_text(encoding="utf-8")))
        series = [
            {"series": name, "values": _written(values)}
            for name, values in self._series.items()
            if name.partition("{")[0] in asked  # the rest would only be read
        ]
        test = {"interval": "1m", "input_series": series, "promql_expr_test": tests}
        path = folder / "rules_test.yml"
        path.write_text(
            json.dumps(
                {"rule_files": [str(rules)], "evaluation_interval": evaluated, "tests": [test]}
            )
        )
        assert PROMTOOL is not None
        done = subprocess.run(
            [PROMTOOL, "test", "rules", str(path)], capture_output=True, text=True, check=False
        )
        return "" if done.returncode == 0 else done.stdout + done.stderr

    def _values(self, metrics: bytes) -> dict[str, str]:
        values = {}
        for family in text_string_to_metric_families(metrics.decode()):
            for sample in family.samples:
                labels = {**sample.labels, "instance": "reporter", "job": "hashrate-oracle"}
                written = ",".join(f'{key}="{labels[key]}"' for key in sorted(labels))
                value = sample.value
                if sample.name.endswith("_timestamp_seconds") and value:
                    value -= self._start
                values[f"{sample.name}{{{written}}}"] = repr(value).replace("inf", "Inf")
        return values


def firing(alert: str = "") -> str:
    """Return the expression that counts what fires, of one alert or of all."""
    which = f'alertname="{alert}",' if alert else ""
    return f'count(ALERTS{{{which}alertstate="firing"}})'


def ever_fired() -> str:
    """Return the expression that tells whether anything fired within the last 40 days."""
    return f"count_over_time({firing()}[40d:1m])"


def _written(values: list[str]) -> str:
    """Write samples, equal ones in a row as one."""
    parts: list[str] = []
    first = 0
    for i in range(1, len(values) + 1):
        if i == len(values) or values[i] != values[first]:
            count = i - first
            if count == 1:
                parts.append(values[first])
            elif values[first] == "_":
                parts.append(f"_x{count}")
            elif "Inf" in values[first]:
                parts += [values[first]] * count
            else:
                parts.append(f"{values[first]}+0x{count - 1}")
            first = i
    return " ".join(parts)
