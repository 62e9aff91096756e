"""Facts for statistics: times, counts and codes, with no person in them.

A fact is kept under its measure and its subject, so that handling an event twice, or in another order, changes
nothing. A newer classification of a case replaces the one before.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.columns import Codes, CodeText
from shared.db.unit_of_work import UnitOfWork
from shared.events import CaseClassified, CaseOpened
from stats_service.db import Base
from stats_service.measures.definitions import MeasureName, codes_of_case, victims_of_case

_OTHER_GROUND = text("""
UPDATE facts SET codes = codes || '{"ground": "multiple"}'
WHERE measure = 'overrides' AND subject = :recipient_id AND codes ->> 'ground' <> :ground
""")


class Fact(Base):
    """One counted fact: a contact, a duty that opened, a disclosure withheld, or a step of a referral."""

    __tablename__ = "facts"
    __table_args__ = (Index("ix_facts_measure_at", "measure", "at"),)

    measure: Mapped[str] = mapped_column(CodeText, primary_key=True)
    subject: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None]
    at: Mapped[datetime]
    codes: Mapped[dict[str, str]] = mapped_column(Codes)


class CountedCase(Base):
    """Case as far as it is counted. Its opening and its classification may arrive in either order."""

    __tablename__ = "counted_cases"
    __table_args__ = (
        CheckConstraint("children <= potential_victims", name="children_are_potential_victims"),
        Index("ix_counted_cases_opened_at", "opened_at"),
    )

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime | None]
    classified_at: Mapped[datetime | None]
    codes: Mapped[dict[str, str]] = mapped_column(Codes)
    potential_victims: Mapped[int]
    children: Mapped[int]
    merged_into: Mapped[UUID | None] = mapped_column(index=True)
    """Case that this one is part of, under which all that belongs to it is counted."""


class CaseContact(Base):
    """Case of a contact: the contact is counted under the classification of its case."""

    __tablename__ = "case_contacts"

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]


async def count_once(
    uow: UnitOfWork,
    measure: MeasureName,
    subject: UUID,
    at: datetime,
    case_id: UUID | None,
    **codes: str | None,
) -> None:
    """Keep the first event about a fact; the same fact again is not counted twice."""
    known = {name: code for name, code in codes.items() if code is not None}
    row = {"measure": measure.value, "subject": subject, "case_id": case_id, "at": at, "codes": known}
    await uow.session.execute(insert(Fact).values(row).on_conflict_do_nothing())


async def add_ground(uow: UnitOfWork, recipient_id: UUID, ground: str) -> None:
    """Count a duty that has another ground too under `multiple`; grounds are only ever added."""
    await uow.session.execute(_OTHER_GROUND, {"recipient_id": recipient_id, "ground": ground})


async def count_case(uow: UnitOfWork, event: CaseOpened) -> None:
    row = _case(event.case_id, opened_at=event.opened_at)
    new = insert(CountedCase).values(row)
    first = new.on_conflict_do_update(
        index_elements=["case_id"],
        set_={"opened_at": new.excluded.opened_at},
        where=CountedCase.opened_at.is_(None),
    )
    await uow.session.execute(first)


async def merge_counted_case(uow: UnitOfWork, case_id: UUID, into: UUID) -> None:
    """Count two cases as one, in whatever order several mergings arrive."""
    found = select(CountedCase.merged_into).where(CountedCase.case_id == into)
    target = await uow.session.scalar(found) or into
    new = insert(CountedCase).values(_case(case_id, merged_into=target))
    await uow.session.execute(
        new.on_conflict_do_update(index_elements=["case_id"], set_={"merged_into": target})
    )
    earlier = update(CountedCase).where(CountedCase.merged_into == case_id)
    await uow.session.execute(earlier.values(merged_into=target))


async def link_contact(uow: UnitOfWork, contact_id: UUID, case_id: UUID) -> None:
    row = {"contact_id": contact_id, "case_id": case_id}
    await uow.session.execute(insert(CaseContact).values(row).on_conflict_do_nothing())


async def replace_classification(uow: UnitOfWork, event: CaseClassified) -> None:
    """Keep the newest classification, also when an older one arrives after it."""
    victims, children = victims_of_case(event)
    changes = {
        "classified_at": event.classified_at,
        "codes": codes_of_case(event),
        "potential_victims": victims,
        "children": children,
    }
    new = insert(CountedCase).values(_case(event.case_id, **changes))
    earlier = CountedCase.classified_at.is_(None) | (CountedCase.classified_at <= new.excluded.classified_at)
    await uow.session.execute(
        new.on_conflict_do_update(index_elements=["case_id"], set_=changes, where=earlier)
    )


def _case(case_id: UUID, **known: Any) -> dict[str, Any]:
    unknown: dict[str, Any] = {
        "opened_at": None,
        "classified_at": None,
        "codes": {},
        "potential_victims": 0,
        "children": 0,
    }
    return {**unknown, "case_id": case_id, **known}
