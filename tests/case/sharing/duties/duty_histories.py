"""Histories of one duty: the same acts on the product's value and on the model, compared after each."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from case_service.sharing.duties.duty import OPEN_STATES, Duty, DutyState
from case_service.sharing.facts import FactKind, FactRef
from shared.errors import Conflict
from tests.case.sharing.duties.duty_builders import DEADLINES, KID_FACT, NOW, a_duty
from tests.support.duty_model import FactState, ModelDuty

ENDS_OF: dict[FactState, DutyState] = {
    FactState.ACKNOWLEDGED: DutyState.ACKNOWLEDGED,
    FactState.HANDED_OVER: DutyState.HANDED_OVER,
    FactState.ELSEWHERE: DutyState.ELSEWHERE,
}


@dataclass
class DutyHistory:
    """One duty, as the product and as the model see it."""

    duty: Duty = field(default_factory=a_duty)
    model: ModelDuty = field(default_factory=lambda: ModelDuty().add(KID_FACT.subject_id))
    acts: list[str] = field(default_factory=list)

    def do(self, act: str) -> None:
        """Let an act happen to both; one that the product refuses changes nothing."""
        self.acts.append(act)
        ACTS[act](self)

    def check(self) -> None:
        """Hold the duty against property 2."""
        standings = {name: one.standing for name, one in self.model.facts.items()}
        assert self.duty.is_open == self.model.is_open, f"{self.duty.state} after {self.acts}: {standings}"
        if self.duty.state in ENDS_OF.values():
            wanted = {end for end, state in ENDS_OF.items() if state is self.duty.state}
            assert wanted <= set(standings.values()), f"{self.duty.state} after {self.acts}: {standings}"
        self._check_clock()

    def _check_clock(self) -> None:
        """An open duty has a clock, a person, a message on its way, or was declined."""
        duty = self.duty
        waits = duty.due_at is not None or duty.escalations > 0 or duty.call_counts
        assert not duty.is_open or waits or duty.state is DutyState.DECLINED, f"no clock after {self.acts}"

    # What may happen

    def add_fact(self) -> None:
        name = f"child-{len(self.model.facts)}"
        joined = self.duty.joined([FactRef(FactKind.CHILD, name, "first")], send_at=NOW)
        is_waiting = joined.state is DutyState.WAITING
        self.duty = joined if is_waiting else joined.authorised(NOW, DEADLINES)
        self.model = self.model.add(name)

    def authorise(self) -> None:
        if self.duty.state is DutyState.WAITING:
            self.duty, self.model = self.duty.authorised(NOW, DEADLINES), self.model.authorise()

    def issue(self) -> None:
        if self.duty.state is DutyState.AUTHORISED:
            self.duty, self.model = self.duty.issued(NOW), self.model.issue()

    def call(self) -> None:
        if self.duty.is_forced:
            self.authorise()
        with suppress(Conflict):
            self.duty = self.duty.handed_over(by="user:ada", at=NOW)
        self.model = self.model.call()

    def fail(self) -> None:
        if self.duty.declined_at is None:
            self.duty, self.model = self.duty.found_undeliverable(NOW), self.model.fail()

    def countersign(self) -> None:
        self.duty, self.model = self.duty.call_countersigned(), self.model.countersign()

    def escalate(self) -> None:
        if self.duty.due_at is not None and self.duty.state is not DutyState.WAITING:
            self.duty = self.duty.escalated(NOW)

    def acknowledge(self) -> None:
        self.duty, self.model = self.duty.acknowledged(NOW), self.model.acknowledge()

    def decline(self) -> None:
        self.duty, self.model = self.duty.declined(NOW), self.model.decline()

    def answer_elsewhere(self) -> None:
        if self.duty.declined_at is not None:
            self.duty, self.model = self.duty.answered_elsewhere(), self.model.answer_elsewhere()

    def end_by_two(self) -> None:
        if self.duty.state is DutyState.DECLINED:
            self.duty, self.model = self.duty.ended(), self.model.end_by_two()

    def stand_down(self) -> None:
        if self.duty.state is DutyState.WAITING:
            name = min(self.duty.child_ids)
            self.duty = self.duty.without(fact for fact in self.duty.facts if fact.subject_id == name)
            self.model = self.model.stand_down(name)


ACTS: dict[str, Callable[[DutyHistory], None]] = {
    "a new fact": DutyHistory.add_fact,
    "authorised": DutyHistory.authorise,
    "issued": DutyHistory.issue,
    "called": DutyHistory.call,
    "undeliverable": DutyHistory.fail,
    "countersigned": DutyHistory.countersign,
    "escalated": DutyHistory.escalate,
    "acknowledged": DutyHistory.acknowledge,
    "declined": DutyHistory.decline,
    "answered elsewhere": DutyHistory.answer_elsewhere,
    "ended by two": DutyHistory.end_by_two,
    "stood down by two": DutyHistory.stand_down,
}
OF_ONE_PERSON = ("a new fact", "authorised", "issued", "called", "undeliverable", "escalated", "declined")
"""Acts of one person, of the clock and of the line; nothing that the agency answers, and no second signature."""


def lived(acts: Sequence[str]) -> DutyHistory:
    """Return a history after these acts; everything was held against the rules after each of them."""
    history = DutyHistory()
    for act in acts:
        history.do(act)
        history.check()
    return history


def told_or_open(duty: Duty) -> bool:
    """Return whether a duty is open, or ended by a call and the message together."""
    by_both = duty.state is DutyState.HANDED_OVER and duty.call_counts and duty.sent_at is not None
    return duty.state in OPEN_STATES or by_both
