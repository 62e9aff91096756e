"""Answers about case recipients."""

from datetime import datetime
from uuid import UUID

from case_service.permissions.models import PermissionState
from case_service.recipients.models import CaseRecipient
from case_service.sharing.duties.duty import Duty, DutyState
from case_service.sharing.duties.leads import LeadKind
from case_service.sharing.facts import FactKind
from shared.domain.vocabulary import Ground, RecipientKind
from shared.http.schemas import Answer, Changed


class FactOut(Answer):
    """Reference to a fact on which a duty rests; it tells nothing of the fact's content."""

    kind: FactKind
    """Kind of fact."""
    subject_id: UUID
    """Danger or person that the fact is about."""
    id: UUID
    """Id of the danger, or of the statement of the person's age."""


class DutyOut(Answer):
    """Sharing duty: an override forces sharing with this agency."""

    state: DutyState
    """State of the duty."""
    grounds: list[Ground]
    """Overrides on which it rests; none after it was stood down or rerouted."""
    facts: list[FactOut]
    """Facts on which it rests."""
    lead: LeadKind
    """Kind of place that led to this agency."""
    verified: bool
    """An adviser confirmed or recorded the facts."""
    fallback: bool
    """The place is only the last known one, or unknown, so that a person must find it."""
    opened_at: datetime
    """Time at which it opened."""
    send_at: datetime
    """Time at which it is sent by itself."""
    authorised_at: datetime | None
    """Time at which something was last allowed to be sent."""
    sent_at: datetime | None
    """Time at which something was first issued."""
    acknowledged_at: datetime | None
    """Time at which the agency acknowledged."""
    declined_at: datetime | None
    """Time at which the agency declined; null once that was answered."""
    undeliverable_at: datetime | None
    """Time at which it proved that nothing written can go."""
    handed_over_at: datetime | None
    """Time at which a person told the agency by telephone."""
    handed_over_by: str | None
    """Person whose call counts; null after a decline, or where a fact became known later than the call."""
    due_at: datetime | None
    """Time at which its clock has something to do next."""

    @classmethod
    def of(cls, duty: Duty) -> "DutyOut":
        facts = [FactOut.model_validate(fact) for fact in sorted(duty.facts)]
        return cls(
            state=duty.state,
            grounds=sorted(duty.grounds),
            facts=facts,
            lead=duty.lead,
            verified=duty.verified,
            fallback=duty.fallback,
            opened_at=duty.opened_at,
            send_at=duty.send_at,
            authorised_at=duty.authorised_at,
            sent_at=duty.sent_at,
            acknowledged_at=duty.acknowledged_at,
            declined_at=duty.declined_at,
            undeliverable_at=duty.undeliverable_at,
            handed_over_at=duty.handed_over_at,
            handed_over_by=duty.handed_over_by,
            due_at=duty.due_at,
        )


class PermissionOut(Answer):
    """Sharing permission: consent or a lead's decision lets this agency be told."""

    state: PermissionState
    """State of the permission."""
    authorised_at: datetime
    """Time at which something was last allowed to be sent."""
    sent_at: datetime | None
    """Time at which something was first issued."""
    acknowledged_at: datetime | None
    """Time at which the agency acknowledged."""
    due_at: datetime | None
    """Time at which somebody must telephone, unless the agency acknowledges."""


class RecipientOut(Changed):
    """One agency on one case, with what is owed to it and what is permitted."""

    case_id: UUID
    """Case that it is about."""
    recipient_kind: RecipientKind
    """Recipient kind."""
    agency_code: str
    """Code of the agency."""
    merged_into: UUID | None
    """Case recipient of the case that this one's was merged into, which has the duty now; null otherwise."""
    duty: DutyOut | None
    """Sharing duty; null where no override ever forced it."""
    permission: PermissionOut | None
    """Sharing permission; null where nothing was ever permitted."""

    @classmethod
    def of(cls, recipient: CaseRecipient) -> "RecipientOut":
        permission = recipient.permission
        return cls(
            id=recipient.id,
            version=recipient.version,
            case_id=recipient.case_id,
            recipient_kind=recipient.recipient_kind,
            agency_code=recipient.agency_code,
            merged_into=recipient.merged_into_id,
            duty=DutyOut.of(recipient.duty.value) if recipient.duty else None,
            permission=PermissionOut.model_validate(permission) if permission else None,
        )
