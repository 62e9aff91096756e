"""Answers about persons: what advisers read of each."""

from datetime import datetime
from uuid import UUID

from case_service.cases.content import Place
from case_service.people.identity import AgeStatement
from shared.domain.vocabulary import (
    AgeStatus,
    CodedConcern,
    ExploitationType,
    Gender,
    PersonRole,
    PrivacyChoice,
    RecipientKind,
)
from shared.http.schemas import Answer


class EffectiveConsentOut(Answer):
    """Sum of one person's entries in the consent ledger at this moment."""

    privacy: PrivacyChoice | None
    """Privacy choice; null if none was made, or after a withdrawal."""
    recipient_kinds: list[RecipientKind]
    """Recipient kinds that the person agreed to."""
    situation: bool | None
    """The situation may be passed on without an identity; null if nobody asked."""
    withdrawn: bool
    """The person withdrew everything, and chose nothing since."""


class AgeStatementOut(Answer):
    """Record of one statement of an age; the age itself is the person's."""

    id: UUID
    """Id of the statement."""
    says_child: bool
    """By it the person is or may be under 18 on the day on which it was recorded."""
    said_in_report: bool
    """The report said it."""
    source_reporter_id: UUID | None
    """Reporter on the case who told it."""
    recorded_by: str
    """Person or process that recorded it."""
    recorded_at: datetime
    """Time of the record."""
    effective_at: datetime
    """Time from which it counts."""
    confirmed_by: str | None
    """Person who confirmed what the report said."""
    confirmed_at: datetime | None
    """Time of the confirmation."""


class PersonOut(Answer):
    """Person on a case, with everything that is known of them."""

    id: UUID
    """Id of the person."""
    roles: list[PersonRole]
    """Roles of the person."""
    name: str | None
    """Name."""
    phone: str | None
    """Telephone number."""
    email: str | None
    """Email address."""
    gender: Gender
    """Gender."""
    description: str | None
    """Description of the person."""
    languages: list[str]
    """Languages that the person speaks, as BCP 47 tags."""
    lives_at: Place | None
    """Home of the person."""
    found_at: Place | None
    """Place where the person can be found."""
    relation_to_reporter: str | None
    """Relation to the reporter."""
    relation_to_child: str | None
    """Relation to the child."""
    last_known_at: Place | None
    """Last known place, once neither home nor whereabouts are known."""
    made_report: bool
    """The person made the report of this case."""
    cares_for_child: bool
    """The person lives with and cares for the children on this case."""
    lives_with: list[UUID]
    """Persons on the case of the same household."""
    cares_for: list[UUID]
    """Persons on the case for whom this person cares."""
    exploits: list[UUID]
    """Persons on the case whom this alleged exploiter exploits."""
    coded_concerns: list[CodedConcern]
    """Coded concerns about a child."""
    statements: list[AgeStatementOut]
    """Statements of the age, the oldest first: who recorded each, and who confirmed it."""
    exploitation_types: list[ExploitationType]
    """Types of exploitation of this person."""
    age: AgeStatement
    """Age, as it was said."""
    age_status: AgeStatus | None
    """Status that follows from it today; null where nobody asked."""
    in_danger: bool
    """A danger to this person is recorded."""
    consent: EffectiveConsentOut
    """Effective consent of the person."""
    identity_waits_for_removal: bool
    """The person chose to be anonymous: what identifies them is removed once no duty of this case is open."""
