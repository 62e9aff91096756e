"""Agency as a client of the referral service: it is sent referrals and answers them."""

from typing import Any

from tests.referral.event_builders import authorised
from tests.referral.partner_double import Partner
from tests.support.services import RunningService


async def send(referral: RunningService, partner: Partner, **fields: Any) -> str:
    """Send this partner a referral and return the path of it."""
    event = authorised(agency_code=partner.agency_code, **fields)
    await referral.given(event)
    await referral.run_loop("run_deliveries")
    (row,) = await referral.fetch("SELECT id FROM referrals WHERE recipient_id = $1", event.recipient_id)
    return f"/v1/referrals/{row['id']}"


async def say(referral: RunningService, partner: Partner, path: str, command: Any = None) -> Any:
    """Post an answer of the agency."""
    return await referral.http.post(path, json=command, headers=partner.sign_in())


ANSWERS: list[tuple[str, Any]] = [
    ("acknowledgement", {}),
    ("acceptance", None),
    ("decline", {"reason": "not_our_area"}),
    ("outcomes", {"outcome": "visit_made"}),
    ("recall-answer", {"answer": "destroyed"}),
]
