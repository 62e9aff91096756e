"""Settings that every service has, each read from an environment variable HELPLINE_<NAME>.

A service adds its own in a subclass. No setting can loosen a sharing rule.
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one service process."""

    model_config = SettingsConfigDict(env_prefix="HELPLINE_", extra="ignore", hide_input_in_errors=True)

    mode: Literal["local", "production"] = "production"
    listen: str = "127.0.0.1:8000"
    trusted_proxies: str = "127.0.0.1,::1"
    """Proxies whose X-Forwarded-For is believed: addresses and networks with commas between."""
    max_concurrent_requests: int = Field(default=1000, ge=1)
    """Requests without a token, and as many with one, that one process answers at a time."""
    body_timeout_seconds: float = Field(default=30.0, gt=0)

    database_url: SecretStr
    bus: SecretStr
    keyring: str

    issuer: str
    token_url: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")

    other_services: dict[str, str] = {}
    """Addresses of the other services by name, as JSON: whom `verify-audit` asks for remembered heads."""

    crash_point: str = ""
    """Crash point at which this process kills itself, for fault tests; refused in production."""

    def refusal(self) -> str | None:
        """Return the sentence for a setting with which this process must not start; None where all are safe."""
        if self.mode == "production" and not all(map(is_https, (self.issuer, self.token_url or self.issuer))):
            return "In production HELPLINE_ISSUER and HELPLINE_TOKEN_URL start with https://"
        return None


def is_https(address: str) -> bool:
    return address.startswith("https://")


def seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)
