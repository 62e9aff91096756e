"""Routes of case recipients: stand-down, phone handover, and the reviews after a forced disclosure."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from case_service.access import RecipientOfCase, RecipientToChange, RecipientToReview
from case_service.disclosures.models import NothingMayBeShared
from case_service.recipients import phone_handover
from case_service.recipients.phone_handover import PhoneHandover
from case_service.recipients.reviews import Countersignature, PersonInformed
from case_service.recipients.schemas import RecipientOut
from case_service.recipients.stand_down import (
    NewFactSinceFirstSignature,
    SignedByTheSamePerson,
    StandDown,
    dangers_without_duty,
    unsigned_proposal,
)
from case_service.sharing.duty import AlreadySent, DutyNotOpen
from case_service.sharing.effects import TELEPHONE_TASKS, TaskKind, TaskOutcome
from shared.domain.vocabulary import Code, NotInformedReason, StandDownReason
from shared.errors import NotFound
from shared.http.auth import Uow
from shared.http.idempotency import Idempotent
from shared.http.problems import raises
from shared.http.records import record_router
from shared.http.schemas import Command, Created, Flag
from shared.ids import new_id

router = record_router(prefix="/v1/case-recipients/{recipient_id}", tag="case-recipients")
SpokenText = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class ProposeStandDown(Command):
    """First signature to a stand-down."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "age_mistaken"}]})

    reason: StandDownReason
    """Reason why nothing is to be sent."""


class RecordPhoneHandover(Command):
    """Telephone handover. Without a name and a reference nothing was handed over."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"spoken_to": "Control room, operator 7", "reference": "CAD 4711"}]}
    )

    spoken_to: SpokenText
    """Person at the agency who was spoken to."""
    reference: SpokenText
    """Reference that the agency gave."""


class RecordPersonInformed(Command):
    """Answer to whether a person was told how their information is shared."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person_id": "3f1d6f0e-6c1b-4a52-9d53-1b0f9a4d2c11",
                    "informed": False,
                    "reason": "not_contactable",
                }
            ]
        }
    )

    person_id: UUID
    """Person on the case."""
    informed: Flag
    """The person was told."""
    reason: NotInformedReason | None = None
    """Reason why the person was not told."""

    @model_validator(mode="after")
    def _informed_or_reason(self) -> "RecordPersonInformed":
        if self.informed == (self.reason is not None):
            raise PydanticCustomError("informed_or_reason", "give a reason where the person was not told")
        return self


class Countersign(Command):
    """A lead's review of a forced disclosure."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"finding": "right"}]})

    finding: Code = "right"
    """Code of the finding: right, or what was wrong."""


class StandDownProposed(Created):
    """Proposal that waits for its second signature."""


class Recorded(Created):
    """Record that was written once; its version stays 1."""

    version: int = 1
    """Version of the record."""


@router.get("", summary="Read one agency on one case, with what is owed to it and what is permitted")
async def read_case_recipient(recipient: RecipientOfCase, uow: Uow) -> RecipientOut:
    uow.record("recipient.read", recipient.case_id, recipient_id=recipient.id)
    return RecipientOut.of(recipient)


@router.post("/stand-down", status_code=201, summary="Propose to stand a duty down: the first signature")
@raises(AlreadySent, DutyNotOpen)
async def propose_stand_down(
    body: ProposeStandDown, change: RecipientToChange, uow: Uow, request: Idempotent
) -> StandDownProposed:
    """The clock runs until the second signature."""

    async def propose() -> StandDownProposed:
        recipient = change.recipient
        proposal = StandDown.propose(recipient, body.reason, by=uow.actor, at=uow.now)
        uow.session.add(proposal)
        uow.record("stand_down.proposed", recipient.case_id, recipient_id=recipient.id, reason=body.reason)
        return StandDownProposed.model_validate(proposal)

    return await request.once(StandDownProposed, propose)


@router.post("/stand-down/signature", summary="Sign a stand-down: the second signature, by a lead")
@raises(AlreadySent, DutyNotOpen, SignedByTheSamePerson, NewFactSinceFirstSignature)
async def sign_stand_down(change: RecipientToReview, uow: Uow) -> RecipientOut:
    recipient, case_file = change.recipient, change.case_file
    proposal = await unsigned_proposal(recipient.id, uow)
    if proposal is None:
        raise NotFound("Nobody has proposed to stand this duty down")
    proposal.sign(recipient, by=uow.actor, at=uow.now)
    for danger in dangers_without_duty(recipient, case_file):
        case_file.stand_down_danger(danger)
    uow.publish(proposal.event())
    uow.record("stand_down.signed", recipient.case_id, recipient_id=recipient.id, reason=proposal.reason)
    ended = (TaskKind.FIND_PLACE, *TELEPHONE_TASKS)
    case_file.records.end_tasks(ended, TaskOutcome.STOOD_DOWN, recipient.id)
    return RecipientOut.of(recipient)


@router.post("/phone-handover", summary="Record that the agency was told by telephone: ends a duty by hand")
@raises(DutyNotOpen, NothingMayBeShared)
async def record_phone_handover(
    body: RecordPhoneHandover, change: RecipientToChange, uow: Uow
) -> RecipientOut:
    recipient = change.recipient
    phone_handover.record_handover(recipient, change.case_file, change.deadlines)
    handover = await PhoneHandover.seal(recipient, uow, spoken_to=body.spoken_to, reference=body.reference)
    uow.session.add(handover)
    return RecipientOut.of(recipient)


@router.post("/informed-persons", status_code=201, summary="Record that a person was told, or why not")
async def record_person_informed(
    body: RecordPersonInformed, change: RecipientToChange, uow: Uow, request: Idempotent
) -> Recorded:
    async def record() -> Recorded:
        recipient = change.recipient
        change.case_file.person(body.person_id)
        row = PersonInformed(
            id=new_id(),
            recipient_id=recipient.id,
            case_id=recipient.case_id,
            person_id=body.person_id,
            informed=body.informed,
            reason=body.reason,
            recorded_by=uow.actor,
            recorded_at=uow.now,
        )
        uow.session.add(row)
        outcome = TaskOutcome.INFORMED if body.informed else TaskOutcome.NOT_INFORMED
        change.case_file.records.end_tasks([TaskKind.INFORM_PERSON], outcome, recipient.id)
        uow.record(
            "person.informed",
            recipient.case_id,
            recipient_id=recipient.id,
            person_id=body.person_id,
            informed=body.informed,
        )
        return Recorded(id=row.id)

    return await request.once(Recorded, record)


@router.post("/countersignature", status_code=201, summary="Countersign a forced disclosure as a lead")
async def countersign_disclosure(
    change: RecipientToReview, uow: Uow, request: Idempotent, body: Countersign | None = None
) -> Recorded:
    """Due within 24 hours of sending, and never a condition of sending."""

    async def countersign() -> Recorded:
        recipient = change.recipient
        row = Countersignature(
            id=new_id(),
            recipient_id=recipient.id,
            case_id=recipient.case_id,
            signed_by=uow.actor,
            signed_at=uow.now,
            finding=(body or Countersign()).finding,
        )
        uow.session.add(row)
        change.case_file.records.end_tasks([TaskKind.COUNTERSIGN], TaskOutcome.COUNTERSIGNED, recipient.id)
        uow.record(
            "override.countersigned", recipient.case_id, recipient_id=recipient.id, finding=row.finding
        )
        return Recorded(id=row.id)

    return await request.once(Recorded, countersign)
