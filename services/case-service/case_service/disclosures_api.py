"""What may be shared, why or why not, and the one door through which it leaves."""

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from case_service.access import CaseToChange, CaseToDecide, CaseToRead
from case_service.authorisations import Authorised
from case_service.case_schemas import LegOut
from case_service.disclosures import (
    Disclosure,
    DisclosureRecord,
    NothingMayLeave,
    authorise,
    disclosures_of,
)
from case_service.legs import Leg, new_leg
from case_service.pages import Page, read_page
from case_service.proposals import propose
from case_service.situations import Kept
from case_service.windows import windows_of
from shared.access import PlatformOf, Uow
from shared.database import UnitOfWork
from shared.duties import Duty
from shared.errors import Invalid
from shared.geography import bodies, responsible_body
from shared.idempotency import MayBeRetry
from shared.platform import Platform
from shared.sharing import OVERRIDES, Decision, decide
from shared.vocabulary import AuthorisedReason, Code, Ground, RecipientKind

router = APIRouter(tags=["disclosures"])


class ForcedLeg(LegOut):
    """What an override tells this body, or will, whatever the consent; and what stays nevertheless."""

    goes: list[dict[str, str]] = []
    stays: list[dict[str, str]] = []


class Explanation(BaseModel):
    """What one kind of recipient would be told now on consent, and on which grounds it is told already.

    `goes` and `stays` name field groups (S situation, A account, P persons, R reporter, H handling) and, where it
    matters, the person."""

    recipient: RecipientKind
    rule_version: str
    on_consent: list[dict[str, str]]
    stays: list[dict[str, str]]
    forced: list[ForcedLeg]


class AuthoriseDisclosure(Kept):
    """`body` may be left out for police and social care: the place decides."""

    recipient: RecipientKind
    body: Code | None = None


class DecideToShare(AuthoriseDisclosure):
    persons: Annotated[list[UUID], Field(min_length=1)]
    reason: AuthorisedReason


class AuthorisedOut(BaseModel):
    id: UUID
    leg_id: UUID


class RecordOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    left_at: datetime
    attempt: int
    grounds: list[str]
    facts: list[str]
    rule_version: str
    why_recipient: str
    items: list[str]
    withheld: list[str]
    persons: list[str]
    decided_by: str
    verified: bool
    digest: str


class DisclosureOut(BaseModel):
    id: UUID
    leg_id: UUID
    recipient: str
    body: str
    kind: str
    state: str
    grounds: list[str]
    authorised_at: datetime
    authorised_by: str
    reason: str | None
    records: list[RecordOut]


class DisclosureList(BaseModel):
    disclosures: list[DisclosureOut]


@router.get("/v1/cases/{case_id}/explanation", summary="Why something would leave or stay, from stored facts")
async def explain(page: CaseToRead, uow: Uow, recipient: RecipientKind) -> Explanation:
    decision = decide(page.matter(), recipient, [Ground.CONSENT], at=page.moment(uow.now))
    uow.record("explanation.read", page.case.id, recipient=recipient.value)
    return Explanation(
        recipient=recipient,
        rule_version=decision.rule_version,
        on_consent=_goes(decision),
        stays=_stays(decision),
        forced=[_forced(leg, page, uow) for leg in page.legs if leg.forced and leg.kind is recipient],
    )


def _forced(leg: Leg, page: Page, uow: UnitOfWork) -> ForcedLeg:
    decision = decide(page.matter(leg), leg.kind, leg.ground_set & OVERRIDES, at=page.moment(uow.now))
    shown = ForcedLeg.model_validate(leg, from_attributes=True)
    return shown.model_copy(update={"goes": _goes(decision), "stays": _stays(decision)})


def _goes(decision: Decision) -> list[dict[str, str]]:
    return [
        {"group": i.group.value, "person": i.person, "extent": i.extent.value} for i in sorted(decision.items)
    ]


def _stays(decision: Decision) -> list[dict[str, str]]:
    return [
        {"group": group.value, "person": person, "why": why.value}
        for group, person, why in sorted(decision.withheld)
    ]


@router.post("/v1/cases/{case_id}/disclosures", status_code=201, summary="Let what was consented to leave")
async def authorise_consented(
    told: AuthoriseDisclosure, page: CaseToChange, uow: Uow, platform: PlatformOf, retry: MayBeRetry
) -> AuthorisedOut:
    if first := await retry.first_answer(AuthorisedOut):
        return first
    return await retry.keep(await _authorise(told, Ground.CONSENT, page, uow, platform))


@router.post(
    "/v1/cases/{case_id}/authorisations",
    status_code=201,
    summary="A lead's named decision to share, with its reason",
)
async def decide_to_share(
    told: DecideToShare, page: CaseToDecide, uow: Uow, platform: PlatformOf, retry: MayBeRetry
) -> AuthorisedOut:
    if first := await retry.first_answer(AuthorisedOut):
        return first
    for person_id in told.persons:
        page.person(person_id)
    uow.session.add(
        Authorised(
            id=uuid4(),
            case_id=page.case.id,
            recipient=told.recipient.value,
            body=_body_of(told, page),
            persons=[str(one) for one in told.persons],
            reason=told.reason.value,
            decided_by=uow.actor,
            decided_at=uow.now,
        )
    )
    uow.record("sharing.authorised", page.case.id, recipient=told.recipient.value, reason=told.reason.value)
    page = await read_page(page.case, uow)
    return await retry.keep(await _authorise(told, Ground.AUTHORISED, page, uow, platform))


async def _authorise(
    told: AuthoriseDisclosure, ground: Ground, page: Page, uow: UnitOfWork, platform: Platform
) -> AuthorisedOut:
    decision = decide(page.matter(), told.recipient, [ground], at=page.moment(uow.now))
    if not decision.leaves:
        raise NothingMayLeave("The rules permit nothing to this recipient now", stays=_stays(decision))
    leg = await _leg_for(told, ground, page, uow)
    disclosure = await _pending(leg, ground, uow)
    if disclosure is None:
        told_within = windows_of(platform.settings).told
        disclosure = await authorise(leg, leg.next_kind, uow, told_within, grounds=frozenset({ground}))
    await propose(page.case, uow)
    return AuthorisedOut(id=disclosure.id, leg_id=leg.id)


async def _pending(leg: Leg, ground: Ground, uow: UnitOfWork) -> Disclosure | None:
    """What was authorised on the same ground and not fetched yet: whatever it carries is decided when it leaves."""
    rows = await disclosures_of(leg.id, uow)
    return next((one for one in rows if one.state == "authorised" and one.ground_set == {ground}), None)


def _body_of(told: AuthoriseDisclosure, page: Page) -> str:
    """The body that was named, if it is one of that kind; else the one that the place decides."""
    body = told.body or responsible_body(told.recipient, page.case.place_gss)
    if body is None:
        raise Invalid("Name the body: no place decides which one of this kind it is", field="body")
    by_place = responsible_body(told.recipient, None) is not None
    known = next((one for one in bodies() if one.code == body), None)
    if known is None if by_place else known is not None:
        raise Invalid("This body is not one of that kind of recipient", field="body")
    if known is not None and told.recipient not in known.kind.serves:
        raise Invalid("This body is not one of that kind of recipient", field="body")
    return body


async def _leg_for(told: AuthoriseDisclosure, ground: Ground, page: Page, uow: UnitOfWork) -> Leg:
    """The one leg of this case to this body; a forced one keeps its own clock."""
    body = _body_of(told, page)
    for leg in page.legs:
        if (leg.kind, leg.body) == (told.recipient, body):
            leg.grounds = sorted({*leg.grounds, ground.value})
            if not leg.forced:
                leg.state = "authorised"
            return leg
    duty = Duty(told.recipient, body, frozenset({ground}), page.case.place_gss)
    leg = new_leg(page.case.id, duty, uow.now, grounds=duty.grounds, leaves_at=uow.now)
    leg.state, leg.verified, leg.due_at = "authorised", True, None
    uow.session.add(leg)
    await uow.session.flush()
    return leg


@router.get("/v1/cases/{case_id}/disclosures", summary="Everything that left or was withheld, and why")
async def list_disclosures(page: CaseToRead, uow: Uow) -> DisclosureList:
    uow.record("disclosures.read", page.case.id)
    legs = {leg.id: leg for leg in page.legs}
    found = select(Disclosure).where(Disclosure.case_id == page.case.id)
    rows = (await uow.session.scalars(found.order_by(Disclosure.authorised_at, Disclosure.id))).all()
    return DisclosureList(disclosures=[await _out(row, legs[row.leg_id], uow) for row in rows])


async def _out(row: Disclosure, leg: Leg, uow: UnitOfWork) -> DisclosureOut:
    found = select(DisclosureRecord).where(DisclosureRecord.disclosure_id == row.id)
    records = (await uow.session.scalars(found.order_by(DisclosureRecord.left_at, DisclosureRecord.id))).all()
    return DisclosureOut(
        id=row.id,
        leg_id=row.leg_id,
        recipient=leg.recipient,
        body=leg.body,
        kind=row.kind,
        state=row.state,
        grounds=row.grounds,
        authorised_at=row.authorised_at,
        authorised_by=row.authorised_by,
        reason=row.reason,
        records=[RecordOut.model_validate(one) for one in records],
    )
