"""An agency: a body that a referral can be addressed to, and where it can be reached at which hours."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from referral_service.tables import Base
from shared.errors import Conflict
from shared.tables import Codes, CodeText, PublicText, Sealed
from shared.vault import Place
from shared.vocabulary import RecipientKind

_AGENCIES = UUID("6d1f3c0e-6a0c-5d0a-9c1b-0c7a3f5f2b11")


class Hours(StrEnum):
    ALWAYS = "always"
    OFFICE_HOURS = "office_hours"
    OUT_OF_HOURS = "out_of_hours"


class Channel(StrEnum):
    WEBHOOK = "webhook"
    LINK = "link"
    PHONE = "phone"


class AgencyRegisteredAlready(Conflict):
    code = "agency-registered-already"
    title = "An agency with this body code is in the directory already"


class Agency(Base):
    """One agency. Everything here but the signing secret is public-office data."""

    __tablename__ = "agencies"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(CodeText, unique=True)
    name: Mapped[str] = mapped_column(PublicText)
    nation: Mapped[str | None] = mapped_column(CodeText)
    serves: Mapped[list[Any]] = mapped_column(Codes)
    territorial: Mapped[bool]
    encryption_key: Mapped[str | None] = mapped_column(PublicText)
    """The agency's public X25519 key, base64; what is sent is sealed to it."""
    signing_secret: Mapped[bytes | None] = mapped_column(Sealed)
    version: Mapped[int]
    registered_at: Mapped[datetime]

    def answers_for(self, kind: RecipientKind) -> bool:
        return kind.value in self.serves

    def change(self, *, encryption_key: str | None) -> None:
        """A new version; `access.AgencyToChange` has seen that it is the one that was read."""
        self.encryption_key = encryption_key
        self.version += 1


class ContactPoint(Base):
    """One way to reach an agency, at certain hours of the day in the United Kingdom."""

    __tablename__ = "contact_points"
    __table_args__ = (
        UniqueConstraint("agency_id", "hours", "channel"),
        CheckConstraint("(channel = 'webhook') = (url IS NOT NULL)", name="webhook_has_address"),
        CheckConstraint("channel <> 'phone' OR phone IS NOT NULL", name="phone_has_number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    hours: Mapped[str] = mapped_column(CodeText)
    channel: Mapped[str] = mapped_column(CodeText)
    url: Mapped[str | None] = mapped_column(PublicText)
    phone: Mapped[str | None] = mapped_column(PublicText)


def agency_id(body: str) -> UUID:
    """An agency's id follows from its body code: the same in every database, known before it is registered."""
    return uuid5(_AGENCIES, body)


def secret_place(agency: UUID) -> Place:
    return Place("agencies", "signing_secret", agency)


async def points_of(session: AsyncSession, *agencies: UUID) -> dict[UUID, list[ContactPoint]]:
    """The contact points of each agency, in a steady order."""
    order = (ContactPoint.agency_id, ContactPoint.hours, ContactPoint.channel)
    rows = await session.scalars(
        select(ContactPoint).where(ContactPoint.agency_id.in_(agencies)).order_by(*order)
    )
    points: dict[UUID, list[ContactPoint]] = {agency: [] for agency in agencies}
    for row in rows:
        points[row.agency_id].append(row)
    return points
