"""What people do about a forced disclosure: stand down, hand over by telephone, tell the person, countersign."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints, model_validator
from sqlalchemy import select

from case_service import handing_over
from case_service.access import LegToActOn, LegToReview
from case_service.case_schemas import LegOut
from case_service.legs import AlreadySent, handed_over_place
from case_service.pages import lock_case, read_page
from case_service.reviews import Countersignature, Told
from case_service.situations import Kept
from case_service.standing_down import StandDown
from case_service.tasks import TELEPHONE, TaskKind, finish_tasks
from case_service.windows import windows_of
from shared.access import PlatformOf, Uow
from shared.errors import NotFound
from shared.vocabulary import Code, NotInformedReason, StandDownReason

router = APIRouter(prefix="/v1/legs/{leg_id}", tags=["overrides"])
Spoken = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class ProposeStandDown(Kept):
    reason: StandDownReason


class HandOver(Kept):
    """The name spoken to and the reference given: without both nothing was handed over."""

    spoken_to: Spoken
    reference: Spoken


class TellPerson(Kept):
    person_id: UUID
    told: bool
    reason: NotInformedReason | None = None

    @model_validator(mode="after")
    def _told_or_reason(self) -> "TellPerson":
        if self.told == (self.reason is not None):
            raise ValueError("a reason where the person was not told, and only there")
        return self


class Countersign(Kept):
    """`finding` is the lead's: right, or what was wrong, as a code."""

    finding: Code = "right"


class Recorded(BaseModel):
    id: UUID


@router.post("/stand-down", status_code=201, summary="First signature; the clock runs until the second")
async def propose_stand_down(leg: LegToActOn, told: ProposeStandDown, uow: Uow) -> Recorded:
    if leg.state != "waiting":
        raise AlreadySent
    proposal = StandDown(
        id=uuid4(),
        leg_id=leg.id,
        case_id=leg.case_id,
        reason=told.reason.value,
        facts=leg.facts,
        first_by=uow.actor,
        first_at=uow.now,
    )
    uow.session.add(proposal)
    uow.record("stand_down.proposed", leg.case_id, leg_id=leg.id, reason=told.reason.value)
    return Recorded(id=proposal.id)


@router.post("/stand-down/signature", summary="Second signature, by a lead who is another person")
async def sign_stand_down(leg: LegToReview, uow: Uow) -> LegOut:
    unsigned = select(StandDown).where(StandDown.leg_id == leg.id, StandDown.second_by.is_(None))
    newest = unsigned.order_by(StandDown.first_by == uow.actor, StandDown.first_at.desc())
    proposal = await uow.session.scalar(newest.limit(1))
    if proposal is None:
        raise NotFound("Nobody has proposed to stand this leg down")
    page = await read_page(await lock_case(leg.case_id, uow), uow)
    uow.publish(proposal.sign(leg, page, by=uow.actor, at=uow.now))
    uow.record("stand_down.signed", leg.case_id, leg_id=leg.id, reason=proposal.reason)
    await finish_tasks(leg.id, [TaskKind.FIND_PLACE, *TELEPHONE], "stood-down", uow)
    return LegOut.model_validate(leg)


@router.post("/hand-over", summary="A telephone hand-over: the only way to close a leg by hand")
async def hand_over(leg: LegToActOn, told: HandOver, uow: Uow, platform: PlatformOf) -> LegOut:
    """Also of what was only permitted, and waits for an answer. A place that is still to be found stays to be found."""
    page = await read_page(await lock_case(leg.case_id, uow), uow)
    await handing_over.hand_over(leg, page, uow, windows_of(platform.settings).told)
    content = {"spoken_to": told.spoken_to, "reference": told.reference}
    leg.handed_over_to = await uow.keys.seal(leg.case_id, handed_over_place(leg.id), content)
    await finish_tasks(leg.id, TELEPHONE, "handed-over", uow)
    return LegOut.model_validate(leg)


@router.post("/told", status_code=201, summary="The person was told, or the coded reason why not")
async def tell_person(leg: LegToActOn, told: TellPerson, uow: Uow) -> Recorded:
    page = await read_page(await lock_case(leg.case_id, uow), uow)
    page.person(told.person_id)
    row = Told(
        id=uuid4(),
        leg_id=leg.id,
        case_id=leg.case_id,
        person_id=told.person_id,
        told=told.told,
        reason=told.reason.value if told.reason else None,
        recorded_by=uow.actor,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    await finish_tasks(leg.id, [TaskKind.TELL_PERSON], "told" if told.told else "not-told", uow)
    uow.record("person.told", leg.case_id, leg_id=leg.id, person_id=told.person_id, told=told.told)
    return Recorded(id=row.id)


@router.post("/countersignature", status_code=201, summary="A lead's review, within 24 hours of sending")
async def countersign(leg: LegToReview, uow: Uow, told: Countersign | None = None) -> Recorded:
    row = Countersignature(
        id=uuid4(),
        leg_id=leg.id,
        case_id=leg.case_id,
        signed_by=uow.actor,
        signed_at=uow.now,
        finding=(told or Countersign()).finding,
    )
    uow.session.add(row)
    await finish_tasks(leg.id, [TaskKind.COUNTERSIGN], "countersigned", uow)
    uow.record("override.countersigned", leg.case_id, leg_id=leg.id, finding=row.finding)
    return Recorded(id=row.id)
