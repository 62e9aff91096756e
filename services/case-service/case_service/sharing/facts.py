"""Case facts: a case as the sharing rules see it, a value without names."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from case_service.sharing.places import NO_PLACE, KnownPlace
from shared.domain.age import Age
from shared.domain.vocabulary import (
    CaseClassification,
    CodedConcern,
    FieldGroup,
    Ground,
    PersonRole,
    PrivacyChoice,
    RecipientKind,
    SourceChoice,
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
    def ground(self) -> Ground:
        return Ground.OVERRIDE_DANGER if self.kind is FactKind.DANGER else Ground.OVERRIDE_CHILD

    @property
    def subject(self) -> tuple[FactKind, str]:
        """Return the danger or person that the fact is about, whichever statement it is."""
        return self.kind, self.subject_id


@dataclass(frozen=True)
class AgeStatement:
    """One statement of a person's age: who told it, and whether a person stands behind it.

    `heard_from` are reporters on the case. `effective_at` is when it takes effect: an adviser's entry that is not
    complete does so 15 minutes after it was begun (fact 7). `said_in_report` marks what a report says by itself.
    """

    id: str
    says_child: bool = True
    """By this statement the person is or may be under 18 on the day on which it was recorded."""
    heard_from: frozenset[str] = frozenset()
    said_in_report: bool = False
    verified: bool = True
    effective_at: datetime | None = None
    recorded_by: str = ""


@dataclass(frozen=True)
class Person:
    """Person on a case, as far as the rules need to know them."""

    id: str
    roles: frozenset[PersonRole]
    age: Age = field(default_factory=Age)
    made_report: bool = False
    """Made a report of this case, and has an account in it."""
    heard_from: frozenset[str] = frozenset()
    """Reporters on the case who told of this person."""
    identity_is_held: bool = True
    """A name or a way to reach them is held: what is not held cannot be sent."""
    home: KnownPlace = NO_PLACE
    found: KnownPlace = NO_PLACE
    last_known: KnownPlace = NO_PLACE
    lives_with: frozenset[str] = frozenset()
    """Persons of the same household, as recorded; both ways."""
    cares_for: frozenset[str] = frozenset()
    exploits: frozenset[str] = frozenset()
    """Persons whom an alleged exploiter exploits, as recorded."""
    exploits_nobody_in_particular: bool = True
    """Recorded as an exploiter of nobody in particular; what is learnt later takes nothing away (property 5)."""
    coded_concerns: frozenset[CodedConcern] = frozenset()
    """Coded concerns that an adviser recorded about a child."""
    statements: tuple[AgeStatement, ...] = ()
    """Statements of the age, the oldest first; the last one counts now."""
    lives_at_premises: bool = False
    """The premises are this person's home."""

    @property
    def is_reporter(self) -> bool:
        return PersonRole.REPORTER in self.roles

    @property
    def is_of_concern(self) -> bool:
        return PersonRole.PERSON_OF_CONCERN in self.roles

    @property
    def is_exploiter(self) -> bool:
        return PersonRole.ALLEGED_EXPLOITER in self.roles

    @property
    def is_only_reporter(self) -> bool:
        return self.roles == {PersonRole.REPORTER}

    @property
    def statement(self) -> AgeStatement:
        """Return the statement of the age that counts now."""
        return self.statements[-1] if self.statements else AgeStatement("")

    @property
    def age_fact(self) -> FactRef:
        return FactRef(FactKind.CHILD, self.id, self.statement.id)


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
    overheard: bool = False
    """Overheard, perhaps: a yes counts as unasked until it is repeated in safety."""
    relayed: bool = False
    """Another person said so: it is not this person's own yes."""
    understood: bool = False
    """An adviser recorded that the child understands what they agree to."""
    id: str = ""
    own_wish: bool = True
    """Said in a call, or checked to be the person's own wish: copies may be recalled."""
    waits_for_check: bool = False
    """It takes something back, was not said in a call, and nobody has checked it."""

    @property
    def takes_back(self) -> bool:
        """Return whether it can only end sharing: a withdrawal, a no, or a choice that is not to share."""
        said_no = self.recipient_kind is not None and not self.agrees
        private = self.privacy is not None and self.privacy is not PrivacyChoice.SHARE
        return self.withdraws or said_no or private or self.situation is False

    def takes_identity_back(self, kind: RecipientKind) -> bool:
        """Return whether it ends what this person let go of themselves to a recipient kind."""
        said_no = self.recipient_kind is kind and not self.agrees
        private = self.privacy is not None and self.privacy is not PrivacyChoice.SHARE
        return self.withdraws or said_no or private


@dataclass(frozen=True)
class DangerFact:
    """Imminent danger or life-threatening emergency. `person` is None where nobody recorded who is in danger."""

    person: str | None = None
    place: KnownPlace = NO_PLACE
    id: str = ""
    heard_from: frozenset[str] = frozenset()
    """Reporters on the case who told of it."""
    said_in_report: bool = False
    verified: bool = True
    """An adviser recorded or confirmed it."""

    @property
    def fact(self) -> FactRef:
        return FactRef(FactKind.DANGER, self.id, self.id)


@dataclass(frozen=True)
class SourceDecision:
    """Adviser's decision about one reporter as a source of what an override sends (fact 3)."""

    reporter: str
    choice: SourceChoice


@dataclass(frozen=True)
class Redirection:
    """Adviser's choice of another agency for facts that one has declined (fact 9)."""

    recipient_kind: RecipientKind
    from_agency: str
    to_agency: str
    facts: frozenset[FactRef]


@dataclass(frozen=True)
class Authorisation:
    """Safeguarding lead's named decision to share about named persons, once (section 1).

    `agency_code` is the one agency that the lead decided about; None in tests of the rules alone.
    """

    recipient_kind: RecipientKind
    persons: frozenset[str]
    agency_code: str | None = None
    groups: frozenset[FieldGroup] = frozenset(FieldGroup)


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
    """Dangers that count: two people have not stood them down or corrected them."""
    premises: KnownPlace = NO_PLACE
    """Place where it happens."""
    last_known_premises: KnownPlace = NO_PLACE
    known_by_number_only: bool = False
    """More people are counted than are recorded as persons of concern."""
    source_decisions: tuple[SourceDecision, ...] = ()
    authorisations: tuple[Authorisation, ...] = ()
    stood_down: frozenset[FactRef] = frozenset()
    """Facts that two people stood down or corrected: they open nothing again."""
    redirections: tuple[Redirection, ...] = ()
    proposed: frozenset[tuple[FactRef, bool]] = frozenset()
    """Facts that somebody proposed to take back, each with whether it had been sent by then."""
    ended_searches: frozenset[FactRef] = frozenset()
    """Facts for whose place two people ended the search."""

    own_facts: frozenset[FactRef] | None = None
    """Facts on which the sharing with one agency rests; None: every fact of the case."""
    kept_children: frozenset[str] = frozenset()
    """Persons for whom a child's duty opened and runs: it does not lapse on a birthday (section 2)."""

    received_at: datetime | None = None
    """Time at which the report was submitted."""
    report_imported: bool = True
    is_open: bool = True
    content_revision: int = 0
    """Number that each recording of content raises; removing content leaves it."""
    classification: Classification | None = None

    def person(self, person_id: str) -> Person:
        return next(one for one in self.persons if one.id == person_id)

    def for_agency(self, agency_code: str, facts: frozenset[FactRef]) -> "CaseFacts":
        """Return the facts for one agency: those its duty rests on, and a lead's decisions about it and no other."""
        decided = tuple(one for one in self.authorisations if one.agency_code == agency_code)
        return replace(self, own_facts=facts, authorisations=decided)

    def is_own(self, fact: FactRef) -> bool:
        return self.own_facts is None or fact in self.own_facts

    def is_verified(self, fact: FactRef) -> bool:
        """Return whether an adviser recorded or confirmed a fact, by itself (fact 7)."""
        if fact.kind is FactKind.DANGER:
            return all(one.verified for one in self.dangers if one.fact == fact)
        statements = [
            one for person in self.persons if person.id == fact.subject_id for one in person.statements
        ]
        return all(one.verified for one in statements if one.id == fact.id)

    @property
    def own_dangers(self) -> tuple[DangerFact, ...]:
        return tuple(one for one in self.dangers if self.is_own(one.fact))

    def decided_at(self, now: datetime) -> datetime:
        """Return the moment at which the rules decide: after every entry in the ledger.

        Whoever holds the case's lock decides after an entry that was written by a process whose clock was ahead.
        """
        return max([now, *(entry.at for entry in self.consents)])
