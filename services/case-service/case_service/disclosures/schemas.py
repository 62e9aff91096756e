"""Request bodies and answers about disclosures."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from case_service.disclosures.json_forms import facts_from_json
from case_service.disclosures.models import Disclosure, IssueOutcome
from case_service.disclosures.passed_on import PassedOn
from case_service.recipients.models import CaseRecipient
from case_service.recipients.schemas import FactOut, RecipientOut
from case_service.sharing.decisions.decision import Extent, GroupWithheldReason
from case_service.sharing.shared_so_far import DisclosureState
from shared.domain.vocabulary import (
    AuthorisedReason,
    Code,
    DisclosureKind,
    FieldGroup,
    Ground,
    RecipientKind,
    WithheldReason,
)
from shared.http.pagination import Page
from shared.http.schemas import Answer, Changed, Command, Created, Whole

LARGEST_ATTEMPT = 2**31 - 1


class IncludedGroup(Answer):
    """Part of a disclosure that may go."""

    group: FieldGroup
    """Group: S situation, A account, P persons, R reporter, H handling."""
    person_id: UUID | None
    """Person whose data it is; null for a group that is nobody's."""
    extent: Extent
    """All of it, or only what finds and protects a child."""


class WithheldGroup(Answer):
    """Part of a disclosure that is withheld."""

    group: FieldGroup
    """Group: S situation, A account, P persons, R reporter, H handling."""
    person_id: UUID | None
    """Person whose data it is; null for a group that is nobody's."""
    reason: GroupWithheldReason
    """Reason why it is withheld."""


class ForcedRecipient(RecipientOut):
    """Agency that an override forces to be told, whatever the consent."""

    included: list[IncludedGroup]
    """Parts that it is told, or will be."""
    withheld: list[WithheldGroup]
    """Parts that are withheld nevertheless."""


class Explanation(Answer):
    """Decision about one recipient kind at this moment, from what is recorded."""

    recipient_kind: RecipientKind
    """Recipient kind."""
    rule_version: str
    """Version of the sharing rules."""
    included: list[IncludedGroup]
    """Parts that consent lets go now."""
    withheld: list[WithheldGroup]
    """Parts that consent does not let go, and why."""
    forced: list[ForcedRecipient]
    """Agencies of this kind that an override forces to be told."""


class AuthoriseDisclosure(Command):
    """Recipient to whom what consent permits is to go."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"recipient_kind": "service_provider", "agency_code": "sample:shelter"}]
        }
    )

    recipient_kind: RecipientKind
    """Recipient kind."""
    agency_code: Code
    """Code of the agency that you chose; what is only permitted never goes to a fallback."""


class DecideToShare(AuthoriseDisclosure):
    """A lead's named decision to share without consent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "recipient_kind": "police",
                    "agency_code": "police:E23000005",
                    "person_ids": ["3f1d6f0e-6c1b-4a52-9d53-1b0f9a4d2c11"],
                    "reason": "serious_crime",
                }
            ]
        }
    )

    person_ids: Annotated[list[UUID], Field(min_length=1)]
    """Persons on the case whose identity may go."""
    groups: list[FieldGroup] = [
        FieldGroup.SITUATION,
        FieldGroup.PERSONS,
        FieldGroup.REPORTER,
        FieldGroup.HANDLING,
    ]
    """Groups that may go: S situation, A account, P persons, R reporter, H handling."""
    reason: AuthorisedReason
    """Reason of the decision."""


class AuthorisationOut(Answer):
    """One decision of a lead to share without consent."""

    id: UUID
    """Id of the decision."""
    recipient_kind: RecipientKind
    """Recipient kind."""
    agency_code: str
    """Code of the one agency that it is about."""
    person_ids: list[UUID]
    """Persons on the case whose identity may go."""
    groups: list[FieldGroup]
    """Groups that may go."""
    reason: AuthorisedReason
    """Reason of the decision."""
    decided_by: str
    """Lead who decided."""
    decided_at: datetime
    """Time of the decision."""


class DisclosureAuthorised(Created):
    """Disclosure that was authorised."""

    recipient_id: UUID
    """Case recipient to whom it goes."""


class IssueRecordOut(Answer):
    """Record of one decision about a disclosure."""

    issued_at: datetime
    """Time of the decision."""
    attempt: int
    """Attempt of the referral service; 0 for the first, or for a telephone call."""
    outcome: IssueOutcome
    """Outcome of the decision."""
    grounds: list[Ground]
    """Grounds that let something go."""
    facts: list[FactOut]
    """Facts relied on."""
    rule_version: str
    """Version of the sharing rules."""
    recipient_reason: str
    """Reason why this agency: `place:` with a council, `place-unknown`, or `chosen-by-adviser`."""
    included: list[IncludedGroup]
    """Parts that went."""
    withheld: list[WithheldGroup]
    """Parts that were withheld, and why."""
    person_ids: list[UUID]
    """Persons whom it concerns."""
    decided_by: str
    """Person or process that authorised it."""
    verified: bool
    """An adviser confirmed or recorded the facts."""
    digest: str | None
    """SHA-256 of the exact content; null where nothing went."""


class DisclosureOut(Changed):
    """One disclosure with its records."""

    recipient_id: UUID
    """Case recipient to whom it goes."""
    recipient_kind: RecipientKind
    """Recipient kind."""
    agency_code: str
    """Code of the agency."""
    kind: DisclosureKind
    """First message, later news, or a correction."""
    state: DisclosureState
    """State of the disclosure."""
    grounds: list[Ground]
    """Grounds on which it was authorised."""
    authorised_at: datetime
    """Time at which it was authorised."""
    authorised_by: str
    """Person or process that authorised it."""
    withheld_reason: WithheldReason | None
    """Reason why it was withheld."""
    told_by_phone: bool
    """A person told it by telephone, so that it is not sent as well."""
    duplicate_case_id: UUID | None
    """Case that repeats this one, whose content or correction it carries; null for the case's own."""
    records: list[IssueRecordOut]
    """Records of every decision about it, the oldest first."""

    @classmethod
    def of(cls, disclosure: Disclosure, recipient: CaseRecipient) -> "DisclosureOut":
        return cls(
            id=disclosure.id,
            version=disclosure.version,
            recipient_id=recipient.id,
            recipient_kind=recipient.recipient_kind,
            agency_code=recipient.agency_code,
            kind=disclosure.kind,
            state=disclosure.state,
            grounds=sorted(disclosure.grounds),
            authorised_at=disclosure.authorised_at,
            authorised_by=disclosure.authorised_by,
            withheld_reason=disclosure.withheld_reason,
            told_by_phone=disclosure.told_by_phone,
            duplicate_case_id=disclosure.duplicate_case_id,
            records=[IssueRecordOut.model_validate(one) for one in disclosure.records],
        )


class PassedOnOut(Answer):
    """Message of the case that this one repeats, which carries what only this one knows, or a correction of it."""

    disclosure_id: UUID
    """Id of the disclosure, which the other case lists with its records."""
    case_id: UUID
    """Case that tells the agency."""
    recipient_kind: RecipientKind
    """Recipient kind."""
    agency_code: str
    """Code of the agency."""
    kind: DisclosureKind
    """Later news, or a correction."""
    state: DisclosureState
    """State of the disclosure."""
    facts: list[FactOut]
    """Facts of this case about which the agency is told, or that it learns to be wrong."""
    authorised_at: datetime
    """Time at which it was authorised."""

    @classmethod
    def of(cls, passed_on: PassedOn) -> "PassedOnOut":
        disclosure = passed_on.disclosure
        kind, agency_code = passed_on.key
        facts = facts_from_json(disclosure.corrected_facts or disclosure.facts)
        return cls(
            disclosure_id=disclosure.id,
            case_id=disclosure.case_id,
            recipient_kind=kind,
            agency_code=agency_code,
            kind=disclosure.kind,
            state=disclosure.state,
            facts=[FactOut.model_validate(fact) for fact in sorted(facts)],
            authorised_at=disclosure.authorised_at,
        )


class DisclosurePage(Page[DisclosureOut]):
    """Disclosures of a case, the oldest first."""


class IssueDisclosure(Command):
    """Request for the content of a disclosure, at the moment of sending."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"attempt": 0}]})

    attempt: Annotated[Whole, Field(ge=0, le=LARGEST_ATTEMPT)] = 0
    """Number of the attempt to send it."""
    agency_code: Code | None = None
    """Code of the agency to which you send it; content for another one is refused."""


class IssuedOut(Answer):
    """Content that was issued."""

    text: str
    """Content, to be sent byte for byte."""
    digest: str
    """SHA-256 of the content."""
    agency_code: str
    """Code of the agency for which the content was decided."""
