"""How many agencies are called at once, and who may take which place: what is slow never takes danger's."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID


class Lane(IntEnum):
    """Whoever is further down may also take the places of those above."""

    ORDINARY = 0
    FORCED = 1
    """A child is concerned."""
    DANGER = 2


AT_ONCE = {Lane.ORDINARY: 12, Lane.FORCED: 20, Lane.DANGER: 32}
"""So many with everything above them: ordinary deliveries leave twenty places, those for a child twelve to danger."""
PER_AGENCY = {Lane.ORDINARY: 1, Lane.FORCED: 2, Lane.DANGER: 3}
"""The same within one agency: one that is slow with what can wait is still called at once in danger."""


def lane_of(*, urgent: bool, forced: bool) -> Lane:
    if urgent:
        return Lane.DANGER
    return Lane.FORCED if forced else Lane.ORDINARY


@dataclass(frozen=True)
class Places:
    """Who is being called at this moment, and for what."""

    held: Sequence[tuple[UUID, Lane]] = ()

    def open(self) -> list[Lane]:
        """The lanes that one more delivery may be taken from, to an agency that has a place left."""
        lanes = [lane for _, lane in self.held]
        return [lane for lane in Lane if _one_more(lanes, lane, AT_ONCE)]

    def full(self, lane: Lane) -> list[UUID]:
        """The agencies that may not be called once more from this lane."""
        agencies = sorted({agency for agency, _ in self.held})
        return [one for one in agencies if not _one_more(self._held_by(one), lane, PER_AGENCY)]

    def _held_by(self, agency: UUID) -> list[Lane]:
        return [lane for one, lane in self.held if one == agency]


def _one_more(held: Sequence[Lane], wanted: Lane, limits: dict[Lane, int]) -> bool:
    return all(sum(one <= lane for one in held) < limits[lane] for lane in Lane if lane >= wanted)
