"""Agencies that a referral can be addressed to, and the contact points at which each is reached."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from referral_service.db import Base
from referral_service.directory.eligibility import may_receive
from shared.crypto.vault import SealedField
from shared.db.columns import Codes, CodeText, PublicText, Sealed, code_of
from shared.domain.vocabulary import Nation, RecipientKind

_AGENCIES = UUID("6d1f3c0e-6a0c-5d0a-9c1b-0c7a3f5f2b11")


class Hours(StrEnum):
    """Hours in the United Kingdom: office hours are Monday to Friday, 9:00 to 17:00, without bank holidays."""

    ALWAYS = "always"
    OFFICE_HOURS = "office_hours"
    OUT_OF_HOURS = "out_of_hours"


class Channel(StrEnum):
    """Way to reach an agency: a call to its endpoint, an access link, or a telephone number."""

    WEBHOOK = "webhook"
    LINK = "link"
    PHONE = "phone"


class Agency(Base):
    """One agency. Everything here except the signing secret is public information about an office."""

    __tablename__ = "agencies"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    agency_code: Mapped[str] = mapped_column(CodeText, unique=True)
    name: Mapped[str] = mapped_column(PublicText)
    nation: Mapped[Nation | None] = mapped_column(code_of(Nation, name="nation_known"))
    recipient_kinds: Mapped[list[str]] = mapped_column(Codes)
    territorial: Mapped[bool]
    encryption_key: Mapped[str | None] = mapped_column(PublicText)
    """The agency's public X25519 key in base64; messages to it are sealed with the key."""
    signing_secret: Mapped[bytes | None] = mapped_column(Sealed)
    registered_at: Mapped[datetime]

    def receives(self, recipient_kind: RecipientKind) -> bool:
        """Return whether it is a recipient of this kind; immigration enforcement is none, whoever entered it."""
        return may_receive(self.agency_code, self.name, recipient_kind, self.recipient_kinds)

    def change_contact(self, *, encryption_key: str | None, new_signing_secret: bytes | None) -> None:
        """Set the encryption key, or none; without a new sealed signing secret the one in use stays."""
        self.encryption_key = encryption_key
        if new_signing_secret is not None:
            self.signing_secret = new_signing_secret
        self.version += 1


class ContactPoint(Base):
    """One way to reach an agency at certain hours."""

    __tablename__ = "contact_points"
    __table_args__ = (
        UniqueConstraint("agency_id", "hours", "channel"),
        CheckConstraint("(channel = 'webhook') = (url IS NOT NULL)", name="webhook_has_address"),
        CheckConstraint("channel <> 'phone' OR phone IS NOT NULL", name="phone_has_number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    hours: Mapped[Hours] = mapped_column(code_of(Hours, name="hours_known"))
    channel: Mapped[Channel] = mapped_column(code_of(Channel, name="channel_known"))
    url: Mapped[str | None] = mapped_column(PublicText)
    phone: Mapped[str | None] = mapped_column(PublicText)


def agency_id(agency_code: str) -> UUID:
    """Return the id that follows from an agency's code: the same in every database, also before it is registered."""
    return uuid5(_AGENCIES, agency_code)


def signing_secret_field(agency: UUID) -> SealedField:
    return SealedField("agencies", "signing_secret", agency)


async def contact_points_of(session: AsyncSession, *agencies: UUID) -> dict[UUID, list[ContactPoint]]:
    """Return the contact points of each agency, in a stable order."""
    order = (ContactPoint.agency_id, ContactPoint.hours, ContactPoint.channel)
    rows = await session.scalars(
        select(ContactPoint).where(ContactPoint.agency_id.in_(agencies)).order_by(*order)
    )
    points: dict[UUID, list[ContactPoint]] = {agency: [] for agency in agencies}
    for row in rows:
        points[row.agency_id].append(row)
    return points
