"""Sharing permissions: consent or a lead's decision lets an agency be told."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.sharing.duties.deadlines import ShorterDeadlines
from shared.db.columns import code_of


class PermissionState(StrEnum):
    """States of a sharing permission."""

    AUTHORISED = "authorised"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    WITHHELD = "withheld"


PERMISSION_TRANSITIONS: dict[PermissionState, frozenset[PermissionState]] = {
    PermissionState.AUTHORISED: frozenset(PermissionState),
    PermissionState.SENT: frozenset(PermissionState),
    PermissionState.ACKNOWLEDGED: frozenset({PermissionState.AUTHORISED}),
    PermissionState.WITHHELD: frozenset({PermissionState.AUTHORISED}),
}
"""States that may follow each state; any other change is a mistake in our code."""


class SharingPermission(Base):
    """Row of a sharing permission. Its clock ends with a telephone task where the agency does not acknowledge."""

    __tablename__ = "sharing_permissions"

    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("case_recipients.id"), primary_key=True)
    state: Mapped[PermissionState] = mapped_column(code_of(PermissionState, name="state_known"))
    authorised_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def is_open(self) -> bool:
        return self.state in (PermissionState.AUTHORISED, PermissionState.SENT)

    def copy_for(self, recipient_id: UUID) -> "SharingPermission":
        """Return the same permission for another case recipient."""
        return SharingPermission(
            recipient_id=recipient_id,
            state=self.state,
            authorised_at=self.authorised_at,
            sent_at=self.sent_at,
            acknowledged_at=self.acknowledged_at,
            due_at=self.due_at,
        )

    def join(self, other: "SharingPermission") -> None:
        """Be as open as the more open of two permissions of one agency, with the earlier deadline (fact 13)."""
        states = list(PermissionState)  # from the most open one on
        self.state = min(self.state, other.state, key=states.index)
        self.authorised_at = max(self.authorised_at, other.authorised_at)
        self.sent_at = min(filter(None, (self.sent_at, other.sent_at)), default=None)
        self.acknowledged_at = self.acknowledged_at or other.acknowledged_at
        self.due_at = min(filter(None, (self.due_at, other.due_at)), default=None)

    def _to(self, state: PermissionState) -> None:
        if state not in PERMISSION_TRANSITIONS[self.state]:
            raise ValueError(f"a permission that is {self.state} cannot become {state}")
        self.state = state

    def authorise(self, at: datetime, deadlines: ShorterDeadlines) -> None:
        """Let it be sent. What is still unanswered keeps its earlier deadline."""
        self._to(PermissionState.AUTHORISED)
        due = deadlines.acknowledge_permitted_by(at)
        self.authorised_at, self.due_at = at, min(self.due_at or due, due)

    def mark_sent(self, at: datetime) -> None:
        if self.state is PermissionState.AUTHORISED:
            self._to(PermissionState.SENT)
        self.sent_at = self.sent_at or at

    def acknowledge(self, at: datetime) -> None:
        """Record that the agency has everything that was permitted."""
        self._to(PermissionState.ACKNOWLEDGED)
        self.acknowledged_at, self.due_at = at, None

    def withhold(self) -> None:
        """Record that the rules let nothing go any more."""
        self._to(PermissionState.WITHHELD)
        self.due_at = None

    def set_deadline(self, at: datetime | None) -> None:
        """Set when the clock ends; None stops it."""
        self.due_at = at
