"""A disclosure: something that may leave, decided again at the moment it does, and recorded for ever."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.contents import compose, correction
from case_service.legs import Leg
from case_service.pages import Page
from case_service.tables import Base
from case_service.tasks import TaskKind, open_task
from shared.clocks import COUNTERSIGN_WITHIN
from shared.database import UnitOfWork
from shared.errors import Conflict
from shared.events import DisclosureAuthorised, DisclosureLeft, DisclosureRecalled, DisclosureWithheld
from shared.sharing import OVERRIDES, Decision, decide
from shared.tables import Codes, CodeText
from shared.vocabulary import Ground

KINDS = ("initial", "supplement", "correction")
STATES = ("authorised", "left", "acknowledged", "withheld", "recalled")
NOTHING_LEFT = "nothing-left"
"""Stands where the digest of what left would be, in the record of a refusal."""


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


@dataclass(frozen=True)
class Released:
    """The exact text to send, and its hash."""

    text: str
    digest: str


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


async def release(
    disclosure: Disclosure, leg: Leg, page: Page, uow: UnitOfWork, *, attempt: int
) -> Released | None:
    """The moment of leaving: the rules decide again, and what they permit is written down and handed out.
    None: nothing may leave; that is written down too.

    The case is locked, so a withdrawal that committed before this
    is seen here, and one that comes later finds that it has left.
    """
    if disclosure.state in ("withheld", "recalled"):
        return None
    decision = decide(page.matter(leg), leg.kind, disclosure.ground_set, at=page.moment(uow.now))
    if disclosure.kind == "correction":
        decision = _only_corrects(decision, disclosure)
        content = correction(disclosure.about)
    elif decision.leaves:
        content = compose(decision, page, at=uow.now)
    else:
        _withhold(disclosure, leg, decision, uow, attempt)
        return None
    text = text_of(disclosure, leg, decision, content)
    digest = hashlib.sha256(text.encode()).hexdigest()
    first = disclosure.state == "authorised"
    uow.session.add(_record(disclosure, leg, decision, uow, attempt, digest))
    if first:
        disclosure.state = "left"
        leg.left(uow.now, forced=disclosure.forced)
        uow.publish(_left(disclosure, leg, decision, uow.now, digest))
        await _tasks_after_leaving(disclosure, leg, uow)
    uow.record("disclosure.left", leg.case_id, disclosure_id=disclosure.id, attempt=attempt, digest=digest)
    return Released(text, digest)


def _only_corrects(decision: Decision, disclosure: Disclosure) -> Decision:
    """A correction carries who it is about and nothing that any ground opens."""
    return Decision(disclosure.ground_set, frozenset(), rule_version=decision.rule_version)


def _withhold(disclosure: Disclosure, leg: Leg, decision: Decision, uow: UnitOfWork, attempt: int) -> None:
    """The refusal is written down like a release: with every reason, and without anything that left."""
    uow.session.add(_record(disclosure, leg, decision, uow, attempt, NOTHING_LEFT))
    reasons = sorted({why.value for _, _, why in decision.withheld})
    reason = "consent_was_withdrawn" if "consent_was_withdrawn" in reasons else "rules_permit_nothing"
    uow.publish(disclosure.withhold(leg, reason, uow.now))
    if not leg.forced:
        leg.state, leg.due_at = "withheld", None
    uow.record("disclosure.withheld", leg.case_id, disclosure_id=disclosure.id, reason=reason)


def text_of(disclosure: Disclosure, leg: Leg, decision: Decision, content: Mapping[str, Any]) -> str:
    whole = {
        "disclosure_id": str(disclosure.id),
        "kind": disclosure.kind,
        "grounds": sorted(decision.grounds),
        "verified": leg.verified,
        "protect_source": decision.protect_source,
        "rule_version": decision.rule_version,
        **content,
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _record(
    disclosure: Disclosure, leg: Leg, decision: Decision, uow: UnitOfWork, attempt: int, digest: str
) -> DisclosureRecord:
    return DisclosureRecord(
        id=uuid4(),
        disclosure_id=disclosure.id,
        case_id=leg.case_id,
        left_at=uow.now,
        attempt=attempt,
        grounds=sorted(decision.grounds),
        facts=leg.facts,
        rule_version=decision.rule_version,
        recipient=leg.recipient,
        body=leg.body,
        why_recipient=_why(leg),
        items=sorted(f"{i.group}:{i.person}:{i.extent}" for i in decision.items),
        withheld=sorted(f"{group}:{person}:{why}" for group, person, why in decision.withheld),
        persons=sorted({*disclosure.about, *(i.person for i in decision.items if i.person)}),
        decided_by=disclosure.authorised_by,
        verified=leg.verified,
        digest=digest,
    )


def _why(leg: Leg) -> str:
    """Why this recipient: the council whose area led to it, or that no place is known."""
    if leg.place_gss is None:
        return "place-unknown" if leg.forced else "chosen-by-adviser"
    return f"{'last-known-place' if leg.fallback else 'place'}:{leg.place_gss}"


def _left(disclosure: Disclosure, leg: Leg, decision: Decision, at: datetime, digest: str) -> DisclosureLeft:
    return DisclosureLeft(
        case_id=leg.case_id,
        disclosure_id=disclosure.id,
        leg_id=leg.id,
        recipient=leg.kind,
        body=leg.body,
        grounds=tuple(sorted(decision.grounds)),
        field_groups=tuple(sorted({i.group.value for i in decision.items})),
        left_at=at,
        digest=digest,
    )


async def _tasks_after_leaving(disclosure: Disclosure, leg: Leg, uow: UnitOfWork) -> None:
    """A lead reviews within a day, and somebody tells the person or says why not (fact 12)."""
    if disclosure.forced and disclosure.kind != "correction":
        await open_reviews(leg, uow)


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
