"""Statistics service: its one route, the events that it counts, and the publication of settled months."""

from pathlib import Path

from shared.service.spec import BackgroundLoop, ServiceSpec
from stats_service.db import Base
from stats_service.event_handlers import EVENT_HANDLERS
from stats_service.measures.api import router as statistics
from stats_service.releases.published_months import publish_settled_months

SERVICE = ServiceSpec(
    name="stats",
    title="Helpline statistics",
    summary="Counts of contacts, cases, people and referrals: protected for everybody, exact for analysts.",
    routers=(statistics,),
    tags={"statistics": "Figures: protected for everybody, exact for analysts."},
    event_handlers=EVENT_HANDLERS,
    loops=(BackgroundLoop("publish_settled_months", publish_settled_months, every=300),),
    migrations=Path(__file__).parent / "migrations",
    metadata=Base.metadata,
)
