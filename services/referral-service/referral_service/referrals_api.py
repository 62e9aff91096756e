"""Referrals as an agency answers them and as advisers follow them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import exists, select, tuple_

from referral_service.access import AgencyCaller, Reader, ReferralToAnswer, ReferralToRead, only_own
from referral_service.deliveries import Delivery, Purpose
from referral_service.lifecycle import AcknowledgedBy, RecallAnswer
from referral_service.loading import with_deliveries
from referral_service.referrals import Referral, answer_place
from shared import cursors
from shared.access import Uow
from shared.database import UnitOfWork
from shared.identity import Principal
from shared.vocabulary import DeclineReason, ReferralOutcome

router = APIRouter(prefix="/v1/referrals", tags=["referrals"])

Reference = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Acknowledge(Part):
    """`reference` is the agency's own. `disclosure_id` says which message is meant; without it, all that arrived."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reference": "2026/1234"}]})

    reference: Reference | None = None
    disclosure_id: UUID | None = None


class Decline(Part):
    reason: DeclineReason


class ReportOutcome(Part):
    outcome: ReferralOutcome


class AnswerRecall(Part):
    answer: RecallAnswer
    disclosure_id: UUID | None = None


class DeliveryOut(BaseModel):
    """One message of a referral. Why it is not there yet (`fault`, `undeliverable_at`) is for advisers."""

    model_config = ConfigDict(from_attributes=True)

    disclosure_id: UUID
    purpose: Purpose
    kind: str
    state: str
    sent_at: datetime | None
    acknowledged_at: datetime | None
    recall_answer: str | None
    attempts: int | None
    fault: str | None
    undeliverable_at: datetime | None


class ReferralOut(BaseModel):
    """`case_id`, `leg_id` and the faults of deliveries are for advisers only."""

    id: UUID
    case_id: UUID | None
    leg_id: UUID | None
    recipient: str
    body: str
    state: str
    decision: str | None
    decline_reason: str | None
    outcomes: list[Any]
    deliveries: list[DeliveryOut]


class ReferralWithAnswer(ReferralOut):
    reference: str | None
    acknowledged_name: str | None


class ReferralPage(BaseModel):
    referrals: list[ReferralOut]
    next: str | None


@router.get("", summary="An agency's own referrals; for advisers all, or those of one case")
async def list_referrals(
    reader: Reader,
    uow: Uow,
    case_id: Annotated[UUID | None, Query(description="For advisers")] = None,
    cursor: cursors.Cursor = None,
    limit: cursors.Limit = 50,
) -> ReferralPage:
    order = (Referral.authorised_at, Referral.id)
    page = select(Referral).order_by(*order).limit(limit + 1)
    agency = only_own(reader)
    if agency is not None:
        page = page.where(Referral.agency_id == agency, _reached())
    elif case_id is not None:
        page = page.where(Referral.case_id == case_id)
    if cursor is not None:
        page = page.where(tuple_(*order) > tuple_(*cursors.decode(cursor, datetime, UUID)))
    rows = list((await uow.session.scalars(page)).all())
    for row in rows[:limit]:
        await with_deliveries(uow.session, row, lock=False)
        uow.record("referral.listed", row.id)
    last = rows[limit - 1] if len(rows) > limit else None
    return ReferralPage(
        referrals=[_out(row, reader) for row in rows[:limit]],
        next=cursors.encode(last.authorised_at, last.id) if last else None,
    )


def _reached() -> Any:
    """Only what may have arrived: an agency does not learn of what was withheld from it."""
    arrived = (Delivery.sent_at.is_not(None)) | (Delivery.posts > Delivery.misses)
    return exists().where(
        Delivery.referral_id == Referral.id, Delivery.purpose == Purpose.DISCLOSURE.value, arrived
    )


@router.get("/{referral_id}", summary="One referral and how far it is")
async def read_referral(reader: Reader, referral: ReferralToRead, uow: Uow) -> ReferralWithAnswer:
    uow.record("referral.read", referral.id)
    return await _whole(referral, reader, uow)


@router.post("/{referral_id}/acknowledgement", summary="The agency has it")
async def acknowledge(
    agency: AgencyCaller, referral: ReferralToAnswer, uow: Uow, said: Acknowledge | None = None
) -> ReferralWithAnswer:
    said = said or Acknowledge()
    uow.publish(*referral.acknowledge(AcknowledgedBy.API, uow.now, disclosure_id=said.disclosure_id))
    if said.reference is not None:
        await keep_answer(referral, uow, reference=said.reference)
    uow.record("referral.acknowledged", referral.id)
    return await _whole(referral, agency, uow)


@router.post("/{referral_id}/acceptance", summary="The agency takes the matter on")
async def accept(agency: AgencyCaller, referral: ReferralToAnswer, uow: Uow) -> ReferralWithAnswer:
    uow.publish(*referral.accept(uow.now))
    uow.record("referral.accepted", referral.id)
    return await _whole(referral, agency, uow)


@router.post("/{referral_id}/decline", summary="The agency hands the matter back, with a reason")
async def decline(
    agency: AgencyCaller, referral: ReferralToAnswer, uow: Uow, said: Decline
) -> ReferralWithAnswer:
    uow.publish(*referral.decline(said.reason, uow.now))
    uow.record("referral.declined", referral.id, reason=said.reason.value)
    return await _whole(referral, agency, uow)


@router.post("/{referral_id}/outcomes", summary="What came of it")
async def report_outcome(
    agency: AgencyCaller, referral: ReferralToAnswer, uow: Uow, said: ReportOutcome
) -> ReferralWithAnswer:
    uow.publish(*referral.report_outcome(said.outcome, uow.now))
    uow.record("referral.outcome_reported", referral.id, outcome=said.outcome.value)
    return await _whole(referral, agency, uow)


@router.post("/{referral_id}/recall-answer", summary="What became of a copy that was called back")
async def answer_recall(
    agency: AgencyCaller, referral: ReferralToAnswer, uow: Uow, said: AnswerRecall
) -> ReferralWithAnswer:
    uow.publish(*referral.answer_recall(said.answer, uow.now, disclosure_id=said.disclosure_id))
    uow.record("referral.recall_answered", referral.id, answer=said.answer.value)
    return await _whole(referral, agency, uow)


async def keep_answer(referral: Referral, uow: UnitOfWork, **said: str) -> None:
    """An agency's reference and names are its people's data: sealed, and added to what was said before."""
    place = answer_place(referral.id)
    before = await uow.keys.open_or_none(referral.id, place, referral.answer) or {}
    referral.answer = await uow.keys.seal(referral.id, place, {**before, **said})


async def _whole(referral: Referral, reader: Principal, uow: UnitOfWork) -> ReferralWithAnswer:
    answer = await uow.keys.open_or_none(referral.id, answer_place(referral.id), referral.answer) or {}
    out = _out(referral, reader).model_dump()
    return ReferralWithAnswer(**out, reference=answer.get("reference"), acknowledged_name=answer.get("name"))


def _out(referral: Referral, reader: Principal) -> ReferralOut:
    agency = only_own(reader) is not None
    seen = [one for one in referral.deliveries if one.may_have_arrived] if agency else referral.deliveries
    return ReferralOut(
        id=referral.id,
        case_id=None if agency else referral.case_id,
        leg_id=None if agency else referral.leg_id,
        recipient=referral.recipient,
        body=referral.body,
        state=referral.state,
        decision=referral.decision,
        decline_reason=referral.decline_reason,
        outcomes=referral.outcomes,
        deliveries=[_delivery_out(one, for_agency=agency) for one in seen],
    )


def _delivery_out(delivery: Delivery, *, for_agency: bool) -> DeliveryOut:
    out = DeliveryOut.model_validate(delivery)
    if not for_agency:
        return out
    return out.model_copy(update={"attempts": None, "fault": None, "undeliverable_at": None})
