"""Comparison of rules with the model over random worlds: every question that a row of the truth table asks."""

import random
import re
from collections.abc import Iterator

from tests.case.rules.model.laws.random_worlds import a_world
from tests.case.rules.model.table.rules_under_test import MODEL, RulesUnderTest
from tests.case.rules.model.table.world_in_words import ON
from tools.simulation.rules_model.world import World

KINDS_ASKED = ("police", "children_social_care", "health")
GENERAL = re.compile(r"(\w+)[!?]")


def differences(rules: RulesUnderTest, *, worlds: int, start: int = 0) -> Iterator[str]:
    """Yield every answer that is not the model's, with the seed of its world."""
    for number in range(start, start + worlds):
        case = a_world(random.Random(number))
        yield from (f"{number}: {difference}" for difference in differences_in(rules, case))


def differences_in(rules: RulesUnderTest, case: World) -> Iterator[str]:
    """Yield what the rules answer otherwise about one world."""
    found, expected = rules.agencies(case), MODEL.agencies(case)
    if found != expected:
        yield f"agencies: {found}, not {expected}"
        return
    for person in case.persons:
        yield from _differs(f"age of {person.id}", rules.age(person, ON), MODEL.age(person, ON))
    for key, duty in MODEL.required(case).duties.items():
        grounds = " ".join(sorted(ground.removeprefix("override_") for ground in duty.grounds))
        sent = rules.forced(case, key[1], grounds), MODEL.forced(case, key[1], grounds)
        yield from _differs(f"{key[1]} by force", *(marks_alike(case, one) for one in sent))
        yield from _differs(f"{key[1]} in time", rules.minutes(case, key[1]), MODEL.minutes(case, key[1]))
    for kind in KINDS_ASKED:
        yield from _differs(f"{kind} by consent", rules.by_consent(case, kind), MODEL.by_consent(case, kind))


def _differs(asked: str, found: str, expected: str) -> Iterator[str]:
    if found != expected:
        yield f"{asked}: {found}, not {expected}"


def marks_alike(case: World, words: str) -> str:
    """Return the words; where a danger names nobody, `in danger` and `may be` are both true."""
    general = any(one.person is None for one in case.danger_facts())
    return GENERAL.sub(r"\1?", words) if general else words
