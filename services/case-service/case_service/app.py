"""The map of the case service: its doors, what it reacts to, and what it does by itself."""

from pathlib import Path

from case_service import (
    cases_api,
    consent_api,
    disclosures_api,
    leaving_api,
    legs,
    legs_api,
    persons_api,
    takeovers,
    tasks_api,
)
from case_service.holding import tell_held_matters
from case_service.minding import mind_clocks
from case_service.reactions import REACTIONS
from case_service.tables import Base
from shared.idempotency import forget_old_answers
from shared.platform import Loop, Service

CASE = Service(
    name="case",
    title="Helpline cases",
    summary="Cases, consent, overrides and what may leave.",
    routers=(
        cases_api.router,
        persons_api.router,
        consent_api.router,
        disclosures_api.router,
        leaving_api.router,
        legs_api.router,
        tasks_api.router,
    ),
    reactions=REACTIONS,
    loops=(
        Loop("take_over_reports", takeovers.take_over_reports, every=1.0, bell=takeovers.BELL),
        Loop("mind_clocks", mind_clocks, every=0.5, bell=legs.BELL),
        Loop("tell_held_matters", tell_held_matters, every=5.0),
        Loop("forget_old_answers", forget_old_answers, every=3600.0),
    ),
    migrations=Path(__file__).parent / "migrations",
    metadata=Base.metadata,
)
