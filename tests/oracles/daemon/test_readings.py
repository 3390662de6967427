# SPDX-License-Identifier: AGPL-3.0-only
"""Facts and prices from several sources: they agree, or nothing is said."""

from collections.abc import Callable, Iterator, Sequence

import pytest
import structlog

from hashrate.core.errors import BlockOrderError, HashrateError
from hashrate.core.types import MAINNET, Block, BlockHeight, ChainTip, DayIndex, SourcedBlock
from hashrate.service.errors import (
    SourceRefusedError,
    SourceShapeError,
    SourceTooLargeError,
    SourceUnavailableError,
)
from oracles.daemon.agreed_days import AgreedDays
from oracles.daemon.errors import DayNotDueError
from oracles.daemon.remote import AgreedPrices, Wire
from oracles.sources.agreement import PriceLimits
from oracles.sources.errors import (
    BlockPrunedError,
    DayNotClosedError,
    DayNotOverError,
    SourcesDisagreeError,
    StaleTipError,
    TooFewSourcesError,
    UnknownBlockError,
)
from testing.chain_source import ChainSource, OnePrice
from testing.daemon_parts import ManualClock
from tests.oracles.builders import make_block

pytestmark = pytest.mark.unit

DAY = DayIndex(100)
EMPTY_DAY = DayIndex(101)
Read = Callable[..., AgreedDays]


def chain() -> list[Block]:
    """Make day 99 of 4 blocks, day 100 of 4, none on day 101, and 8 on day 102."""
    blocks = [make_block(height, day=99, fees=10, second=height) for height in range(4)]
    blocks += [make_block(height, day=100, fees=1_000, second=height) for height in range(4, 8)]
    return blocks + [make_block(height, day=102, second=height) for height in range(8, 16)]


class BrokenSource(ChainSource):
    """Has a tip and headers, and no blocks."""

    def __init__(self, source_id: str, blocks: list[Block], error: HashrateError) -> None:
        super().__init__(source_id, blocks)
        self._error = error

    async def blocks(self, first: BlockHeight, last: BlockHeight) -> Sequence[SourcedBlock]:
        """Fail."""
        raise self._error


class CountingSource(ChainSource):
    """Counts how often it is asked for its tip."""

    asked = 0

    async def tip(self) -> ChainTip:
        """Return the newest block."""
        self.asked += 1
        return await super().tip()


class Watched:
    """What was noted of sources."""

    def __init__(self) -> None:
        self.good: set[str] = set()
        self.failures: list[tuple[str, str]] = []
        self.odd: list[str] = []

    def answered(self, source: str) -> None:
        """Note a good one."""
        self.good.add(source)

    def failed(self, source: str, error: HashrateError) -> None:
        """Note a bad one."""
        self.failures.append((source, str(error)))

    def differed(self, source: str) -> None:
        """Note an odd one."""
        self.odd.append(source)


@pytest.fixture
def watch() -> Watched:
    """Whoever notes how sources do."""
    return Watched()


@pytest.fixture
def wire(watch: Watched) -> Iterator[Wire]:
    """An event loop for questions."""
    opened = Wire(ManualClock(103 * 86_400), watch)
    yield opened
    opened.close()


@pytest.fixture
def agreed(wire: Wire) -> Read:
    """Make a reader of some sources."""

    def make(*sources: ChainSource, confirmations: int = 6, needed: int = 2) -> AgreedDays:
        return AgreedDays(wire, sources, MAINNET, needed, confirmations)

    return make


def test_read__two_agree__gives_facts_anchor_and_evidence(agreed: Read) -> None:
    """The facts are the blocks', the anchor the last block's hash."""
    reader = agreed(ChainSource("a", chain()), ChainSource("b", chain()))

    reading = reader.read(DAY, BlockHeight(4))

    assert (reading.facts.first_height, reading.facts.last_height) == (4, 7)
    assert reading.facts.fees_sats == 4_000
    assert reading.anchor == "7".rjust(64, "0") == reader.anchor(DAY, BlockHeight(7))
    assert [seen.source for seen in reading.evidence] == ["a", "b"]


def test_read__first_height_unknown__is_found(agreed: Read) -> None:
    """The day's first block is found by mediantime."""
    reader = agreed(ChainSource("a", chain()), ChainSource("b", chain()))

    assert reader.read(DAY, None).facts.first_height == 4


def test_read__first_height_of_another_chain__is_refused(agreed: Read) -> None:
    """What the oracle says of the day before has to fit."""
    reader = agreed(ChainSource("a", chain()), ChainSource("b", chain()))

    with pytest.raises(BlockOrderError):
        reader.read(DAY, BlockHeight(5))


def test_read__no_block_on_the_day__repeats_the_day_before(agreed: Read) -> None:
    """An empty day has the hashprice and difficulty of the one before it."""
    reader = agreed(ChainSource("a", chain()), ChainSource("b", chain()))
    before = reader.read(DAY, BlockHeight(4)).facts

    facts = reader.read(EMPTY_DAY, BlockHeight(8)).facts

    assert (facts.blocks, facts.fees_sats, facts.last_height) == (0, 0, 7)
    assert facts.hashprice_wad == before.hashprice_wad


@pytest.mark.parametrize("stolen", [1, -1])
@pytest.mark.parametrize("is_liar_first", [True, False])
def test_read__fees_differ_by_a_satoshi__is_refused(
    agreed: Read, stolen: int, is_liar_first: bool
) -> None:
    """Same blocks, other fees: one of them lies, whichever way and whichever is trusted more."""
    liar = ChainSource("liar", chain())
    liar.steal_fees(5, stolen)
    sources = [liar, ChainSource("a", chain())]

    with pytest.raises(SourcesDisagreeError, match="liar"):
        agreed(*sources[:: 1 if is_liar_first else -1]).read(DAY, BlockHeight(4))


def test_read__hashes_differ__names_both(agreed: Read) -> None:
    """Two chains: nothing is said of either."""
    reader = agreed(ChainSource("a", chain()), ChainSource("b", chain(), fork="f"))

    with pytest.raises(SourcesDisagreeError, match=r"hash of block 7: a has 0+7, b has 0+f7"):
        reader.read(DAY, BlockHeight(4))


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("oddity", ["fork", "fees"])
def test_read__two_of_three_agree__names_the_odd_one_and_leaves_it_out(
    agreed: Read, watch: Watched, place: int, oddity: str
) -> None:
    """O2: wherever the odd one stands, the two others are enough; it is named, never silently."""
    odd = ChainSource("odd", chain(), fork="f" if oddity == "fork" else "")
    if oddity == "fees":
        odd.steal_fees(5, 1)
    sources = [ChainSource(name, chain()) for name in ("a", "b")]
    sources.insert(place, odd)

    with structlog.testing.capture_logs() as logs:
        reading = agreed(*sources).read(DAY, BlockHeight(4))

    assert reading.facts.fees_sats == 4_000
    assert [seen.source for seen in reading.evidence] == [each.source_id for each in sources]
    (told,) = [log for log in logs if log["event"] == "source_differs"]
    assert (told["source"], told["log_level"]) == ("odd", "error")
    assert watch.odd == ["odd"]


def test_read__spare_on_a_fork__is_not_needed(agreed: Read) -> None:
    """The first two say the same: the third is asked for its tip alone."""
    sources = [ChainSource(name, chain()) for name in ("a", "b")]

    reading = agreed(*sources, ChainSource("c", chain(), fork="f")).read(DAY, BlockHeight(4))

    assert [seen.source for seen in reading.evidence] == ["a", "b"]


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    "error",
    [
        SourceShapeError("broken", "[3].extras.reward", "is not a number"),
        SourceUnavailableError("broken: status 502, a web page"),
        BlockPrunedError("broken: pruned"),
        UnknownBlockError("broken: no block 5"),
        BlockOrderError("broken: not the blocks 4 to 7"),
        SourceRefusedError("broken: status 403", 403),
        SourceTooLargeError("broken: the answer has over 4194304 bytes"),
    ],
)
def test_read__one_of_three_gives_no_facts__the_next_one_does(
    agreed: Read, watch: Watched, place: int, error: HashrateError
) -> None:
    """O2: the first sources that give facts are taken, not the first that have a tip."""
    sources = [ChainSource(name, chain()) for name in ("a", "b")]
    sources.insert(place, BrokenSource("broken", chain(), error))

    reading = agreed(*sources).read(DAY, BlockHeight(4))

    assert sorted(seen.source for seen in reading.evidence) == ["a", "b"]
    assert watch.failures == [("broken", str(error))]
    assert watch.good >= {"a", "b"}


def test_read__none_gives_facts__says_why_for_each(agreed: Read) -> None:
    """O6: a rate limit is not hidden behind a number of sources."""
    limit = SourceUnavailableError("b: status 429, slow down")
    broken = BrokenSource("b", chain(), limit)

    with pytest.raises(TooFewSourcesError, match=r"1 of at least 2 sources: b: status 429"):
        agreed(ChainSource("a", chain()), broken).read(DAY, BlockHeight(4))


def test_anchor__too_few_answer__what_they_said_is_kept(agreed: Read) -> None:
    """Whoever holds a signed day compares it with the one answer there is."""
    sources = [ChainSource("a", chain()), ChainSource("b", chain())]
    sources[0].is_dead = True

    with pytest.raises(TooFewSourcesError) as silent:
        agreed(*sources).anchor(DAY, BlockHeight(7))

    assert silent.value.said == {"b": "7".rjust(64, "0")}


def test_anchor__one_has_hashes_and_no_blocks__does_not_look_alive(
    agreed: Read, watch: Watched
) -> None:
    """A hash is no facts: it does not end the silence of a source that gives nothing else."""
    error = BlockPrunedError("broken: pruned")
    reader = agreed(
        ChainSource("a", chain()),
        BrokenSource("broken", chain(), error),
        ChainSource("b", chain()),
    )
    reader.read(DAY, BlockHeight(4))
    watch.good.clear()

    assert reader.anchor(DAY, BlockHeight(7)) == "7".rjust(64, "0")

    assert watch.good == set()
    assert watch.failures == [("broken", str(error))]


def test_read__one_lags_behind__two_others_are_enough(agreed: Read) -> None:
    """A source that does not have the day yet is no reason to wait for it."""
    sources = [ChainSource("slow", chain()[:7])] + [ChainSource(n, chain()) for n in ("a", "b")]

    assert agreed(*sources).read(DAY, BlockHeight(4)).facts.day == DAY


def test_read__day_not_there_yet__is_asked_again_after_three_minutes(
    agreed: Read, wire: Wire
) -> None:
    """O6: until a day is over nobody is asked every minute."""
    sources = [CountingSource(name, chain()[:7]) for name in ("a", "b")]
    reader = agreed(*sources)
    for _ in range(3):
        with pytest.raises(DayNotOverError):
            reader.read(DAY, BlockHeight(4))
        wire.clock.sleep(60)
    assert [source.asked for source in sources] == [1, 1]
    wire.clock.sleep(1)

    with pytest.raises(DayNotOverError):
        reader.read(DAY, BlockHeight(4))

    assert [source.asked for source in sources] == [2, 2]


def test_read__one_of_three_gone__goes_on(agreed: Read) -> None:
    """Two are enough; whoever is gone is not asked twice."""
    sources = [ChainSource(name, chain()) for name in ("a", "b", "c")]
    sources[0].is_dead = True

    reading = agreed(*sources).read(DAY, BlockHeight(4))

    assert [seen.source for seen in reading.evidence] == ["b", "c"]


def test_read__one_of_two_gone__is_too_few(agreed: Read) -> None:
    """One alone is not believed."""
    gone = ChainSource("b", chain())
    gone.is_dead = True

    with pytest.raises(TooFewSourcesError, match="1 of at least 2"):
        agreed(ChainSource("a", chain()), gone).read(DAY, BlockHeight(4))


def test_read__mediantime_within_the_day__is_not_over(agreed: Read) -> None:
    """A day is over when the tip's mediantime says so."""
    sources = [ChainSource(name, chain()[:7]) for name in ("a", "b")]

    with pytest.raises(DayNotOverError):
        agreed(*sources).read(DAY, BlockHeight(4))


@pytest.mark.parametrize(("confirmations", "is_due"), [(9, True), (10, False)])
def test_read__confirmations__count_the_last_block_itself(
    agreed: Read, confirmations: int, is_due: bool
) -> None:
    """The tip is block 15: block 7 has nine confirmations."""
    sources = [ChainSource(name, chain()) for name in ("a", "b")]
    reader = agreed(*sources, confirmations=confirmations)

    if is_due:
        assert reader.read(DAY, BlockHeight(4)).facts.day == DAY
    else:
        with pytest.raises(DayNotDueError, match="9 confirmations of 10"):
            reader.read(DAY, BlockHeight(4))


def test_probe__tip_is_old__is_stale(agreed: Read, wire: Wire) -> None:
    """A source that hangs is found before a day is due."""
    sources = [ChainSource(name, chain()) for name in ("a", "b")]
    reader = agreed(*sources)
    wire.clock.sleep(-86_400)
    assert "2 of 2 sources agree" in reader.probe()
    wire.clock.sleep(2 * 86_400)

    with pytest.raises(StaleTipError):
        reader.probe()


def prices(wire: Wire, *values: int | None) -> AgreedPrices:
    """Make a reader of exchanges with these prices."""
    exchanges = [OnePrice(f"x{i}", value) for i, value in enumerate(values)]
    return AgreedPrices(wire, exchanges, PriceLimits())


def test_close__three_exchanges__gives_the_median(wire: Wire) -> None:
    """The median, with what each said."""
    reading = prices(wire, 6_000, 6_060, 6_010).close(DAY)

    assert reading.btc_usd_e8 == 6_010
    assert '"x1": "6060"' in reading.evidence[-1].value


def test_close__one_of_three_far_off__is_named_and_left_out(wire: Wire, watch: Watched) -> None:
    """O2's sibling: an outlier is left out where the others agree, and not silently."""
    with structlog.testing.capture_logs() as logs:
        reading = prices(wire, 6_000, 6_020, 6_200).close(DAY)

    assert reading.btc_usd_e8 == 6_010
    (told,) = [log for log in logs if log["event"] == "source_differs"]
    assert told["source"] == "x2"
    assert watch.odd == ["x2"]
    assert '"x2": "6200"' in reading.evidence[-1].value


def test_close__one_of_two_far_off__is_refused(wire: Wire) -> None:
    """Nobody can tell which of two is odd."""
    with pytest.raises(SourcesDisagreeError, match="x0.*x1"):
        prices(wire, 6_000, 6_300).close(DAY)


@pytest.mark.parametrize(
    ("values", "error"),
    [((6_000, None), TooFewSourcesError), ((None, None), DayNotClosedError)],
)
def test_close__too_few_answers__is_refused(
    wire: Wire, values: tuple[int | None, ...], error: type[Exception]
) -> None:
    """One price is none; none closed yet is simply not due."""
    with pytest.raises(error):
        prices(wire, *values).close(DAY)
