"""Who is told, and by which way, at this hour: from a kind of recipient and a body to an agency's contact point.

Nothing here reads a table or a clock: agency, contact points and moment are arguments.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from referral_service.agencies import Agency, Channel, ContactPoint, Hours
from shared.age import UNITED_KINGDOM
from shared.vocabulary import RecipientKind

OPENS, CLOSES = time(9), time(17)
"""The narrow office day: at its edges the out-of-hours team answers everywhere, the office not always. A bank holiday
on a weekday counts as an office day."""
SATURDAY = 5


@dataclass(frozen=True)
class Route:
    """An agency and how to reach it now. `endpoint` is None where only a person can: by link or telephone."""

    agency: Agency
    endpoint: ContactPoint | None
    phone: str | None


def route_to(
    agency: Agency | None, points: Sequence[ContactPoint], kind: RecipientKind, at: datetime
) -> Route | None:
    """None is "no route": nobody is registered who answers for this kind."""
    if agency is None or not agency.answers_for(kind):
        return None
    webhooks = [point for point in points if point.channel == Channel.WEBHOOK]
    phones = [point for point in points if point.phone]
    number = _open_now(phones, at) or next(iter(phones), None)
    return Route(agency, _open_now(webhooks, at), number.phone if number else None)


def hours_at(moment: datetime) -> Hours:
    there = moment.astimezone(UNITED_KINGDOM)
    working = there.weekday() < SATURDAY and OPENS <= there.time() < CLOSES
    return Hours.OFFICE_HOURS if working else Hours.OUT_OF_HOURS


def next_change(moment: datetime) -> datetime:
    """When the office next opens or closes, in the zone of `moment`."""
    now = hours_at(moment)
    day = moment.astimezone(UNITED_KINGDOM).date()
    edges = (
        datetime.combine(day + timedelta(days=ahead), edge, tzinfo=UNITED_KINGDOM)
        for ahead in range(5)
        for edge in (OPENS, CLOSES)
    )
    changed = next(edge for edge in edges if edge > moment and hours_at(edge) is not now)
    return changed.astimezone(moment.tzinfo)


def _open_now(points: Iterable[ContactPoint], at: datetime) -> ContactPoint | None:
    """The point that was set for exactly these hours, else one that is always open."""
    by_hours = {point.hours: point for point in points}
    return by_hours.get(hours_at(at)) or by_hours.get(Hours.ALWAYS)
