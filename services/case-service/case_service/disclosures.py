"""A disclosure: something that may leave on a leg, and the record that stays of its leaving."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.legs import Leg
from case_service.tables import Base
from case_service.tasks import TaskKind, open_task
from shared.clocks import COUNTERSIGN_WITHIN
from shared.database import UnitOfWork
from shared.errors import Conflict
from shared.events import DisclosureAuthorised, DisclosureRecalled, DisclosureWithheld
from shared.sharing import OVERRIDES
from shared.tables import Codes, CodeText
from shared.vocabulary import Ground

KINDS = ("initial", "supplement", "correction")
STATES = ("authorised", "left", "acknowledged", "withheld", "recalled")
NOTHING_LEFT = "nothing-left"
"""Stands where the digest of what left would be, in the record of a refusal."""

BY_TELEPHONE = "by-telephone"
"""Why a message is written no more, and what stands before the digest of what the rules would have let leave then."""


class NothingMayLeave(Conflict):
    code = "nothing-may-leave"
    title = "Nothing may leave to this recipient now"


class Disclosure(Base):
    """One message to one body on one leg."""

    __tablename__ = "disclosures"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind_known"),
        CheckConstraint(f"state IN {STATES}", name="state_known"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    leg_id: Mapped[UUID] = mapped_column(ForeignKey("legs.id"), index=True)
    kind: Mapped[str] = mapped_column(CodeText)
    grounds: Mapped[list[str]] = mapped_column(Codes)
    about: Mapped[list[str]] = mapped_column(Codes)
    """Persons whom a correction is about; empty otherwise."""
    opened_for: Mapped[list[str]] = mapped_column(Codes)
    """The children for whom the leg was open when this was forced: it goes to the body as it was forced, until the
    body has it, whatever one person makes of an age meanwhile (fact 8)."""
    state: Mapped[str] = mapped_column(CodeText)
    authorised_at: Mapped[datetime]
    authorised_by: Mapped[str] = mapped_column(CodeText)
    reason: Mapped[str | None] = mapped_column(CodeText)

    @property
    def ground_set(self) -> frozenset[Ground]:
        return frozenset(Ground(ground) for ground in self.grounds)

    @property
    def forced(self) -> bool:
        return bool(self.ground_set & OVERRIDES)

    @property
    def ended(self) -> bool:
        """Nothing of it leaves any more: the rules refused it, it was called back, or a person told it by telephone."""
        return self.state in ("withheld", "recalled") or self.by_telephone

    @property
    def by_telephone(self) -> bool:
        return self.reason == BY_TELEPHONE

    @property
    def unanswered(self) -> bool:
        return self.state in ("authorised", "left")

    def authorised(self, leg: Leg) -> DisclosureAuthorised:
        return DisclosureAuthorised(
            case_id=self.case_id,
            disclosure_id=self.id,
            leg_id=self.leg_id,
            kind=self.kind,
            grounds=tuple(sorted(self.ground_set)),
            recipient=leg.kind,
            body=leg.body,
            urgent=leg.urgent and bool(self.ground_set & OVERRIDES),
            verified=leg.verified,
            authorised_at=self.authorised_at,
        )

    def withhold(self, leg: Leg, reason: str, at: datetime) -> DisclosureWithheld:
        self.state, self.reason = "withheld", reason
        return DisclosureWithheld(
            case_id=self.case_id,
            disclosure_id=self.id,
            leg_id=self.leg_id,
            recipient=leg.kind,
            body=leg.body,
            reason=reason,
            withheld_at=at,
        )

    def recall(self, at: datetime) -> DisclosureRecalled:
        self.state = "recalled"
        return DisclosureRecalled(
            case_id=self.case_id, disclosure_id=self.id, leg_id=self.leg_id, recalled_at=at
        )


class DisclosureRecord(Base):
    """What left, once: ground, facts, rule version, persons, recipient and why, exact fields, who decided.

    Written at each release and never changed; the database refuses to.
    """

    __tablename__ = "disclosure_records"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    disclosure_id: Mapped[UUID] = mapped_column(ForeignKey("disclosures.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    left_at: Mapped[datetime]
    attempt: Mapped[int]
    grounds: Mapped[list[str]] = mapped_column(Codes)
    facts: Mapped[list[str]] = mapped_column(Codes)
    rule_version: Mapped[str] = mapped_column(CodeText)
    recipient: Mapped[str] = mapped_column(CodeText)
    body: Mapped[str] = mapped_column(CodeText)
    why_recipient: Mapped[str] = mapped_column(CodeText)
    items: Mapped[list[str]] = mapped_column(Codes)
    withheld: Mapped[list[str]] = mapped_column(Codes)
    persons: Mapped[list[str]] = mapped_column(Codes)
    decided_by: Mapped[str] = mapped_column(CodeText)
    verified: Mapped[bool]
    digest: Mapped[str] = mapped_column(CodeText)


async def authorise(
    leg: Leg,
    kind: str,
    uow: UnitOfWork,
    told_within: Mapping[Ground, timedelta | None],
    *,
    grounds: frozenset[Ground] | None = None,
    about: Sequence[str] = (),
) -> Disclosure:
    """Lets something leave on a leg: the referral service hears of it and fetches it when it sends.

    What an override forces and what consent permits leave apart, so that a withdrawal recalls the one alone, and
    a permission never touches the clock of a duty.
    """
    granted = grounds or leg.ground_set & OVERRIDES
    disclosure = Disclosure(
        id=uuid4(),
        case_id=leg.case_id,
        leg_id=leg.id,
        kind=kind,
        grounds=sorted(ground.value for ground in granted),
        about=list(about),
        opened_for=leg.opened_for if granted & OVERRIDES and kind != "correction" else [],
        state="authorised",
        authorised_at=uow.now,
        authorised_by=uow.actor,
    )
    uow.session.add(disclosure)
    await uow.session.flush()
    if disclosure.forced or not leg.forced:
        leg.authorise(uow.now, told_within)
    else:
        leg.permit(uow.now, told_within)
    uow.publish(disclosure.authorised(leg))
    uow.record("disclosure.authorised", leg.case_id, disclosure_id=disclosure.id, leg_id=leg.id, kind=kind)
    return disclosure


async def open_reviews(leg: Leg, uow: UnitOfWork) -> None:
    """What follows when a body was told by force, in writing or by telephone."""
    due = uow.now + COUNTERSIGN_WITHIN
    await open_task(leg.case_id, TaskKind.COUNTERSIGN, due_at=due, uow=uow, leg_id=leg.id)
    await open_task(leg.case_id, TaskKind.TELL_PERSON, due_at=due, uow=uow, leg_id=leg.id)


async def disclosures_of(leg_id: UUID, uow: UnitOfWork) -> Sequence[Disclosure]:
    found = select(Disclosure).where(Disclosure.leg_id == leg_id)
    return (await uow.session.scalars(found.order_by(Disclosure.authorised_at, Disclosure.id))).all()


async def withhold_unsent(leg: Leg, reason: str, uow: UnitOfWork) -> None:
    """What was to be forced on this leg is not sent here: another leg carries it."""
    for disclosure in await disclosures_of(leg.id, uow):
        if disclosure.forced and disclosure.state == "authorised":
            uow.publish(disclosure.withhold(leg, reason, uow.now))
