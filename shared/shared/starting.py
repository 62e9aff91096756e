"""What a service makes sure of before it starts: no setting of a laptop in production, no core dumps, room for many."""

import resource

from shared.settings import Settings

CONNECTIONS = 65_536
ISSUER = "In production HELPLINE_ISSUER and HELPLINE_TOKEN_URL start with https://"
LINKS = (
    "In production HELPLINE_PUBLIC_URL starts with https://: one-time links open what people told us, "
    "and are made of it"
)
LOOPBACK = "HELPLINE_ALLOW_LOOPBACK_AGENCIES is for laptops; a production process refuses it"


def refusal(service: str, settings: Settings) -> str | None:
    """The sentence for what must be put right before this service may run; None where nothing must."""
    if settings.mode != "production":
        return None
    if settings.allow_loopback_agencies:
        return LOOPBACK
    if not all(map(_is_safe, (settings.issuer, settings.token_url or settings.issuer))):
        return ISSUER
    if not _is_safe(settings.public_url) and (settings.public_url or service == "referral"):
        return LINKS
    return None


def limit_process() -> None:
    """No core dump, which would hold keys and what people told us; and connections enough for a crowd."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = CONNECTIONS if most == resource.RLIM_INFINITY else min(most, CONNECTIONS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))


def _is_safe(address: str) -> bool:
    return address.startswith("https://")
