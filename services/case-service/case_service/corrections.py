"""Somebody turned out to be an adult: those who were told of a child are told so, and only when it is so (fact 14)."""

from collections.abc import Iterable
from datetime import date, datetime

from case_service.disclosures import authorise
from case_service.legs import Leg, ToldWithin
from case_service.pages import Page, age_fact
from case_service.persons import status_or_none
from case_service.situations import Identity
from shared.age import british_date
from shared.database import UnitOfWork
from shared.vocabulary import AgeStatus

ADULT = (AgeStatus.ADULT_CONFIRMED, AgeStatus.ADULT_STATED)


async def correct_those_told(page: Page, uow: UnitOfWork, told_within: ToldWithin) -> None:
    """After an age was recorded: every body that was told by force of a child who was none hears of it."""
    for leg in page.legs:
        if leg.forced and leg.was_told:
            await correct_mistaken(leg, page, uow, told_within)


async def correct_mistaken(leg: Leg, page: Page, uow: UnitOfWork, told_within: ToldWithin) -> None:
    """Also where the mistake was known before and nobody stood the leg down: it was sent, so it is corrected.

    What was forced before still goes, until the body has it; the correction follows it on the same leg."""
    for person_id in list(_mistaken(leg, page, uow.now)):
        leg.correct(person_id)
        await authorise(leg, "correction", uow, told_within, about=[person_id])


def _mistaken(leg: Leg, page: Page, at: datetime) -> Iterable[str]:
    """Those who, by what was said since, were adults already when this body was told. That nobody knows is no reason
    to call somebody an adult, and a birthday is no mistake."""
    told = max(moment for moment in (leg.opened_at, leg.authorised_at, leg.handed_over_at) if moment)
    days = {british_date(told), british_date(at)}
    for person, identity in page.persons:
        restated = age_fact(person) not in leg.facts
        if str(person.id) in leg.opened_for and restated and _is_adult(identity, days):
            yield str(person.id)


def _is_adult(identity: Identity, days: Iterable[date]) -> bool:
    return all(status_or_none(identity, day) in ADULT for day in days)
