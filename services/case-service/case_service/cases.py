"""A case: one matter, from the contact that opened it to the day it may be closed."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from case_service.situations import PlaceKnown, Situation
from case_service.tables import Base
from shared.database import UnitOfWork
from shared.errors import Conflict
from shared.events import CaseClosed, CaseOpened, CaseReopened
from shared.tables import CodeText, Sealed
from shared.vault import Place
from shared.vocabulary import CaseClassification, OnwardAction, SourceLeftOutReason


class CaseAlreadyClosed(Conflict):
    code = "case-already-closed"
    title = "This case is closed"


class CaseCannotBeClosed(Conflict):
    code = "case-cannot-be-closed"
    title = "Something on this case is still open"


class ReportNotHereYet(Conflict):
    code = "report-not-here-yet"
    title = "The report has not reached this case yet; try again in a moment"


class Case(Base):
    """One matter. Words are sealed: `situation` under the case's own key; persons have keys of their own."""

    __tablename__ = "cases"
    __table_args__ = (CheckConstraint("state IN ('open', 'closed')", name="state_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(unique=True)
    opened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(CodeText, default="open")
    version: Mapped[int] = mapped_column(default=1)
    danger_stated: Mapped[bool]
    child_stated: Mapped[bool]
    classification: Mapped[str] = mapped_column(CodeText, default=CaseClassification.MODERN_SLAVERY.value)
    place_gss: Mapped[str | None] = mapped_column(CodeText)
    last_known_gss: Mapped[str | None] = mapped_column(CodeText)
    source_left_out: Mapped[str | None] = mapped_column(CodeText)
    assigned_to: Mapped[str | None] = mapped_column(CodeText)
    taken_over_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(CodeText)
    situation: Mapped[bytes | None] = mapped_column(Sealed)

    @staticmethod
    def open(contact_id: UUID, *, received_at: datetime, danger: bool, child: bool, at: datetime) -> "Case":
        return Case(
            id=uuid4(),
            contact_id=contact_id,
            opened_at=at,
            received_at=received_at,
            danger_stated=danger,
            child_stated=child,
            state="open",
            version=1,
            classification=CaseClassification.MODERN_SLAVERY.value,
        )

    def opened(self) -> CaseOpened:
        return CaseOpened(case_id=self.id, contact_id=self.contact_id, opened_at=self.opened_at)

    def check_open(self) -> None:
        if self.state == "closed":
            raise CaseAlreadyClosed
        self.check_here()

    def check_here(self) -> None:
        if self.taken_over_at is None:
            raise ReportNotHereYet

    def leave_with_intake(self, at: datetime) -> CaseClosed:
        """What was taken for urgent is a question: it needs no case, and its report stays where it is."""
        self.danger_stated, self.child_stated = False, False
        self.classification = CaseClassification.GENERAL_INFORMATION.value
        return self._end(OnwardAction.ADVICE_ONLY, at)

    def left_with_intake_before(self, at: datetime) -> bool:
        return self.taken_over_at is None and self.closed_at is not None and self.closed_at < at

    def take_up(self, *, danger: bool, child: bool, at: datetime) -> CaseReopened:
        """An adviser has read a concern in the question that was left with intake."""
        self.danger_stated, self.child_stated = danger, child
        self.classification = CaseClassification.MODERN_SLAVERY.value
        return self.reopen(at)

    def move_to(self, place: PlaceKnown) -> None:
        """Where it happens is known better now; the place known before stays as the last known one."""
        self.last_known_gss = place.gss or self.place_gss or self.last_known_gss
        self.place_gss = place.gss

    def leave_source_out(self, reason: SourceLeftOutReason | None) -> None:
        self.source_left_out = reason.value if reason else None
        self.version += 1

    def close(
        self,
        outcome: OnwardAction,
        *,
        open_legs: int,
        unasked_ages: int,
        places_to_find: int,
        at: datetime,
    ) -> CaseClosed:
        """Not while a forced leg is open (sharing rules, fact 13), a place is to be found (fact 10), or somebody's age
        is unasked (section 2)."""
        self.check_open()
        if open_legs or unasked_ages or places_to_find:
            raise CaseCannotBeClosed(
                open_legs=open_legs, unasked_ages=unasked_ages, places_to_find=places_to_find
            )
        return self._end(outcome, at)

    def _end(self, outcome: OnwardAction, at: datetime) -> CaseClosed:
        self.state, self.closed_at, self.outcome = "closed", at, outcome.value
        return CaseClosed(case_id=self.id, closed_at=at, outcome=outcome.value)

    def reopen(self, at: datetime) -> CaseReopened:
        """What forces sharing takes effect when it is recorded, also about a matter that everybody thought ended."""
        self.state, self.closed_at, self.outcome = "open", None, None
        return CaseReopened(case_id=self.id, reopened_at=at)


def open_again(case: Case, uow: UnitOfWork) -> None:
    """What becomes known opens a closed case again (facts 7 and 8)."""
    if case.state == "closed":
        uow.publish(case.reopen(uow.now))
        uow.record("case.reopened", case.id)


def situation_place(case_id: UUID) -> Place:
    return Place("cases", "situation", case_id)


async def read_situation(case: Case, uow: UnitOfWork) -> Situation:
    """The coded facts and summaries, opened; empty where nothing was taken over yet."""
    if case.situation is None:
        return Situation()
    return Situation.model_validate(await uow.keys.open(case.id, situation_place(case.id), case.situation))


async def write_situation(case: Case, situation: Situation, uow: UnitOfWork) -> None:
    content = situation.model_dump(mode="json")
    case.situation = await uow.keys.seal(case.id, situation_place(case.id), content)
    case.version += 1
