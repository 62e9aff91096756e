"""Laws of what stays with the helpline: properties 1 and 4, fact 5 and section 3."""

import random
from collections.abc import Iterator
from dataclasses import replace

from tests.case.rules.model.laws.random_worlds import a_choice
from tests.case.rules.model.laws.worlds_asked import sent, sharing
from tests.case.rules.model.table.world_in_words import ON
from tools.simulation.rules_model import consents, messages, permitted
from tools.simulation.rules_model.world import (
    CONCERN,
    DANGER,
    HOUSEHOLD,
    KINDS,
    AgencyKey,
    Choice,
    Person,
    World,
)


def what_is_withheld_makes_no_difference(world: World, chance: random.Random) -> Iterator[str]:
    """Hold property 1: words that no agency reads, a stranger, and choices about other kinds change nothing."""
    before = _all_read(world)
    read = {name for fields in before.values() for name in fields}
    unread = {
        f"{one.id}.{what}" for one in world.persons for what in ("name", "contact", "account", "handling")
    }
    elsewhere = {name: f"{name} otherwise" for name in sorted(unread - read)}
    if _all_read(replace(world, wording=elsewhere)) != before:
        yield "unread words made a difference"
    stranger = Person(
        "zoe", frozenset({HOUSEHOLD}), home=tuple(world.premises[:1]), sources=frozenset({"p0"})
    )
    if _all_read(replace(world, persons=(*world.persons, stranger))) != before:
        yield "an unrelated adult made a difference"
    other_kind = [replace(a_choice(chance, one), kind="labour_enforcement", agrees=True, privacy=None, situation=None,
                          withdraws=False) for one in world.persons]  # fmt: skip
    if _all_read(replace(world, choices=(*world.choices, *other_kind))) != before:
        yield "a choice about another kind made a difference"


def _all_read(world: World) -> dict[AgencyKey, messages.Message]:
    return {key: messages.message(world, sent(world, duty)) for key, duty in sharing(world).duties.items()}


def what_only_takes_away_is_never_announced(world: World, chance: random.Random) -> Iterator[str]:
    """Hold fact 5: a supplement never tells that somebody withholds or withdraws."""
    before, read = sharing(world), _all_read(world)
    withholder = Person("zoe", frozenset({CONCERN}), sources=frozenset({"p0"}), nobodys_in_particular=False)
    person = chance.choice(list(world.persons))
    changes = {
        "an adult who withholds was added": replace(world, persons=(*world.persons, withholder)),
        "a withdrawal": replace(world, choices=(*world.choices, Choice(person.id, withdraws=True))),
    }
    for what, changed in changes.items():
        for key, duty in sharing(changed).duties.items():
            if duty.ways != before.duties[key].ways or DANGER in duty.grounds:
                continue
            news = messages.supplement(read[key], messages.message(changed, sent(changed, duty)))
            if news is not None:
                yield f"{what}, and it was announced"


def consent_never_sends_more_than_was_agreed(world: World, chance: random.Random) -> Iterator[str]:
    """Hold section 3: identity by one's own yes alone, no reporter over another's, nothing after a withdrawal."""
    for kind in KINDS:
        found = permitted.contents_by_consent(world, kind, ON)
        agreed = {
            one.person for one in world.choices if one.agrees and one.kind == kind and not one.overheard
        }
        if not found.full | found.reporters | found.accounts <= agreed:
            yield "identity went without a yes"
        silent = [one.id for one in world.persons if one.has("reporter")]
        quiet = [Choice(name, withdraws=True) for name in silent]
        after = permitted.contents_by_consent(replace(world, choices=(*world.choices, *quiet)), kind, ON)
        if after.reporters or after.accounts or "whole" in after.situation:
            yield "something went after a withdrawal"
        if not {name for name in found.full if name not in silent} <= after.full:
            yield "a reporter's withdrawal took away what another agreed to"
    if sharing(replace(world, dangers=(), persons=tuple(_grown(one) for one in world.persons))).ways:
        yield "consent alone sent something"
    del chance


def _grown(person: Person) -> Person:
    return replace(person, ages=())


def decisions_at_a_time_rest_on_what_was_said_before(world: World, chance: random.Random) -> Iterator[str]:
    """Hold property 4: the ledger is a sequence, and an entry that changes nothing changes nothing."""
    name = chance.choice(world.persons).id
    before = consents.effective(world, name, ON)
    others = tuple(one for one in world.choices if one.person == name)
    if consents.effective(replace(world, choices=others), name, ON) != before:
        yield "another person's entry changed a consent"
