"""Concurrency of deliveries: limits by priority, so that slow agencies never delay a message about danger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from uuid import UUID


class Priority(IntEnum):
    """Priority of a delivery. A higher one may also use the slots of the lower ones."""

    ORDINARY = 0
    FORCED = 1
    """A child is concerned."""
    DANGER = 2


MAX_RUNNING: Final[Mapping[Priority, int]] = {
    Priority.ORDINARY: 12,
    Priority.FORCED: 20,
    Priority.DANGER: 32,
}
"""Deliveries of this priority and lower ones that may run at a time.

Twenty slots are left to deliveries for a child or in danger, and twelve of these to danger alone.
"""
MAX_RUNNING_PER_AGENCY: Final[Mapping[Priority, int]] = {
    Priority.ORDINARY: 1,
    Priority.FORCED: 2,
    Priority.DANGER: 3,
}
"""The same within one agency: one that is slow with an ordinary delivery is still called at once in danger."""


def priority_of(*, urgent: bool, forced: bool) -> Priority:
    if urgent:
        return Priority.DANGER
    return Priority.FORCED if forced else Priority.ORDINARY


@dataclass(frozen=True)
class RunningDeliveries:
    """Deliveries that run now, each as its agency and its priority."""

    running: Sequence[tuple[UUID, Priority]] = ()

    def open_priorities(self) -> list[Priority]:
        """Return the priorities of which one more delivery may begin."""
        priorities = [priority for _, priority in self.running]
        return [priority for priority in Priority if _has_slot(priorities, priority, MAX_RUNNING)]

    def busy_agencies(self, priority: Priority) -> list[UUID]:
        """Return the agencies to which no more deliveries of this priority may begin."""
        agencies = sorted({agency for agency, _ in self.running})
        return [
            agency
            for agency in agencies
            if not _has_slot(self._running_to(agency), priority, MAX_RUNNING_PER_AGENCY)
        ]

    def _running_to(self, agency: UUID) -> list[Priority]:
        return [priority for one, priority in self.running if one == agency]


def _has_slot(running: Sequence[Priority], wanted: Priority, limits: Mapping[Priority, int]) -> bool:
    return all(
        sum(one <= priority for one in running) < limits[priority]
        for priority in Priority
        if priority >= wanted
    )
