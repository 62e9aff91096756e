"""Settings of the case service. Times can be made shorter than the sharing rules' own, never longer."""

from typing import cast

from pydantic import Field

from case_service.sharing.duties.deadlines import ShorterDeadlines
from shared.service.context import ServiceContext
from shared.service.settings import Settings, seconds


class CaseSettings(Settings):
    """Settings that the case service has beside those of every service."""

    intake_url: str
    """Address of the intake service, from which reports are imported."""
    confirm_danger_seconds: float | None = Field(default=None, ge=0)
    """Seconds that an adviser has to confirm a danger that a report says; at most ten minutes."""
    confirm_child_seconds: float | None = Field(default=None, ge=0)
    """Seconds that an adviser has to confirm a child that a report tells of; at most one hour."""
    escalate_after_danger_seconds: float | None = Field(default=None, ge=0)
    """Seconds after which a person must telephone about an unacknowledged danger; at most one minute."""
    escalate_after_child_seconds: float | None = Field(default=None, ge=0)
    """Seconds after which a person must telephone about a child; at most until the end of the British day."""
    escalate_after_permitted_seconds: float | None = Field(default=None, ge=0)
    """Seconds after which a person must telephone about what was only permitted; at most 72 hours."""

    def shorter_deadlines(self) -> ShorterDeadlines:
        return ShorterDeadlines(
            confirm_danger=seconds(self.confirm_danger_seconds),
            confirm_child=seconds(self.confirm_child_seconds),
            escalate_danger=seconds(self.escalate_after_danger_seconds),
            escalate_child=seconds(self.escalate_after_child_seconds),
            escalate_permitted=seconds(self.escalate_after_permitted_seconds),
        )


def settings_of(context: ServiceContext) -> CaseSettings:
    return cast(CaseSettings, context.settings)


def deadlines_of(context: ServiceContext) -> ShorterDeadlines:
    """Return the deadlines that this service's operator shortened."""
    return settings_of(context).shorter_deadlines()
