"""Age statements: who told each, who recorded it, and when it takes effect. The age itself is sealed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.people.identity import AgeStatement
from case_service.sharing import facts
from shared.db.columns import CodeText
from shared.domain.age import british_date, on_child_path
from shared.ids import new_id


@dataclass(frozen=True)
class AgeSaid:
    """Circumstances in which an age was said."""

    at: datetime
    by: str
    in_report: bool
    source_reporter_id: UUID | None = None
    effective_at: datetime | None = None
    """Time at which an entry that is not complete takes effect by itself; None: at once."""


class AgeStatementRow(Base):
    """One statement of a person's age; a new one is a new fact (sharing rules, section 4)."""

    __tablename__ = "age_statements"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    says_child: Mapped[bool]
    """By it the person is or may be under 18 on the day on which it was recorded."""
    said_in_report: Mapped[bool]
    source_reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    recorded_by: Mapped[str] = mapped_column(CodeText)
    recorded_at: Mapped[datetime]
    effective_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(CodeText)
    confirmed_at: Mapped[datetime | None]

    @classmethod
    def of(cls, person_id: UUID, case_id: UUID, age: AgeStatement, said: AgeSaid) -> "AgeStatementRow":
        return cls(
            id=new_id(),
            person_id=person_id,
            case_id=case_id,
            says_child=on_child_path(age.as_age(), british_date(said.at)),
            said_in_report=said.in_report,
            source_reporter_id=said.source_reporter_id,
            recorded_by=said.by,
            recorded_at=said.at,
            effective_at=said.effective_at or said.at,
        )

    @property
    def is_verified(self) -> bool:
        """Return whether an adviser recorded or confirmed it."""
        return not self.said_in_report or self.confirmed_at is not None

    def confirm(self, *, by: str, at: datetime) -> None:
        """Record that an adviser confirmed what the report says; a second confirmation replaces nothing."""
        if self.confirmed_at is None:
            self.confirmed_by, self.confirmed_at = by, at

    def move_to(self, case_id: UUID) -> None:
        self.case_id = case_id

    def heard_from_themselves(self) -> None:
        """Record that the person told their own age."""
        self.source_reporter_id = self.person_id

    def complete(self, at: datetime) -> None:
        """Let an adviser's entry take effect now."""
        self.effective_at = min(self.effective_at, at)

    def as_fact(self) -> facts.AgeStatement:
        source = self.source_reporter_id
        return facts.AgeStatement(
            id=str(self.id),
            says_child=self.says_child,
            heard_from=frozenset({str(source)} if source else ()),
            said_in_report=self.said_in_report,
            verified=self.is_verified,
            effective_at=self.effective_at,
            recorded_by=self.recorded_by,
        )
