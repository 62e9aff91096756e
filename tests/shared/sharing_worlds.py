"""Small worlds in plain words for the tests of the sharing rules: who is on a case, what was said, what then leaves.

Everything goes through a `Rules` value, so that the same rows can be put to a module with a planted wrong rule.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import shared.age
import shared.clocks
import shared.duties
import shared.geography
import shared.sharing
from shared.vocabulary import AgeStatus, Ground, PersonRole, PrivacyChoice, RecipientKind, SourceLeftOutReason


@dataclass(frozen=True)
class Rules:
    """The modules under test, real or with a wrong rule planted."""

    age: ModuleType
    sharing: ModuleType
    duties: ModuleType
    clocks: ModuleType
    social_care_of: Callable[[str], str] = shared.geography.social_care_of


REAL = Rules(shared.age, shared.sharing, shared.duties, shared.clocks)
NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)
KINDS = {kind.value: kind for kind in RecipientKind}
GROUNDS = {
    "consent": Ground.CONSENT,
    "danger": Ground.OVERRIDE_DANGER,
    "child": Ground.OVERRIDE_CHILD,
    "authorised": Ground.AUTHORISED,
}
_ROLES = {
    "reporter": PersonRole.REPORTER,
    "concern": PersonRole.PERSON_OF_CONCERN,
    "household": PersonRole.HOUSEHOLD_MEMBER,
    "exploiter": PersonRole.ALLEGED_EXPLOITER,
}
_AGES = {
    "adult": AgeStatus.ADULT_STATED,
    "confirmed-adult": AgeStatus.ADULT_CONFIRMED,
    "child": AgeStatus.CHILD_STATED,
    "confirmed-child": AgeStatus.CHILD_CONFIRMED,
    "uncertain": AgeStatus.UNCERTAIN_MAY_BE_CHILD,
    "unknown": AgeStatus.UNKNOWN_NO_INDICATION,
    "unasked": None,
}


def person(rules: Rules, described: str) -> Any:
    """ "kid household child lives=york found=leeds" or "mum reporter concern adult carer"."""
    name, *words = described.split()
    places = dict(word.split("=") for word in words if "=" in word)
    chosen = next((_AGES[word] for word in words if word in _AGES), AgeStatus.ADULT_STATED)
    return rules.sharing.Person(
        name,
        frozenset(_ROLES[word] for word in words if word in _ROLES),
        age=rules.age.Age(chosen=chosen),
        cares_for_child="carer" in words,
        lives_in=places.get("lives"),
        found_in=places.get("found"),
    )


def entry(rules: Rules, said: str, at: datetime) -> Any:
    """ "ruth share", "ruth +police", "ruth -police", "ruth situation=no", "ruth withdraws"."""
    name, word = said.split()
    if word == "withdraws":
        return rules.sharing.ConsentEntry(name, at, withdraws=True)
    if word.startswith("situation="):
        return rules.sharing.ConsentEntry(name, at, situation=word == "situation=yes")
    if word[0] in "+-":
        return rules.sharing.ConsentEntry(name, at, recipient=KINDS[word[1:]], agrees=word[0] == "+")
    return rules.sharing.ConsentEntry(name, at, privacy=PrivacyChoice(word))


def danger(rules: Rules, described: str) -> Any:
    """ "paul", "paul@leeds", "?" where it was not recorded who."""
    who, _, place = described.partition("@")
    return rules.sharing.DangerFact(person=None if who == "?" else who, place=place or None)


def authorisation(rules: Rules, described: str) -> Any:
    """ "police: paul ruth"."""
    kind, _, names = described.partition(":")
    return rules.sharing.Authorisation(KINDS[kind], frozenset(names.split()))


@dataclass(frozen=True)
class World:
    """One case in words; consent entries are a minute apart, the first one at noon."""

    people: tuple[str, ...]
    said: tuple[str, ...] = ()
    dangers: tuple[str, ...] = ()
    authorised: tuple[str, ...] = ()
    left_out: bool = False
    place: str | None = None
    last_known: str | None = None
    told_by: tuple[str, ...] | None = None
    opened_for: tuple[str, ...] = ()

    def matter(self, rules: Rules) -> Any:
        said = [entry(rules, line, NOON + timedelta(minutes=n)) for n, line in enumerate(self.said)]
        reason = SourceLeftOutReason.SOURCE_AT_RISK_IF_IDENTIFIED if self.left_out else None
        return rules.sharing.Matter(
            persons=tuple(person(rules, line) for line in self.people),
            consents=tuple(said),
            dangers=tuple(danger(rules, line) for line in self.dangers),
            place=self.place,
            last_known_place=self.last_known,
            source_left_out=reason,
            told_by=None if self.told_by is None else frozenset(self.told_by),
            opened_for=frozenset(self.opened_for),
            authorisations=tuple(authorisation(rules, line) for line in self.authorised),
        )


def decided(rules: Rules, world: World, kind: str, grounds: str, *, minutes: float = 60) -> Any:
    opened = [GROUNDS[word] for word in grounds.split()]
    at = NOON + timedelta(minutes=minutes)
    return rules.sharing.decide(world.matter(rules), KINDS[kind], opened, at=at)


def shown(items: Iterable[Any]) -> str:
    """ "S A P:kid P:mum~ R:ruth H" in the order of the specification; ~ is the part that protects a child."""
    words = (
        f"{item.group.value}{':' if item.person else ''}{item.person}{'' if item.extent == 'full' else '~'}"
        for item in items
    )
    return " ".join(sorted(words, key=lambda word: ("SAPRH".index(word[0]), word)))


def leaves(rules: Rules, world: World, kind: str, grounds: str, *, minutes: float = 60) -> str:
    return shown(decided(rules, world, kind, grounds, minutes=minutes).items)


POLICE_OF = {
    "leeds": "police:west-yorkshire",
    "bradford": "police:west-yorkshire",
    "york": "police:north-yorkshire",
    "selby": "police:north-yorkshire",
    "hull": "police:humberside",
}
CARE_OF = {
    "leeds": "care:leeds",
    "bradford": "care:bradford",
    "york": "care:york",
    "selby": "care:north-yorkshire",
    "hull": "care:hull",
}


def duties(rules: Rules, world: World) -> list[str]:
    """ "police police:humberside danger hull", with a trailing "fallback" and "at-once" where they hold."""
    bodies = rules.duties.Bodies(POLICE_OF.__getitem__, CARE_OF.__getitem__, "police:desk", "care:desk")
    found = rules.duties.forced_duties(world.matter(rules), bodies, at=NOON + timedelta(minutes=60))
    return [_duty_in_words(duty) for duty in found]


def _duty_in_words(duty: Any) -> str:
    grounds = "+".join(sorted(ground.removeprefix("override_") for ground in duty.grounds))
    place = duty.place or "nowhere"
    marks = f"{' fallback' if duty.fallback else ''}{' at-once' if duty.at_once else ''}"
    return f"{duty.body} {grounds} {place}{marks}"
