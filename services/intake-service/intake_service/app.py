"""Intake service: its routes, event handlers, loops and alerts."""

from pathlib import Path

from intake_service.backlog.alerts import contacts_to_look_at, contacts_unreviewed, contacts_without_case
from intake_service.contacts.api import router as contacts
from intake_service.db import Base
from intake_service.event_handlers import EVENT_HANDLERS
from intake_service.reports.api import router as reports
from intake_service.reports.same_words import delete_old_words
from intake_service.settings import MAX_BODY_BYTES, IntakeSettings
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
    loops=(
        BackgroundLoop("delete_expired_responses", delete_expired_responses, every=3600.0),
        BackgroundLoop("delete_old_words", delete_old_words, every=60.0),
    ),
    alerts={
        "contacts_without_case": contacts_without_case,
        "contacts_unreviewed": contacts_unreviewed,
        "contacts_to_look_at": contacts_to_look_at,
    },
    migrations=Path(__file__).parent / "migrations",
    metadata=Base.metadata,
    settings=IntakeSettings,
    max_body_bytes=MAX_BODY_BYTES,
)
