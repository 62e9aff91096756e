"""Queue of deliveries: claims the next one that is due, with the endpoint that its agency has at this hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from referral_service.deliveries.concurrency import Priority, RunningDeliveries, priority_of
from referral_service.deliveries.models import LEASE, LEASE_IN_DANGER
from referral_service.deliveries.states import DeliveryKind, Purpose
from referral_service.deliveries.webhook import Endpoint
from referral_service.directory.models import Agency, Channel, ContactPoint, Hours, signing_secret_field
from referral_service.routing.agency_route import route_to
from shared.crypto.vault import Vault
from shared.domain.vocabulary import RecipientKind
from shared.errors import HelplineError
from shared.service.context import ServiceContext

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
    r.recipient_kind, a.recipient_kinds, a.encryption_key, a.signing_secret, k.wrapped,
    (SELECT jsonb_agg(jsonb_build_object('hours', p.hours, 'channel', p.channel, 'url', p.url, 'phone', p.phone)
            ORDER BY p.hours, p.channel)
     FROM contact_points p WHERE p.agency_id = a.id) AS points
"""
"""Claims only the oldest waiting delivery of a referral. The arrays are busy agencies by priority; where a priority
has no slot its array is NULL, and no agency differs from all of NULL."""

log = structlog.get_logger()


@dataclass(frozen=True)
class ClaimedDelivery:
    """One delivery as it was when it was claimed. Without an endpoint only a person can reach the agency now."""

    delivery_id: UUID
    referral_id: UUID
    disclosure_id: UUID
    agency_id: UUID
    kind: DeliveryKind
    is_disclosure: bool
    priority: Priority
    fence: int
    endpoint: Endpoint | None

    @property
    def urgent(self) -> bool:
        return self.priority is Priority.DANGER


async def claim_next(context: ServiceContext, running: RunningDeliveries) -> ClaimedDelivery | None:
    """Claim the next due delivery, danger first; None where none is due that has a slot.

    The claim is one statement and so a commit of its own.
    """
    open_priorities = running.open_priorities()
    if not open_priorities:
        return None
    now = context.clock()
    busy = [running.busy_agencies(one) if one in open_priorities else None for one in Priority]
    row = await context.database.pool.fetchrow(_CLAIM, now, LEASE_IN_DANGER, LEASE, *busy)
    return _claimed(row, context, now) if row else None


def _claimed(row: Mapping[str, Any], context: ServiceContext, now: datetime) -> ClaimedDelivery:
    return ClaimedDelivery(
        delivery_id=row["id"],
        referral_id=row["referral_id"],
        disclosure_id=row["disclosure_id"],
        agency_id=row["agency_id"],
        kind=DeliveryKind(row["kind"]),
        is_disclosure=row["purpose"] == Purpose.DISCLOSURE,
        priority=priority_of(urgent=row["urgent"], forced=row["forced"]),
        fence=row["fence"],
        endpoint=_endpoint_for(row, context.vault, now),
    )


def _endpoint_for(row: Mapping[str, Any], vault: Vault, now: datetime) -> Endpoint | None:
    if row["signing_secret"] is None:
        return None
    agency = Agency(id=row["agency_id"], recipient_kinds=row["recipient_kinds"])
    points = [_contact_point(point) for point in row["points"] or ()]
    route = route_to(agency, points, RecipientKind(row["recipient_kind"]), now)
    if route is None or route.endpoint is None or route.endpoint.url is None:
        return None
    try:
        key = vault.open_key(agency.id, row["wrapped"] or b"")
        secret = vault.open(key, signing_secret_field(agency.id), row["signing_secret"])
    except HelplineError as error:  # one agency's broken key must not stop everybody's deliveries
        log.error("signing secret does not open", agency_id=agency.id, error=type(error).__name__)
        return None
    return Endpoint(route.endpoint.url, secret, row["encryption_key"])


def _contact_point(point: Mapping[str, Any]) -> ContactPoint:
    return ContactPoint(
        hours=Hours(point["hours"]),
        channel=Channel(point["channel"]),
        url=point["url"],
        phone=point["phone"],
    )
