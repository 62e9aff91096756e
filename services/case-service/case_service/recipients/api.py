"""Routes of case recipients: phone handover, redirection after a decline, and the reviews of a forced disclosure."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from case_service.access import RecipientOfCase, RecipientToChange, RecipientToReview
from case_service.agencies.registered import AgencyOfAnotherKind, AgencyRefused, AgencyUnknown, check_agency
from case_service.disclosures.models import NothingMayBeShared
from case_service.proposals.models import SignedByTheSamePerson
from case_service.recipients import agency_answers, phone_handover
from case_service.recipients.detail import RecipientDetail, recipient_detail
from case_service.recipients.phone_handover import PhoneHandover
from case_service.recipients.reviews import Countersignature, PersonInformed, decided_by
from case_service.recipients.schemas import RecipientOut
from case_service.redirections.redirect import AlreadyInformed, redirect_to
from case_service.sharing.duties.duty import DutyDeclined, DutyNotOpen
from case_service.sharing.effects import TaskKind, TaskOutcome
from shared.domain.vocabulary import Code, NotInformedReason, RecallAnswer, RecallKeptReason
from shared.errors import Conflict
from shared.http.auth import Uow
from shared.http.idempotency import Idempotent
from shared.http.problems import raises
from shared.http.records import record_router
from shared.http.schemas import Command, Created, Flag
from shared.ids import new_id

router = record_router(prefix="/v1/case-recipients/{recipient_id}", tag="case-recipients")
SpokenText = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class NoRecallToAnswer(Conflict):
    """No copy that this agency was told by telephone is being recalled."""

    code = "no-recall-to-answer"
    title = "Nothing that was told by telephone is being recalled from this agency"


class NothingToCountersign(Conflict):
    """Nothing was sent to this agency under an override since the last countersignature."""

    code = "nothing-to-countersign"
    title = "There is nothing to countersign at this agency"


class DecidedByTheSamePerson(Conflict):
    """The review is a lead's who did not make the decision."""

    code = "countersigned-by-the-same-person"
    title = "Another lead than the one who decided must countersign"


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


class Redirect(Command):
    """Choice of another agency, after one has declined."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agency_code": "police:E23000010"}]})

    agency_code: Code
    """Code of the agency that you chose."""


class RecallAnswered(Command):
    """Answer of an agency, by telephone, to the recall of what it was told by telephone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"spoken_to": "Data officer", "reference": "DPO 12", "answer": "destroyed"}]
        }
    )

    spoken_to: SpokenText
    """Person at the agency who was spoken to."""
    reference: SpokenText
    """Reference that the agency gave."""
    answer: RecallAnswer
    """Answer: the copy is destroyed, or kept with the lawful reason."""
    reason: RecallKeptReason | None = None
    """Lawful reason why the copy is kept; for kept only."""

    @model_validator(mode="after")
    def _kept_for_a_reason(self) -> "RecallAnswered":
        if (self.answer is RecallAnswer.KEPT) != (self.reason is not None):
            raise PydanticCustomError("kept_for_a_reason", "kept has a lawful reason, and nothing else does")
        return self


class Recorded(Created):
    """Record that was written once; its version stays 1."""

    version: int = 1
    """Version of the record."""


@router.get("", summary="Read one agency on one case, with what is owed to it and what is permitted")
async def read_case_recipient(recipient: RecipientOfCase, uow: Uow) -> RecipientDetail:
    """Every human act about this agency is in the answer, with who and when (sharing rules, fact 12)."""
    uow.record("recipient.read", recipient.case_id, recipient_id=recipient.id)
    return await recipient_detail(recipient, uow)


@router.post(
    "/phone-handover", summary="Record that the agency was told by telephone; the message confirms it"
)
@raises(DutyNotOpen, DutyDeclined, NothingMayBeShared)
async def record_phone_handover(
    body: RecordPhoneHandover, change: RecipientToChange, uow: Uow
) -> RecipientOut:
    """Stop the telephone alarm. The message goes at once, and the duty ends when both exist (fact 9)."""
    recipient = change.recipient
    phone_handover.record_handover(recipient, change.case_file, change.deadlines)
    handover = await PhoneHandover.seal(recipient, uow, spoken_to=body.spoken_to, reference=body.reference)
    uow.session.add(handover)
    return RecipientOut.of(recipient)


@router.post("/phone-handover/countersignature", summary="Countersign a call where nothing written can go")
@raises(DutyNotOpen, SignedByTheSamePerson)
async def countersign_call(change: RecipientToReview, uow: Uow) -> RecipientOut:
    """End a duty by a call alone. The lead is not the one who called (fact 9)."""
    recipient = change.recipient
    duty = recipient.so_far().duty
    if duty is None or not duty.waits_for_countersignature:
        raise DutyNotOpen
    if duty.handed_over_by == uow.actor:
        raise SignedByTheSamePerson
    recipient.change_duty(duty.call_countersigned())
    uow.session.add(Countersignature.of_call(recipient, by=uow.actor, at=uow.now))
    change.case_file.records.end_tasks([TaskKind.COUNTERSIGN_CALL], TaskOutcome.COUNTERSIGNED, recipient.id)
    uow.record("call.countersigned", recipient.case_id, recipient_id=recipient.id)
    return RecipientOut.of(recipient)


@router.post("/redirection", status_code=201, summary="Choose another agency after this one declined")
@raises(DutyNotOpen, AgencyUnknown, AgencyOfAnotherKind, AgencyRefused, AlreadyInformed)
async def redirect_declined_duty(
    body: Redirect, change: RecipientToChange, uow: Uow, request: Idempotent
) -> Recorded:
    """The duty that was declined is open until the agency that you chose has acknowledged (fact 9)."""

    async def redirect() -> Recorded:
        recipient, case_file = change.recipient, change.case_file
        duty = recipient.so_far().duty
        if duty is None or not duty.is_declined:
            raise DutyNotOpen
        await check_agency(body.agency_code, recipient.recipient_kind, uow)
        redirection = redirect_to(body.agency_code, duty, recipient, case_file)
        uow.record("override.redirected", recipient.case_id, recipient_id=recipient.id, to=body.agency_code)
        return Recorded(id=redirection.id)

    return await request.once(Recorded, redirect)


@router.post("/recall-answer", status_code=201, summary="Record the agency's answer to a recall by telephone")
@raises(NoRecallToAnswer)
async def record_recall_answer(
    body: RecallAnswered, change: RecipientToChange, uow: Uow, request: Idempotent
) -> Recorded:
    async def record() -> Recorded:
        recipient, records = change.recipient, change.case_file.records
        if not records.open_tasks([TaskKind.TELEPHONE_RECALL], recipient.id):
            raise NoRecallToAnswer
        row = await PhoneHandover.seal(recipient, uow, spoken_to=body.spoken_to, reference=body.reference)
        uow.session.add(row)
        answer = body.reason or body.answer
        agency_answers.record_recall_answer(recipient.disclosures, recipient, records, answer)
        return Recorded(id=row.id)

    return await request.once(Recorded, record)


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
@raises(NothingToCountersign, DecidedByTheSamePerson)
async def countersign_disclosure(
    change: RecipientToReview, uow: Uow, request: Idempotent, body: Countersign | None = None
) -> Recorded:
    """Due within 24 hours of sending, and never a condition of sending."""

    async def countersign() -> Recorded:
        recipient = change.recipient
        if not change.case_file.records.open_tasks([TaskKind.COUNTERSIGN], recipient.id):
            raise NothingToCountersign
        if uow.actor in decided_by(recipient, change.case_file):
            raise DecidedByTheSamePerson
        finding = (body or Countersign()).finding
        row = Countersignature.of(recipient, by=uow.actor, at=uow.now, finding=finding)
        uow.session.add(row)
        change.case_file.records.end_tasks([TaskKind.COUNTERSIGN], TaskOutcome.COUNTERSIGNED, recipient.id)
        uow.record(
            "override.countersigned", recipient.case_id, recipient_id=recipient.id, finding=row.finding
        )
        return Recorded(id=row.id)

    return await request.once(Recorded, countersign)
