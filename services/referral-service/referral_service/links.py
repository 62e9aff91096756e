"""A one-time link: for an agency without an endpoint, a way to read one referral and say that it has it."""

import base64
import binascii
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from referral_service.tables import Base
from shared.errors import Gone, NotFound
from shared.tables import CodeText, Digest
from shared.vault import Vault

GOOD_FOR = timedelta(hours=72)
READABLE_FOR = timedelta(hours=24)
"""From the first opening."""
OPENS_AT_MOST = 5
RANDOM_BYTES = 20
TAG_BYTES = 16


class LinkEnded(Gone):
    code = "link-ended"
    title = "This link has ended. Ask the helpline for a new one."


class Link(Base):
    """Only a keyed hash of the token is here: whoever reads the table cannot open a link."""

    __tablename__ = "links"
    __table_args__ = (
        CheckConstraint(f"opens BETWEEN 0 AND {OPENS_AT_MOST}", name="opened_at_most_five_times"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referrals.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(Digest, unique=True)
    made_by: Mapped[str] = mapped_column(CodeText)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    opens: Mapped[int]
    first_opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    def ended(self, at: datetime) -> bool:
        """Acknowledged, too old, or read often enough."""
        too_late = self.first_opened_at is not None and at > self.first_opened_at + READABLE_FOR
        return self.ended_at is not None or at > self.expires_at or too_late

    def open(self, at: datetime) -> None:
        """One of its openings is used."""
        if self.ended(at) or self.opens >= OPENS_AT_MOST:
            raise LinkEnded
        self.opens += 1
        self.first_opened_at = self.first_opened_at or at

    def give_back(self) -> None:
        """The opening showed nothing, through no fault of the reader's."""
        self.opens -= 1
        if self.opens == 0:
            self.first_opened_at = None

    def end(self, at: datetime) -> None:
        """Whoever has read it may say so later, even when it can no longer be read."""
        if self.ended_at is not None or self.opens == 0:
            raise LinkEnded
        self.ended_at = at


def new_token(vault: Vault) -> str:
    """160 random bits and a signature over them, so that a guess is refused before any table is asked."""
    chance = secrets.token_bytes(RANDOM_BYTES)
    return base64.urlsafe_b64encode(chance + _tag(vault, chance)).decode()


def token_hash(vault: Vault, token: str) -> bytes:
    """What is stored of a token; NotFound where it is none of ours."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotFound from None
    chance, tag = raw[:RANDOM_BYTES], raw[RANDOM_BYTES:]
    if len(raw) != RANDOM_BYTES + TAG_BYTES or not hmac.compare_digest(tag, _tag(vault, chance)):
        raise NotFound
    return vault.fingerprint("link token", raw)


def _tag(vault: Vault, chance: bytes) -> bytes:
    return vault.fingerprint("link signature", chance)[:TAG_BYTES]


async def link_of(session: AsyncSession, vault: Vault, token: str, *, lock: bool = False) -> Link:
    found = select(Link).where(Link.token_hash == token_hash(vault, token))
    link: Link | None = await session.scalar(found.with_for_update() if lock else found)
    if link is None:
        raise NotFound
    return link
