# SPDX-License-Identifier: AGPL-3.0-only
"""Gas of `review_day`: a false day contradicted, the truth agreed, a later day cut off."""

from dataclasses import astuple, replace

from benchmarks.contract import Contract, NodeChain
from benchmarks.errors import HistoryError
from benchmarks.recorder import Recorder
from benchmarks.system import DAY, System
from reference.day_rules import DayFacts, subsidy_of
from reference.headers import HeaderModel
from simulation.devnet.anvil import CHAIN_ID
from testing.oracle import DISPUTE_WINDOW_SECONDS, OracleConfig, Quorum, deploy_oracle
from testing.reporters import Domain, reporter_accounts, sign_day

_PRICE = 60_000 * 10**8
_REPORTERS, _THRESHOLD = 3, 2


def measure_reviews(
    system: System, recorder: Recorder, headers: Contract, model: HeaderModel
) -> None:
    """Record `review_day` on an oracle of its own, over days that `headers` has proven.

    Raises:
        HistoryError: a review does not do what it is measured for.
    """
    node, roles = system.node, system.roles
    keys = reporter_accounts(_REPORTERS)
    first, second = sorted(model.proofs)[:2]
    quorum = Quorum(roles.owner, roles.guardian, [key.address for key in keys], _THRESHOLD)
    config = OracleConfig(
        first,
        model.proofs[first].day.blocks[0].height,
        unit_hashes=model.rules.unit_hashes,
        bitcoin_headers=headers.address,
        dispute_window_seconds=DISPUTE_WINDOW_SECONDS,
    )
    oracle = deploy_oracle(NodeChain(node), quorum, config, roles.deployer)
    domain = Domain(CHAIN_ID, oracle.address)

    def post(call: str, facts: DayFacts, revision: int = 0) -> None:
        signed = sign_day(domain, facts, [(key, _PRICE) for key in keys[:2]], revision, 1)
        oracle.send(call, astuple(facts), signed, sender=roles.transmitter)

    def review(name: str, expected: int) -> None:
        recorder.send(name, oracle.call("review_day", second, sender=roles.transmitter))
        final_at = oracle.read("day_record", second)[4]
        if not expected <= final_at <= expected + DAY:
            raise HistoryError(f"a review made a day final at {final_at}, not {expected}")

    true = _facts(model, second)
    blocks = true.last_height + 1 - true.first_height
    later = replace(
        true,
        day=second + 1,
        first_height=true.first_height + blocks,
        last_height=true.last_height + blocks,
    )
    post("report_day", _facts(model, first))
    false = replace(true, hashprice_wad=true.hashprice_wad - 1)
    post("report_day", false)
    review("review_day", node.clock + DISPUTE_WINDOW_SECONDS)
    node.go_to(node.clock + DAY)
    post("replace_day", true, 1)
    review("review_day", node.clock + config.long_window_seconds)
    # once more, and a day was posted on the false one meanwhile
    post("replace_day", false, 2)
    post("report_day", later)
    review("review_day_and_later", node.clock + DISPUTE_WINDOW_SECONDS)


def _facts(model: HeaderModel, day: int) -> DayFacts:
    """Return a proven day as honest reporters sign it, as far as the proof goes."""
    heights = [block.height for block in model.proofs[day].day.blocks]
    _, difficulty, hashprice, _ = model.proven_bounds(day)
    subsidy = subsidy_of(heights[0], heights[-1], model.rules.halving_blocks)
    return DayFacts(day, heights[0], heights[-1], subsidy, 0, hashprice, difficulty)
