"""Authorisations: a safeguarding lead's named decision to share without consent and without an override."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.sharing import facts
from shared.db.columns import Codes, CodeSet, CodeText, code_of
from shared.domain.vocabulary import AuthorisedReason, FieldGroup, RecipientKind


class Authorisation(Base):
    """One decision about one agency, with a coded reason. Written once; the database refuses to change it."""

    __tablename__ = "authorisations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    recipient_kind: Mapped[RecipientKind] = mapped_column(code_of(RecipientKind, name="recipient_kind_known"))
    agency_code: Mapped[str] = mapped_column(CodeText)
    person_ids: Mapped[list[str]] = mapped_column(Codes)
    groups: Mapped[frozenset[FieldGroup]] = mapped_column(CodeSet(FieldGroup))
    reason: Mapped[AuthorisedReason] = mapped_column(code_of(AuthorisedReason, name="reason_known"))
    decided_by: Mapped[str] = mapped_column(CodeText)
    decided_at: Mapped[datetime]

    def as_fact(self) -> facts.Authorisation:
        return facts.Authorisation(
            self.recipient_kind, frozenset(self.person_ids), self.agency_code, self.groups
        )
