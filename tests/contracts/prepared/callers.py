"""Callers: everybody who may send a request, by the name of a column of the access table."""

from referral_service.directory.models import agency_id
from tests.referral.partner_double import MANCHESTER_POLICE
from tests.support.services import signed_in
from tools.registry import SERVICES

COLUMNS = (
    "nobody",
    "bad token",
    "adviser",
    "safeguarding_lead",
    "data_protection_officer",
    "analyst",
    "operator",
    "agency",
    "another agency",
    *(f"service {name}" for name in SERVICES),
)
OWN = agency_id(MANCHESTER_POLICE)
"""Agency to which the prepared referrals go."""
ANOTHER = agency_id("police:E23000001")
CALLERS: dict[str, dict[str, str]] = {
    "nobody": {},
    "bad token": {"authorization": "Bearer forged"},
    "agency": signed_in("agency", "desk", OWN),
    "another agency": signed_in("agency", "desk", ANOTHER),
    **{f"service {name}": signed_in("service", name) for name in SERVICES},
    **{role: signed_in(role, "lena" if role == "safeguarding_lead" else "ada") for role in COLUMNS[2:7]},
}
"""Headers of each caller. The lead is another person than the adviser, whose acts wait for a second one."""
