"""Consent permits and does not send: what may leave on it is proposed to an adviser as a task (section 3)."""

from collections.abc import Iterable

from sqlalchemy import select

from case_service.cases import Case
from case_service.disclosures import Disclosure
from case_service.legs import Leg
from case_service.pages import Page, read_page
from case_service.tasks import TaskKind, finish_case_tasks, open_task
from shared.clocks import end_of_british_day
from shared.database import UnitOfWork
from shared.sharing import decide, standing
from shared.vocabulary import Ground, RecipientKind


async def propose(case: Case, uow: UnitOfWork) -> None:
    """One task while somebody agreed to a kind of recipient that was not told on consent yet; none when it is moot."""
    page = await read_page(case, uow)
    told = await _told_on_consent(page, uow)
    if any(kind not in told for kind in _consented(page, uow)):
        due = end_of_british_day(uow.now)
        await open_task(case.id, TaskKind.AUTHORISE_DISCLOSURE, due_at=due, uow=uow)
    else:
        await finish_case_tasks(case.id, TaskKind.AUTHORISE_DISCLOSURE, "nothing-to-authorise", uow)


def _consented(page: Page, uow: UnitOfWork) -> Iterable[RecipientKind]:
    matter, at = page.matter(), page.moment(uow.now)
    agreed = {kind for one in matter.persons for kind in standing(matter, one.id, at).recipients}
    return [kind for kind in sorted(agreed) if decide(matter, kind, [Ground.CONSENT], at=at).leaves]


async def _told_on_consent(page: Page, uow: UnitOfWork) -> set[RecipientKind]:
    live = Disclosure.state.in_(["authorised", "left", "acknowledged"])
    found = select(Leg.recipient, Disclosure.grounds).join(Disclosure, Disclosure.leg_id == Leg.id)
    rows = await uow.session.execute(found.where(Leg.case_id == page.case.id, live))
    return {RecipientKind(kind) for kind, grounds in rows.all() if Ground.CONSENT.value in grounds}
