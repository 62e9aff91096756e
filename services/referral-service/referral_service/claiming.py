"""Claiming: the next delivery that is due, with the endpoint that its agency has at this hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from referral_service.agencies import Agency, ContactPoint, secret_place
from referral_service.deliveries import LEASE, LEASE_IN_DANGER, Purpose
from referral_service.places import Lane, Places, lane_of
from referral_service.routing import route_to
from referral_service.sending import Endpoint
from shared.errors import HelplineError
from shared.platform import Platform
from shared.vault import Vault
from shared.vocabulary import RecipientKind

ACTOR = "worker:referral"
_CLAIM = """
WITH next AS MATERIALIZED (
    SELECT d.id, d.referral_id, d.agency_id FROM deliveries d
    WHERE d.due_at <= $1 AND (d.leased_until IS NULL OR d.leased_until < $1)
      AND d.agency_id <> ALL (CASE WHEN d.urgent THEN $6::uuid[] WHEN d.forced THEN $5::uuid[] ELSE $4::uuid[] END)
      AND NOT EXISTS (
          SELECT 1 FROM deliveries earlier
          WHERE earlier.referral_id = d.referral_id AND earlier.position < d.position AND earlier.state = 'waiting'
      )
    ORDER BY d.urgent DESC, d.forced DESC, d.due_at
    LIMIT 1 FOR UPDATE OF d SKIP LOCKED
)
UPDATE deliveries d
SET leased_until = $1::timestamptz + CASE WHEN d.urgent THEN $2::interval ELSE $3::interval END,
    fence = d.fence + 1, attempts = d.attempts + 1
FROM next
    JOIN referrals r ON r.id = next.referral_id
    LEFT JOIN agencies a ON a.id = next.agency_id
    LEFT JOIN data_keys k ON k.owner = a.id
WHERE d.id = next.id
RETURNING d.id, d.referral_id, d.disclosure_id, d.agency_id, d.kind, d.purpose, d.urgent, d.forced, d.fence,
    r.recipient, a.serves, a.encryption_key, a.signing_secret, k.wrapped,
    (SELECT jsonb_agg(jsonb_build_object('hours', p.hours, 'channel', p.channel, 'url', p.url, 'phone', p.phone)
            ORDER BY p.hours, p.channel)
     FROM contact_points p WHERE p.agency_id = a.id) AS points
"""
"""Of one referral only the oldest that waits. A lane that is closed is NULL, and nothing differs from all of NULL."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """One claimed delivery, as it was when it was claimed."""

    delivery_id: UUID
    referral_id: UUID
    disclosure_id: UUID
    agency_id: UUID
    kind: str
    is_disclosure: bool
    lane: Lane
    fence: int
    endpoint: Endpoint | None

    @property
    def urgent(self) -> bool:
        return self.lane is Lane.DANGER


async def next_job(platform: Platform, places: Places) -> Job | None:
    """Danger first; None where nothing is due that has a place. One statement, and so a commit of its own."""
    lanes = places.open()
    if not lanes:
        return None
    now = platform.clock()
    full = [places.full(lane) if lane in lanes else None for lane in Lane]
    row = await platform.database.pool.fetchrow(_CLAIM, now, LEASE_IN_DANGER, LEASE, *full)
    return _job(row, platform, now) if row else None


def _job(row: Mapping[str, Any], platform: Platform, now: datetime) -> Job:
    return Job(
        delivery_id=row["id"],
        referral_id=row["referral_id"],
        disclosure_id=row["disclosure_id"],
        agency_id=row["agency_id"],
        kind=row["kind"],
        is_disclosure=row["purpose"] == Purpose.DISCLOSURE,
        lane=lane_of(urgent=row["urgent"], forced=row["forced"]),
        fence=row["fence"],
        endpoint=_endpoint_for(row, platform.vault, now),
    )


def _endpoint_for(row: Mapping[str, Any], vault: Vault, now: datetime) -> Endpoint | None:
    if row["signing_secret"] is None:
        return None
    agency = Agency(id=row["agency_id"], serves=row["serves"])
    points = [ContactPoint(**point) for point in row["points"] or ()]
    route = route_to(agency, points, RecipientKind(row["recipient"]), now)
    if route is None or route.endpoint is None or route.endpoint.url is None:
        return None
    try:
        key = vault.open_key(agency.id, row["wrapped"] or b"")
        secret = vault.open(key, secret_place(agency.id), row["signing_secret"])
    except HelplineError as error:  # one agency's broken key must not stop everybody's deliveries
        log.error("signing secret does not open", agency_id=agency.id, error=type(error).__name__)
        return None
    return Endpoint(route.endpoint.url, secret, row["encryption_key"])
