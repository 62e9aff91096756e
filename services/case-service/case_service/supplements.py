"""What becomes known later goes to those who were told before, on the same leg."""

from collections.abc import Collection
from uuid import UUID

from case_service.assessments import assessed
from case_service.disclosures import authorise, disclosures_of
from case_service.forcing import Windows, open_duties
from case_service.pages import Page, read_page
from shared.database import UnitOfWork


async def facts_changed(page: Page, uow: UnitOfWork, windows: Windows, *, effective_now: bool = True) -> None:
    """After an adviser recorded or corrected something: opens what the facts force now, sends what changed."""
    fresh = await read_page(page.case, uow)
    opened = await open_duties(fresh, uow, windows, said_by_report=not effective_now)
    await send_supplements(fresh, uow, windows, besides={leg.id for leg in opened})
    uow.publish(assessed(fresh, uow.now))


async def send_supplements(
    page: Page, uow: UnitOfWork, windows: Windows, *, besides: Collection[UUID] = ()
) -> None:
    """One supplement to each body that was told under an override, unless one is about to be fetched anyway."""
    for leg in page.legs:
        if not leg.forced or leg.sent_at is None or leg.id in besides:
            continue
        pending = [one for one in await disclosures_of(leg.id, uow) if one.state == "authorised"]
        if not pending:
            await authorise(leg, "supplement", uow, windows.told)
