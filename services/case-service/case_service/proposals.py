"""Consent permits and does not send: what may leave on it is proposed to an adviser as a task (section 3)."""

from collections.abc import Iterable

from sqlalchemy import select

from case_service.cases import Case
from case_service.disclosures import NOTHING_LEFT, Disclosure, DisclosureRecord
from case_service.legs import Leg
from case_service.pages import Page, read_page
from case_service.tasks import TaskKind, finish_case_tasks, open_task
from shared.clocks import end_of_british_day
from shared.database import UnitOfWork
from shared.sharing import decide, standing
from shared.vocabulary import Ground, RecipientKind


async def propose(case: Case, uow: UnitOfWork) -> None:
    """One task while somebody agreed to a kind of recipient that was not told on consent all that may go there now;
    none when it is moot."""
    page = await read_page(case, uow)
    if any([await _untold(kind, page, uow) for kind in _consented(page, uow)]):
        due = end_of_british_day(uow.now)
        await open_task(case.id, TaskKind.AUTHORISE_DISCLOSURE, due_at=due, uow=uow)
    else:
        await finish_case_tasks(case.id, TaskKind.AUTHORISE_DISCLOSURE, "nothing-to-authorise", uow)


def _consented(page: Page, uow: UnitOfWork) -> Iterable[RecipientKind]:
    matter, at = page.matter(), page.moment(uow.now)
    return sorted({kind for one in matter.persons for kind in standing(matter, one.id, at).recipients})


async def _untold(kind: RecipientKind, page: Page, uow: UnitOfWork) -> bool:
    """Whether consent lets more go to this kind than it was told on consent last; what is authorised and has not left
    will carry everything."""
    permitted = decide(page.matter(), kind, [Ground.CONSENT], at=page.moment(uow.now)).items
    told = await _told_on_consent(kind, page, uow)
    return bool(permitted) and told is not None and not {item.code for item in permitted} <= told


async def _told_on_consent(kind: RecipientKind, page: Page, uow: UnitOfWork) -> set[str] | None:
    """None while something is on its way."""
    live = Disclosure.state.in_(["authorised", "left", "acknowledged"])
    found = select(Disclosure).join(Leg, Disclosure.leg_id == Leg.id).where(live)
    found = found.where(Leg.case_id == page.case.id, Leg.recipient == kind.value)
    rows = (await uow.session.scalars(found.order_by(Disclosure.authorised_at, Disclosure.id))).all()
    rows = [one for one in rows if Ground.CONSENT in one.ground_set]
    if any(one.state == "authorised" for one in rows):
        return None
    records = select(DisclosureRecord).where(
        DisclosureRecord.disclosure_id.in_([one.id for one in rows]), DisclosureRecord.digest != NOTHING_LEFT
    )
    order = (DisclosureRecord.left_at.desc(), DisclosureRecord.attempt.desc(), DisclosureRecord.id)
    last = await uow.session.scalar(records.order_by(*order).limit(1))
    return set(last.items) if last else set()
