"""Reviews after a forced disclosure: a lead's countersignature, and whether the person was informed (fact 12)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.disclosures.json_forms import facts_from_json
from case_service.recipients.models import CaseRecipient
from shared.db.columns import CodeText, code_of
from shared.domain.vocabulary import NotInformedReason
from shared.ids import new_id

if TYPE_CHECKING:
    from case_service.cases.case_file import CaseFile

CALL_CONFIRMED = "call-confirmed"
"""Finding of a lead about a call that nothing written can confirm."""


class Countersignature(Base):
    """A lead's review within 24 hours, never a condition of sending. Written once."""

    __tablename__ = "countersignatures"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("case_recipients.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    signed_by: Mapped[str] = mapped_column(CodeText)
    signed_at: Mapped[datetime]
    finding: Mapped[str] = mapped_column(CodeText)

    @classmethod
    def of(cls, recipient: CaseRecipient, *, by: str, at: datetime, finding: str) -> Countersignature:
        return cls(
            id=new_id(),
            recipient_id=recipient.id,
            case_id=recipient.case_id,
            signed_by=by,
            signed_at=at,
            finding=finding,
        )

    @classmethod
    def of_call(cls, recipient: CaseRecipient, *, by: str, at: datetime) -> Countersignature:
        """Return the signature under a call that nothing written can confirm."""
        return cls.of(recipient, by=by, at=at, finding=CALL_CONFIRMED)


class PersonInformed(Base):
    """Record that a person was told how their information is shared, or the coded reason why not. Written once."""

    __tablename__ = "persons_informed"
    __table_args__ = (CheckConstraint("informed = (reason IS NULL)", name="informed_or_reason"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("case_recipients.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    informed: Mapped[bool]
    reason: Mapped[NotInformedReason | None] = mapped_column(code_of(NotInformedReason, name="reason_known"))
    recorded_by: Mapped[str] = mapped_column(CodeText)
    recorded_at: Mapped[datetime]


def decided_by(recipient: CaseRecipient, case_file: CaseFile) -> frozenset[str | None]:
    """Return who decided what an agency was told: who authorised it, and who recorded or confirmed its facts."""
    duty = recipient.duty.value if recipient.duty else None
    facts = duty.facts if duty is not None else frozenset()
    relied_on = facts.union(*(facts_from_json(one.facts) for one in recipient.disclosures))
    ids = {UUID(fact.id) for fact in relied_on}
    stood_behind = [
        *((one.row.recorded_by, one.row.confirmed_by) for one in case_file.dangers if one.row.id in ids),
        *(
            (one.recorded_by, one.confirmed_by)
            for person in case_file.persons
            for one in person.row.statements
            if one.id in ids
        ),
    ]
    authorised = [one.authorised_by for one in recipient.disclosures]
    return frozenset([*authorised, *(name for names in stood_behind for name in names)])
