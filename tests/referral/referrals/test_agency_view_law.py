"""Law of the agency's view: no history of hidden steps changes it, and its version changes exactly when it does."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from referral_service.deliveries.models import Delivery
from referral_service.directory.models import Channel
from referral_service.referrals.acts import Author, Words
from referral_service.referrals.agency_view import (
    acts_of_agency,
    agency_delivery_state,
    agency_state,
    agency_version,
)
from referral_service.referrals.models import Referral, new_referral
from shared.domain.vocabulary import DeclineReason, RecallAnswer, RecallKeptReason, ReferralOutcome
from shared.errors import HelplineError
from tests.referral.event_builders import authorised, consented, supplement_to

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
FIRST = consented()
Step = Callable[[Referral, datetime], object]


def next_waiting(referral: Referral) -> Delivery | None:
    return next((one for one in referral.deliveries if one.is_waiting), None)


def attempt(result: Callable[[Referral, Delivery, datetime], object], *, missed: bool = False) -> Step:
    """Return a step that posts the next message, with this result."""

    def step(referral: Referral, at: datetime) -> None:
        delivery = next_waiting(referral)
        if delivery is not None:
            delivery.posts += 1
            delivery.misses += missed
            result(referral, delivery, at)

    return step


def unposted(result: Callable[[Referral, Delivery], object]) -> Step:
    """Return a step that ends the next message before it is posted, where it is a disclosure."""

    def step(referral: Referral, _: datetime) -> None:
        delivery = next_waiting(referral)
        if delivery is not None and delivery.is_disclosure:
            result(referral, delivery)

    return step


def recall(referral: Referral, at: datetime, *, is_held: bool = False) -> None:
    """Recall the newest disclosure, also while a worker holds it."""
    copy = referral.disclosures[-1]
    copy.leased_until = at if is_held else None
    referral.recall(copy.disclosure_id, at)


def by_desk(at: datetime) -> Author:
    return Author("user:desk", at)


HIDDEN: dict[str, Step] = {
    "add": lambda referral, at: referral.add(supplement_to(FIRST), at),
    "add urgent": lambda referral, at: referral.add(authorised(recipient_id=FIRST.recipient_id), at),
    "miss": attempt(lambda referral, one, at: referral.failed(one, "no-connection", at), missed=True),
    "withhold": unposted(lambda referral, one: referral.withhold(one, "withheld", NOW)),
    "stop": unposted(lambda referral, one: referral.stop(one, "content-410", NOW)),
    "by link": unposted(lambda referral, one: referral.begin_attempt_by_link(one)),
}
OTHERS: dict[str, Step] = {
    "send": attempt(lambda referral, one, at: referral.sent(one, Channel.WEBHOOK, at)),
    "lose the answer": attempt(lambda referral, one, at: referral.failed(one, "timed-out", at)),
    "recall": recall,
    "recall what is held": lambda referral, at: recall(referral, at, is_held=True),
    "acknowledge": lambda referral, at: referral.acknowledge(by_desk(at), Words()),
    "accept": lambda referral, at: referral.accept(by_desk(at), Words()),
    "decline": lambda referral, at: referral.decline(DeclineReason.DUPLICATE, by_desk(at), Words()),
    "report an outcome": lambda referral, at: referral.report_outcome(
        ReferralOutcome.VISIT_MADE, by_desk(at), Words()
    ),
    "answer the recall": lambda referral, at: referral.answer_recall(
        RecallAnswer.KEPT, RecallKeptReason.COURT_ORDER, by_desk(at), Words()
    ),
}


def view(referral: Referral) -> tuple[Any, ...]:
    """Return everything of a referral that its agency can read, except the version."""
    messages = [
        (one.id, one.purpose, one.kind, agency_delivery_state(one), one.sent_at, one.acknowledged_at, one.recall_answer)
        for one in referral.known_to_agency
    ]  # fmt: skip
    acts = acts_of_agency(referral)
    return (
        agency_state(referral),
        messages,
        referral.decision,
        referral.decline_reason,
        referral.outcomes,
        acts,
    )


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from([*HIDDEN, *OTHERS]), max_size=25))
def test_hidden_steps_change_nothing_and_the_version_rises_exactly_when_the_view_changes(
    steps: list[str],
) -> None:
    referral = new_referral(FIRST)
    referral.add(FIRST, NOW)
    for number, name in enumerate(steps):
        before, version = view(referral), agency_version(referral)
        with contextlib.suppress(HelplineError):  # refused, as the agency's answers may be
            (HIDDEN | OTHERS)[name](referral, NOW + timedelta(minutes=number))
        changed = view(referral) != before
        assert (name in HIDDEN and changed) is False, (steps[: number + 1], before, view(referral))
        assert (agency_version(referral) > version) is changed, steps[: number + 1]
        assert changed or agency_version(referral) == version
