"""Routes of referrals: an agency answers its own, and advisers follow them all."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy import select, tuple_

from referral_service.access import (
    AgencyCaller,
    ReferralReader,
    ReferralToAnswer,
    ReferralToRead,
    own_agency_of,
)
from referral_service.deliveries.models import Delivery
from referral_service.referrals.agency_answers import add_to_agency_answer, open_agency_answer
from referral_service.referrals.agency_view import agency_delivery_state, agency_state, agency_version
from referral_service.referrals.models import Referral
from referral_service.referrals.queries import first_arrival, load_deliveries
from referral_service.referrals.schemas import (
    AcknowledgeReferral,
    AnswerRecall,
    DeclineReferral,
    DeliveryOut,
    OutcomeOut,
    ReferralOut,
    ReferralPage,
    ReferralWithAnswer,
    ReportOutcome,
)
from referral_service.referrals.states import NotAnOutcome, NothingToAnswer, ReferralDecidedAlready
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import AcknowledgementChannel
from shared.errors import NotFound
from shared.http import pagination
from shared.http.auth import Uow
from shared.http.idempotency import Idempotent
from shared.http.problems import raises
from shared.http.records import record_router
from shared.identity.principals import Principal

router = record_router(prefix="/v1/referrals", tag="referrals")

CaseFilter = Annotated[
    UUID | None, Query(description="For advisers: only referrals of this case; agencies see all their own")
]


@router.get("", summary="List an agency's own referrals; for advisers all, or those of one case")
@raises(NotFound, pagination.InvalidCursor)
async def list_referrals(
    principal: ReferralReader,
    uow: Uow,
    case_id: CaseFilter = None,
    cursor: pagination.Cursor = None,
    limit: pagination.PageLimit = pagination.DEFAULT_LIMIT,
) -> ReferralPage:
    agency = own_agency_of(principal)
    since = Referral.authorised_at if agency is None else first_arrival()
    query = select(Referral, since).order_by(since, Referral.id).limit(limit + 1)
    if agency is not None:
        query = query.where(Referral.agency_id == agency, since.is_not(None))
    elif case_id is not None:
        query = query.where(Referral.case_id == case_id)
    if cursor is not None:
        query = query.where(tuple_(since, Referral.id) > tuple_(*pagination.decode(cursor, datetime, UUID)))
    found = (await uow.session.execute(query)).all()
    page, following = pagination.cut(found, limit, lambda row: (row[1], row[0].id))
    rows = [referral for referral, _ in page]
    await load_deliveries(uow.session, *rows)
    for row in rows:
        uow.record("referral.listed", row.id)
    return ReferralPage(items=[_out(row, principal) for row in rows], next=following)


@router.get("/{referral_id}", summary="Read one referral and the step that it has reached")
async def read_referral(principal: ReferralReader, referral: ReferralToRead, uow: Uow) -> ReferralWithAnswer:
    uow.record("referral.read", referral.id)
    return await _with_answer(referral, principal, uow)


@router.post("/{referral_id}/acknowledgement", summary="Say that the agency has a message")
async def acknowledge_referral(
    principal: AgencyCaller,
    referral: ReferralToAnswer,
    uow: Uow,
    command: AcknowledgeReferral | None = None,
) -> ReferralWithAnswer:
    command = command or AcknowledgeReferral()
    events = referral.acknowledge(AcknowledgementChannel.API, uow.now, disclosure_id=command.disclosure_id)
    uow.publish(*events)
    if command.reference is not None:
        await add_to_agency_answer(referral, uow, reference=command.reference)
    uow.record("referral.acknowledged", referral.id)
    return await _with_answer(referral, principal, uow)


@router.post("/{referral_id}/acceptance", summary="Say that the agency takes the case on")
@raises(ReferralDecidedAlready)
async def accept_referral(
    principal: AgencyCaller, referral: ReferralToAnswer, uow: Uow
) -> ReferralWithAnswer:
    uow.publish(*referral.accept(uow.now))
    uow.record("referral.accepted", referral.id)
    return await _with_answer(referral, principal, uow)


@router.post("/{referral_id}/decline", summary="Hand the case back, with a reason")
@raises(ReferralDecidedAlready)
async def decline_referral(
    principal: AgencyCaller, referral: ReferralToAnswer, uow: Uow, command: DeclineReferral
) -> ReferralWithAnswer:
    uow.publish(*referral.decline(command.reason, uow.now))
    uow.record("referral.declined", referral.id, reason=command.reason.value)
    return await _with_answer(referral, principal, uow)


@router.post("/{referral_id}/outcomes", status_code=201, summary="Report an outcome of the agency's work")
@raises(ReferralDecidedAlready, NotAnOutcome)
async def report_outcome(
    principal: AgencyCaller, referral: ReferralToAnswer, uow: Uow, request: Idempotent, command: ReportOutcome
) -> ReferralWithAnswer:
    async def report() -> ReferralWithAnswer:
        uow.publish(*referral.report_outcome(command.outcome, uow.now))
        uow.record("referral.outcome_reported", referral.id, outcome=command.outcome.value)
        return await _with_answer(referral, principal, uow)

    return await request.once(ReferralWithAnswer, report)


@router.post("/{referral_id}/recall-answer", summary="Say what the agency did with a copy that was recalled")
@raises(NothingToAnswer)
async def answer_recall(
    principal: AgencyCaller, referral: ReferralToAnswer, uow: Uow, command: AnswerRecall
) -> ReferralWithAnswer:
    uow.publish(*referral.answer_recall(command.answer, uow.now, disclosure_id=command.disclosure_id))
    uow.record("referral.recall_answered", referral.id, answer=command.answer.value)
    return await _with_answer(referral, principal, uow)


async def _with_answer(referral: Referral, principal: Principal, uow: UnitOfWork) -> ReferralWithAnswer:
    answer = await open_agency_answer(referral, uow)
    out = _out(referral, principal).model_dump()
    return ReferralWithAnswer(**out, reference=answer.get("reference"), acknowledged_name=answer.get("name"))


def _out(referral: Referral, principal: Principal) -> ReferralOut:
    for_agency = own_agency_of(principal) is not None
    deliveries = referral.known_to_agency if for_agency else referral.deliveries
    return ReferralOut(
        id=referral.id,
        version=agency_version(referral) if for_agency else referral.version,
        case_id=None if for_agency else referral.case_id,
        recipient_id=None if for_agency else referral.recipient_id,
        recipient_kind=referral.recipient_kind,
        agency_code=referral.agency_code,
        state=agency_state(referral) if for_agency else referral.state,
        decision=referral.decision,
        decline_reason=referral.decline_reason,
        outcomes=[OutcomeOut.model_validate(one) for one in referral.outcomes],
        deliveries=[_delivery_out(one, for_agency=for_agency) for one in deliveries],
    )


def _delivery_out(delivery: Delivery, *, for_agency: bool) -> DeliveryOut:
    out = DeliveryOut.model_validate(delivery)
    if not for_agency:
        return out
    hidden = dict.fromkeys(("attempts", "fault", "undeliverable_at"))
    return out.model_copy(update={**hidden, "state": agency_delivery_state(delivery)})
