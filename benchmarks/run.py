# SPDX-License-Identifier: AGPL-3.0-only
"""Measure everything, print the table, write results.json: `make bench`."""

import argparse
import sys
from collections.abc import Sequence

from benchmarks import relay
from benchmarks.errors import BenchmarkError
from benchmarks.forwards import measure_forwards
from benchmarks.goals import GOALS, RESULTS, Results, missed, render, write
from benchmarks.headers import measure_headers
from benchmarks.market import measure_market
from benchmarks.node import Node
from benchmarks.others import measure_peers
from benchmarks.ours import OurHistory
from benchmarks.products import measure_products
from benchmarks.quorums import measure_quorums
from benchmarks.recorder import Recorder
from benchmarks.system import DAY, FIRST_DAY, HOUR, System


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; give the exit code: 1 only if it could not be measured."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--explain", action="store_true", help="show what the gas of each transaction is spent on"
    )
    parser.add_argument(
        "--relay", action="store_true", help="measure the order relay under load instead"
    )
    options = parser.parse_args(arguments)
    if options.relay:
        return relay.main([])
    recorder = Recorder(explains=options.explain)
    try:
        results = measure(recorder)
        write(results)
    except BenchmarkError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if options.explain:
        print(recorder.explanation(), end="\n\n")
    print(render(results))
    over = missed(results)
    print(f"{len(GOALS) - len(over)} of {len(GOALS)} goals met; written to {RESULTS.name}")
    return 0


def measure(recorder: Recorder) -> Results:
    """Measure all operations and peers, on the node of a ten years' history and on a fresh one."""
    recorder.say("compiling, starting the node")
    with Node(FIRST_DAY * DAY + HOUR) as node:
        history = OurHistory(System(node), recorder)
        history.live()
        history.long_run()
        measure_quorums(history.system, recorder)
        measure_forwards(history.system, recorder)
        measure_headers(history.system, recorder)
        measure_market(history.system, recorder)
        recorder.say("the peers")
        peers = measure_peers(history.system)
    # ten years on, hashprice is below upkeep: holders earn nothing that a product could pass on
    with Node(FIRST_DAY * DAY + HOUR) as node:
        measure_products(System(node), recorder)
    recorder.say("done")
    return {name: {"gas": recorder.gas[name], "peers": dict(peers.get(name, {}))} for name in GOALS}


if __name__ == "__main__":
    sys.exit(main())
