"""Settings of the intake service."""

from typing import cast

from pydantic import Field

from shared.service.context import ServiceContext
from shared.service.settings import Settings

MAX_BODY_BYTES = 256 * 1024
"""Largest body that is read, also once it is unpacked."""


class IntakeSettings(Settings):
    """Settings that intake has beside those of every service."""

    reports_per_address: int = Field(default=1000, ge=0)
    """Reports from one address in ten minutes before it must wait; danger and children never wait; 0: no limit."""
    import_within_seconds: float = Field(default=600.0, gt=0)
    """Seconds that a contact may wait for its case before a person is alerted."""


def settings_of(context: ServiceContext) -> IntakeSettings:
    return cast(IntakeSettings, context.settings)
