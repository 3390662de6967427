# SPDX-License-Identifier: AGPL-3.0-only
"""Measure the order relay under load: `make bench ARGS=--relay`.

The relay gets one core for itself; the node, and this process that makes the load, the others. It
starts with its open orders in the database and checks every one of them, ends, and starts again:
now it lists them as it found them. While it is measured, the chain goes on: every second a block
moves a maker's money. Then listeners wait for orders on the stream.
"""

import argparse
import asyncio
import gc
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx

from benchmarks.errors import BenchmarkError, NodeError
from benchmarks.node import Node
from benchmarks.relay_driver import Measured, drive, listen, mixed
from benchmarks.relay_world import RelayWorld, keep_orders
from benchmarks.system import DAY, FIRST_DAY, HOUR
from hashrate.orders.order import order_hash
from hashrate.orders.order_file import order_to_json
from hashrate.service.ports import free_port
from testing.compiler import ROOT

GOAL_MS = 20.0
GOAL_STREAM_MS = 250.0
_HEARD = 10  # orders that listeners wait for
_START_SECONDS = 900
_STIR_SECONDS = 1.0
_CORE = 0
_PRIORITY = 10  # any is before all programs of ordinary priority
_NODE_PRIORITY = _PRIORITY - 1  # a request that leaves late because of the node is not the relay's
_SPARE = 1.2  # orders to hand in, against what the dice should ask for
_UNLIMITED = ("reads_per_second", "reads_burst", "submits_per_second", "submits_burst")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; give the exit code: 1 if the goal is missed or it could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relay", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000, help="open orders")
    parser.add_argument("--rate", type=int, default=300, help="requests per second")
    parser.add_argument("--seconds", type=int, default=30, help="how long")
    parser.add_argument("--listeners", type=int, default=200, help="on the stream")
    parser.add_argument(
        "--alone",
        action="store_true",
        help="once the relay is ready, run before all other programs of the machine (as root)",
    )
    parser.add_argument("--one-leg", action="store_true", help="no strips among the orders")
    options = parser.parse_args(arguments)
    try:
        return measure(options)
    except BenchmarkError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


def measure(options: argparse.Namespace) -> int:
    """Measure and print; give the exit code."""
    orders, rate, seconds = options.orders, options.rate, options.seconds
    _say("starting the node, signing the orders")
    with Node(FIRST_DAY * DAY + HOUR) as node, tempfile.TemporaryDirectory() as folder:
        world = RelayWorld(node)
        count = rate * seconds
        open_orders = world.signed_orders(0, orders, has_strips=not options.one_leg)
        new_orders = world.signed_orders(orders, int(count * _SPARE) // 20 + 50 + _HEARD)
        heard, new_orders = new_orders[:_HEARD], new_orders[_HEARD:]
        hashes = ["0x" + order_hash(world.domain, each.order).hex() for each in open_orders]
        keep_orders(Path(folder) / "relay.sqlite3", world.domain, open_orders)
        _leave_core(os.getpid(), node.pid)
        _say("starting the relay, which has checked nothing yet")
        with _relay(world, Path(folder), orders) as (_, process, checked):
            checked_cpu = _cpu_seconds(process.pid)
        _say("starting it again")
        with _relay(world, Path(folder), orders) as (url, process, started):
            documents = [order_to_json(each).encode() for each in new_orders]
            requests = list(mixed(world.months, hashes, documents, count))
            cpu = started_cpu = _cpu_seconds(process.pid)
            if options.alone:
                _run_before_others(_PRIORITY, os.getpid(), process.pid)
                _run_before_others(_NODE_PRIORITY, node.pid)
            gc.collect()
            gc.freeze()  # to walk all orders again would keep requests waiting here, a third of 1 s
            with _stirring(world):
                measured = asyncio.run(drive(url, requests, rate))
            cpu = _cpu_seconds(process.pid) - cpu
            memory = _memory_mb(process.pid)
            bodies = [order_to_json(each).encode() for each in heard]
            delays = asyncio.run(listen(url, options.listeners, bodies))
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"load {load} on {os.cpu_count()} cores")
    print(
        f"{orders} open orders, none known: checked and listed {checked:.1f} s after the start, "
        f"{checked_cpu:.1f} s of its core"
    )
    print(
        f"the same known: listed {started:.1f} s after the start, {started_cpu:.1f} s of its core; "
        f"at the end {memory} MB"
    )
    worst = 1_000 * max(delays)
    is_heard = worst < GOAL_STREAM_MS
    print(
        f"{options.listeners} listeners: all have an order {worst:.0f} ms after it was sent, at "
        f"worst of {len(delays)}; goal {GOAL_STREAM_MS:.0f} ms: {'met' if is_heard else 'MISSED'}"
    )
    return max(_report(measured, rate, cpu), int(not is_heard))


def _report(measured: Measured, rate: int, cpu: float) -> int:
    rows = [*sorted(measured.seconds.items()), ("all", measured.all_seconds)]
    print(f"{'request':<8} {'count':>6} {'p50 ms':>8} {'p99 ms':>8} {'worst ms':>9}")
    for name, seconds in rows:
        p50, p99, worst = (1_000 * _quantile(seconds, q) for q in (0.5, 0.99, 1.0))
        print(f"{name:<8} {len(seconds):>6} {p50:>8.2f} {p99:>8.2f} {worst:>9.2f}")
    achieved = len(measured.all_seconds) / measured.took
    p99 = 1_000 * _quantile(measured.all_seconds, 0.99)
    print(
        f"{achieved:.0f} requests/s of {rate}, {measured.failures} not answered as they should be"
    )
    print(f"{100 * cpu / measured.took:.0f} % of one core")
    is_met = p99 < GOAL_MS and measured.failures == 0 and achieved > 0.99 * rate
    print(f"goal: p99 under {GOAL_MS:.0f} ms: {'met' if is_met else 'MISSED'}")
    return 0 if is_met else 1


@contextmanager
def _relay(
    world: RelayWorld, folder: Path, orders: int
) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """Run a relay on one core until the block ends; gives how long it took to be ready [s]."""
    port = free_port()
    lines = [
        f"chain_id = {world.domain.chain_id}",
        f'book = "{world.domain.contract}"',
        f'indices = ["{world.index}"]',
        f'rpc_url = "{world.node.url}"',
        'database = "relay.sqlite3"',
        f"listen_port = {port}",
        f"operator_port = {free_port()}",
        "poll_seconds = 0.5",
        "head_seconds = 0",
        "maker_per_second = 1000",
        f"max_orders = {2 * orders}",
        "max_orders_per_maker = 100_000",
        "max_orders_per_client = 1_000_000",
        "max_connections_per_client = 512",
        "ahead_seconds = 0",
        *(f"{name} = 100_000" for name in _UNLIMITED),
        'log_level = "WARNING"',
    ]
    config = folder / "relay.toml"
    config.write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "relay", "run", "--config", str(config)]
    begin = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        os.sched_setaffinity(process.pid, {_CORE})
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process)
        yield url, process, time.monotonic() - begin
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health", trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise NodeError("the relay did not become ready")


@contextmanager
def _stirring(world: RelayWorld) -> Iterator[None]:
    """Let something happen on the chain while the block runs."""
    stop = threading.Event()

    def stir() -> None:
        number = 0
        while not stop.wait(_STIR_SECONDS):
            world.stir(number)
            number += 1

    thread = threading.Thread(target=stir)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _leave_core(*pids: int) -> None:
    """Keep processes, and what they start from now on, off the relay's core.

    Raises:
        BenchmarkError: there is no other.
    """
    others = os.sched_getaffinity(0) - {_CORE}
    if not others:
        raise BenchmarkError("one core is the relay's alone: at least two are needed")
    for thread in _threads(*pids):
        os.sched_setaffinity(thread, others)


def _run_before_others(priority: int, *pids: int) -> None:
    """Schedule processes, and what they start from now on, before all others.

    Waiting for a core is not the relay's time; on a machine of one's own nothing waits.

    Raises:
        BenchmarkError: that is not allowed.
    """
    try:
        for thread in _threads(*pids):
            os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(priority))
    except PermissionError as error:
        raise BenchmarkError("--alone is for root, or with CAP_SYS_NICE") from error


def _threads(*pids: int) -> list[int]:
    return [int(each.name) for pid in pids for each in Path(f"/proc/{pid}/task").iterdir()]


def _quantile(seconds: Sequence[float], part: float) -> float:
    """Return the value that this part of all does not exceed."""
    ordered = sorted(seconds)
    return ordered[max(0, -(-int(part * 10_000) * len(ordered) // 10_000) - 1)]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = [each for each in lines if each.startswith("VmRSS:")]
    return int(line.split()[1]) // 1_024


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
