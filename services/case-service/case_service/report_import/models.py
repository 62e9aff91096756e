"""Report imports: reports that wait to be fetched from intake."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from shared.db.leases import Leased


class ReportImport(Leased, Base):
    """Report that waits to be fetched; due again until its case holds it."""

    __tablename__ = "report_imports"

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
