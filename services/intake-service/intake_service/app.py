"""The map of intake: its doors, what it reacts to, and what it does by itself."""

from pathlib import Path

from intake_service import contacts_api, reports_api
from intake_service.reactions import REACTIONS
from intake_service.tables import Base
from intake_service.waiting import contacts_to_look_at, contacts_without_case
from shared.idempotency import forget_old_answers
from shared.platform import Loop, Service

INTAKE = Service(
    name="intake",
    title="Helpline intake",
    summary="Reports from the public, answered with a receipt; contacts for advisers.",
    routers=(reports_api.router, contacts_api.router),
    reactions=REACTIONS,
    loops=(Loop("forget_old_answers", forget_old_answers, every=3600.0),),
    concerns={
        "contacts_without_case": contacts_without_case,
        "contacts_to_look_at": contacts_to_look_at,
    },
    migrations=Path(__file__).parent / "migrations",
    metadata=Base.metadata,
)
