"""A safeguarding lead's named decision to share without consent and without an override, with a coded reason."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.tables import Base
from shared import sharing
from shared.database import UnitOfWork
from shared.tables import Codes, CodeText
from shared.vocabulary import RecipientKind


class Authorised(Base):
    """Written once; the database refuses to change it."""

    __tablename__ = "authorisations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    recipient: Mapped[str] = mapped_column(CodeText)
    body: Mapped[str | None] = mapped_column(CodeText)
    """The one body of that kind that the lead decided about; None in a decision older than this column, which then
    names nobody to any body."""
    persons: Mapped[list[str]] = mapped_column(Codes)
    reason: Mapped[str] = mapped_column(CodeText)
    decided_by: Mapped[str] = mapped_column(CodeText)
    decided_at: Mapped[datetime]

    def as_authorisation(self) -> sharing.Authorisation:
        return sharing.Authorisation(RecipientKind(self.recipient), frozenset(self.persons))


async def authorisations_of(case_id: UUID, uow: UnitOfWork) -> Sequence[Authorised]:
    found = select(Authorised).where(Authorised.case_id == case_id)
    return (await uow.session.scalars(found.order_by(Authorised.decided_at, Authorised.id))).all()
