"""Worlds: cases as plain data, and the opened case file of each, built in memory without a database."""

import hashlib
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from case_service.accounts.models import ReportedAccount
from case_service.cases.case_file import CaseFile
from case_service.cases.content import Account, NotUnderstood, Place, SafeContact, Situation
from case_service.cases.models import Case, CaseState
from case_service.cases.opened_case import OpenedAccount
from case_service.consent.models import ConsentEntry
from case_service.dangers.models import Danger, DangerOrigin, OpenedDanger
from case_service.people.age_statements import AgeSaid, AgeStatementRow
from case_service.people.identity import AgeStatement, Identity
from case_service.people.models import OpenedPerson, Person
from shared.domain.vocabulary import (
    CaseClassification,
    ExploitationType,
    PersonRole,
    PrivacyChoice,
    RecipientKind,
    YesNoUnknown,
)

START = datetime(2026, 11, 4, 11, tzinfo=UTC)
NOW = START + timedelta(hours=2)
LEEDS, MANCHESTER, YORK = "E08000035", "E08000003", "E06000014"
TOWNS = (None, LEEDS, MANCHESTER, YORK)
REPORTER, CONCERN = PersonRole.REPORTER, PersonRole.PERSON_OF_CONCERN
HOUSEHOLD, EXPLOITER = PersonRole.HOUSEHOLD_MEMBER, PersonRole.ALLEGED_EXPLOITER
ADULT, CHILD = {"years": 40}, {"years": 12}
AGES: tuple[dict[str, Any], ...] = (ADULT, ADULT, CHILD, {"may_be_under_18": True}, {})
MAKER = 0
"""Number of the person who made the report."""


@dataclass(frozen=True)
class Somebody:
    """Person of a world; others are named by their numbers."""

    roles: frozenset[PersonRole]
    age: dict[str, Any] = field(default_factory=dict)
    home: str | None = None
    found: str | None = None
    lives_with: tuple[int, ...] = ()
    cares_for: tuple[int, ...] = ()
    in_report: bool = True
    types: tuple[ExploitationType, ...] = ()
    empty: tuple[str, ...] = ()
    """Fields in which nothing is said."""


@dataclass(frozen=True)
class World:
    """Case as plain data. `said` has the words that differ from the ordinary ones."""

    people: tuple[Somebody, ...]
    premises: str | None = LEEDS
    dangers: tuple[tuple[int | None, str | None], ...] = ()
    """Person in danger and place of each danger, as far as they are known."""
    choices: tuple[tuple[int, dict[str, Any]], ...] = ()
    said: dict[str, str | None] = field(default_factory=dict)

    def word(self, name: str) -> str | None:
        return self.said.get(name, f"word-{name}")

    def names_of_words(self) -> set[str]:
        """Return the name of every word that is written on this case."""
        each = ("name", "phone", "email", "description", "relation", "relation_to_reporter", "home", "found")
        own = {f"{field_}:{number}" for number in range(len(self.people)) for field_ in each}
        return own | {
            "account",
            "when",
            "safe",
            "reporters_risk",
            "risk",
            "summary",
            "protection",
            "premises",
            "garbled",
        }

    def saying(self, **changes: Any) -> "World":
        return replace(self, **changes)


def id_of(name: str) -> UUID:
    return uuid5(NAMESPACE_OID, name)


def person_id(number: int) -> UUID:
    return id_of(f"person-{number}")


def a_world(chance: random.Random) -> World:
    """Return a random world with up to four people besides whoever made the report."""
    people = [_maker(chance)]
    for number in range(1, chance.randrange(1, 5) + 1):
        people.append(_somebody(chance, number))
    numbers = range(len(people))
    dangers = tuple(
        (chance.choice([None, *numbers]), chance.choice(TOWNS)) for _ in range(chance.choice([0, 0, 1, 2]))
    )
    choices = [(MAKER, _a_choice(chance)) for _ in range(chance.randrange(3))]
    choices += [(chance.choice(numbers), _a_choice(chance)) for _ in range(chance.randrange(3))]
    return World(tuple(people), chance.choice(TOWNS), dangers, tuple(choices))


def _maker(chance: random.Random) -> Somebody:
    roles = frozenset({REPORTER} | ({CONCERN} if chance.random() < 0.3 else set()))
    return Somebody(roles, chance.choice(AGES), chance.choice(TOWNS), chance.choice([None, None, LEEDS]))


def _somebody(chance: random.Random, number: int) -> Somebody:
    role = chance.choice([CONCERN, CONCERN, HOUSEHOLD, EXPLOITER, REPORTER])
    earlier = [chance.randrange(number)] if chance.random() < 0.4 else []
    return Somebody(
        roles=frozenset({role}),
        age=chance.choice(AGES),
        home=chance.choice(TOWNS),
        found=chance.choice(TOWNS),
        lives_with=tuple(earlier),
        cares_for=tuple(earlier) if chance.random() < 0.5 else (),
        in_report=role is not REPORTER and chance.random() < 0.7,
        types=tuple(chance.sample(list(ExploitationType), chance.randrange(2))),
    )


def _a_choice(chance: random.Random) -> dict[str, Any]:
    return chance.choice(
        [
            {"privacy": chance.choice(list(PrivacyChoice))},
            {"privacy": PrivacyChoice.SHARE},
            {"recipient_kind": RecipientKind.POLICE, "agrees": True},
            {"recipient_kind": chance.choice(list(RecipientKind)), "agrees": chance.random() < 0.7},
            {"situation": chance.random() < 0.5},
        ]
    )


# The opened case file


class Fingerprints:
    """Double of the vault: keyed digests, and nothing sealed."""

    def fingerprint(self, purpose: str, data: bytes) -> bytes:
        return hashlib.sha256(purpose.encode() + data).digest()


def opened(world: World) -> CaseFile:
    """Return the case file of a world, as a unit of work has it opened."""
    uow: Any = SimpleNamespace(now=NOW, actor="user:ada", vault=Fingerprints())
    records: Any = SimpleNamespace(case=_case(world), uow=uow, recipients=[], tasks=[])
    return CaseFile(
        records=records,
        situation=_situation(world),
        persons=[_person(world, number, one) for number, one in enumerate(world.people)],
        consents=[_entry(number, *one) for number, one in enumerate(world.choices)],
        dangers=[_danger(number, *one) for number, one in enumerate(world.dangers)],
        accounts=[OpenedAccount(ReportedAccount(contact_id=id_of("contact"), content=b""), _account(world))],
        earlier_messages={},
    )


def _case(world: World) -> Case:
    return Case(
        id=id_of("case"),
        contact_id=id_of("contact"),
        opened_at=START,
        received_at=START,
        state=CaseState.OPEN,
        version=1,
        content_revision=len(world.people) + len(world.said),
        danger_stated=False,
        child_stated=False,
        classification=CaseClassification.MODERN_SLAVERY,
        recorded_by_adviser=False,
        report_imported_at=START,
        proposals=[],
        source_decisions=[],
        redirections=[],
        authorisations=[],
        merged_cases=[],
    )


def _situation(world: World) -> Situation:
    return Situation(
        exploitation_types=[ExploitationType.LABOUR],
        place=_place(world.premises, world.word("premises")) or Place(),
        risk_to_approach=world.word("risk"),
        summary=world.word("summary"),
        protection_summary=world.word("protection"),
    )


def _place(council: str | None, address: str | None) -> Place | None:
    return Place(council=council, address=address) if council is not None else None


def _account(world: World) -> Account:
    return Account(
        what_happened=world.word("account"),
        when_happened=world.word("when"),
        risk_to_approach=world.word("reporters_risk"),
        safe_contact=SafeContact(may_contact=YesNoUnknown.YES, code_word=world.word("safe")),
        not_understood=[NotUnderstood(field="persons", said=world.word("garbled") or "")],
    )


def _person(world: World, number: int, one: Somebody) -> OpenedPerson:
    def word(field_: str) -> str | None:
        return None if field_ in one.empty else world.word(f"{field_}:{number}")

    age = AgeStatement(**one.age, said_on=START.date())
    identity = Identity(
        name=word("name"),
        phone=word("phone"),
        email=word("email"),
        description=word("description"),
        relation_to_child=word("relation"),
        relation_to_reporter=word("relation_to_reporter"),
        lives_at=_place(one.home, word("home")),
        found_at=_place(one.found, word("found")),
        exploitation_types=list(one.types),
        age=age,
    )
    return OpenedPerson(_person_row(number, one, age), identity)


def _person_row(number: int, one: Somebody, age: AgeStatement) -> Person:
    added_at = START if one.in_report else START + timedelta(hours=1)
    said = AgeSaid(added_at, "user:ada", one.in_report, source_reporter_id=person_id(MAKER))
    statement = AgeStatementRow.of(person_id(number), id_of("case"), age, said)
    statement.id = id_of(f"statement-{number}")
    return Person(
        id=person_id(number),
        case_id=id_of("case"),
        recorded_on_case_id=id_of("case"),
        contact_id=id_of("contact") if one.in_report or number == MAKER else None,
        added_at=added_at,
        roles=one.roles,
        made_report=number == MAKER,
        cares_for_child=False,
        lives_with_ids=[str(person_id(other)) for other in one.lives_with],
        cares_for_ids=[str(person_id(other)) for other in one.cares_for],
        exploits_ids=[],
        exploits_nobody_in_particular=True,
        coded_concerns=frozenset(),
        source_reporter_id=person_id(MAKER),
        statements=[statement],
    )


def _danger(number: int, who: int | None, place: str | None) -> OpenedDanger:
    row = Danger(
        id=id_of(f"danger-{number}"),
        case_id=id_of("case"),
        person_id=None if who is None else person_id(who),
        someone_hurt=False,
        origin=DangerOrigin.REPORT,
        source_reporter_id=person_id(MAKER),
        recorded_by="worker:case",
        recorded_at=START,
    )
    return OpenedDanger(row, _place(place, None))


def _entry(number: int, who: int, choice: dict[str, Any]) -> ConsentEntry:
    nothing = dict.fromkeys(("privacy", "recipient_kind", "agrees", "situation"))
    return ConsentEntry(
        id=id_of(f"entry-{number}"),
        number=number,
        case_id=id_of("case"),
        person_id=person_id(who),
        at=START + timedelta(seconds=number),
        **{**nothing, "withdraws": False, **choice},
        overheard=False,
        relayed=False,
        understood=True,
        in_call=True,
        wording="spoken-v1",
        language="en",
        given_how="phone",
        recorded_by="user:ada",
        check=None,
    )
