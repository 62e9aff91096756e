"""World of the model: one case as plain frozen values.

Persons, places and agencies are named by any words. `said_at` and `at` are aware times in UTC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

POLICE, CHILDREN_CARE, ADULT_CARE = "police", "children_social_care", "adult_social_care"
FIRST_RESPONDER, LABOUR, HEALTH, PROVIDER = (
    "nrm_first_responder",
    "labour_enforcement",
    "health",
    "service_provider",
)
KINDS = (POLICE, CHILDREN_CARE, ADULT_CARE, FIRST_RESPONDER, PROVIDER, LABOUR, HEALTH)
REPORTER, CONCERN, HOUSEHOLD, EXPLOITER = (
    *("reporter", "person_of_concern", "household_member", "alleged_exploiter"),
)
DANGER, CHILD = "override_danger", "override_child"
LAND, RAILWAY, SEA, ABROAD = "land", "railway", "sea", "abroad"

AgencyKey = tuple[str, str]
"""Recipient kind and agency code."""
Fact = tuple[str, str]
"""Ground, and the id of the danger or of the child."""
Nobody: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """Place as it was read: the forces and councils that may answer for it, likeliest first.

    A railway is one in Great Britain; the force of a ship is that of the port it lies in or makes for.
    """

    name: str
    police: tuple[str, ...] = ()
    councils: tuple[str, ...] = ()
    sure: bool = True
    setting: str = LAND


@dataclass(frozen=True)
class AgeStatement:
    """Age as somebody said it: `born`, `years`, `band`, `about`, or a status that an adviser has `chosen`."""

    kind: str
    said_on: date
    born: date | None = None
    lowest: int = 0
    highest: int = 0
    chosen: str = ""


@dataclass(frozen=True)
class Choice:
    """Entry of the consent ledger: a privacy choice, a kind agreed to or refused, the situation, or a withdrawal."""

    person: str
    privacy: str | None = None
    kind: str | None = None
    agrees: bool = False
    situation: bool | None = None
    withdraws: bool = False
    by: str | None = None
    """Another person, who says so for them."""
    overheard: bool = False
    """Said while somebody may be listening."""
    understood: bool = False
    """An adviser records that the child understands it."""


@dataclass(frozen=True)
class Telling:
    """Circumstances in which a fact was told: at the public door or by an adviser."""

    at: datetime
    by_adviser: bool = False
    complete: bool = True
    confirmed: bool = False


@dataclass(frozen=True)
class Danger:
    """Imminent danger or life-threatening emergency, to one person or to nobody in particular."""

    id: str
    person: str | None = None
    places: tuple[Place, ...] = ()
    sources: frozenset[str] = Nobody
    first_said: Telling | None = None
    hurt: bool = False

    @property
    def fact(self) -> Fact:
        return DANGER, self.id


@dataclass(frozen=True)
class Person:
    """Person on the case. Of a place that changed in public, the old and the new are both known."""

    id: str
    roles: frozenset[str]
    ages: tuple[AgeStatement, ...] = ()
    home: tuple[Place, ...] = ()
    found: tuple[Place, ...] = ()
    last_known: tuple[Place, ...] = ()
    lives_with: frozenset[str] = Nobody
    cares_for: frozenset[str] = Nobody
    exploits: frozenset[str] = Nobody
    """Persons whom this alleged exploiter is recorded to exploit."""
    nobodys_in_particular: bool = True
    """Recorded as an exploiter of nobody in particular; a relation that is learned later takes nothing away."""
    harmed: bool = False
    missing: bool = False
    identity_held: bool = True
    made_report: bool = False
    sources: frozenset[str] = Nobody
    """Reporters who told of this person."""
    first_said: Telling | None = None

    def has(self, role: str) -> bool:
        return role in self.roles

    @property
    def fact(self) -> Fact:
        return CHILD, self.id


@dataclass(frozen=True)
class SourceDecision:
    """Choice of an adviser about a source: `added`, `left_out`, `words_left_out`; the last of a kind counts."""

    source: str
    what: str
    agency: AgencyKey | None = None
    """Only for this agency; None: for each of the case."""


@dataclass(frozen=True)
class Authorisation:
    """Decision of a safeguarding lead: named groups and persons, once, to one named agency."""

    agency: AgencyKey
    groups: frozenset[str]
    persons: frozenset[str] = Nobody
    used: bool = False


@dataclass(frozen=True)
class World:
    """Everything on one case that the rules look at."""

    persons: tuple[Person, ...] = ()
    dangers: tuple[Danger, ...] = ()
    choices: tuple[Choice, ...] = ()
    premises: tuple[Place, ...] = ()
    last_known: tuple[Place, ...] = ()
    source_decisions: tuple[SourceDecision, ...] = ()
    authorisations: tuple[Authorisation, ...] = ()
    premises_sources: frozenset[str] = Nobody
    """Reporters who told of the premises; empty: an adviser recorded them."""
    known_by_number: int = 0
    """Adults of concern known as a number only."""
    protection_summary: bool = False
    stood_down: frozenset[Fact] = frozenset()
    open_duties: frozenset[tuple[Fact, AgencyKey]] = frozenset()
    wording: Mapping[str, str] = field(default_factory=dict)
    """Words of a field where they are not the name of the field."""

    def person(self, name: str) -> Person:
        return next(one for one in self.persons if one.id == name)

    def with_role(self, role: str) -> list[Person]:
        return [one for one in self.persons if one.has(role)]

    def facts_opened(self) -> set[Fact]:
        return {fact for fact, _ in self.open_duties}

    def danger_facts(self) -> list[Danger]:
        return [one for one in self.dangers if one.fact not in self.stood_down]

    def word(self, name: str) -> str:
        return self.wording.get(name, name)


@dataclass(frozen=True)
class AgencyBook:
    """Agencies that answer for no territory, and the desks for an unknown place."""

    police_desk: str = "national-desk"
    abroad: str = "national-crime-agency"
    railway: str = "british-transport-police"
    coastguard: str = "coastguard"
    care_desk: str | None = None
    """Body that agreed to answer for children whose place is unknown, once there is one."""


def names(persons: Iterable[Person]) -> set[str]:
    return {one.id for one in persons}
