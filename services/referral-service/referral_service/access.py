"""Access to referral's records: guards that load what a route works on. An agency sees only what reached it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from referral_service.directory.models import Agency
from referral_service.referrals.models import Referral
from referral_service.referrals.queries import load_deliveries, lock_referral
from shared.errors import NotFound
from shared.http.auth import Uow, has_role
from shared.http.etags import IF_MATCH_PROBLEMS, IfMatch, check_if_match
from shared.http.problems import raises
from shared.identity.principals import Principal, Role

Adviser = Annotated[Principal, Depends(has_role(Role.ADVISER, Role.SAFEGUARDING_LEAD))]
Staff = Annotated[Principal, Depends(has_role(Role.ADVISER, Role.SAFEGUARDING_LEAD, Role.OPERATOR))]
Operator = Annotated[Principal, Depends(has_role(Role.OPERATOR))]
AgencyCaller = Annotated[Principal, Depends(has_role(Role.AGENCY))]
ReferralReader = Annotated[Principal, Depends(has_role(Role.ADVISER, Role.SAFEGUARDING_LEAD, Role.AGENCY))]


def own_agency_of(principal: Principal) -> UUID | None:
    """Return the agency to whose referrals a caller is limited; None for advisers, who may see all.

    NotFound for an agency's token that names no agency.
    """
    if Role.AGENCY not in principal.roles:
        return None
    if principal.agency is None:
        raise NotFound
    return principal.agency


@raises(NotFound)
async def _referral_to_read(referral_id: UUID, principal: ReferralReader, uow: Uow) -> Referral:
    referral = await uow.session.get(Referral, referral_id)
    if referral is None:
        raise NotFound
    await load_deliveries(uow.session, referral)
    return _visible(referral, own_agency_of(principal))


@raises(NotFound)
async def _referral_to_answer(referral_id: UUID, principal: AgencyCaller, uow: Uow) -> Referral:
    return _visible(await _locked_referral(referral_id, uow), own_agency_of(principal))


@raises(NotFound)
async def _referral_to_link(referral_id: UUID, _: Adviser, uow: Uow) -> Referral:
    return await _locked_referral(referral_id, uow)


async def _locked_referral(referral_id: UUID, uow: Uow) -> Referral:
    referral = await lock_referral(uow.session, referral_id)
    if referral is None:
        raise NotFound
    return referral


def _visible(referral: Referral, agency: UUID | None) -> Referral:
    """Return the referral unless it is another agency's, or nothing of it has reached the agency."""
    if agency is not None and (referral.agency_id != agency or not referral.arrived):
        raise NotFound
    return referral


@raises(NotFound)
async def _agency_to_read(agency_id: UUID, _: Staff, uow: Uow) -> Agency:
    return await _agency(agency_id, uow)


@raises(NotFound, *IF_MATCH_PROBLEMS)
async def _agency_to_change(agency_id: UUID, _: Operator, uow: Uow, if_match: IfMatch = None) -> Agency:
    """Return the agency, locked until the commit and unchanged since the caller read it."""
    agency = await _agency(agency_id, uow, lock=True)
    check_if_match(if_match, agency.version)
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
