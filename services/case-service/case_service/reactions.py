"""What the case service does when others announce something."""

from sqlalchemy import select

from case_service.disclosures import Disclosure, disclosures_of
from case_service.legs import Leg
from case_service.pages import lock_case
from case_service.takeovers import open_case
from case_service.tasks import TELEPHONE, TaskKind, finish_tasks, open_task
from shared import audit
from shared.consumer import Reactions, Unhandled
from shared.database import UnitOfWork
from shared.events import (
    AuditHeadAnnounced,
    ContactReceived,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
    ReferralUndeliverable,
)


async def note_acknowledgement(event: ReferralAcknowledged, uow: UnitOfWork) -> None:
    """The body has it: everything that was sent before on this leg counts as received, and its clock stops."""
    leg = await _leg_of(event, uow)
    sent = await disclosures_of(leg.id, uow)
    known = next((one for one in sent if one.id == event.disclosure_id), None)
    if known is None:
        raise Unhandled("disclosure-unknown")
    for one in sent:
        if one.state == "left" and _covered(one, known):
            one.state = "acknowledged"
    duty = [one for one in sent if one.forced or not leg.forced]
    if any(one.state in ("authorised", "left") for one in duty):
        return
    if leg.acknowledge(uow.now):
        await finish_tasks(leg.id, TELEPHONE, "acknowledged", uow)
        uow.record(
            "override.acknowledged" if leg.forced else "referral.acknowledged", leg.case_id, leg_id=leg.id
        )
    elif not leg.open_duty and not any(one.state in ("authorised", "left") for one in sent):
        await finish_tasks(leg.id, TELEPHONE, "acknowledged", uow)


def _covered(one: Disclosure, known: Disclosure) -> bool:
    """An answer speaks of what it names, and of what left before on the same leg: a body is brought one thing after
    the other. What was permitted never answers for what was forced."""
    return one is known or (one.authorised_at <= known.authorised_at and (known.forced or not one.forced))


async def telephone_instead(event: ReferralUndeliverable, uow: UnitOfWork) -> None:
    """No way to the agency: a person telephones, at once (fact 11), also where only consent, or a recall, waits."""
    leg = await _leg_of(event, uow)
    disclosure = await uow.session.get_one(Disclosure, event.disclosure_id)
    waits = leg.open_duty if disclosure.forced else disclosure.state in ("authorised", "left", "recalled")
    if waits:
        await open_task(leg.case_id, TaskKind.TELEPHONE_AGENCY, due_at=uow.now, uow=uow, leg_id=leg.id)
        uow.record("referral.undeliverable", leg.case_id, leg_id=leg.id, reason=event.reason)


async def look_for_another(event: ReferralDeclined, uow: UnitOfWork) -> None:
    """An agency that hands a referral back leaves somebody unprotected until a person has decided what now."""
    leg = await _leg_of(event, uow)
    await open_task(leg.case_id, TaskKind.DECLINED_BY_AGENCY, due_at=uow.now, uow=uow, leg_id=leg.id)
    uow.record("referral.declined", leg.case_id, leg_id=leg.id, reason=event.reason)


async def _leg_of(event: ReferralEvent, uow: UnitOfWork) -> Leg:
    await lock_case(event.case_id, uow)
    found = (
        select(Leg).join(Disclosure, Disclosure.leg_id == Leg.id).where(Disclosure.id == event.disclosure_id)
    )
    leg = await uow.session.scalar(found)
    if leg is None:
        raise Unhandled("leg-unknown")
    return leg


REACTIONS: Reactions = {
    ContactReceived: open_case,
    ReferralAcknowledged: note_acknowledgement,
    ReferralUndeliverable: telephone_instead,
    ReferralDeclined: look_for_another,
    AuditHeadAnnounced: audit.witness,
}
