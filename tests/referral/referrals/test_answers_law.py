"""Law of an agency's answers: no sequence overwrites what was said, ends a recall, or hides a decline."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from referral_service.deliveries.models import Delivery
from referral_service.directory.models import Channel
from referral_service.referrals.acts import Author, Words
from referral_service.referrals.models import Referral, new_referral
from referral_service.referrals.states import MAY_FOLLOW, Decision
from shared.domain.vocabulary import (
    AcknowledgementChannel,
    DeclineReason,
    RecallAnswer,
    RecallAnswerChannel,
    RecallKeptReason,
    ReferralOutcome,
)
from shared.errors import HelplineError
from shared.events import (
    RecallAnswered,
    RecallNotNeeded,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
)
from tests.referral.event_builders import consented, supplement_to

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
FIRST = consented()


class History:
    """One referral under test: what was done to it, and what was announced."""

    def __init__(self) -> None:
        self.referral = new_referral(FIRST)
        self.referral.add(FIRST, NOW)
        self.words = Words()
        self.events: list[ReferralEvent] = []
        self.at = NOW
        self.was_refused = False
        self.answered: set[UUID] = set()
        """Recalled disclosures that the agency itself answered for."""

    def author(self, reference: str | None = None) -> Author:
        return Author("user:desk", self.at, AcknowledgementChannel.API, reference=reference)

    def do(self, name: str) -> None:
        self.at += timedelta(minutes=1)
        self.was_refused = False
        try:
            events = STEPS[name](self)
        except HelplineError:
            self.was_refused = True
            return
        self.events += events or []
        if name.startswith("answer"):
            self.answered |= {one.disclosure_id for one in events or []}

    @property
    def open_recalls(self) -> set[UUID]:
        return {
            one.disclosure_id for one in self.referral.recalls if one.recall_answer is None and is_asked(one)
        }


def is_asked(recall: Delivery) -> bool:
    return recall.fault != "nothing-to-recall"


def post(history: History, result: Callable[[Delivery], Any], *, missed: bool = False) -> Any:
    waiting = next((one for one in history.referral.deliveries if one.is_waiting), None)
    if waiting is None:
        return []
    waiting.posts += 1
    waiting.misses += missed
    return result(waiting)


def acknowledge(reference: str | None) -> Callable[[History], Any]:
    return lambda h: h.referral.acknowledge(h.author(reference), h.words)


def answer(value: RecallAnswer, reason: RecallKeptReason | None = None) -> Callable[[History], Any]:
    def by_telephone(h: History) -> Any:
        author = Author("user:ada", h.at, RecallAnswerChannel.TELEPHONE, name="Sam")
        return h.referral.answer_recall(value, reason, author, h.words)

    return by_telephone


STEPS: dict[str, Callable[[History], Any]] = {
    "add": lambda h: h.referral.add(supplement_to(FIRST), h.at) and None,
    "send": lambda h: post(h, lambda one: h.referral.sent(one, Channel.WEBHOOK, h.at)),
    "lose": lambda h: post(h, lambda one: h.referral.failed(one, "timed-out", h.at)),
    "miss": lambda h: post(h, lambda one: h.referral.failed(one, "no-connection", h.at), missed=True),
    "recall": lambda h: h.referral.recall(h.referral.disclosures[-1].disclosure_id, h.at),
    "recall the first": lambda h: h.referral.recall(FIRST.disclosure_id, h.at),
    "acknowledge": acknowledge(None),
    "acknowledge as A": acknowledge("A"),
    "acknowledge as B": acknowledge("B"),
    "accept": lambda h: h.referral.accept(h.author(), h.words),
    "decline": lambda h: h.referral.decline(DeclineReason.DUPLICATE, h.author(), h.words),
    "decline again": lambda h: h.referral.decline(DeclineReason.NO_CAPACITY, h.author(), h.words),
    "outcome": lambda h: h.referral.report_outcome(ReferralOutcome.VISIT_MADE, h.author(), h.words),
    "answer destroyed": answer(RecallAnswer.DESTROYED),
    "answer kept": answer(RecallAnswer.KEPT, RecallKeptReason.COURT_ORDER),
    "answer not held": answer(RecallAnswer.NOT_HELD),
    "resume": lambda h: h.referral.resume(h.at),
}
SEQUENCES = st.lists(st.sampled_from(sorted(STEPS)), max_size=30)


def broken_law(steps: list[str]) -> str | None:
    """Return the law that a sequence breaks, or None."""
    history = History()
    for name in steps:
        recalls, acts = history.open_recalls, list(history.referral.acts)
        words = {number: dict(said) for number, said in history.words.by_act.items()}
        seen = snapshot(history)
        announced = len(history.events)
        history.do(name)
        if history.referral.acts[: len(acts)] != acts:
            return "an act was changed"
        if any(history.words.by_act.get(number) != said for number, said in words.items()):
            return "a reference was overwritten"
        if not recalls - history.open_recalls <= history.answered:
            return "a recall ended without its own answer"
        if broken := broken_announcement(history, name, announced, seen):
            return broken
    return None


def snapshot(history: History) -> list[tuple[Any, ...]]:
    return [
        (one.id, one.acknowledged_at, one.recall_answer, one.recall_kept_reason)
        for one in history.referral.deliveries
    ]


def broken_announcement(
    history: History, name: str, announced: int, before: list[tuple[Any, ...]]
) -> str | None:
    fresh = history.events[announced:]
    acknowledged = [one for one in fresh if isinstance(one, ReferralAcknowledged)]
    is_declined = history.referral.decision is Decision.DECLINED
    if any(one.declined is not is_declined for one in acknowledged):
        return "an acknowledgement hides the decline"
    if name.startswith("decline") and acknowledged and not isinstance(fresh[-1], ReferralDeclined):
        return "a message was acknowledged by a decline that nobody heard of"
    unheard = [one for one in history.referral.disclosures if one.sent_at and not one.acknowledged_at]
    if name.startswith("decline") and not history.was_refused and unheard:
        return "a decline passed over a message"
    answered = {one.disclosure_id for one in fresh if isinstance(one, RecallAnswered)}
    if not answered <= {one.disclosure_id for one in history.referral.recalls}:
        return "an answer to no recall"
    now = {row[0]: row[1:] for row in snapshot(history)}
    for number, *facts in before:
        if any(old is not None and old != new for old, new in zip(facts, now[number], strict=True)):
            return "an answer was overwritten"
    return None


@settings(max_examples=1500, deadline=None)
@given(SEQUENCES)
def test_no_sequence_of_answers_loses_a_recall_overwrites_a_word_or_hides_a_decline(steps: list[str]) -> None:
    assert broken_law(steps) is None


@settings(max_examples=500, deadline=None)
@given(SEQUENCES)
def test_a_recall_that_was_asked_for_is_sent_answered_or_announced_as_not_needed(steps: list[str]) -> None:
    history = History()
    recalled: set[UUID] = set()
    for name in steps:
        if name.startswith("recall"):
            newest = history.referral.disclosures[-1].disclosure_id
            recalled.add(FIRST.disclosure_id if name == "recall the first" else newest)
        history.do(name)
    kept = {one.disclosure_id for one in history.referral.recalls if is_asked(one)}
    announced = {one.disclosure_id for one in history.events if isinstance(one, RecallNotNeeded)}
    assert recalled <= kept | announced


@settings(max_examples=500, deadline=None)
@given(SEQUENCES, st.sampled_from(sorted(STEPS)))
def test_the_very_same_answer_again_changes_and_announces_nothing(steps: list[str], name: str) -> None:
    """Lost answers are left out: an answer that names no message may be about such a one next."""
    if name in {"add", "send", "lose", "miss", "resume"} or "lose" in steps:
        return
    history = History()
    for step in [*steps, name]:
        history.do(step)
    acts, rows, announced = history.referral.acts, snapshot(history), len(history.events)
    history.do(name)
    fresh = [one for one in history.events[announced:] if not isinstance(one, RecallNotNeeded)]
    assert (history.referral.acts, snapshot(history), fresh) == (acts, rows, [])


def test_the_table_of_decisions_is_this_one() -> None:
    assert {now: set(after) for now, after in MAY_FOLLOW.items()} == {
        None: {"accepted", "declined"},
        Decision.ACCEPTED: {"declined"},
        Decision.DECLINED: set(),
    }


def forget_new_messages(referral: Referral, *_: Any) -> bool:
    """Take a second decline for a repetition although something new came: the fault before this law."""
    return referral.decision is None


def end_recalls_by_acknowledgement(referral: Referral, *args: Any, **rest: Any) -> list[ReferralEvent]:
    """End recalls with any acknowledgement: the fault of the telephone recall."""
    events = ACKNOWLEDGE(referral, *args, **rest)
    for one in referral.recalls:
        one.keep_recall_answer(RecallAnswer.DESTROYED, None)
    return events


def replace_references(referral: Referral, meant: Any, author: Author, words: Words) -> None:
    for said in words.by_act.values():
        said.update(author.words)


def replace_recall_answers(referral: Referral, value: Any, reason: Any, *_: Any, **__: Any) -> list[Any]:
    for one in referral.recalls:
        one.keep_recall_answer(value, reason)
    return []


def hide_declines(referral: Referral, *args: Any, **rest: Any) -> list[ReferralEvent]:
    """Announce acknowledgements by an agency that declined like those of any other."""
    return [one.model_copy(update={"declined": False}) for one in ACKNOWLEDGE(referral, *args, **rest)]


ACKNOWLEDGE = Referral._acknowledge


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("_has_undecided", forget_new_messages),
        ("_acknowledge", end_recalls_by_acknowledgement),
        ("_acknowledge_again", replace_references),
        ("answer_recall", replace_recall_answers),
        ("_acknowledge", hide_declines),
    ],
)
def test_the_law_catches_a_planted_fault(
    monkeypatch: pytest.MonkeyPatch, method: str, fault: Callable[..., Any]
) -> None:
    monkeypatch.setattr(Referral, method, fault)
    limits = settings(max_examples=5000, database=None, deadline=None)
    steps = find(SEQUENCES, lambda one: broken_law(one) is not None, settings=limits)
    monkeypatch.undo()
    assert broken_law(steps) is None
