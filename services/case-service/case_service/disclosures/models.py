"""Disclosures: one message to one case recipient, and the records of every time that it was decided on."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_service.db import Base
from case_service.disclosures.json_forms import facts_as_json, facts_from_json, items_as_json, items_from_json
from case_service.sharing.decisions.decision import OVERRIDES, Item
from case_service.sharing.facts import FactRef
from case_service.sharing.shared_so_far import UNANSWERED, DisclosureSoFar, DisclosureState, Issued
from shared.db.columns import Codes, CodeSet, CodeText, code_of
from shared.domain.vocabulary import DisclosureKind, Ground, RecipientKind, WithheldReason
from shared.errors import Conflict
from shared.events import DisclosureRecalled
from shared.ids import new_id_without_time

DISCLOSURE_TRANSITIONS: dict[DisclosureState, frozenset[DisclosureState]] = {
    DisclosureState.AUTHORISED: frozenset(
        {
            DisclosureState.ISSUED,
            DisclosureState.ACKNOWLEDGED,
            DisclosureState.WITHHELD,
            DisclosureState.RECALLED,
        }
    ),
    DisclosureState.ISSUED: frozenset(
        {DisclosureState.ACKNOWLEDGED, DisclosureState.WITHHELD, DisclosureState.RECALLED}
    ),
    DisclosureState.ACKNOWLEDGED: frozenset({DisclosureState.WITHHELD, DisclosureState.RECALLED}),
    DisclosureState.WITHHELD: frozenset({DisclosureState.RECALLED}),
    DisclosureState.RECALLED: frozenset(),
}
"""States that may follow each state; any other change is a mistake in our code."""


class NothingMayBeShared(Conflict):
    """The rules let nothing go to this recipient now; the members say which groups are withheld and why."""

    code = "nothing-may-be-shared"
    title = "Nothing may be shared with this recipient now"


class Disclosure(Base):
    """One message to one case recipient."""

    __tablename__ = "disclosures"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("case_recipients.id"), index=True)
    sent_under_id: Mapped[UUID]
    """Case recipient under which the referral service sends it; it stays when its case is merged into another."""
    version: Mapped[int]
    kind: Mapped[DisclosureKind] = mapped_column(code_of(DisclosureKind, name="kind_known"))
    grounds: Mapped[frozenset[Ground]] = mapped_column(CodeSet(Ground))
    corrected_facts: Mapped[list[dict[str, str]]] = mapped_column(Codes)
    """Facts that a correction takes back; empty otherwise."""
    facts: Mapped[list[dict[str, str]]] = mapped_column(Codes)
    """Facts on which the duty rested when this was authorised. It goes as it was forced until the agency has it,
    whatever becomes of a fact meanwhile (sharing rules, fact 8)."""
    recalled_items: Mapped[list[dict[str, Any]]] = mapped_column(Codes)
    """Parts of it that were recalled."""
    state: Mapped[DisclosureState] = mapped_column(code_of(DisclosureState, name="state_known"))
    authorised_at: Mapped[datetime]
    authorised_by: Mapped[str] = mapped_column(CodeText)
    withheld_reason: Mapped[WithheldReason | None] = mapped_column(
        code_of(WithheldReason, name="withheld_reason_known")
    )
    recalled_by_phone: Mapped[bool]
    """Request by telephone for this copy is open, until the agency has said what became of it."""
    told_by_phone: Mapped[bool]
    """A person told it by telephone, so that it is not sent as well."""
    duplicate_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """Case that repeats this one, whose content or correction it carries; None for the case's own (fact 8)."""

    records: Mapped[list["IssueRecord"]] = relationship(
        lazy="raise", order_by=lambda: (IssueRecord.issued_at, IssueRecord.attempt, IssueRecord.id)
    )

    @classmethod
    def authorise(
        cls,
        *,
        case_id: UUID,
        recipient_id: UUID,
        kind: DisclosureKind,
        grounds: frozenset[Ground],
        by: str,
        at: datetime,
        facts: Iterable[FactRef] = (),
        corrected_facts: Iterable[FactRef] = (),
        duplicate_case_id: UUID | None = None,
    ) -> "Disclosure":
        """Return a disclosure that may be sent; the referral service asks for its content when it sends it."""
        return cls(
            id=new_id_without_time(),
            case_id=case_id,
            recipient_id=recipient_id,
            sent_under_id=recipient_id,
            version=1,
            kind=kind,
            grounds=grounds,
            corrected_facts=facts_as_json(corrected_facts),
            facts=facts_as_json(facts),
            recalled_items=[],
            state=DisclosureState.AUTHORISED,
            authorised_at=at,
            authorised_by=by,
            recalled_by_phone=False,
            told_by_phone=False,
            duplicate_case_id=duplicate_case_id,
            records=[],
        )

    @property
    def is_forced(self) -> bool:
        return bool(self.grounds & OVERRIDES)

    @property
    def is_correction(self) -> bool:
        return self.kind is DisclosureKind.CORRECTION

    @property
    def is_unanswered(self) -> bool:
        return self.state in UNANSWERED

    @property
    def has_ended(self) -> bool:
        """Return whether none of it is issued any more: it was withheld, recalled or told by telephone."""
        return self.told_by_phone or self.state in (DisclosureState.WITHHELD, DisclosureState.RECALLED)

    def _to(self, state: DisclosureState) -> None:
        if state not in DISCLOSURE_TRANSITIONS[self.state]:
            raise ValueError(f"a disclosure that is {self.state} cannot become {state}")
        self.state = state
        self.version += 1

    def move_to(self, case_id: UUID) -> None:
        self.case_id = case_id

    def follow_duplicate(self, case_id: UUID) -> None:
        """Carry what the case knows that the duplicate is part of now, which may be its own."""
        self.duplicate_case_id = None if case_id == self.case_id else case_id

    def add_record(self, record: "IssueRecord") -> None:
        self.records.append(record)

    def mark_issued(self) -> bool:
        """Record that its content was handed out; False where it was before."""
        if self.state is not DisclosureState.AUTHORISED:
            return False
        self._to(DisclosureState.ISSUED)
        return True

    def acknowledge(self) -> None:
        """Record that the agency has it; nothing changes for one that was not issued or is answered."""
        if self.state is DisclosureState.ISSUED:
            self._to(DisclosureState.ACKNOWLEDGED)

    def mark_told_by_phone(self) -> bool:
        """Record that a person told it by telephone: the agency has it. False where it was issued before."""
        was_unissued = self.state is DisclosureState.AUTHORISED
        self._to(DisclosureState.ACKNOWLEDGED)
        self.told_by_phone = True
        return was_unissued

    def withhold(self, reason: WithheldReason) -> None:
        self._to(DisclosureState.WITHHELD)
        self.withheld_reason = reason

    def recall(self, items: frozenset[Item], at: datetime) -> DisclosureRecalled:
        """Recall parts of the copy that the agency holds."""
        if self.state is not DisclosureState.RECALLED:
            self._to(DisclosureState.RECALLED)
        self.recalled_items = [*self.recalled_items, *items_as_json(items)]
        self.recalled_by_phone = self.told_by_phone
        return DisclosureRecalled(
            case_id=self.case_id,
            disclosure_id=self.id,
            recipient_id=self.recipient_id,
            field_groups=tuple(sorted({item.group for item in items})),
            person_ids=tuple(UUID(one) for one in sorted({item.person for item in items if item.person})),
            recalled_at=at,
        )

    def recall_by_phone(self) -> None:
        """Have it asked for by telephone: no recall can go in writing."""
        self.recalled_by_phone = True
        self.version += 1

    def answer_recall(self) -> None:
        """Record that the agency has said what became of this copy."""
        self.recalled_by_phone = False
        self.version += 1

    def so_far(self) -> DisclosureSoFar:
        return DisclosureSoFar(
            id=str(self.id),
            kind=self.kind,
            grounds=self.grounds,
            state=self.state,
            authorised_at=self.authorised_at,
            told_by_phone=self.told_by_phone,
            issued=tuple(
                record.so_far() for record in self.records if record.outcome is not IssueOutcome.WITHHELD
            ),
            about=facts_from_json(self.corrected_facts),
            recalled_items=items_from_json(self.recalled_items),
            is_of_duplicate=self.duplicate_case_id is not None,
        )


class IssueOutcome(StrEnum):
    """Outcomes of one decision about a disclosure."""

    ISSUED = "issued"
    WITHHELD = "withheld"
    TOLD_BY_PHONE = "told_by_phone"


class IssueRecord(Base):
    """Record of one decision: ground, facts, rule version, persons, recipient and why, exact fields, who decided.

    Written each time that the rules decided on a disclosure and never changed; the database refuses to.
    """

    __tablename__ = "issue_records"
    __table_args__ = (
        CheckConstraint("(digest IS NULL) = (outcome = 'withheld')", name="digest_of_what_was_issued"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    disclosure_id: Mapped[UUID] = mapped_column(ForeignKey("disclosures.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    issued_at: Mapped[datetime]
    attempt: Mapped[int]
    outcome: Mapped[IssueOutcome] = mapped_column(code_of(IssueOutcome, name="outcome_known"))
    grounds: Mapped[frozenset[Ground]] = mapped_column(CodeSet(Ground))
    facts: Mapped[list[dict[str, str]]] = mapped_column(Codes)
    rule_version: Mapped[str] = mapped_column(CodeText)
    recipient_kind: Mapped[RecipientKind] = mapped_column(code_of(RecipientKind, name="recipient_kind_known"))
    agency_code: Mapped[str] = mapped_column(CodeText)
    recipient_reason: Mapped[str] = mapped_column(CodeText)
    included: Mapped[list[dict[str, Any]]] = mapped_column(Codes)
    withheld: Mapped[list[dict[str, Any]]] = mapped_column(Codes)
    person_ids: Mapped[list[str]] = mapped_column(Codes)
    decided_by: Mapped[str] = mapped_column(CodeText)
    verified: Mapped[bool]
    parts: Mapped[list[str]] = mapped_column(Codes)
    """Keyed digests of each part of the content; they tell what would be news to the agency."""
    digest: Mapped[str | None] = mapped_column(CodeText)
    """SHA-256 of the exact content; of what the rules would have let go, where it was told by telephone."""

    def so_far(self) -> Issued:
        return Issued(
            items=items_from_json(self.included),
            persons=frozenset(self.person_ids),
            digest=self.digest or "",
            issued_at=self.issued_at,
            attempt=self.attempt,
            facts=facts_from_json(self.facts),
            parts=frozenset(self.parts),
        )
