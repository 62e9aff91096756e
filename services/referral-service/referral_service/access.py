"""Who may do what in referral: an agency sees what reached it and nothing else, not even that there is more."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from referral_service.agencies import Agency
from referral_service.loading import to_change, with_deliveries
from referral_service.referrals import Referral
from shared.access import Uow, holding
from shared.errors import NotFound
from shared.etags import IfMatch, must_match
from shared.identity import Principal, Role

Adviser = Annotated[Principal, Depends(holding(Role.ADVISER, Role.SAFEGUARDING_LEAD))]
Staff = Annotated[Principal, Depends(holding(Role.ADVISER, Role.SAFEGUARDING_LEAD, Role.OPERATOR))]
Operator = Annotated[Principal, Depends(holding(Role.OPERATOR))]
AgencyCaller = Annotated[Principal, Depends(holding(Role.AGENCY))]
Reader = Annotated[Principal, Depends(holding(Role.ADVISER, Role.SAFEGUARDING_LEAD, Role.AGENCY))]


def only_own(principal: Principal) -> UUID | None:
    """The one agency whose referrals somebody may see; None for those of us who may see all."""
    if Role.AGENCY not in principal.roles:
        return None
    if principal.agency is None:
        raise NotFound
    return principal.agency


async def _referral_to_read(referral_id: UUID, principal: Reader, uow: Uow) -> Referral:
    referral = await uow.session.get(Referral, referral_id)
    if referral is None:
        raise NotFound
    await with_deliveries(uow.session, referral, lock=False)
    return _visible(referral, only_own(principal))


async def _referral_to_answer(referral_id: UUID, principal: AgencyCaller, uow: Uow) -> Referral:
    referral = await to_change(uow.session, referral_id)
    if referral is None:
        raise NotFound
    return _visible(referral, only_own(principal))


async def _referral_to_link(referral_id: UUID, _: Adviser, uow: Uow) -> Referral:
    referral = await to_change(uow.session, referral_id)
    if referral is None:
        raise NotFound
    return referral


def _visible(referral: Referral, agency: UUID | None) -> Referral:
    if agency is not None and (referral.agency_id != agency or not referral.arrived):
        raise NotFound
    return referral


async def _agency_to_read(agency_id: UUID, _: Staff, uow: Uow) -> Agency:
    return await _agency(agency_id, uow)


async def _agency_to_change(agency_id: UUID, _: Operator, uow: Uow, if_match: IfMatch = None) -> Agency:
    """Locked until the commit, and as it was read."""
    agency = await _agency(agency_id, uow, lock=True)
    must_match(if_match, agency.version)
    return agency


async def _agency(agency_id: UUID, uow: Uow, *, lock: bool = False) -> Agency:
    agency = await uow.session.get(Agency, agency_id, with_for_update=lock or None)
    if agency is None:
        raise NotFound
    return agency


ReferralToRead = Annotated[Referral, Depends(_referral_to_read, scope="function")]
ReferralToAnswer = Annotated[Referral, Depends(_referral_to_answer, scope="function")]
ReferralToLink = Annotated[Referral, Depends(_referral_to_link, scope="function")]
AgencyToRead = Annotated[Agency, Depends(_agency_to_read, scope="function")]
AgencyToChange = Annotated[Agency, Depends(_agency_to_change, scope="function")]
