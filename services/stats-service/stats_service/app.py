"""The map of statistics: its one door, the events that it counts, and the publishing of months that have settled."""

from pathlib import Path

from shared.platform import Loop, Service
from stats_service import statistics_api
from stats_service.publishing import publish_settled_months
from stats_service.reactions import REACTIONS
from stats_service.tables import Base

STATS = Service(
    name="stats",
    title="Helpline statistics",
    summary="Counts of contacts, cases, people and referrals: protected for everybody, exact for analysts.",
    routers=(statistics_api.router,),
    reactions=REACTIONS,
    loops=(Loop("publish_settled_months", publish_settled_months, every=300),),
    migrations=Path(__file__).parent / "migrations",
    metadata=Base.metadata,
)
