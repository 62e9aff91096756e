"""Standing down before anything was sent: two people, the second a safeguarding lead, and a coded reason (fact 8)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.legs import AlreadySent, Leg, NothingLeftToSend
from case_service.pages import Page, danger_fact
from case_service.tables import Base
from shared.errors import Conflict
from shared.events import OverrideStoodDown
from shared.tables import Codes, CodeText
from shared.vocabulary import StandDownReason


class SignedByTheSamePerson(Conflict):
    code = "second-signature-by-the-same-person"
    title = "The second signature is another person's"


class StandDown(Base):
    """One proposal to stand a leg down. Until the second has signed, the clock runs."""

    __tablename__ = "stand_downs"
    __table_args__ = (CheckConstraint("second_by IS NULL OR second_by <> first_by", name="two_people"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    leg_id: Mapped[UUID] = mapped_column(ForeignKey("legs.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    reason: Mapped[str] = mapped_column(CodeText)
    facts: Mapped[list[str]] = mapped_column(Codes)
    first_by: Mapped[str] = mapped_column(CodeText)
    first_at: Mapped[datetime]
    second_by: Mapped[str | None] = mapped_column(CodeText)
    second_at: Mapped[datetime | None]

    def sign(self, leg: Leg, page: Page, *, by: str, at: datetime) -> OverrideStoodDown:
        """The second signature stands the leg down, if nothing was sent and no new fact came meanwhile."""
        if by == self.first_by:
            raise SignedByTheSamePerson
        if leg.state != "waiting":
            raise AlreadySent if leg.sent_at or leg.authorised_at else NothingLeftToSend
        if set(leg.facts) - set(self.facts):
            raise NewFactSinceFirstSignature
        self.second_by, self.second_at = by, at
        leg.stand_down()
        for danger in page.dangers:
            if _only_here(danger_fact(danger), leg, page):
                danger.stood_down_at = at
        return OverrideStoodDown(case_id=self.case_id, leg_id=leg.id, reason=StandDownReason(self.reason))


class NewFactSinceFirstSignature(Conflict):
    code = "new-fact-since-first-signature"
    title = "A new fact came in after the first signature; read it, and sign anew"


def _only_here(fact: str, leg: Leg, page: Page) -> bool:
    """Whether a danger that this leg covered supports no other leg: then it no longer counts anywhere."""
    return fact in leg.covered and not any(fact in other.facts for other in page.legs if other is not leg)
