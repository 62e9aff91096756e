"""What becomes known later goes to those who were told before, on the same leg."""

import hashlib
from uuid import UUID

from sqlalchemy import select

from case_service.assessments import assessed
from case_service.disclosures import BY_TELEPHONE, DisclosureRecord, authorise, disclosures_of
from case_service.forcing import Windows, open_duties
from case_service.leaving import text_now
from case_service.legs import Leg
from case_service.pages import Page, read_page
from shared.database import UnitOfWork
from shared.sharing import OVERRIDES, decide


async def facts_changed(page: Page, uow: UnitOfWork, windows: Windows) -> None:
    """After an adviser recorded or corrected something: opens what the facts force now, sends what changed."""
    fresh = await read_page(page.case, uow)
    await open_duties(fresh, uow, windows, said_by_report=False)
    await send_supplements(fresh, uow, windows)
    uow.publish(assessed(fresh, uow.now))


async def send_supplements(page: Page, uow: UnitOfWork, windows: Windows) -> None:
    """One supplement to each body that was told under an override and that would read something new in it.

    Nothing goes where the change concerns only what this body may not know: that would tell it that there is more.
    """
    for leg in page.legs:
        if leg.forced and leg.was_told and leg.state != "waiting" and await has_news(leg, page, uow):
            await authorise(leg, "supplement", uow, windows.told)


async def has_news(leg: Leg, page: Page, uow: UnitOfWork) -> bool:
    """Whether this body would read anything now that it was not told; not while something is about to be fetched,
    which will say it anyway."""
    rows = await disclosures_of(leg.id, uow)
    forced = [one for one in rows if one.forced and one.kind != "correction"]
    told = [one for one in forced if one.state in ("left", "acknowledged")]
    if not told or any(one.state == "authorised" for one in forced):
        return False
    decision = decide(page.matter(leg), leg.kind, leg.ground_set & OVERRIDES, at=page.moment(uow.now))
    if not decision.leaves:
        return False
    text = text_now(told[-1], leg, decision, page, uow.now)
    return hashlib.sha256(text.encode()).hexdigest() != await _newest_digest(told[-1].id, uow)


async def _newest_digest(disclosure_id: UUID, uow: UnitOfWork) -> str | None:
    records = select(DisclosureRecord.digest).where(DisclosureRecord.disclosure_id == disclosure_id)
    newest = records.order_by(DisclosureRecord.left_at.desc(), DisclosureRecord.attempt.desc()).limit(1)
    digest: str | None = await uow.session.scalar(newest)
    return digest.removeprefix(f"{BY_TELEPHONE}:") if digest else None
