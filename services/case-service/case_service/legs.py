"""A leg: the duty, or the permission, to tell one body about one case, from opening to acknowledgement.

There is one leg per case and recipient body; its grounds are a set, later facts go out on the same leg, and its clock
runs until the body acknowledged, a person handed the matter over by telephone, or two people stood it down before
anything was sent (sharing rules, section 4, facts 0, 8 and 9).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.tables import Base
from shared.clocks import first_reminder, permitted_reminder, second_reminder
from shared.database import UnitOfWork
from shared.duties import Duty
from shared.errors import Conflict
from shared.events import OverrideEscalated, OverrideHandedOver, OverrideOpened
from shared.geography import nation_of
from shared.sharing import OVERRIDES
from shared.tables import Codes, CodeText, Sealed
from shared.vault import Place
from shared.vocabulary import Ground, RecipientKind

STATES = (
    "waiting",
    "authorised",
    "sent",
    "acknowledged",
    "handed_over",
    "stood_down",
    "rerouted",
    "withheld",
)
OPEN = ("waiting", "authorised", "sent")
BELL = "legs"
ToldWithin = Mapping[Ground, timedelta | None]
"""The operator's tightened times to an acknowledgement, by ground; consent stands for whatever is only permitted."""


class NothingLeftToSend(Conflict):
    code = "leg-not-open"
    title = "This leg is not open any more"


class AlreadySent(Conflict):
    code = "already-sent"
    title = "It was sent; after sending there is only a correction to the recipients"


class Leg(Base):
    """`opened_for` are the children for whom it opened, `facts` what it relies on, `covered` the facts that two
    people stood down. `due_at` is when the clock has something to do next; None when it has not."""

    __tablename__ = "legs"
    __table_args__ = (
        UniqueConstraint("case_id", "recipient", "body"),
        CheckConstraint(f"state IN {STATES}", name="state_known"),
        CheckConstraint(
            "state <> 'acknowledged' OR acknowledged_at IS NOT NULL", name="acknowledged_at_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    recipient: Mapped[str] = mapped_column(CodeText)
    body: Mapped[str] = mapped_column(CodeText)
    grounds: Mapped[list[str]] = mapped_column(Codes)
    opened_for: Mapped[list[str]] = mapped_column(Codes)
    facts: Mapped[list[str]] = mapped_column(Codes)
    covered: Mapped[list[str]] = mapped_column(Codes)
    place_gss: Mapped[str | None] = mapped_column(CodeText)
    fallback: Mapped[bool] = mapped_column(default=False)
    at_once: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(CodeText)
    verified: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime]
    leaves_at: Mapped[datetime]
    authorised_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    handed_over_at: Mapped[datetime | None]
    handed_over_by: Mapped[str | None] = mapped_column(CodeText)
    handed_over_to: Mapped[bytes | None] = mapped_column(Sealed)

    @property
    def ground_set(self) -> frozenset[Ground]:
        return frozenset(Ground(ground) for ground in self.grounds)

    @property
    def forced(self) -> bool:
        return bool(self.ground_set & OVERRIDES)

    @property
    def urgent(self) -> bool:
        """Somebody is in danger: it must be acknowledged at once."""
        return self.at_once or Ground.OVERRIDE_DANGER in self.ground_set

    @property
    def open_duty(self) -> bool:
        """A forced leg that nobody has answered for yet."""
        return self.forced and self.state in OPEN

    @property
    def unsent(self) -> bool:
        """A forced leg on which nothing has left yet."""
        return self.forced and self.state in ("waiting", "authorised") and not self.was_told

    @property
    def was_told(self) -> bool:
        """In writing or by telephone, however the leg went on from there."""
        return self.sent_at is not None or self.handed_over_at is not None

    @property
    def next_kind(self) -> str:
        return "supplement" if self.was_told else "initial"

    @property
    def kind(self) -> RecipientKind:
        return RecipientKind(self.recipient)

    def opened(self) -> OverrideOpened:
        return OverrideOpened(
            case_id=self.case_id,
            leg_id=self.id,
            grounds=tuple(sorted(self.ground_set)),
            recipient=self.kind,
            body=self.body,
            nation=nation_of(self.place_gss) if self.place_gss else None,
            opened_at=self.opened_at,
            leaves_at=self.leaves_at,
        )

    def take_on(
        self,
        duty: Duty,
        grounds: Collection[Ground],
        facts: Collection[str],
        children: Collection[str],
        *,
        leaves_at: datetime,
    ) -> None:
        """Joins new facts to the leg. Facts only add: grounds, children and the earlier moment are kept
        (section 6, property 5). What left on consent before is not what an override sent."""
        if not self.forced:
            self.sent_at = None
        self.facts = sorted({*self.facts, *facts})
        self.grounds = sorted({*self.grounds, *(ground.value for ground in grounds)})
        self.opened_for = sorted({*self.opened_for, *children})
        self.place_gss, self.fallback = duty.place or self.place_gss, duty.fallback
        self.at_once = self.at_once or duty.at_once
        if self.state in ("stood_down", "rerouted", "withheld"):
            self.state, self.leaves_at, self.due_at = "waiting", leaves_at, leaves_at
            self.sent_at = None
        elif self.state == "waiting":
            self._leave_by(leaves_at)

    def follow(self, duty: Duty, at: datetime, told_within: ToldWithin, *, vouched: bool) -> None:
        """The same facts lead here still, and more is known of the place, or that somebody is in danger: a leg that
        waits then leaves now, and one that nobody answered for is due at once. `vouched`: an adviser recorded the
        danger, which takes effect at once although the report had said so too (fact 7)."""
        self.place_gss, self.fallback = duty.place or self.place_gss, duty.fallback
        hurried = duty.at_once and not self.at_once
        self.at_once = self.at_once or duty.at_once
        if self.state == "waiting" and (hurried or vouched):
            self._leave_by(at)
        elif hurried and self.open_duty and self.due_at is not None:
            self.due_at = min(self.due_at, self._to_be_answered_by(at, told_within))

    def _leave_by(self, moment: datetime) -> None:
        self.leaves_at = min(self.leaves_at, moment)
        self.due_at = self.leaves_at

    def confirm(self, at: datetime) -> None:
        """An adviser confirmed what the report says: nothing is waited for any more."""
        if self.state == "waiting":
            self.verified, self.leaves_at, self.due_at = True, min(self.leaves_at, at), at

    def authorise(self, at: datetime, told_within: ToldWithin) -> None:
        """It may leave now, and the clock runs until somebody answers for it. A supplement never gives the body
        longer to answer for what it was told before."""
        running = self.due_at if self.state in ("authorised", "sent") else None
        self.state, self.authorised_at, self.reminders = "authorised", at, 0
        due = self._to_be_answered_by(at, told_within)
        self.due_at = due if running is None else min(running, due)

    def permit(self, at: datetime, told_within: ToldWithin) -> None:
        """Something leaves beside a duty, which keeps its own clock; where that does not run, this one does."""
        if self.due_at is None:
            self.due_at = permitted_reminder(at, told_within.get(Ground.CONSENT))

    def _to_be_answered_by(self, at: datetime, told_within: ToldWithin) -> datetime:
        if not self.forced:
            return permitted_reminder(at, told_within.get(Ground.CONSENT))
        ground = Ground.OVERRIDE_DANGER if self.urgent else Ground.OVERRIDE_CHILD
        forcing = self.ground_set & OVERRIDES
        return first_reminder(forcing, at, told_within.get(ground), at_once=self.at_once)

    def left(self, at: datetime, *, forced: bool) -> None:
        """What leaves on consent alone does not count as the sending that an override demands."""
        if self.forced and not forced:
            return
        if self.state == "authorised":
            self.state = "sent"
        self.sent_at = self.sent_at or at

    def escalate(self, at: datetime) -> OverrideEscalated:
        """Nobody answered in time: the caller opens the telephone task."""
        self.reminders += 1
        again = self.reminders == 1 and not self.urgent
        self.due_at = second_reminder(self.authorised_at or at) if again else None
        return OverrideEscalated(case_id=self.case_id, leg_id=self.id, escalated_at=at)

    def acknowledge(self, at: datetime) -> bool:
        """The body said that it has it. False when somebody had answered for the leg already."""
        if self.state not in ("authorised", "sent"):
            return False
        self.state, self.acknowledged_at = "acknowledged", at
        self._duty_ends(at)
        return True

    def _duty_ends(self, at: datetime) -> None:
        """Its clock stops. What was permitted on the same leg may still be unanswered: the clock looks at once."""
        self.due_at = at if self.forced and self.ground_set - OVERRIDES else None

    def hand_over(self, *, by: str, at: datetime) -> OverrideHandedOver:
        """A person told the body by telephone: the one way to close a leg by hand (fact 9)."""
        if not self.open_duty:
            raise NothingLeftToSend
        self.state, self.handed_over_at, self.handed_over_by = "handed_over", at, by
        self._duty_ends(at)
        return OverrideHandedOver(case_id=self.case_id, leg_id=self.id, handed_over_at=at)

    def stand_down(self) -> None:
        """Two people signed before anything was sent. It covers the facts known now, and no later one."""
        if self.sent_at is not None or self.state in ("sent", "acknowledged", "handed_over"):
            raise AlreadySent
        self.state = "stood_down"
        self._duty_ends(self.opened_at)
        self.covered = sorted({*self.covered, *self.facts})
        self.facts, self.opened_for = [], []
        self.grounds = sorted(ground.value for ground in self.ground_set - OVERRIDES)

    def reroute(self) -> None:
        """Nothing was sent, and the facts now name another body: that one's leg has taken the duty over."""
        self.state = "rerouted"
        self._duty_ends(self.opened_at)
        self.facts, self.opened_for = [], []
        self.grounds = sorted(ground.value for ground in self.ground_set - OVERRIDES)

    def correct(self, person_id: str) -> bool:
        """Whether this body was told of a child who turned out to be an adult. The facts about them are covered then:
        only a new statement makes a child of them again."""
        if not self.was_told or person_id not in self.opened_for:
            return False
        mistaken = {fact for fact in self.facts if fact.startswith(f"child:{person_id}:")}
        self.opened_for = [one for one in self.opened_for if one != person_id]
        self.facts = sorted({*self.facts} - mistaken)
        self.covered = sorted({*self.covered, *mistaken})
        return True


def new_leg(
    case_id: UUID, duty: Duty, at: datetime, *, grounds: Collection[Ground], leaves_at: datetime
) -> Leg:
    return Leg(
        id=uuid4(),
        case_id=case_id,
        recipient=duty.recipient.value,
        body=duty.body,
        grounds=sorted(ground.value for ground in grounds),
        opened_for=[],
        facts=[],
        covered=[],
        place_gss=duty.place,
        fallback=duty.fallback,
        at_once=duty.at_once,
        state="waiting",
        verified=False,
        opened_at=at,
        leaves_at=leaves_at,
        due_at=leaves_at,
        reminders=0,
    )


def handed_over_place(leg_id: UUID) -> Place:
    return Place("legs", "handed_over_to", leg_id)


async def legs_of(case_id: UUID, uow: UnitOfWork) -> Sequence[Leg]:
    found = select(Leg).where(Leg.case_id == case_id).order_by(Leg.opened_at, Leg.id)
    return (await uow.session.scalars(found)).all()
