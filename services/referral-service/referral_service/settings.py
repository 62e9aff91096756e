"""Settings of the referral service."""

from typing import cast

from shared.service.context import ServiceContext
from shared.service.settings import Settings, is_https

PUBLIC_URL_REFUSAL = (
    "In production HELPLINE_PUBLIC_URL starts with https://: one-time links open what people told us, "
    "and are made of it"
)
LOOPBACK_REFUSAL = "HELPLINE_ALLOW_LOOPBACK_AGENCIES is for laptops; a production process refuses it"


class ReferralSettings(Settings):
    """Settings that referral has beside those of every service."""

    case_url: str
    """Address of the case service, which issues content."""
    public_url: str
    """Address at which agencies reach this service; access links and the addresses in messages begin with it."""
    allow_loopback_agencies: bool = False
    """Agencies' endpoints may be on this machine, as on a laptop and in tests."""

    def refusal(self) -> str | None:
        in_production = self.mode == "production"
        if in_production and self.allow_loopback_agencies:
            return LOOPBACK_REFUSAL
        if refusal := super().refusal():
            return refusal
        return PUBLIC_URL_REFUSAL if in_production and not is_https(self.public_url) else None

    def public_address(self, path: str) -> str:
        """Return the address of a path as agencies call it."""
        return self.public_url.rstrip("/") + path


def settings_of(context: ServiceContext) -> ReferralSettings:
    return cast(ReferralSettings, context.settings)
