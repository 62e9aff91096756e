"""Small cases in plain words, for the tests of the sharing rules. Who is on them, what was said, what may go then.

Everything is asked of a `Rules` value, so that the same rows can be put to a module with a planted wrong rule, and to
the model of the rules.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, Protocol

import case_service.sharing.decisions.decide
import case_service.sharing.duties
import case_service.sharing.duties.deadlines
import case_service.sharing.facts
import shared.domain.age
import shared.domain.geography
from shared.domain.vocabulary import (
    AgeStatus,
    Ground,
    PersonRole,
    PrivacyChoice,
    RecipientKind,
    SourceLeftOutReason,
)
from tests.support import sharing_model
from tests.support.sharing_model import ModelAgencies, ModelFacts, ModelPerson

NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)
KINDS = {kind.value: kind for kind in RecipientKind}
GROUNDS = {
    "consent": Ground.CONSENT,
    "danger": Ground.OVERRIDE_DANGER,
    "child": Ground.OVERRIDE_CHILD,
    "authorised": Ground.AUTHORISED,
}
ROLES = {
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
CHILD_AGES = {"child", "confirmed-child", "uncertain"}
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
MODEL_AGENCIES = ModelAgencies(POLICE_OF.__getitem__, CARE_OF.__getitem__, "police:desk", "care:desk")


@dataclass(frozen=True)
class Case:
    """One case in words; consent entries are a minute apart, the first one at noon."""

    persons: tuple[str, ...]
    consents: tuple[str, ...] = ()
    dangers: tuple[str, ...] = ()
    authorised: tuple[str, ...] = ()
    left_out: bool = False
    place: str | None = None
    last_known: str | None = None
    sources: tuple[str, ...] | None = None
    child_ids: tuple[str, ...] = ()


class Answers(Protocol):
    """Rules that answer for a case in words: the product's own, or their model."""

    def items(self, case: Case, kind: str, grounds: str, *, minutes: float = 60) -> str:
        """Return the items that may go, as in `S A P:kid P:mum~ R:ruth H`."""
        ...

    def agencies(self, case: Case) -> list[str]:
        """Return each agency that must be told, as in `police:humberside danger hull at-once`."""
        ...


@dataclass(frozen=True)
class Rules:
    """Modules under test, real or with a wrong rule planted."""

    age: ModuleType
    facts: ModuleType
    rules: ModuleType
    duties: ModuleType
    deadlines: ModuleType
    social_care_of: Callable[[str], str] = shared.domain.geography.social_care_of

    def person(self, described: str) -> Any:
        """Return a person from words such as `kid household child lives=york found=leeds`."""
        name, *words = described.split()
        places = dict(word.split("=") for word in words if "=" in word)
        chosen = next((_AGES[word] for word in words if word in _AGES), AgeStatus.ADULT_STATED)
        return self.facts.Person(
            name,
            frozenset(ROLES[word] for word in words if word in ROLES),
            age=self.age.Age(chosen=chosen),
            cares_for_child="carer" in words,
            lives_in=places.get("lives"),
            found_in=places.get("found"),
        )

    def entry(self, said: str, at: datetime) -> Any:
        """Return an entry of the ledger from words such as `ruth share`, `ruth +police`, `ruth situation=no`."""
        name, word = said.split()
        if word == "withdraws":
            return self.facts.ConsentEntry(name, at, withdraws=True)
        if word.startswith("situation="):
            return self.facts.ConsentEntry(name, at, situation=word == "situation=yes")
        if word[0] in "+-":
            kind = KINDS[word[1:]]
            return self.facts.ConsentEntry(name, at, recipient_kind=kind, agrees=word[0] == "+")
        return self.facts.ConsentEntry(name, at, privacy=PrivacyChoice(word))

    def danger(self, described: str) -> Any:
        """Return a danger from words such as `paul`, `paul@leeds`, or `?` where nobody recorded who."""
        who, _, place = described.partition("@")
        return self.facts.DangerFact(person=None if who == "?" else who, place=place or None)

    def authorisation(self, described: str) -> Any:
        """Return a lead's decision from words such as `police: paul ruth`."""
        kind, _, names = described.partition(":")
        return self.facts.Authorisation(KINDS[kind], frozenset(names.split()))

    def case_facts(self, case: Case) -> Any:
        entries = [self.entry(line, NOON + timedelta(minutes=n)) for n, line in enumerate(case.consents)]
        reason = SourceLeftOutReason.SOURCE_AT_RISK_IF_IDENTIFIED if case.left_out else None
        return self.facts.CaseFacts(
            persons=tuple(self.person(line) for line in case.persons),
            consents=tuple(entries),
            dangers=tuple(self.danger(line) for line in case.dangers),
            place=case.place,
            last_known_place=case.last_known,
            source_left_out=reason,
            source_reporter_ids=None if case.sources is None else frozenset(case.sources),
            child_ids=frozenset(case.child_ids),
            authorisations=tuple(self.authorisation(line) for line in case.authorised),
        )

    def decision(self, case: Case, kind: str, grounds: str, *, minutes: float = 60) -> Any:
        opened = [GROUNDS[word] for word in grounds.split()]
        at = NOON + timedelta(minutes=minutes)
        return self.rules.decide(self.case_facts(case), KINDS[kind], opened, at=at)

    def items(self, case: Case, kind: str, grounds: str, *, minutes: float = 60) -> str:
        return in_order(items_in_words(self.decision(case, kind, grounds, minutes=minutes).items))

    def required(self, facts: Any, at: datetime) -> Any:
        """Return the required disclosures of the toy towns."""
        agencies = self.duties.ResponsibleAgencies(
            POLICE_OF.__getitem__, CARE_OF.__getitem__, "police:desk", "care:desk"
        )
        return self.duties.required_disclosures(facts, agencies, at=at)

    def agencies(self, case: Case) -> list[str]:
        found = self.required(self.case_facts(case), NOON + timedelta(minutes=60))
        return [_required_in_words(one) for one in found]


def _required_in_words(one: Any) -> str:
    grounds = "+".join(sorted(ground.removeprefix("override_") for ground in one.grounds))
    marks = f"{' fallback' if one.fallback else ''}{' at-once' if one.acknowledge_at_once else ''}"
    return f"{one.agency_code} {grounds} {one.place or 'nowhere'}{marks}"


REAL = Rules(
    shared.domain.age,
    case_service.sharing.facts,
    case_service.sharing.decisions.decide,
    case_service.sharing.duties,
    case_service.sharing.duties.deadlines,
)


class ModelRules:
    """Model of the rules, asked about the same cases."""

    def case_facts(self, case: Case) -> ModelFacts:
        entries = [(n, line.split()) for n, line in enumerate(case.consents)]
        dangers = [line.partition("@") for line in case.dangers]
        authorised = [line.partition(":") for line in case.authorised]
        return ModelFacts(
            persons=dict(_model_person(line) for line in case.persons),
            consents=[(NOON + timedelta(minutes=n), name, word) for n, (name, word) in entries],
            dangers=[(None if who == "?" else who, place or None) for who, _, place in dangers],
            authorisations=[(kind, None, frozenset(names.split())) for kind, _, names in authorised],
            source_left_out=case.left_out,
            source_reporter_ids=None if case.sources is None else set(case.sources),
            child_ids=set(case.child_ids),
            place=case.place,
            last_known_place=case.last_known,
        )

    def items(self, case: Case, kind: str, grounds: str, *, minutes: float = 60) -> str:
        opened = [GROUNDS[word] for word in grounds.split()]
        at = NOON + timedelta(minutes=minutes)
        return in_order(sharing_model.items_allowed(self.case_facts(case), kind, opened, at))

    def agencies(self, case: Case) -> list[str]:
        """Return the agencies; of the place, the model says only whether it is known."""
        required = sharing_model.required_agencies(self.case_facts(case), NOON, MODEL_AGENCIES)
        return [
            f"{agency} {'+'.join(sorted(ground.removeprefix('override_') for ground in one.grounds))}"
            f"{' fallback' if one.place_to_find else ''}{' at-once' if one.at_once else ''}"
            for (_, agency), one in sorted(required.items())
        ]


def _model_person(described: str) -> tuple[str, ModelPerson]:
    name, *words = described.split()
    places = dict(word.split("=") for word in words if "=" in word)
    return name, ModelPerson(
        roles={ROLES[word] for word in words if word in ROLES},
        child=bool(CHILD_AGES & set(words)),
        cares_for_child="carer" in words,
        lives_in=places.get("lives"),
        found_in=places.get("found"),
    )


MODEL = ModelRules()


def items_in_words(items: Iterable[Any]) -> set[str]:
    """Return items as words; `~` is the part that protects a child."""
    return {
        f"{item.group.value}{':' if item.person else ''}{item.person}{'' if item.extent == 'full' else '~'}"
        for item in items
    }


def in_order(words: Iterable[str]) -> str:
    """Return the words in the order of the specification."""
    return " ".join(sorted(words, key=lambda word: ("SAPRH".index(word[0]), word)))
