"""Answers about dangers."""

from datetime import datetime
from uuid import UUID

from case_service.cases.content import Place
from case_service.dangers.models import DangerOrigin, OpenedDanger
from case_service.sharing.facts import FactRef
from shared.http.schemas import Answer


class DangerOut(Answer):
    """One danger, with who recorded and who confirmed it."""

    id: UUID
    """Id of the danger."""
    person_id: UUID | None
    """Person in danger; null if it is not known who."""
    place: Place | None
    """Place where the danger is; null if only the other places of the case are known."""
    someone_hurt: bool
    """A person is hurt or ill."""
    origin: DangerOrigin
    """The report, or an adviser."""
    source_reporter_id: UUID | None
    """Reporter on the case who said so."""
    recorded_by: str
    """Person or process that recorded it."""
    recorded_at: datetime
    """Time of the record."""
    confirmed_by: str | None
    """Person who confirmed what the report said."""
    confirmed_at: datetime | None
    """Time of the confirmation."""
    taken_back: bool
    """Two people stood it down or corrected it."""

    @classmethod
    def of(cls, danger: OpenedDanger, taken_back: frozenset[FactRef]) -> "DangerOut":
        names = [name for name in cls.model_fields if name not in ("place", "taken_back")]
        columns = {name: getattr(danger.row, name) for name in names}
        return cls(**columns, place=danger.place, taken_back=danger.row.fact in taken_back)
