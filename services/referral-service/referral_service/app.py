"""The map of referral: its doors, what it reacts to, and what it does by itself."""

from pathlib import Path

from referral_service import agencies_api, links_api, referrals_api, routes_api
from referral_service.deliveries import BELL
from referral_service.delivering import deliver
from referral_service.reactions import REACTIONS
from referral_service.tables import Base
from shared.platform import Loop, Service

REFERRAL = Service(
    name="referral",
    title="Helpline referral",
    summary="Agencies and how to reach them; referrals brought to them, signed, and what came of each.",
    routers=(agencies_api.router, routes_api.router, referrals_api.router, links_api.router),
    reactions=REACTIONS,
    loops=(Loop("deliver", deliver, every=1.0, bell=BELL),),
    migrations=Path(__file__).parent / "migrations",
    metadata=Base.metadata,
    bodies_at_most=64 * 1024,
)
