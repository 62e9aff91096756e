"""Decisions about sources: an adviser names a reporter to the agencies, or leaves them out, with a coded reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.sharing import facts
from shared.db.columns import CodeText, code_of
from shared.domain.vocabulary import SourceChoice, SourceReason


class SourceDecision(Base):
    """One decision about one reporter; the newest counts. Written once."""

    __tablename__ = "source_decisions"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    choice: Mapped[SourceChoice] = mapped_column(code_of(SourceChoice, name="choice_known"))
    reason: Mapped[SourceReason] = mapped_column(code_of(SourceReason, name="reason_known"))
    decided_by: Mapped[str] = mapped_column(CodeText)
    decided_at: Mapped[datetime]

    def as_fact(self) -> facts.SourceDecision:
        return facts.SourceDecision(str(self.reporter_id), self.choice)
