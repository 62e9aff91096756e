"""Intake service: its routes, event handlers, loops and alerts."""

from pathlib import Path

from intake_service.backlog.alerts import contacts_unreviewed, contacts_without_case
from intake_service.contacts.api import router as contacts
from intake_service.db import Base
from intake_service.event_handlers import EVENT_HANDLERS
from intake_service.reports.api import router as reports
from intake_service.settings import IntakeSettings
from shared.http.idempotency import delete_expired_responses
from shared.service.spec import BackgroundLoop, ServiceSpec

SERVICE = ServiceSpec(
    name="intake",
    title="Helpline intake",
    summary="Reports from the public, answered with a receipt; contacts for advisers.",
    routers=(
        reports,
        contacts,
    ),
    tags={
        "reports": "Reports from the public and from apps; no account, nothing required.",
        "contacts": "Contacts as advisers see them, and reports for the case service.",
    },
    event_handlers=EVENT_HANDLERS,
    loops=(BackgroundLoop("delete_expired_responses", delete_expired_responses, every=3600.0),),
    alerts={
        "contacts_without_case": contacts_without_case,
        "contacts_unreviewed": contacts_unreviewed,
    },
    migrations=Path(__file__).parent / "migrations",
    metadata=Base.metadata,
    settings=IntakeSettings,
)
