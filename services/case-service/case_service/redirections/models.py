"""Redirections: the agency that an adviser chose for facts which another one had declined (fact 9)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.sharing import facts as sharing_facts
from case_service.sharing.facts import FactKind, FactRef
from shared.db.columns import Codes, CodeText, code_of
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import RecipientKind


class Redirection(Base):
    """One choice of another agency. Written once."""

    __tablename__ = "redirections"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    recipient_kind: Mapped[RecipientKind] = mapped_column(code_of(RecipientKind, name="recipient_kind_known"))
    from_agency: Mapped[str] = mapped_column(CodeText)
    to_agency: Mapped[str] = mapped_column(CodeText)
    facts: Mapped[list[dict[str, str]]] = mapped_column(Codes)
    chosen_by: Mapped[str] = mapped_column(CodeText)
    chosen_at: Mapped[datetime]

    def as_fact(self) -> sharing_facts.Redirection:
        refs = frozenset(FactRef(FactKind(one["kind"]), one["subject_id"], one["id"]) for one in self.facts)
        return sharing_facts.Redirection(self.recipient_kind, self.from_agency, self.to_agency, refs)


async def redirections_of(case_id: UUID, uow: UnitOfWork) -> list[Redirection]:
    found = select(Redirection).where(Redirection.case_id == case_id)
    return list((await uow.session.scalars(found.order_by(Redirection.chosen_at, Redirection.id))).all())
