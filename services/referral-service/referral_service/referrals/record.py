"""Referral record: the columns of a referral, its messages and its acts, without the rules that change them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from referral_service.deliveries.models import Delivery
from referral_service.referrals.acts import Act, ActKind, Author, Words, new_act
from referral_service.referrals.states import TRANSITIONS, Decision, ReferralState
from shared.db.columns import Codes, CodeText, Sealed, code_of
from shared.domain.vocabulary import DeclineReason, RecipientKind


class ReferralRecord:
    """Columns of a referral, and what the rules about it share."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(index=True)
    recipient_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(index=True)
    recipient_kind: Mapped[RecipientKind] = mapped_column(code_of(RecipientKind, name="recipient_kind_known"))
    agency_code: Mapped[str] = mapped_column(CodeText)
    state: Mapped[ReferralState] = mapped_column(code_of(ReferralState, name="state_known"))
    authorised_at: Mapped[datetime]
    decision: Mapped[Decision | None] = mapped_column(code_of(Decision, name="decision_known"))
    """Newest decision; the earlier ones are among the acts."""
    decline_reason: Mapped[DeclineReason | None] = mapped_column(
        code_of(DeclineReason, name="decline_reason_known")
    )
    outcomes: Mapped[list[dict[str, str]]] = mapped_column(Codes)
    """Each as `outcome`, a code, and `at`, the time of its report."""
    acts: Mapped[list[Act]] = mapped_column(Codes)
    """Everything that was done about it, in its order."""
    agency_answer: Mapped[bytes | None] = mapped_column(Sealed)
    """Names and references that were given with acts."""

    @declared_attr
    def deliveries(self) -> Mapped[list[Delivery]]:
        return relationship(order_by=Delivery.position, lazy="raise")

    @property
    def disclosures(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.is_disclosure]

    @property
    def recalls(self) -> list[Delivery]:
        return [one for one in self.deliveries if not one.is_disclosure]

    @property
    def waiting(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.is_waiting]

    @property
    def arrived(self) -> list[Delivery]:
        """Return the disclosures that the agency has, or may have although its answer was lost."""
        return [one for one in self.disclosures if one.may_have_arrived]

    @property
    def known_to_agency(self) -> list[Delivery]:
        """Return the messages that the agency may know of: disclosures that arrived, and recalls of these."""
        copies = {one.disclosure_id for one in self.arrived}
        return [one for one in self.deliveries if one.disclosure_id in copies]

    def keep_words(self, sealed: bytes) -> None:
        """Keep the names and references of the acts, sealed."""
        self.agency_answer = sealed

    def record(
        self,
        kind: ActKind,
        author: Author,
        *,
        words: Words | None = None,
        disclosure_id: UUID | None = None,
        code: str | None = None,
    ) -> None:
        """Add an act, with the words that were given."""
        if words is not None:
            words.add(len(self.acts), author.words)
        self.acts = [*self.acts, new_act(kind, author, disclosure_id=disclosure_id, code=code)]
        self.version += 1

    def _append(self, delivery: Delivery) -> Delivery:
        delivery.join(self.id, self.agency_id, position=len(self.deliveries))
        self.deliveries.append(delivery)
        self.version += 1
        return delivery

    def _reach(self, state: ReferralState) -> None:
        """Go to a state that may follow; a late fact about an earlier step changes nothing."""
        if state in TRANSITIONS[self.state]:
            self.state = state

    def _facts(self, delivery: Delivery, at: datetime) -> dict[str, Any]:
        return {
            "case_id": self.case_id,
            "referral_id": self.id,
            "disclosure_id": delivery.disclosure_id,
            "recipient_id": self.recipient_id,
            "recipient_kind": self.recipient_kind,
            "agency_code": self.agency_code,
            "occurred_at": at,
        }
