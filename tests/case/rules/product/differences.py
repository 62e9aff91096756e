"""Differences between the product and the model over random worlds; readings that differ by choice are named here."""

import random
from collections.abc import Iterator
from dataclasses import replace

from tests.case.rules.model.laws.random_worlds import a_world
from tests.case.rules.model.table.comparison import KINDS_ASKED, marks_alike
from tests.case.rules.model.table.rules_under_test import MODEL
from tests.case.rules.model.table.world_in_words import ON
from tests.case.rules.product.product_rules import PRODUCT, ProductRules
from tools.simulation.rules_model.world import DANGER, SourceDecision, World

DESKS = ("police:nca", "police:desk")
"""The agency for who is abroad and the desk are one in the product."""


def differences(worlds: int, *, start: int = 0, rules: ProductRules = PRODUCT) -> Iterator[str]:
    """Yield every answer of the product that is not the model's, with the seed of its world."""
    for number in range(start, start + worlds):
        world = comparable(a_world(random.Random(number)))
        yield from (f"{number}: {difference}" for difference in differences_in(world, rules))


def comparable(world: World) -> World:
    """Return the world as the product can hold it: words are left out together with the name."""
    silent = [one.source for one in world.source_decisions if one.what == "words_left_out"]
    named = [SourceDecision(source, "left_out") for source in silent]
    return replace(world, source_decisions=(*world.source_decisions, *named))


def differences_in(world: World, rules: ProductRules) -> Iterator[str]:
    found, expected = rules.required(world), _required(world)
    if found != expected:
        yield f"required: {found}, not {expected}"
        return
    for person in world.persons:
        yield from _differs(f"age of {person.id}", rules.age(person, ON), MODEL.age(person, ON))
    for key, duty in MODEL.required(world).duties.items():
        if key[1] not in DESKS:
            grounds = " ".join(sorted(ground.removeprefix("override_") for ground in duty.grounds))
            sent = rules.forced(world, key[1], grounds), MODEL.forced(world, key[1], grounds)
            yield from _differs(f"{key[1]} by force", *(marks_alike(world, one) for one in sent))
    for kind in KINDS_ASKED:
        yield from _differs(f"{kind} by consent", rules.by_consent(world, kind), _by_consent(world, kind))


def _required(world: World) -> dict[str, tuple[set[str], bool]]:
    """Return what the model requires, with the desk for who is abroad under the code of the national desk."""
    expected: dict[str, tuple[set[str], bool]] = {}
    for (_, code), duty in MODEL.required(world).duties.items():
        known_as = DESKS[1] if code in DESKS else code
        before = expected.get(known_as, (set(), False))
        facts = {f"{'danger' if ground == DANGER else 'child'} {name}" for ground, name in duty.facts}
        expected[known_as] = before[0] | facts, before[1] or bool(duty.tasks)
    return expected


def _by_consent(world: World, kind: str) -> str:
    """Return what the model lets go; the product does not part the situation by who told it (reading 27)."""
    words = [one for one in MODEL.by_consent(world, kind).split() if not one.startswith("S(said_by")]
    whole = "S" in words
    return " ".join(one for one in words if whole or one not in ("at", "at~"))


def _differs(asked: str, found: str, expected: str) -> Iterator[str]:
    if found != expected:
        yield f"{asked}: {found}, not {expected}"
