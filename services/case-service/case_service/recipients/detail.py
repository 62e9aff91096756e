"""Detail of one case recipient: every human act about it, with who and when (sharing rules, fact 12)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from case_service.recipients.models import CaseRecipient
from case_service.recipients.phone_handover import open_handovers
from case_service.recipients.reviews import Countersignature, PersonInformed
from case_service.recipients.schemas import RecipientOut
from case_service.redirections.models import redirections_of
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import NotInformedReason
from shared.http.schemas import Answer


class PhoneHandoverOut(Answer):
    """Call to the agency."""

    id: UUID
    """Id of the record."""
    spoken_to: str
    """Person at the agency who was spoken to."""
    reference: str
    """Reference that the agency gave."""
    recorded_by: str
    """Person who called."""
    recorded_at: datetime
    """Time of the record."""


class CountersignatureOut(Answer):
    """A lead's review."""

    id: UUID
    """Id of the record."""
    finding: str
    """Code of the finding."""
    signed_by: str
    """Lead who signed."""
    signed_at: datetime
    """Time of the signature."""


class PersonInformedOut(Answer):
    """Answer to whether a person was told how their information is shared."""

    id: UUID
    """Id of the record."""
    person_id: UUID
    """Person on the case."""
    informed: bool
    """The person was told."""
    reason: NotInformedReason | None
    """Reason why the person was not told."""
    recorded_by: str
    """Person who recorded it."""
    recorded_at: datetime
    """Time of the record."""


class RedirectionOut(Answer):
    """Choice of another agency after a decline."""

    id: UUID
    """Id of the record."""
    from_agency: str
    """Agency that declined."""
    to_agency: str
    """Agency that was chosen."""
    chosen_by: str
    """Person who chose it."""
    chosen_at: datetime
    """Time of the choice."""


class RecipientDetail(RecipientOut):
    """One agency on one case, with everything that people did about it."""

    phone_handovers: list[PhoneHandoverOut]
    """Calls to the agency, the oldest first."""
    countersignatures: list[CountersignatureOut]
    """Reviews by leads, the oldest first."""
    informed_persons: list[PersonInformedOut]
    """Persons who were told how their information is shared, or why not."""
    redirections: list[RedirectionOut]
    """Choices of another agency that led from here, or here."""


async def recipient_detail(recipient: CaseRecipient, uow: UnitOfWork) -> RecipientDetail:
    """Return a case recipient with every human act about it."""
    merged = select(CaseRecipient.id).where(CaseRecipient.merged_into_id == recipient.id)
    ids = [recipient.id, *(await uow.session.scalars(merged)).all()]
    handovers = await open_handovers(ids, uow)
    signed = select(Countersignature).where(Countersignature.recipient_id.in_(ids))
    informed = select(PersonInformed).where(PersonInformed.recipient_id.in_(ids))
    redirections = [
        one
        for one in await redirections_of(recipient.case_id, uow)
        if one.recipient_kind is recipient.recipient_kind
        and recipient.agency_code in (one.from_agency, one.to_agency)
    ]
    return RecipientDetail(
        **RecipientOut.of(recipient).model_dump(),
        phone_handovers=[
            PhoneHandoverOut(
                id=row.id,
                spoken_to=handed.spoken_to,
                reference=handed.reference,
                recorded_by=row.recorded_by,
                recorded_at=row.recorded_at,
            )
            for row, handed in handovers
        ],
        countersignatures=[
            CountersignatureOut.model_validate(row)
            for row in (
                await uow.session.scalars(signed.order_by(Countersignature.signed_at, Countersignature.id))
            ).all()
        ],
        informed_persons=[
            PersonInformedOut.model_validate(row)
            for row in (
                await uow.session.scalars(informed.order_by(PersonInformed.recorded_at, PersonInformed.id))
            ).all()
        ],
        redirections=[RedirectionOut.model_validate(one) for one in redirections],
    )
