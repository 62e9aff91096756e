"""Cases: each from the contact that opened it to the day on which it may be closed."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_service.cases.content import Place, Situation
from case_service.cases.problems import (
    CaseAlreadyClosed,
    CaseCannotBeClosed,
    CaseIsMerged,
    CaseNeedsHolder,
    ReportNotImportedYet,
)
from case_service.db import Base
from shared.crypto.vault import SealedField
from shared.db.columns import CodeText, Sealed, code_of
from shared.db.data_keys import DataKeys
from shared.domain.vocabulary import CaseClassification, OnwardAction
from shared.events import CaseClosed, CaseMerged, CaseOpened, CaseReopened
from shared.ids import new_id

if TYPE_CHECKING:
    from case_service.disclosures.authorisations import Authorisation
    from case_service.proposals.models import Proposal
    from case_service.redirections.models import Redirection
    from case_service.sources.models import SourceDecision


class CaseState(StrEnum):
    """States of a case; what is recorded about a closed one opens it again."""

    OPEN = "open"
    CLOSED = "closed"


class Case(Base):
    """One case. `situation` is sealed under the case's own key; persons have keys of their own."""

    __tablename__ = "cases"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(unique=True)
    opened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    """Time at which the report was submitted."""
    state: Mapped[CaseState] = mapped_column(code_of(CaseState, name="state_known"))
    version: Mapped[int]
    """Number that every request which changes the case raises."""
    content_revision: Mapped[int]
    """Number that each recording of content raises; removing content leaves it."""
    danger_stated: Mapped[bool]
    child_stated: Mapped[bool]
    classification: Mapped[CaseClassification] = mapped_column(
        code_of(CaseClassification, name="classification_known")
    )
    place_gss: Mapped[str | None] = mapped_column(CodeText)
    recorded_by_adviser: Mapped[bool]
    """An adviser entered the contact: what it says counts as recorded by an adviser (fact 7)."""
    may_repeat_contact_id: Mapped[UUID | None]
    """Contact of the same words in the same minute: it may be the same matter."""
    report_imported_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    """Time at which an adviser last confirmed what the report says."""
    confirmed_by: Mapped[str | None] = mapped_column(CodeText)
    closed_at: Mapped[datetime | None]
    outcome: Mapped[OnwardAction | None] = mapped_column(code_of(OnwardAction, name="outcome_known"))
    holder: Mapped[str | None] = mapped_column(CodeText)
    """Person who looks after the case; None: whoever is on call."""
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """Case that this one is part of: it has the persons, duties and tasks now."""
    merged_at: Mapped[datetime | None]
    merged_by: Mapped[str | None] = mapped_column(CodeText)
    situation: Mapped[bytes | None] = mapped_column(Sealed)

    proposals: Mapped[list["Proposal"]] = relationship(
        lazy="raise", order_by="Proposal.first_signed_at, Proposal.id", foreign_keys="Proposal.case_id"
    )
    source_decisions: Mapped[list["SourceDecision"]] = relationship(
        lazy="raise", order_by="SourceDecision.number"
    )
    redirections: Mapped[list["Redirection"]] = relationship(
        lazy="raise", order_by="Redirection.chosen_at, Redirection.id"
    )
    authorisations: Mapped[list["Authorisation"]] = relationship(
        lazy="raise", order_by="Authorisation.decided_at, Authorisation.id"
    )

    merged_cases: Mapped[list["Case"]] = relationship(lazy="raise", order_by="Case.merged_at, Case.id")
    """Cases that were merged into this one, also by way of another."""

    @classmethod
    def open_from_contact(
        cls,
        contact_id: UUID,
        *,
        received_at: datetime,
        danger: bool,
        child: bool,
        at: datetime,
        recorded_by_adviser: bool = False,
        may_repeat_contact_id: UUID | None = None,
    ) -> "Case":
        """Return a new case, whose report is still to be imported."""
        return cls(
            id=new_id(),
            contact_id=contact_id,
            opened_at=at,
            received_at=received_at,
            danger_stated=danger,
            child_stated=child,
            state=CaseState.OPEN,
            version=1,
            content_revision=0,
            classification=CaseClassification.MODERN_SLAVERY,
            recorded_by_adviser=recorded_by_adviser,
            may_repeat_contact_id=may_repeat_contact_id,
        )

    @property
    def is_open(self) -> bool:
        return self.state is CaseState.OPEN

    def opened_event(self) -> CaseOpened:
        return CaseOpened(case_id=self.id, contact_id=self.contact_id, opened_at=self.opened_at)

    def check_open(self) -> None:
        """Pass for an open case that holds its report."""
        if not self.is_open:
            raise CaseAlreadyClosed
        self.check_report_imported()

    def check_report_imported(self) -> None:
        if self.report_imported_at is None:
            raise ReportNotImportedYet

    def check_not_merged(self) -> None:
        """Pass for a case that is no part of another one."""
        if self.merged_into_id is not None:
            raise CaseIsMerged(merged_into=str(self.merged_into_id))

    def changed(self) -> None:
        """Raise the version: something about the case was recorded that is no content for agencies."""
        self.version += 1

    def add_proposal(self, proposal: "Proposal") -> None:
        self.proposals.append(proposal)

    def content_recorded(self) -> None:
        """Raise the version, and let everything follow that recorded content brings about."""
        self.changed()
        self.content_revision += 1

    def mark_report_imported(self, at: datetime) -> None:
        self.report_imported_at = at
        self.content_recorded()

    def take_in(self, part: "Case") -> None:
        """Have another case as a part, with the earlier clock of both (fact 13)."""
        self.received_at = min(self.received_at, part.received_at)
        self.may_repeat_contact_id = self.may_repeat_contact_id or part.may_repeat_contact_id
        self.mark_urgency(danger=part.danger_stated, child=part.child_stated)
        self.merged_cases.extend([*part.merged_cases, part])

    def give_proposals(self) -> list["Proposal"]:
        """Give away the proposals."""
        given, self.proposals = list(self.proposals), []
        return given

    def take_decisions(
        self,
        proposals: Iterable["Proposal"],
        source_decisions: Iterable["SourceDecision"],
        redirections: Iterable["Redirection"],
        authorisations: Iterable["Authorisation"],
    ) -> None:
        """Have what people decided about another case."""
        both = [*self.proposals, *proposals]
        self.proposals = sorted(both, key=lambda one: (one.first_signed_at, one.id))
        self.source_decisions.extend(source_decisions)
        self.redirections.extend(redirections)
        self.authorisations.extend(authorisations)

    def become_part_of(self, whole: "Case", *, by: str, at: datetime) -> CaseMerged:
        """End as a case of its own, and return the event."""
        whole.take_in(self)
        self.state, self.closed_at = CaseState.CLOSED, self.closed_at or at
        self.merged_at, self.merged_by = at, by
        self.changed()
        return CaseMerged(case_id=self.id, merged_into_case_id=whole.id, merged_at=at)

    async def seal_situation(self, situation: Situation, keys: DataKeys) -> None:
        """Keep the situation, sealed under the case's key."""
        content = situation.model_dump(mode="json")
        self.situation = await keys.seal(self.id, situation_field(self.id), content)
        self.content_recorded()

    async def open_situation(self, keys: DataKeys) -> Situation:
        """Return the situation; an empty one before the report is imported."""
        if self.situation is None:
            return Situation()
        return Situation.model_validate(await keys.open(self.id, situation_field(self.id), self.situation))

    def move_to(self, place: Place) -> None:
        """Record the council where it happens, for statistics and the list."""
        self.place_gss = place.gss

    def classify(self, classification: CaseClassification) -> None:
        self.classification = classification

    def confirm(self, *, by: str, at: datetime) -> None:
        """Record that an adviser confirmed what the report says."""
        self.confirmed_at, self.confirmed_by = at, by
        self.changed()

    def assign_to(self, holder: str | None, *, open_duties: int) -> None:
        """Let a person look after the case; nobody by name only while no duty is open (fact 13)."""
        if holder is None and open_duties:
            raise CaseNeedsHolder
        self.holder = holder
        self.changed()

    def mark_urgency(self, *, danger: bool, child: bool) -> None:
        """Mark for the order of the list; marks are never taken away."""
        self.danger_stated = self.danger_stated or danger
        self.child_stated = self.child_stated or child

    def close(
        self,
        outcome: OnwardAction,
        *,
        open_duties: int,
        unasked_ages: int,
        places_to_find: int,
        unsigned_reviews: int,
        at: datetime,
    ) -> CaseClosed:
        """Close the case and return the event.

        Not while a duty is open (sharing rules, fact 13), a place is to be found (fact 10), a lead has not
        countersigned (fact 12), or nobody asked about an age (section 2).
        """
        self.check_open()
        if open_duties or unasked_ages or places_to_find or unsigned_reviews:
            raise CaseCannotBeClosed(
                open_duties=open_duties,
                unasked_ages=unasked_ages,
                places_to_find=places_to_find,
                unsigned_reviews=unsigned_reviews,
            )
        self.changed()
        return self._end(outcome, at)

    def _end(self, outcome: OnwardAction, at: datetime) -> CaseClosed:
        self.state, self.closed_at, self.outcome = CaseState.CLOSED, at, outcome
        return CaseClosed(case_id=self.id, closed_at=at, outcome=outcome)

    def reopen(self, at: datetime) -> CaseReopened:
        """Open a closed case again: what must be shared takes effect when it is recorded (facts 7 and 8)."""
        self.state, self.closed_at, self.outcome = CaseState.OPEN, None, None
        return CaseReopened(case_id=self.id, reopened_at=at)

    def leave_with_intake(self, at: datetime) -> CaseClosed:
        """Close a case whose contact is a question: its report stays with intake."""
        self.danger_stated, self.child_stated = False, False
        self.classification = CaseClassification.GENERAL_INFORMATION
        self.changed()
        return self._end(OnwardAction.ADVICE_ONLY, at)

    def was_left_with_intake_before(self, at: datetime) -> bool:
        return self.report_imported_at is None and self.closed_at is not None and self.closed_at < at

    def open_for_concern(self, *, danger: bool, child: bool, at: datetime) -> CaseReopened:
        """Open the case of a question in which an adviser has read a concern."""
        self.danger_stated, self.child_stated = danger, child
        self.classification = CaseClassification.MODERN_SLAVERY
        self.changed()
        return self.reopen(at)


def situation_field(case_id: UUID) -> SealedField:
    return SealedField("cases", "situation", case_id)
