"""Laws of noninterference: pairs of worlds that no recipient may tell apart, and changes that only take away."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from shared.domain.vocabulary import PrivacyChoice, RecipientKind
from tests.case.noninterference.recipients import (
    permitted_words,
    received,
    sent_before,
    silent_words,
    supplements,
)
from tests.case.noninterference.worlds import (
    ADULT,
    CONCERN,
    HOUSEHOLD,
    REPORTER,
    Somebody,
    World,
    a_world,
)

Law = Callable[[World, random.Random], Iterator[str]]
OTHER_KIND = RecipientKind.LABOUR_ENFORCEMENT
"""Recipient kind about which people say more in one world than in the other."""


def words_that_nothing_covers_make_no_difference(world: World, chance: random.Random) -> Iterator[str]:
    """Say every word otherwise, and longer, that no consent and no override covers."""
    first = received(world)
    open_words: set[str] = set()
    for key, one in first.items():
        open_words |= permitted_words(world, key, one.decision) if one.text else set()
    unread = (world.names_of_words() - open_words) | silent_words(world)
    otherwise = {name: f"said-otherwise-{name}-{'!' * chance.randrange(40)}" for name in sorted(unread)}
    yield from _told_apart(world, world.saying(said=otherwise), "unread words")


def strangers_make_no_difference(world: World, chance: random.Random) -> Iterator[str]:
    """Add adults who have to do with nobody here, and a reporter who told of nothing."""
    number = len(world.people)
    strangers = (
        Somebody(frozenset({HOUSEHOLD}), ADULT, lives_with=(number + 1,), in_report=False),
        Somebody(frozenset({HOUSEHOLD}), ADULT, lives_with=(number,), in_report=False),
        Somebody(frozenset({REPORTER}), ADULT, in_report=False),
    )
    choices = (*world.choices, (number + 2, {"privacy": PrivacyChoice.CONFIDENTIAL}))
    added = world.saying(people=(*world.people, *strangers), choices=choices)
    yield from _told_apart(world, added, "strangers")


def choices_about_one_kind_make_no_difference_to_another(
    world: World, chance: random.Random
) -> Iterator[str]:
    more = [
        (number, {"recipient_kind": OTHER_KIND, "agrees": chance.random() < 0.5})
        for number in range(len(world.people))
    ]
    changed = world.saying(choices=(*world.choices, *more))
    yield from _told_apart(world, changed, "choices about another kind", besides=OTHER_KIND)


def _told_apart(one: World, other: World, by: str, *, besides: RecipientKind | None = None) -> Iterator[str]:
    """Yield every recipient that is sent something else of one world than of the other."""
    first, second = received(one), received(other)
    for key in sorted(first.keys() | second.keys()):
        if key[0] is besides:
            continue
        texts = [found[key].text if key in found else None for found in (first, second)]
        if texts[0] != texts[1]:
            yield f"{by}: {key} tells {texts[0]} from {texts[1]}"


# What only takes away


def what_only_takes_away_is_never_announced(world: World, chance: random.Random) -> Iterator[str]:
    before = sent_before(world)
    for what, changed in _takes_away(world, chance):
        for key in supplements(before, changed):
            yield f"{what}: {key} was sent a supplement"


def _takes_away(world: World, chance: random.Random) -> Iterator[tuple[str, World]]:
    """Yield the world with something less: a withholding adult, a more private choice, words that are struck."""
    who = chance.randrange(len(world.people))
    kind = chance.choice([RecipientKind.POLICE, RecipientKind.CHILDREN_SOCIAL_CARE])
    for what, choice in (
        ("a withdrawal", {"withdraws": True}),
        ("a no", {"recipient_kind": kind, "agrees": False}),
        ("a more private choice", {"privacy": PrivacyChoice.CONFIDENTIAL}),
        ("the situation is held back", {"situation": False}),
    ):
        yield what, world.saying(choices=(*world.choices, (who, choice)))
    gone = chance.choice(["summary", "protection", "risk", "reporters_risk", "account", "when"])
    yield f"{gone} was taken away", world.saying(said={gone: None})
    one = world.people[who]
    emptied = replace(one, empty=("description", "relation", "email"))
    yield "fields were emptied", world.saying(people=(*world.people[:who], emptied, *world.people[who + 1 :]))
    yield from _withholding_adult(world)


def _withholding_adult(world: World) -> Iterator[tuple[str, World]]:
    """Yield the world with one more adult of concern, who has agreed to nothing and is somewhere unknown.

    Where a danger names nobody, that adult may be in danger, and lives with household members of whom no household is
    recorded: both are news, and told.
    """
    in_household = any(HOUSEHOLD in one.roles and not one.lives_with for one in world.people)
    if in_household or any(named is None for named, _ in world.dangers):
        return
    adult = Somebody(frozenset({CONCERN}), ADULT, lives_with=(len(world.people),), in_report=False)
    yield "a withholding adult", world.saying(people=(*world.people, adult))


LAWS: tuple[Law, ...] = (
    words_that_nothing_covers_make_no_difference,
    strangers_make_no_difference,
    choices_about_one_kind_make_no_difference_to_another,
    what_only_takes_away_is_never_announced,
)


def broken(law: Law, *, pairs: int, seed: int = 0) -> Iterator[str]:
    """Yield everything by which a recipient learns what it must not, over so many random worlds."""
    for number in range(pairs):
        chance = random.Random(f"{seed}/{number}")
        world = a_world(chance)
        for found in law(world, chance):
            yield f"{found} in {world}"


def reads_something(pairs: int) -> int:
    """Return how many messages there are in so many worlds, so that nobody takes silence for a proof."""
    worlds = [a_world(random.Random(f"0/{number}")) for number in range(pairs)]
    return sum(bool(one.text) for world in worlds for one in received(world).values())
