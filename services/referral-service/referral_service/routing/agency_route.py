"""Routes to agencies: the contact point at which an agency is reached at a given hour.

Nothing here reads a table or a clock: agency, contact points and time are arguments.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from referral_service.directory.models import Agency, Channel, ContactPoint, Hours
from shared.domain.age import UNITED_KINGDOM
from shared.domain.vocabulary import Nation, RecipientKind
from shared.domain.working_days import CLOSES, OPENS, is_office_time

LONGEST_CLOSURE_DAYS = 10
"""More days than offices of any nation are closed in a row, over Christmas or New Year."""


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
    hours = hours_at(at, agency.nation)
    number = _open_now(phones, hours) or next(iter(phones), None)
    return AgencyRoute(agency, _open_now(webhooks, hours), number.phone if number else None)


def hours_at(moment: datetime, nation: Nation | None = None) -> Hours:
    """Return the hours that it is for an agency of a nation; the bank holidays of each are its own."""
    return Hours.OFFICE_HOURS if is_office_time(nation, moment) else Hours.OUT_OF_HOURS


def next_change(moment: datetime) -> datetime:
    """Return when offices of any nation next open or close, in the time zone of `moment`."""
    return min(_next_change_in(nation, moment) for nation in Nation)


def _next_change_in(nation: Nation, moment: datetime) -> datetime:
    now = hours_at(moment, nation)
    day = moment.astimezone(UNITED_KINGDOM).date()
    edges = (
        datetime.combine(day + timedelta(days=ahead), edge, tzinfo=UNITED_KINGDOM)
        for ahead in range(LONGEST_CLOSURE_DAYS)
        for edge in (OPENS, CLOSES)
    )
    changed = next(edge for edge in edges if edge > moment and hours_at(edge, nation) is not now)
    return changed.astimezone(moment.tzinfo)


def _open_now(points: Iterable[ContactPoint], hours: Hours) -> ContactPoint | None:
    """Return the point that was set for exactly these hours, else one that is always open."""
    by_hours = {point.hours: point for point in points}
    return by_hours.get(hours) or by_hours.get(Hours.ALWAYS)
