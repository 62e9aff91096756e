"""Known agencies: those that answer for a place, from reference data, and those that are registered at referral."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from shared.db.columns import CodeSet, CodeText
from shared.db.unit_of_work import UnitOfWork
from shared.domain.geography import agencies as reference_agencies
from shared.domain.immigration_enforcement import is_immigration_enforcement
from shared.domain.vocabulary import RecipientKind
from shared.errors import Invalid
from shared.events import AgencyRegistered

OF_A_PLACE = frozenset(
    {RecipientKind.POLICE, RecipientKind.CHILDREN_SOCIAL_CARE, RecipientKind.ADULT_SOCIAL_CARE}
)
"""Recipient kinds whose agencies answer for places: they come from the reference data, and nobody registers them."""


class AgencyUnknown(Invalid):
    """No agency with this code is registered: nothing can be sent to it."""

    code = "agency-unknown"
    title = "No agency with this code is registered; name one that is"


class AgencyOfAnotherKind(Invalid):
    """The agency that was named is not of that recipient kind."""

    code = "agency-of-another-kind"
    title = "This agency is not of that recipient kind; name another"


class AgencyRefused(Invalid):
    """Immigration enforcement is never a recipient."""

    code = "agency-refused"
    title = "Nothing is ever sent to immigration enforcement"


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
    """Pass for an agency of a recipient kind that can be sent to; immigration enforcement never is (section 1)."""
    if is_immigration_enforcement(code=code):
        raise AgencyRefused(invalid=[{"field": "agency_code", "rule": "immigration_enforcement"}])
    territorial = next((one for one in reference_agencies() if one.code == code), None)
    if territorial is not None:
        kinds = territorial.kind.recipient_kinds
    else:
        registered = await uow.session.get(RegisteredAgency, code)
        if registered is None or kind in OF_A_PLACE:
            raise AgencyUnknown(invalid=[{"field": "agency_code", "rule": "agency_unknown"}])
        kinds = registered.recipient_kinds
    if kind not in kinds:
        raise AgencyOfAnotherKind(invalid=[{"field": "agency_code", "rule": "agency_of_another_kind"}])
