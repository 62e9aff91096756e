"""Told by telephone: what a body was told that way is decided and written down like anything else that leaves."""

import hashlib

from case_service.corrections import correct_mistaken
from case_service.disclosures import (
    BY_TELEPHONE,
    Disclosure,
    NothingMayLeave,
    authorise,
    disclosures_of,
    open_reviews,
)
from case_service.leaving import decided, left, record_of, text_now
from case_service.legs import Leg, NothingLeftToSend, ToldWithin
from case_service.pages import Page
from shared.database import UnitOfWork


async def hand_over(leg: Leg, page: Page, uow: UnitOfWork, told_within: ToldWithin) -> None:
    """A duty ends with it (fact 9); so does waiting for an answer to what was only permitted. What was told by
    telephone is not sent as well; a correction is, since the telephone was about what it corrects."""
    if leg.open_duty:
        await _hand_over_duty(leg, page, uow, told_within)
    else:
        await _hand_over_what_was_permitted(leg, page, uow)


async def _hand_over_duty(leg: Leg, page: Page, uow: UnitOfWork, told_within: ToldWithin) -> None:
    pending = [one for one in await disclosures_of(leg.id, uow) if one.forced and one.unanswered]
    meant = [one for one in pending if one.kind != "correction"] or pending
    for one in meant or [await authorise(leg, leg.next_kind, uow, told_within)]:
        _told(one, leg, page, uow)
    uow.publish(leg.hand_over(by=uow.actor, at=uow.now))
    await open_reviews(leg, uow)
    await correct_mistaken(leg, page, uow, told_within)
    uow.record("override.handed_over", leg.case_id, leg_id=leg.id)


async def _hand_over_what_was_permitted(leg: Leg, page: Page, uow: UnitOfWork) -> None:
    """The rules decide, as for anything that leaves: consent that was taken back is not told by telephone either."""
    pending = [one for one in await disclosures_of(leg.id, uow) if not one.forced and one.unanswered]
    if not pending:
        raise NothingLeftToSend
    permitted = [one for one in pending if decided(one, leg, page, uow.now).leaves]
    if not permitted:
        raise NothingMayLeave
    for one in permitted:
        _told(one, leg, page, uow)
    leg.left(uow.now, forced=False)
    leg.acknowledge(uow.now)
    uow.record("referral.handed_over", leg.case_id, leg_id=leg.id)


def _told(disclosure: Disclosure, leg: Leg, page: Page, uow: UnitOfWork) -> None:
    """The digest behind the word is of what the rules would have let leave: what is new later is compared with it."""
    decision = decided(disclosure, leg, page, uow.now)
    digest = hashlib.sha256(text_now(disclosure, leg, decision, page, uow.now).encode()).hexdigest()
    uow.session.add(record_of(disclosure, leg, decision, uow, 0, f"{BY_TELEPHONE}:{digest}"))
    if disclosure.state == "authorised":
        uow.publish(left(disclosure, leg, decision, uow.now, digest))
    disclosure.state, disclosure.reason = "acknowledged", BY_TELEPHONE
