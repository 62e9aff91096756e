"""Agency answers: an agency's own reference and the name of a person there, sealed as personal data."""

from uuid import UUID

from referral_service.referrals.models import Referral
from shared.crypto.vault import SealedField
from shared.db.unit_of_work import UnitOfWork


async def add_to_agency_answer(referral: Referral, uow: UnitOfWork, **said: str) -> None:
    """Add what an agency said, `reference` or `name`, to what it said before."""
    before = await open_agency_answer(referral, uow)
    after = {**before, **said}
    if after != before:
        field = agency_answer_field(referral.id)
        referral.keep_agency_answer(await uow.keys.seal(referral.id, field, after))


async def open_agency_answer(referral: Referral, uow: UnitOfWork) -> dict[str, str]:
    field = agency_answer_field(referral.id)
    return await uow.keys.open_or_none(referral.id, field, referral.agency_answer) or {}


def agency_answer_field(referral_id: UUID) -> SealedField:
    return SealedField("referrals", "agency_answer", referral_id)
