"""Dangers: imminent danger and life-threatening emergencies. One that was recorded stays."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.cases.content import Place
from case_service.db import Base
from case_service.sharing.facts import DangerFact, FactKind, FactRef
from case_service.sharing.places import KnownPlace
from shared.crypto.vault import SealedField
from shared.db.columns import CodeText, Sealed, code_of
from shared.db.data_keys import DataKeys
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id


class DangerOrigin(StrEnum):
    """Source of a danger: the report itself, or an adviser."""

    REPORT = "report"
    ADVISER = "adviser"


class Danger(Base):
    """One danger. Without `person_id` it is not known who is in danger."""

    __tablename__ = "dangers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    place: Mapped[bytes | None] = mapped_column(Sealed)
    someone_hurt: Mapped[bool]
    """A person is hurt or ill: an ambulance may be needed."""
    origin: Mapped[DangerOrigin] = mapped_column(code_of(DangerOrigin, name="origin_known"))
    source_reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    """Reporter on the case who said so; None: nobody recorded who did."""
    recorded_by: Mapped[str] = mapped_column(CodeText)
    recorded_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(CodeText)
    confirmed_at: Mapped[datetime | None]

    @property
    def fact(self) -> FactRef:
        return FactRef(FactKind.DANGER, str(self.id), str(self.id))

    @property
    def is_verified(self) -> bool:
        """Return whether an adviser recorded or confirmed it."""
        return self.origin is DangerOrigin.ADVISER or self.confirmed_at is not None

    def confirm(self, *, by: str, at: datetime) -> None:
        """Record that an adviser confirmed what the report says; a second confirmation replaces nothing."""
        if self.confirmed_at is None:
            self.confirmed_by, self.confirmed_at = by, at

    async def move_to(self, case_id: UUID, place: Place | None, keys: DataKeys) -> None:
        """Put it on another case, its place sealed under that case's key."""
        self.case_id = case_id
        if place is not None:
            self.place = await keys.seal(case_id, place_field(self.id), place.model_dump(mode="json"))

    def as_fact(self, place: KnownPlace) -> DangerFact:
        source = self.source_reporter_id
        return DangerFact(
            person=str(self.person_id) if self.person_id else None,
            place=place,
            id=str(self.id),
            heard_from=frozenset({str(source)} if source else ()),
            said_in_report=self.origin is DangerOrigin.REPORT,
            verified=self.is_verified,
        )


def place_field(danger_id: UUID) -> SealedField:
    return SealedField("dangers", "place", danger_id)


@dataclass
class OpenedDanger:
    """Danger with its place opened."""

    row: Danger
    place: Place | None


async def create_danger(
    case_id: UUID,
    uow: UnitOfWork,
    *,
    origin: DangerOrigin,
    person_id: UUID | None = None,
    place: Place | None = None,
    source_reporter_id: UUID | None = None,
    someone_hurt: bool = False,
) -> OpenedDanger:
    """Add a danger to a case, its place sealed under the case's key."""
    row_id = new_id()
    content = place.model_dump(mode="json") if place is not None else None
    danger = Danger(
        id=row_id,
        case_id=case_id,
        person_id=person_id,
        place=await uow.keys.seal(case_id, place_field(row_id), content) if content else None,
        someone_hurt=someone_hurt,
        origin=origin,
        source_reporter_id=source_reporter_id,
        recorded_by=uow.actor,
        recorded_at=uow.now,
    )
    uow.session.add(danger)
    return OpenedDanger(danger, place)


async def dangers_of(case_id: UUID, uow: UnitOfWork) -> list[OpenedDanger]:
    """Return all dangers of a case, also those that two people took back, the oldest first."""
    found = select(Danger).where(Danger.case_id == case_id).order_by(Danger.recorded_at, Danger.id)
    return [await _opened(danger, uow) for danger in (await uow.session.scalars(found)).all()]


async def _opened(danger: Danger, uow: UnitOfWork) -> OpenedDanger:
    if danger.place is None:
        return OpenedDanger(danger, None)
    content = await uow.keys.open(danger.case_id, place_field(danger.id), danger.place)
    return OpenedDanger(danger, Place.model_validate(content))
