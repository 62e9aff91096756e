"""Routes of referrals: an agency answers its own, and advisers follow them all."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy import select, tuple_

from referral_service.access import (
    Adviser,
    AgencyCaller,
    ReferralReader,
    ReferralToAnswer,
    ReferralToLink,
    ReferralToRead,
    own_agency_of,
)
from referral_service.deliveries.models import Delivery
from referral_service.referrals.acts import Act, Author, Words
from referral_service.referrals.agency_view import (
    acts_of_agency,
    agency_delivery_state,
    agency_state,
    agency_version,
)
from referral_service.referrals.models import Referral
from referral_service.referrals.queries import first_arrival, load_deliveries
from referral_service.referrals.schemas import (
    AcknowledgeReferral,
    ActOut,
    AnswerRecall,
    DeclineReferral,
    DeliveryOut,
    OutcomeOut,
    RecordRecallAnswer,
    ReferralOut,
    ReferralPage,
    ReferralWithAnswer,
    ReportOutcome,
)
from referral_service.referrals.sealed_words import keep_words, open_words
from referral_service.referrals.states import (
    CopyWasReceived,
    DeclinedBefore,
    NotAnOutcome,
    NothingToAnswer,
    RecallAnsweredAlready,
    ReferenceGivenBefore,
    ReferralDecidedAlready,
)
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import AcknowledgementChannel, RecallAnswerChannel
from shared.errors import NotFound
from shared.http import pagination
from shared.http.auth import Uow, actor_of
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
@raises(ReferenceGivenBefore, DeclinedBefore)
async def acknowledge_referral(
    principal: AgencyCaller,
    referral: ReferralToAnswer,
    uow: Uow,
    command: AcknowledgeReferral | None = None,
) -> ReferralWithAnswer:
    command = command or AcknowledgeReferral()
    author = _agency(principal, uow, reference=command.reference)
    words = await open_words(referral, uow)
    uow.publish(*referral.acknowledge(author, words, disclosure_id=command.disclosure_id))
    await keep_words(referral, words, uow)
    uow.record("referral.acknowledged", referral.id)
    return await _with_answer(referral, principal, uow)


@router.post("/{referral_id}/acceptance", summary="Say that the agency takes the case on")
@raises(ReferralDecidedAlready)
async def accept_referral(
    principal: AgencyCaller, referral: ReferralToAnswer, uow: Uow
) -> ReferralWithAnswer:
    uow.publish(*referral.accept(_agency(principal, uow), Words()))
    uow.record("referral.accepted", referral.id)
    return await _with_answer(referral, principal, uow)


@router.post("/{referral_id}/decline", summary="Hand the case back, with a reason")
@raises(ReferralDecidedAlready)
async def decline_referral(
    principal: AgencyCaller, referral: ReferralToAnswer, uow: Uow, command: DeclineReferral
) -> ReferralWithAnswer:
    uow.publish(*referral.decline(command.reason, _agency(principal, uow), Words()))
    uow.record("referral.declined", referral.id, reason=command.reason.value)
    return await _with_answer(referral, principal, uow)


@router.post("/{referral_id}/outcomes", status_code=201, summary="Report an outcome of the agency's work")
@raises(ReferralDecidedAlready, NotAnOutcome)
async def report_outcome(
    principal: AgencyCaller, referral: ReferralToAnswer, uow: Uow, request: Idempotent, command: ReportOutcome
) -> ReferralWithAnswer:
    async def report() -> ReferralWithAnswer:
        uow.publish(*referral.report_outcome(command.outcome, _agency(principal, uow), Words()))
        uow.record("referral.outcome_reported", referral.id, outcome=command.outcome.value)
        return await _with_answer(referral, principal, uow)

    return await request.once(ReferralWithAnswer, report)


@router.post("/{referral_id}/recall-answer", summary="Say what the agency did with a copy that was recalled")
@raises(NothingToAnswer, RecallAnsweredAlready, CopyWasReceived)
async def answer_recall(
    principal: AgencyCaller, referral: ReferralToAnswer, uow: Uow, command: AnswerRecall
) -> ReferralWithAnswer:
    author = Author(actor_of(principal), uow.now, RecallAnswerChannel.API, reference=command.reference)
    await _answer_recall(referral, author, command, uow)
    return await _with_answer(referral, principal, uow)


@router.post("/{referral_id}/phone-recall-answer", summary="Record a recall's answer given by telephone")
@raises(NothingToAnswer, RecallAnsweredAlready, CopyWasReceived)
async def record_phone_recall_answer(
    adviser: Adviser, referral: ReferralToLink, uow: Uow, command: RecordRecallAnswer
) -> ReferralWithAnswer:
    author = Author(
        actor_of(adviser), uow.now, RecallAnswerChannel.TELEPHONE, command.spoken_to, command.reference
    )
    await _answer_recall(referral, author, command, uow)
    return await _with_answer(referral, adviser, uow)


async def _answer_recall(
    referral: Referral, author: Author, command: AnswerRecall | RecordRecallAnswer, uow: UnitOfWork
) -> None:
    words = await open_words(referral, uow)
    uow.publish(
        *referral.answer_recall(
            command.answer, command.reason, author, words, disclosure_id=command.disclosure_id
        )
    )
    await keep_words(referral, words, uow)
    uow.record("referral.recall_answered", referral.id, answer=command.answer.value)


def _agency(principal: Principal, uow: UnitOfWork, *, reference: str | None = None) -> Author:
    return Author(actor_of(principal), uow.now, AcknowledgementChannel.API, reference=reference)


async def _with_answer(referral: Referral, principal: Principal, uow: UnitOfWork) -> ReferralWithAnswer:
    words = await open_words(referral, uow)
    for_agency = own_agency_of(principal) is not None
    acts = acts_of_agency(referral) if for_agency else list(enumerate(referral.acts))
    return ReferralWithAnswer(
        **_out(referral, principal).model_dump(),
        reference=words.first("reference"),
        acknowledged_name=words.first("name"),
        acts=[_act_out(number, act, words, for_agency=for_agency) for number, act in acts],
    )


def _act_out(number: int, act: Act, words: Words, *, for_agency: bool) -> ActOut:
    is_ours = act.get("channel") == RecallAnswerChannel.TELEPHONE
    said = words.of(number)
    return ActOut.model_validate(
        {key: act.get(key) for key in ("act", "at", "channel", "disclosure_id", "code")}
        | {"by": None if for_agency and is_ours else act["by"]}
        | {"name": said.get("name"), "reference": said.get("reference")}
    )


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
