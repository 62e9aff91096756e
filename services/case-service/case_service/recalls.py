"""Consent that is taken back: whoever holds a copy that left on it is asked to give it back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from case_service.disclosures import NOTHING_LEFT, Disclosure, DisclosureRecord
from case_service.legs import Leg
from case_service.pages import Page, read_page
from case_service.tasks import TaskKind, open_task
from shared.database import UnitOfWork
from shared.sharing import decide
from shared.vocabulary import Ground


async def recall_all_of(page: Page, person_id: str, uow: UnitOfWork) -> list[UUID]:
    """Calls back what left on this person's consent alone, also where a later try of it was withheld."""
    reporter = any(person.is_reporter and str(person.id) == person_id for person, _ in page.persons)
    return [
        await _recall(one, page, uow)
        for one in await _left_on_consent(page, uow)
        if reporter or any(person_id in record.persons for record in await _records(one, uow))
    ]


async def recall_what_was_taken_back(before: Page, uow: UnitOfWork) -> list[UUID]:
    """After a line of the ledger: calls back what left with anything that this very line no longer lets go to that
    body. `before` is the case as it was without the line."""
    after = await read_page(before.case, uow)
    legs = {leg.id: leg for leg in after.legs}
    recalled = []
    for one in await _left_on_consent(after, uow):
        leg = legs[one.leg_id]
        lost = _permitted(before, leg, uow) - _permitted(after, leg, uow)
        if any(lost.intersection(record.items) for record in await _records(one, uow)):
            recalled.append(await _recall(one, after, uow))
    return recalled


def _permitted(page: Page, leg: Leg, uow: UnitOfWork) -> set[str]:
    decision = decide(page.matter(leg), leg.kind, [Ground.CONSENT], at=page.moment(uow.now))
    return {item.code for item in decision.items}


async def _left_on_consent(page: Page, uow: UnitOfWork) -> list[Disclosure]:
    once_left = select(DisclosureRecord.disclosure_id).where(
        DisclosureRecord.case_id == page.case.id, DisclosureRecord.digest != NOTHING_LEFT
    )
    found = select(Disclosure).where(
        Disclosure.case_id == page.case.id, Disclosure.state != "recalled", Disclosure.id.in_(once_left)
    )
    rows = (await uow.session.scalars(found.order_by(Disclosure.authorised_at, Disclosure.id))).all()
    return [one for one in rows if Ground.CONSENT in one.ground_set and not one.forced]


async def _records(disclosure: Disclosure, uow: UnitOfWork) -> Sequence[DisclosureRecord]:
    found = select(DisclosureRecord).where(DisclosureRecord.disclosure_id == disclosure.id)
    return (await uow.session.scalars(found.order_by(DisclosureRecord.left_at, DisclosureRecord.id))).all()


async def _recall(disclosure: Disclosure, page: Page, uow: UnitOfWork) -> UUID:
    """What was told by telephone is called back by telephone: no message holds it that a recall could name."""
    if disclosure.by_telephone:
        leg_id = disclosure.leg_id
        await open_task(page.case.id, TaskKind.TELEPHONE_AGENCY, due_at=uow.now, uow=uow, leg_id=leg_id)
    uow.publish(disclosure.recall(uow.now))
    return disclosure.id
