"""Routes to agencies: the contact point at which an agency is reached at a given hour.

Nothing here reads a table or a clock: agency, contact points and time are arguments.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from referral_service.directory.models import Agency, Channel, ContactPoint, Hours
from shared.domain.age import UNITED_KINGDOM
from shared.domain.vocabulary import RecipientKind

OPENS, CLOSES = time(9), time(17)
"""Shortest usual office day: near its ends the out-of-hours team always answers, the office not everywhere. A bank
holiday on a weekday counts as an office day."""
SATURDAY = 5


@dataclass(frozen=True)
class AgencyRoute:
    """Agency and the way to reach it now. Without an endpoint only a person can: by access link or telephone."""

    agency: Agency
    endpoint: ContactPoint | None
    phone: str | None


def route_to(
    agency: Agency | None, points: Sequence[ContactPoint], recipient_kind: RecipientKind, at: datetime
) -> AgencyRoute | None:
    """Return the route to an agency; None where it is not registered or is not a recipient of this kind."""
    if agency is None or not agency.receives(recipient_kind):
        return None
    webhooks = [point for point in points if point.channel == Channel.WEBHOOK]
    phones = [point for point in points if point.phone]
    number = _open_now(phones, at) or next(iter(phones), None)
    return AgencyRoute(agency, _open_now(webhooks, at), number.phone if number else None)


def hours_at(moment: datetime) -> Hours:
    local = moment.astimezone(UNITED_KINGDOM)
    working = local.weekday() < SATURDAY and OPENS <= local.time() < CLOSES
    return Hours.OFFICE_HOURS if working else Hours.OUT_OF_HOURS


def next_change(moment: datetime) -> datetime:
    """Return when offices next open or close, in the time zone of `moment`."""
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
    """Return the point that was set for exactly these hours, else one that is always open."""
    by_hours = {point.hours: point for point in points}
    return by_hours.get(hours_at(at)) or by_hours.get(Hours.ALWAYS)
