# SPDX-License-Identifier: AGPL-3.0-only
"""What a phone has to load before the first view, and what the built files may contain."""

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.web.conftest import OpenVisit
from tests.web.desk import Desk
from tests.web.visit import Visit, origin_of
from tests.web.world import World

pytestmark = pytest.mark.e2e

MAX_SCRIPT_BYTES = 120_000  # of script, compressed, at the first load
MAX_MARKET_BYTES = 70_000  # what the terminal loads beside it
MAX_STYLE_BYTES = 20_000


def compressed_bytes(path: Path) -> int:
    """Measure a file as a server would send it [bytes]."""
    return len(gzip.compress(path.read_bytes(), compresslevel=9))


def test_first_load__scripts__stay_within_the_budget(
    open_visit: OpenVisit, world: World, built_page: Path
) -> None:
    visit = open_visit(world)
    visit.open()
    expect(visit.see("series-card")).to_have_count(2)

    loaded = {urlsplit(each.url).path.lstrip("/") for each in visit.requests}
    scripts = {name: compressed_bytes(built_page / name) for name in loaded if name.endswith("js")}
    styles = {name: compressed_bytes(built_page / name) for name in loaded if name.endswith("css")}
    assert 0 < sum(scripts.values()) <= MAX_SCRIPT_BYTES, scripts
    assert 0 < sum(styles.values()) <= MAX_STYLE_BYTES, styles


def test_market__scripts__stay_within_the_budget(
    open_visit: OpenVisit, world: World, tmp_path: Path, built_page: Path
) -> None:
    desk = Desk(world, tmp_path)
    try:
        visit = open_visit(world, deployment=desk.deployment())
        visit.own_origins.add(origin_of(desk.relay.url))
        visit.open()
        expect(visit.see("series-card")).to_have_count(2)
        first = scripts_of(visit)
        visit.open("#/market")
        visit.see("contract").get_by_role("link").click()
        expect(visit.see("ladder")).to_be_visible()
    finally:
        desk.close()

    later = {name: compressed_bytes(built_page / name) for name in scripts_of(visit) - first}
    assert 0 < sum(later.values()) <= MAX_MARKET_BYTES, later


def scripts_of(visit: Visit) -> set[str]:
    """List the scripts loaded so far, by their path below the page."""
    loaded = {urlsplit(each.url).path.lstrip("/") for each in visit.requests}
    return {name for name in loaded if name.endswith("js")}


def test_built_page__policy__is_strict(built_page: Path) -> None:
    html = (built_page / "index.html").read_text(encoding="utf-8")
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert found is not None
    policy = dict(part.split(" ", 1) for part in found[1].split("; ") if " " in part)

    assert policy["default-src"] == "&#39;none&#39;"
    assert policy["script-src"] == "&#39;self&#39;"
    assert policy["base-uri"] == "&#39;none&#39;"
    assert "unsafe" not in found[1]
    assert found.start() < html.index("<script")


def test_built_page__relative__can_be_served_from_any_folder(built_page: Path) -> None:
    html = (built_page / "index.html").read_text(encoding="utf-8")

    links = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(links) > 2
    assert all(link.startswith("./") for link in links)
