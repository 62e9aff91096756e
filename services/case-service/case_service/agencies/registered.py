"""Known agencies: those that answer for a place, from reference data, and those that are registered at referral."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from shared.db.columns import CodeSet, CodeText
from shared.db.unit_of_work import UnitOfWork
from shared.domain.geography import SOCIAL_CARE_DESK
from shared.domain.geography import agencies as reference_agencies
from shared.domain.vocabulary import RecipientKind
from shared.errors import Invalid
from shared.events import AgencyRegistered


class AgencyUnknown(Invalid):
    """No agency with this code is registered: nothing can be sent to it."""

    code = "agency-unknown"
    title = "No agency with this code is registered; name one that is"


class AgencyOfAnotherKind(Invalid):
    """The agency that was named is not of that recipient kind."""

    code = "agency-of-another-kind"
    title = "This agency is not of that recipient kind; name another"


class RegisteredAgency(Base):
    """Agency that an operator registered at the referral service, as far as this service must know it."""

    __tablename__ = "registered_agencies"

    agency_code: Mapped[str] = mapped_column(CodeText, primary_key=True)
    recipient_kinds: Mapped[frozenset[RecipientKind]] = mapped_column(CodeSet(RecipientKind))
    registered_at: Mapped[datetime]

    def change_kinds(self, kinds: frozenset[RecipientKind], at: datetime) -> None:
        """Keep the newest registration; an older event that comes late changes nothing."""
        if at >= self.registered_at:
            self.recipient_kinds, self.registered_at = kinds, at


async def remember_agency(event: AgencyRegistered, uow: UnitOfWork) -> None:
    """Keep which recipient kinds an agency serves."""
    kinds = frozenset(event.recipient_kinds)
    known = await uow.session.get(RegisteredAgency, event.agency_code, with_for_update=True)
    if known is not None:
        known.change_kinds(kinds, event.registered_at)
        return
    uow.session.add(
        RegisteredAgency(
            agency_code=event.agency_code, recipient_kinds=kinds, registered_at=event.registered_at
        )
    )


async def check_agency(code: str, kind: RecipientKind, uow: UnitOfWork) -> None:
    """Pass for an agency of a recipient kind that can be sent to.

    The desk of social care is none until a body that agreed to it is registered (fact 10).
    """
    territorial = next(
        (one for one in reference_agencies() if one.code == code and code != SOCIAL_CARE_DESK), None
    )
    if territorial is not None:
        kinds = territorial.kind.recipient_kinds
    else:
        registered = await uow.session.get(RegisteredAgency, code)
        if registered is None:
            raise AgencyUnknown(invalid=[{"field": "agency_code", "rule": "agency_unknown"}])
        kinds = registered.recipient_kinds
    if kind not in kinds:
        raise AgencyOfAnotherKind(invalid=[{"field": "agency_code", "rule": "agency_of_another_kind"}])
