"""What an operator can set, each as an environment variable HELPLINE_<NAME>; nothing here can loosen a sharing rule."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one service process; the five clocks can only be shortened by them."""

    model_config = SettingsConfigDict(env_prefix="HELPLINE_", extra="ignore", hide_input_in_errors=True)

    mode: Literal["local", "production"] = "production"
    listen: str = "127.0.0.1:8000"
    trusted_proxies: str = "127.0.0.1,::1"
    """Whose X-Forwarded-For is believed: addresses and networks with commas between."""
    requests_at_once: int = Field(default=1000, ge=1)
    """How many requests of the public, and as many with a token, one process takes on at a time."""
    body_within_seconds: float = Field(default=30.0, gt=0)
    reports_per_address: int = Field(default=1000, ge=0)
    """How many reports one address may send in ten minutes before it is asked to wait, unless one tells of danger or of
    a child; 0 for no limit."""

    database_url: SecretStr
    bus: SecretStr
    keyring: str

    issuer: str
    token_url: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")

    intake_url: str = "http://127.0.0.1:8001"
    case_url: str = "http://127.0.0.1:8002"
    referral_url: str = "http://127.0.0.1:8003"
    stats_url: str = "http://127.0.0.1:8004"

    allow_loopback_agencies: bool = False
    public_url: str = ""
    """Where agencies reach the referral service: the start of a one-time link."""

    confirm_danger_seconds: float | None = Field(default=None, ge=0)
    confirm_child_seconds: float | None = Field(default=None, ge=0)
    told_danger_seconds: float | None = Field(default=None, ge=0)
    told_child_seconds: float | None = Field(default=None, ge=0)
    told_permitted_seconds: float | None = Field(default=None, ge=0)

    taken_over_within_seconds: float = Field(default=600.0, gt=0)
    """How long a contact may wait for its case before a person is told."""

    kill_at: str = ""
    """Name of a point at which this process kills itself, for the fault tests; refused in production mode."""


def seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)
