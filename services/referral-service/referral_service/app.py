"""Referral service: its routes, event handlers and loops."""

from pathlib import Path

from referral_service.access_links.api import router as access_links
from referral_service.db import Base
from referral_service.deliveries.delivery_worker import run_deliveries
from referral_service.deliveries.models import DELIVERIES_CHANNEL
from referral_service.directory.api import router as agencies
from referral_service.event_handlers import EVENT_HANDLERS
from referral_service.referrals.api import router as referrals
from referral_service.routing.responsible_agencies_api import router as responsible_agencies
from referral_service.settings import ReferralSettings
from shared.http.idempotency import delete_expired_responses
from shared.service.spec import BackgroundLoop, ServiceSpec

SERVICE = ServiceSpec(
    name="referral",
    title="Helpline referral",
    summary="Agencies and how to reach them; referrals to them, and what became of each.",
    routers=(
        agencies,
        responsible_agencies,
        referrals,
        access_links,
    ),
    tags={
        "agencies": "Directory of agencies, and the contact points at which each is reached.",
        "responsible-agencies": "Police and social care that protect people in a place, for an adviser on the phone.",
        "referrals": "Referrals as agencies answer them and as advisers follow them.",
        "access-links": "One-time links for agencies without an endpoint, and the pages that they open.",
    },
    event_handlers=EVENT_HANDLERS,
    loops=(
        BackgroundLoop("run_deliveries", run_deliveries, every=1.0, channel=DELIVERIES_CHANNEL),
        BackgroundLoop("delete_expired_responses", delete_expired_responses, every=3600.0),
    ),
    migrations=Path(__file__).parent / "migrations",
    metadata=Base.metadata,
    settings=ReferralSettings,
    max_body_bytes=64 * 1024,
)
