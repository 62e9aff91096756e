"""Decisions and outcomes of agencies: each counts once, acknowledges as well, and stands."""

from typing import Any

import pytest

from shared.domain.vocabulary import DeclineReason
from shared.events import (
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
    ReferralOutcomeReported,
)
from tests.referral.event_builders import authorised, supplement_to
from tests.referral.partner_double import a_partner
from tests.referral.referrals.agency_client import ANSWERS, say, send
from tests.support.services import RunningService


async def test_every_answer_counts_once_however_often_it_is_given(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        for _ in range(2):
            for part, command in [*ANSWERS[:2], ANSWERS[3]]:
                answer = await say(referral, partner, f"{path}/{part}", command)
                assert answer.status_code == (201 if part == "outcomes" else 200), answer.text
    kinds = [event.type for event in await referral.announced(ReferralEvent)]
    assert kinds == [
        "referral.sent.v1", "referral.acknowledged.v1", "referral.accepted.v1", "referral.outcome_reported.v1",
    ]  # fmt: skip
    assert answer.json()["state"] == "outcome"


async def test_a_decision_acknowledges_as_well(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        await say(referral, partner, f"{path}/acceptance")
    assert len(await referral.announced(ReferralAcknowledged)) == 1
    assert len(await referral.announced(ReferralAccepted)) == 1


@pytest.mark.parametrize("reason", list(DeclineReason))
async def test_a_referral_is_declined_for_one_of_the_reasons(
    referral: RunningService, reason: DeclineReason
) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        answer = await say(referral, partner, f"{path}/decline", {"reason": reason.value})
    assert (answer.json()["state"], answer.json()["decline_reason"]) == ("declined", reason.value)
    (event,) = await referral.announced(ReferralDeclined)
    assert event.reason == reason.value


@pytest.mark.parametrize("command", [None, {}, {"reason": "because"}, {"reason": "other", "why": "Rowan"}])
async def test_a_decline_without_a_listed_reason_is_refused(referral: RunningService, command: Any) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        answer = await say(referral, partner, f"{path}/decline", command)
    assert answer.status_code == 422
    assert "Rowan" not in answer.text


async def test_a_decline_stands_until_something_new_comes(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        await say(referral, partner, f"{path}/decline", {"reason": "duplicate"})
        for part, command in (
            ("acceptance", None),
            ("decline", {"reason": "other"}),
            ("outcomes", {"outcome": "arrest"}),
        ):
            answer = await say(referral, partner, f"{path}/{part}", command)
            assert (answer.status_code, answer.json()["code"]) == (409, "referral-decided-already"), part


@pytest.mark.parametrize("step", ["pending", "acknowledged", "accepted", "declined"])
async def test_a_step_of_the_referral_is_no_outcome(referral: RunningService, step: str) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        answer = await say(referral, partner, f"{path}/outcomes", {"outcome": step})
    assert (answer.status_code, answer.json()["code"]) == (422, "not-an-outcome")
    assert await referral.announced(ReferralOutcomeReported) == []


async def test_a_retry_of_an_outcome_is_given_the_first_response_again(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        headers = partner.sign_in() | {"idempotency-key": "outcome-2026-1234"}
        first = await referral.http.post(f"{path}/outcomes", json={"outcome": "arrest"}, headers=headers)
        await say(referral, partner, f"{path}/outcomes", {"outcome": "visit_made"})
        again = await referral.http.post(f"{path}/outcomes", json={"outcome": "arrest"}, headers=headers)
        other = await referral.http.post(f"{path}/outcomes", json={"outcome": "visit_made"}, headers=headers)
    assert (first.status_code, first.headers["location"]) == (201, path)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


@pytest.mark.parametrize("before", ["acknowledgement", "acceptance", "outcomes"])
async def test_a_decline_is_heard_whatever_the_agency_said_before(
    referral: RunningService, before: str
) -> None:
    command = {"outcome": "visit_made"} if before == "outcomes" else None
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        await say(referral, partner, f"{path}/{before}", command)
        answers = [
            await say(referral, partner, f"{path}/decline", {"reason": "no_capacity"}) for _ in range(2)
        ]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    record = answers[0].json()
    assert (record["state"], record["decline_reason"]) == ("declined", "no_capacity")
    assert record["acts"][0]["act"] == "acknowledged", "what was said before is still there"
    (event,) = await referral.announced(ReferralDeclined)
    assert str(event.disclosure_id) == record["deliveries"][0]["disclosure_id"]


async def test_what_comes_after_a_decline_is_declined_or_accepted_anew(referral: RunningService) -> None:
    first = authorised()
    async with a_partner(referral) as partner:
        path = await send(referral, partner, recipient_id=first.recipient_id, case_id=first.case_id)
        await say(referral, partner, f"{path}/decline", {"reason": "not_our_area"})
        second, third = supplement_to(first), supplement_to(first)
        for event, part, command in (
            (second, "decline", {"reason": "not_our_area"}),
            (third, "acceptance", None),
        ):
            await referral.given(event)
            await referral.run_loop("run_deliveries")
            answer = await say(referral, partner, f"{path}/{part}", command)
            assert answer.status_code == 200, part
    assert answer.json()["state"] == "accepted"
    declines = await referral.announced(ReferralDeclined)
    assert [one.disclosure_id for one in declines][1:] == [second.disclosure_id]
    (accepted,) = await referral.announced(ReferralAccepted)
    assert accepted.disclosure_id == third.disclosure_id
    acknowledged = await referral.announced(ReferralAcknowledged)
    assert [one.declined for one in acknowledged] == [True, True, False]
    done = [one["act"] for one in answer.json()["acts"] if one["act"] != "acknowledged"]
    assert done == ["declined", "declined", "accepted"]
