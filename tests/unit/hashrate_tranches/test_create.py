# SPDX-License-Identifier: AGPL-3.0-only
"""`TranchesFactory.create`, and the terms a product takes."""

from dataclasses import replace
from typing import Any

import pytest

from reference.tranches import COVER_DAYS, NO_FACE, TrancheTerms
from reference.units import DAY_SECONDS
from testing.titanoboa import BoaChain
from testing.tranches import deploy_factory, terms_tuple
from tests.unit.chain import DEPLOYER, ZERO, actor, deployer, event, go_to_day, refused
from tests.unit.hashrate_tranches.stage import NOTE, START, STRIP, Stage
from tests.unit.scene import TERMS, System

pytestmark = pytest.mark.unit

STRANGER = actor("keeper")


@pytest.mark.parametrize(
    ("maturity", "face", "names"),
    [
        (20_089, NO_FACE, ("tTHS-YT-24Q4", "tTHS-PT-24Q4")),
        (20_179, NO_FACE, ("tTHS-YT-25Q1", "tTHS-PT-25Q1")),
        (20_270, 1_500, ("tTHS-SR-25Q2-1500", "tTHS-JR-25Q2-1500")),
        (20_362, 7, ("tTHS-SR-25Q3-7", "tTHS-JR-25Q3-7")),
        (20_148, NO_FACE, ("tTHS-YT-250301", "tTHS-PT-250301")),
        (
            20_212,
            2**75 - 1,
            ("tTHS-SR-250504-37778931862957161709567", "tTHS-JR-250504-37778931862957161709567"),
        ),
    ],
)
def test_create__any_terms__names_tell_them(
    strip: Stage, maturity: int, face: int, names: tuple[str, str]
) -> None:
    terms = TrancheTerms(START, maturity, face, 0 if face == NO_FACE else 10)

    address = strip.factory.create(terms_tuple(strip.scene.address, terms), sender=STRANGER)

    product = deployer("tranches/HashrateTranches").at(address)
    tokens = [
        deployer("tranches/TrancheToken").at(token)
        for token in (product.SENIOR(), product.JUNIOR())
    ]
    assert tuple(token.name() for token in tokens) == names
    assert tuple(token.symbol() for token in tokens) == names
    assert all(token.PRODUCT() == address for token in tokens)


def test_create__new_terms__lists_the_product(note: Stage) -> None:
    terms = terms_tuple(note.scene.address, replace(NOTE, face=121))

    address = note.factory.create(terms, sender=STRANGER)

    assert event(note.factory, "TranchesCreated").product == address
    assert note.factory.product(terms) == note.factory.product_at(1) == address
    assert note.factory.is_product(address)
    assert not note.factory.is_product(STRANGER)
    product = deployer("tranches/HashrateTranches").at(address)
    assert tuple(product.terms()) == terms
    assert product.maturity() == NOTE.maturity_day * DAY_SECONDS
    assert product.TOKEN() == note.scene.token.address
    assert product.REWARD_TOKEN() == note.scene.reward.address
    assert (product.last_redeemer(), product.credit_of(note.scene.reward.address, STRANGER)) == (
        ZERO,
        0,
    )


def test_create__same_terms_again__reverts(strip: Stage) -> None:
    with refused("tranches: exists"):
        strip.factory.create(terms_tuple(strip.scene.address, STRIP), sender=STRANGER)


def test_create__no_series__reverts(strip: Stage) -> None:
    """A false distributor would be believed: only those of the registry count."""
    with refused("tranches: unknown series"):
        strip.factory.create(terms_tuple(strip.scene.token.address, STRIP), sender=STRANGER)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (replace(STRIP, start_day=START - 2), "tranches: start is past"),
        (replace(STRIP, maturity_day=START), "tranches: no term"),
        (replace(STRIP, maturity_day=2**32), "tranches: maturity too late"),
        (replace(STRIP, grace_days=10), "tranches: strip has no grace"),
        (replace(NOTE, face=0), "tranches: face out of range"),
        (replace(NOTE, face=2**75), "tranches: face out of range"),
        (replace(NOTE, grace_days=0), "tranches: grace not 10 or 30"),
        (replace(NOTE, grace_days=11), "tranches: grace not 10 or 30"),
    ],
)
def test_create__terms_that_make_no_sense__reverts(
    strip: Stage, terms: TrancheTerms, reason: str
) -> None:
    with refused(reason):
        strip.factory.create(terms_tuple(strip.scene.address, terms), sender=STRANGER)


def test_create__series_settled_beyond_the_start__reverts(strip: Stage) -> None:
    """The level before the start must still be to come."""
    go_to_day(START + 1, 1)
    terms = replace(STRIP, start_day=START + 1)
    strip.live(2)
    with refused("tranches: start is past"):
        strip.factory.create(terms_tuple(strip.scene.address, terms), sender=STRANGER)


def test_create__note_on_a_series_with_an_end__needs_days_after_it(
    system: System, bitcoin: Any
) -> None:
    settling = -(-(TERMS.grace_seconds + TERMS.output_deadline_seconds) // DAY_SECONDS)
    end = NOTE.maturity_day + COVER_DAYS + settling + NOTE.grace_days + 5
    scene = system.list_series(bitcoin, replace(TERMS, end_day=end))
    factory = deploy_factory(BoaChain(), system.registry.address, DEPLOYER).inside

    with refused("tranches: series ends too soon"):
        terms = replace(NOTE, maturity_day=NOTE.maturity_day + 1)
        factory.create(terms_tuple(scene.address, terms), sender=STRANGER)
    factory.create(terms_tuple(scene.address, NOTE), sender=STRANGER)
    Stage.open(scene, replace(STRIP, maturity_day=end + 100))


def test_factory__something_missing__reverts(system: System, genesis: None) -> None:
    registry, code = system.registry.address, system.registry.address
    factory = deployer("tranches/TranchesFactory")
    with refused("tranches: no registry"):
        factory.deploy(ZERO, code, code)
    with refused("tranches: no product"):
        factory.deploy(registry, ZERO, code)
    with refused("tranches: no token"):
        factory.deploy(registry, code, ZERO)
