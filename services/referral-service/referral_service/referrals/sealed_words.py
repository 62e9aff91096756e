"""Sealed words: the names and references that agencies give with their acts, sealed as personal data."""

from uuid import UUID

from referral_service.referrals.acts import Words
from referral_service.referrals.models import Referral
from shared.crypto.vault import SealedField
from shared.db.unit_of_work import UnitOfWork


async def open_words(referral: Referral, uow: UnitOfWork) -> Words:
    """Return the words of all acts; none where their key was destroyed."""
    field = words_field(referral.id)
    return Words(await uow.keys.open_or_none(referral.id, field, referral.agency_answer) or {})


async def keep_words(referral: Referral, words: Words, uow: UnitOfWork) -> None:
    """Seal the words again where an act added some."""
    if words.changed:
        field = words_field(referral.id)
        referral.keep_words(await uow.keys.seal(referral.id, field, words.by_act))


def words_field(referral_id: UUID) -> SealedField:
    return SealedField("referrals", "agency_answer", referral_id)
