"""Case facts: a case as the sharing rules see it, a value without names."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from shared.domain.age import Age
from shared.domain.vocabulary import (
    CaseClassification,
    PersonRole,
    PrivacyChoice,
    RecipientKind,
    SourceLeftOutReason,
)


class FactKind(StrEnum):
    """Kinds of fact on which an override rests."""

    DANGER = "danger"
    CHILD = "child"


@dataclass(frozen=True, order=True)
class FactRef:
    """Reference to one fact: a danger, or a statement of a child's age; tells nothing of its content.

    `subject_id` is the danger or the person, `id` the danger or the statement: another statement is a new fact.
    """

    kind: FactKind
    subject_id: str
    id: str

    @property
    def subject(self) -> tuple[FactKind, str]:
        """Return the danger or person that the fact is about, whichever statement it is."""
        return self.kind, self.subject_id


@dataclass(frozen=True)
class Person:
    """Person on a case, as far as the rules need to know them. Places are GSS codes of councils."""

    id: str
    roles: frozenset[PersonRole]
    age: Age = field(default_factory=Age)
    cares_for_child: bool = False
    """Lives with, or cares for, a child on this case."""
    lives_in: str | None = None
    found_in: str | None = None
    age_statement: str = ""
    """Id of what was said last of the age."""

    @property
    def is_reporter(self) -> bool:
        return PersonRole.REPORTER in self.roles

    @property
    def is_of_concern(self) -> bool:
        return PersonRole.PERSON_OF_CONCERN in self.roles

    @property
    def age_fact(self) -> FactRef:
        return FactRef(FactKind.CHILD, self.id, self.age_statement)


@dataclass(frozen=True)
class ConsentEntry:
    """Entry of the append-only consent ledger: one choice of one person, at a time.

    Exactly one of four is given: a privacy choice; consent to a recipient kind, given or refused; that the situation
    may go without the identity, or not; a withdrawal of everything.
    """

    person: str
    at: datetime
    privacy: PrivacyChoice | None = None
    recipient_kind: RecipientKind | None = None
    agrees: bool = False
    situation: bool | None = None
    withdraws: bool = False


@dataclass(frozen=True)
class DangerFact:
    """Imminent danger or life-threatening emergency. `person` is None where nobody recorded who is in danger."""

    person: str | None = None
    place: str | None = None
    id: str = ""
    recorded_by_adviser: bool = False

    @property
    def fact(self) -> FactRef:
        return FactRef(FactKind.DANGER, self.id, self.id)


@dataclass(frozen=True)
class Authorisation:
    """Safeguarding lead's named decision to share about named persons (section 1).

    `agency_code` is the one agency that the lead decided about; None in tests of the rules alone.
    """

    recipient_kind: RecipientKind
    persons: frozenset[str]
    agency_code: str | None = None


@dataclass(frozen=True)
class Classification:
    """Classification and counts of a case, as announced to statistics."""

    classification: CaseClassification
    exploitation_types: tuple[str, ...]
    sectors: tuple[str, ...]
    place: str | None
    potential_victims: int
    children: int
    age_statuses: tuple[str, ...]


@dataclass(frozen=True)
class CaseFacts:
    """Everything about one case that the rules and reconciliation look at."""

    persons: tuple[Person, ...]
    consents: tuple[ConsentEntry, ...] = ()
    dangers: tuple[DangerFact, ...] = ()
    place: str | None = None
    """GSS code of the council where it happens."""
    last_known_place: str | None = None
    source_left_out: SourceLeftOutReason | None = None
    source_reporter_ids: frozenset[str] | None = None
    """Reporters who told of a danger or a child: other reporters' identities never go along (fact 4).
    None: nobody recorded who did, so every reporter counts."""
    child_ids: frozenset[str] = frozenset()
    """Persons for whom a child's duty has opened: it does not lapse on a birthday (section 2)."""
    authorisations: tuple[Authorisation, ...] = ()

    received_at: datetime | None = None
    """Time at which the report was submitted."""
    report_imported: bool = True
    confirmed_at: datetime | None = None
    """Time at which an adviser last confirmed what the report says."""
    is_open: bool = True
    content_revision: int = 0
    """Number that each recording of content raises; removing content leaves it."""
    classification: Classification | None = None

    def for_agency(self, agency_code: str, child_ids: frozenset[str]) -> "CaseFacts":
        """Return the facts for one agency: its own children, and a lead's decisions about it and no other."""
        decided = tuple(one for one in self.authorisations if one.agency_code == agency_code)
        return replace(self, child_ids=child_ids, authorisations=decided)

    def decided_at(self, now: datetime) -> datetime:
        """Return the moment at which the rules decide: after every entry in the ledger.

        Whoever holds the case's lock decides after an entry that was written by a process whose clock was ahead.
        """
        return max([now, *(entry.at for entry in self.consents)])
