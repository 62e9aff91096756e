"""One fact for each thing that happened: when, how many, of which kind, with no person in it.

A fact is kept by what it measures and whom it is about, so that hearing of it twice changes nothing, in whatever
order. What is known of a case replaces what was known before.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import UnitOfWork
from shared.events import CaseAssessed, CaseOpened
from shared.tables import Codes, CodeText
from stats_service.measures import MeasureName, codes_of_case, victims_of_case
from stats_service.tables import Base

_OTHER_GROUND = text("""
UPDATE facts SET codes = codes || '{"ground": "multiple"}'
WHERE measure = 'overrides' AND subject = :leg_id AND codes ->> 'ground' <> :ground
""")


class Fact(Base):
    """A contact came, a duty opened, a referral was sent, acknowledged, accepted, declined or kept back."""

    __tablename__ = "facts"
    __table_args__ = (Index("ix_facts_measure_at", "measure", "at"),)

    measure: Mapped[str] = mapped_column(CodeText, primary_key=True)
    subject: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None]
    at: Mapped[datetime]
    codes: Mapped[dict[str, str]] = mapped_column(Codes)


class CountedCase(Base):
    """A case as far as it is counted. Its opening and its assessment may be heard in either order."""

    __tablename__ = "counted_cases"
    __table_args__ = (
        CheckConstraint("children <= potential_victims", name="children_are_potential_victims"),
        Index("ix_counted_cases_opened_at", "opened_at"),
    )

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime | None]
    assessed_at: Mapped[datetime | None]
    codes: Mapped[dict[str, str]] = mapped_column(Codes)
    potential_victims: Mapped[int]
    children: Mapped[int]


class CaseContact(Base):
    """Which case a contact led to: a contact is counted under what its case turned out to be."""

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
    """The first account of a fact stays; the same thing told again is not another fact."""
    known = {name: code for name, code in codes.items() if code is not None}
    row = {"measure": measure.value, "subject": subject, "case_id": case_id, "at": at, "codes": known}
    await uow.session.execute(insert(Fact).values(row).on_conflict_do_nothing())


async def join_ground(uow: UnitOfWork, leg_id: UUID, ground: str) -> None:
    """A duty that was counted on one ground and has another too is counted under `multiple`: grounds are only added."""
    await uow.session.execute(_OTHER_GROUND, {"leg_id": leg_id, "ground": ground})


async def count_case(uow: UnitOfWork, event: CaseOpened) -> None:
    row = _case(event.case_id, opened_at=event.opened_at)
    heard = insert(CountedCase).values(row)
    first = heard.on_conflict_do_update(
        index_elements=["case_id"],
        set_={"opened_at": heard.excluded.opened_at},
        where=CountedCase.opened_at.is_(None),
    )
    await uow.session.execute(first)


async def join_contact(uow: UnitOfWork, contact_id: UUID, case_id: UUID) -> None:
    row = {"contact_id": contact_id, "case_id": case_id}
    await uow.session.execute(insert(CaseContact).values(row).on_conflict_do_nothing())


async def replace_assessment(uow: UnitOfWork, event: CaseAssessed) -> None:
    """The latest assessment counts, also when an earlier one is heard after it."""
    victims, children = victims_of_case(event)
    said = {
        "assessed_at": event.assessed_at,
        "codes": codes_of_case(event),
        "potential_victims": victims,
        "children": children,
    }
    heard = insert(CountedCase).values(_case(event.case_id, **said))
    earlier = CountedCase.assessed_at.is_(None) | (CountedCase.assessed_at <= heard.excluded.assessed_at)
    await uow.session.execute(
        heard.on_conflict_do_update(index_elements=["case_id"], set_=said, where=earlier)
    )


def _case(case_id: UUID, **known: Any) -> dict[str, Any]:
    unknown: dict[str, Any] = {
        "opened_at": None,
        "assessed_at": None,
        "codes": {},
        "potential_victims": 0,
        "children": 0,
    }
    return {**unknown, "case_id": case_id, **known}
