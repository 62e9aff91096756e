"""Registration of agencies that are not responsible for a place."""

from sqlalchemy import func, select

from referral_service.directory.eligibility import check_registration
from referral_service.directory.models import Agency, agency_id
from referral_service.directory.schemas import RegisterAgency
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import RecipientKind
from shared.errors import Conflict
from shared.events import AgencyRegistered

REGISTRATION_LOCK = 0x61676E63
"""First key of the advisory locks on agency codes; the second is a hash of the code."""


class AgencyRegisteredAlready(Conflict):
    """The directory has an agency with this code."""

    code = "agency-registered-already"
    title = "An agency with this code is in the directory; change that one, or choose another code"


async def lock_agency_code(agency_code: str, uow: UnitOfWork) -> None:
    """Hold a lock on a code until the commit, so that two requests at once cannot both register it."""
    lock = func.pg_advisory_xact_lock(REGISTRATION_LOCK, func.hashtext(agency_code))
    await uow.session.execute(select(lock))


async def register(command: RegisterAgency, uow: UnitOfWork) -> Agency:
    check_registration(command.agency_code, command.name, command.recipient_kinds)
    new_id = agency_id(command.agency_code)
    if await uow.session.get(Agency, new_id) is not None:
        raise AgencyRegisteredAlready
    agency = Agency(
        id=new_id,
        version=1,
        agency_code=command.agency_code,
        name=command.name,
        nation=command.nation,
        recipient_kinds=sorted({kind.value for kind in command.recipient_kinds}),
        territorial=False,
        registered_at=uow.now,
    )
    uow.session.add(agency)
    kinds = tuple(RecipientKind(kind) for kind in agency.recipient_kinds)
    uow.publish(
        AgencyRegistered(
            agency_id=new_id, agency_code=command.agency_code, recipient_kinds=kinds, registered_at=uow.now
        )
    )
    return agency
