"""Differences between the product and the model over random worlds; readings that differ by choice are named here."""

from collections.abc import Iterator

from tests.case.rules.model.table.comparison import KINDS_ASKED, marks_alike
from tests.case.rules.model.table.rules_under_test import MODEL
from tests.case.rules.model.table.world_in_words import ON
from tests.case.rules.product.product_rules import PRODUCT, ProductRules, Required
from tests.case.rules.product.worlds import a_comparable_world
from tools.simulation.rules_model.ages import known_adult
from tools.simulation.rules_model.duties.deadlines import was_confirmed
from tools.simulation.rules_model.required import OPEN, RequiredDuty, RequiredSharing
from tools.simulation.rules_model.world import DANGER, World

DESKS = ("police:nca", "police:desk")
"""The agency for who is abroad and the desk are one in the product."""
Expected = dict[str, tuple[frozenset[str], bool, bool]]


def differences(worlds: int, *, start: int = 0, rules: ProductRules = PRODUCT) -> Iterator[str]:
    """Yield every answer of the product that is not the model's, with the seed of its world."""
    for number in range(start, start + worlds):
        world = a_comparable_world(number)
        yield from (f"{number}: {difference}" for difference in differences_in(world, rules))


def differences_in(world: World, rules: ProductRules) -> Iterator[str]:
    """Yield the answers about one world that are not the model's."""
    asked, found = MODEL.required(world), rules.required(world)
    if _holds_an_adult_by_now(world):
        yield from _differs("children", _about_children(found), _children_told_of(asked))
        return
    by_code = {code: (one.facts, one.searched, one.verified) for code, one in found.items()}
    if by_code != expected(world, asked):
        yield f"required: {by_code}, not {expected(world, asked)}"
        return
    yield from _differs("task for a witness", rules.looks_at_witness(world), bool(asked.tasks))
    for person in world.persons:
        yield from _differs(f"age of {person.id}", rules.age(person, ON), MODEL.age(person, ON))
    for duty in asked.duties.values():
        if duty.key[1] not in DESKS:
            yield from _of_one_agency(world, duty, found[duty.key[1]], rules)
    for kind in KINDS_ASKED:
        yield from _differs(f"{kind} by consent", rules.by_consent(world, kind), _by_consent(world, kind))
    for code in sorted({one.agency[1] for one in world.authorisations}):
        answers = rules.authorised(world, code), MODEL.authorised(world, code)
        yield from _differs(f"{code} by a lead", *(without_details(one) for one in answers))


def expected(world: World, asked: RequiredSharing) -> Expected:
    """Return what the model requires, with the desk for who is abroad under the code of the national desk."""
    found: Expected = {}
    for (_, code), duty in asked.duties.items():
        known_as = DESKS[1] if code in DESKS else code
        facts, searched, verified = found.get(known_as, (frozenset(), False, True))
        verified = verified and all(was_confirmed(world, fact) for fact in duty.facts)
        found[known_as] = facts | facts_in_words(duty), searched or bool(duty.tasks), verified
    return found


def facts_in_words(duty: RequiredDuty) -> frozenset[str]:
    return frozenset(f"{'danger' if ground == DANGER else 'child'} {name}" for ground, name in duty.facts)


def _of_one_agency(world: World, duty: RequiredDuty, found: Required, rules: ProductRules) -> Iterator[str]:
    code = duty.key[1]
    led = {way.known_as for way in duty.ways}
    if led == {OPEN}:
        return  # what was told before runs to its answer, and nothing newer goes
    led = {way.known_as for way in duty.ways if not way.task and way.known_as != OPEN} or led
    if found.led not in led:
        yield f"{code} led by {found.led}, not {led}"
    if not any(key == duty.key for _, key in world.open_duties):
        yield from _differs(f"{code} in time", found.minutes, MODEL.minutes(world, code))
    grounds = " ".join(sorted(ground.removeprefix("override_") for ground in duty.grounds))
    sent = rules.forced(world, code, grounds), MODEL.forced(world, code, grounds)
    yield from _differs(f"{code} by force", *(marks_alike(world, one) for one in sent))


def _holds_an_adult_by_now(world: World) -> bool:
    """Return whether somebody on the case was told of as a child and is an adult by now.

    Until the duty is answered the product goes on as for a child, in dangers too; the model decides for an adult.
    Which agencies are told of a child is the same in both.
    """
    opened = {name for _, name in world.facts_opened()}
    return any(one.id in opened and known_adult(one, ON) for one in world.persons)


def _about_children(found: dict[str, Required]) -> set[tuple[str, str]]:
    return {(code, fact) for code, one in found.items() for fact in one.facts if fact.startswith("child")}


def _children_told_of(asked: RequiredSharing) -> set[tuple[str, str]]:
    return {
        (DESKS[1] if key[1] in DESKS else key[1], fact)
        for key, duty in asked.duties.items()
        for fact in facts_in_words(duty)
        if fact.startswith("child")
    }


def _by_consent(world: World, kind: str) -> str:
    """Return what the model lets go; the product does not part the situation by who told it (reading 27)."""
    words = [one for one in MODEL.by_consent(world, kind).split() if not one.startswith("S(said_by")]
    whole = "S" in words
    return " ".join(one for one in words if whole or one not in ("at", "at~"))


def without_details(words: str) -> str:
    """Return the items alone: a lead decides about groups and persons, and the rest follows from S."""
    return " ".join(one for one in words.split() if one not in ("at", "at~") and not one.startswith("names:"))


def _differs(asked: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{asked}: {found}, not {expected}"
