# SPDX-License-Identifier: AGPL-3.0-only
"""What operators get beside the relay fits the relay; settings are read strictly."""

import re
import tracemalloc
from pathlib import Path

import pytest

from hashrate.orders.order import Leg
from hashrate.orders.order_file import order_from_json, order_to_json
from hashrate.service.errors import SettingsError
from hashrate.service.settings import NodeSettings
from relay.book import Book, Listed
from relay.kind import Offer
from relay.metrics import RelayMetrics
from relay.settings import RelaySettings, load_settings
from tests.relay.builders import SERIES, make_signed
from tests.relay.doubles import NOW, ForwardsDouble

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent.parent
ALERTS = (ROOT / "ops/prometheus/relay-alerts.yml").read_text()
MANUAL = (ROOT / "docs/relay.md").read_text()
_STRIPS = 300
_PROGRAM = 200 << 20  # bytes that the program takes without an order, and some air
PLAIN = f'chain_id = 1\nbook = "0x{"0" * 40}"\nindices = ["0x{"1" * 40}"]\nrpc_url = "http://127.0.0.1:8545"\n'


def test_metrics__asked_for__exist() -> None:
    """No alert asks for something that is not there."""
    names = set()
    for family in RelayMetrics().registry.collect():
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}
        names |= {family.name + ending for ending in endings.get(family.type, [""])}
    asked = set(re.findall(r"\bhashrate_relay_[a-z_]+", ALERTS))

    assert asked and asked <= names


def test_alerts__each__is_in_the_manual() -> None:
    """Whoever is woken finds what to do under the alert's name."""
    alerts = re.findall(r"- alert: (\w+)", ALERTS)

    assert len(alerts) == len(set(alerts)) > 4
    assert [f"### {name}" for name in alerts if f"### {name}\n" not in MANUAL] == []


def test_example_settings__loaded__are_complete() -> None:
    """The example is valid as it stands, and says the defaults."""
    settings = load_settings(ROOT / "ops/relay.example.toml")

    assert settings.database == Path("/var/lib/hashrate-relay/relay.sqlite3")
    assert settings.max_orders == RelaySettings.model_fields["max_orders"].default


def test_settings__each__is_described() -> None:
    """Every setting stands in a docstring."""
    described = set(re.findall(r"\b[a-z_]+\b", f"{NodeSettings.__doc__}{RelaySettings.__doc__}"))

    assert set(RelaySettings.model_fields) - described == set()


def test_limits__in_the_manual__are_the_defaults() -> None:
    """The table of limits says what the program does."""
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| ([0-9.,]+(?:, [0-9.,]+)*) \|", MANUAL, re.MULTILINE)
    said = {
        name: float(value.replace(",", ""))
        for names, values in rows
        for name, value in zip(re.findall(r"[a-z_]+", names), re.split(r", ", values), strict=True)
    }

    assert len(said) > 10
    assert said == {name: RelaySettings.model_fields[name].default for name in said}


def test_unit__runs__without_root() -> None:
    """It runs as a user of its own, and ends by SIGTERM."""
    unit = (ROOT / "ops/systemd/hashrate-relay.service").read_text()

    assert "\nUser=hashrate-relay\n" in unit
    assert "\nKillSignal=SIGTERM\n" in unit
    assert " -m relay run --config " in unit


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "setting chain_id: "),
        (PLAIN + "unknown = 1\n", "setting unknown: "),
        (PLAIN + "max_orders = 0\n", "setting max_orders: "),
        (PLAIN + "listen_port = 70000\n", "setting listen_port: "),
        (PLAIN.replace("8545", "8545/" + "k" * 32), "setting rpc_url: "),
        (PLAIN.replace("rpc_url", "#"), "settings: Value error, set one of rpc_url"),
        ("chain_id = ", "is not TOML"),
    ],
)
def test_settings__malformed__name_the_setting(tmp_path: Path, text: str, complaint: str) -> None:
    """One line, without the value."""
    path = tmp_path / "relay.toml"
    path.write_text(text)

    with pytest.raises(SettingsError) as caught:
        load_settings(path)

    assert complaint in str(caught.value)
    assert "k" * 32 not in str(caught.value)


def test_settings__environment__wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RELAY_* variables are stronger than the file; paths count from the file."""
    path = tmp_path / "relay.toml"
    path.write_text(PLAIN + 'max_orders = 5\ndatabase = "orders.sqlite3"\n')
    monkeypatch.setenv("RELAY_MAX_ORDERS", "7")

    settings = load_settings(path)

    assert settings.max_orders == 7
    assert settings.database == tmp_path / "orders.sqlite3"


def test_memory__of_a_full_book_of_strips__is_what_the_unit_allows() -> None:
    """As many orders of twelve months as are allowed fit, beside the program itself."""
    unit = (ROOT / "ops/systemd/hashrate-relay.service").read_text()
    found = re.search(r"^MemoryMax=(\d+)G$", unit, re.MULTILINE)
    assert found is not None
    book, kind = Book(), ForwardsDouble()
    tracemalloc.start()
    for salt in range(_STRIPS):
        prices = [5_000 + (salt * 7 + month) % 1_000 for month in range(12)]
        legs = tuple(Leg(SERIES + 2 * n, True, price) for n, price in enumerate(prices))
        signed = order_from_json(order_to_json(make_signed(salt=salt, legs=legs)))
        (offer,) = kind.offers(None, [(signed, f"0x{salt:064x}")], None)  # type: ignore[arg-type]
        assert isinstance(offer, Offer)
        rich = (10, 10**30, 10**30, (0,) * 12, 100, False)
        book.add(Listed(offer, offer.document(), salt, NOW, tuple(prices), *rich))
    book.cover(NOW)
    each = tracemalloc.get_traced_memory()[0] // _STRIPS
    tracemalloc.stop()

    assert all(listed.covered == 10 for listed in book.orders.values())
    most = RelaySettings.model_fields["max_orders"].default
    assert _PROGRAM + most * each < int(found[1]) << 30, f"{each} bytes a strip"
