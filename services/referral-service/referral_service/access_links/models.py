"""Access links: an agency without an endpoint reads one referral by it and says that it has it."""

import base64
import binascii
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from referral_service.db import Base
from shared.crypto.vault import Vault
from shared.db.columns import CodeText, Digest
from shared.errors import Gone, NotFound
from shared.ids import new_id

VALID_FOR = timedelta(hours=72)
"""Time from its creation to the first opening."""
READABLE_FOR = timedelta(hours=24)
"""Time from the first opening to the last."""
MAX_OPENINGS = 5
RANDOM_BYTES = 20
TAG_BYTES = 16


class AccessLinkEnded(Gone):
    """The link was acknowledged, is too old, or was opened as often as it may be."""

    code = "access-link-ended"
    title = "This link has ended; ask the helpline for a new one"


class AccessLink(Base):
    """One access link. Only a keyed hash of its token is stored, so that a reader of the table cannot open it."""

    __tablename__ = "access_links"
    __table_args__ = (
        CheckConstraint(f"openings BETWEEN 0 AND {MAX_OPENINGS}", name="opened_at_most_five_times"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referrals.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(Digest, unique=True)
    created_by: Mapped[str] = mapped_column(CodeText)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    openings: Mapped[int]
    first_opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def openings_left(self) -> int:
        return MAX_OPENINGS - self.openings

    def has_ended(self, at: datetime) -> bool:
        """Return whether it was acknowledged, or is too old; `open` counts the openings."""
        too_late = self.first_opened_at is not None and at > self.first_opened_at + READABLE_FOR
        return self.ended_at is not None or at > self.expires_at or too_late

    def open(self, at: datetime) -> None:
        """Use one of its openings."""
        if self.has_ended(at) or self.openings >= MAX_OPENINGS:
            raise AccessLinkEnded
        self.openings += 1
        self.first_opened_at = self.first_opened_at or at
        self.version += 1

    def give_back_opening(self) -> None:
        """Take back an opening that could show nothing through no fault of the reader."""
        self.openings -= 1
        if self.openings == 0:
            self.first_opened_at = None
        self.version += 1

    def end(self, at: datetime) -> None:
        """End it with an acknowledgement, which is accepted even when it can no longer be read."""
        if self.ended_at is not None or self.openings == 0:
            raise AccessLinkEnded
        self.ended_at = at
        self.version += 1


def new_access_link(referral_id: UUID, token_hash: bytes, *, created_by: str, at: datetime) -> AccessLink:
    return AccessLink(
        id=new_id(),
        version=1,
        referral_id=referral_id,
        token_hash=token_hash,
        created_by=created_by,
        created_at=at,
        expires_at=at + VALID_FOR,
        openings=0,
    )


def new_token(vault: Vault) -> str:
    """Return 160 random bits with a signature, so that a guessed token is refused without a query."""
    random = secrets.token_bytes(RANDOM_BYTES)
    return base64.urlsafe_b64encode(random + _tag(vault, random)).decode()


def hash_of_token(vault: Vault, token: str) -> bytes:
    """Return the keyed hash under which a token is stored; NotFound where it is not one of ours."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotFound from None
    random, tag = raw[:RANDOM_BYTES], raw[RANDOM_BYTES:]
    if len(raw) != RANDOM_BYTES + TAG_BYTES or not hmac.compare_digest(tag, _tag(vault, random)):
        raise NotFound
    return vault.fingerprint("access link token", raw)


def _tag(vault: Vault, random: bytes) -> bytes:
    return vault.fingerprint("access link signature", random)[:TAG_BYTES]


async def access_link_of(
    session: AsyncSession, vault: Vault, token: str, *, lock: bool = False
) -> AccessLink:
    """Return the access link of a token; NotFound where there is none."""
    found = select(AccessLink).where(AccessLink.token_hash == hash_of_token(vault, token))
    link: AccessLink | None = await session.scalar(found.with_for_update() if lock else found)
    if link is None:
        raise NotFound
    return link
