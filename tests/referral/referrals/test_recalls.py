"""Recalls: sent to an agency that may have a copy, and to no other; the first answer stands."""

import json
from uuid import UUID

import pytest

from shared.clients.service_client import ServiceRefused
from shared.events import RecallAnswered, ReferralUndeliverable
from tests.referral.case_double import CaseDouble
from tests.referral.event_builders import consented, recalled
from tests.referral.partner_double import PUBLIC_URL, a_partner
from tests.referral.referrals.agency_client import say, send
from tests.support.local_http import Answer, Asked
from tests.support.services import MovableClock, RunningService


async def test_a_recall_is_sent_signed_and_its_answer_is_announced(referral: RunningService) -> None:
    event = consented()
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        for _ in range(2):
            await referral.given(recalled(event))
            await referral.run_loop("run_deliveries")
        message = partner.verified()
        assert message["type"] == "recall.v1"
        assert set(message) == {"type", "referral_id", "disclosure_id", "answer"}
        assert message["disclosure_id"] == str(event.disclosure_id)
        assert len(partner.webhook_ids) == len(set(partner.webhook_ids)) == 2
        path = message["answer"]["url"].removeprefix(PUBLIC_URL)
        for _ in range(2):
            answer = await say(referral, partner, path, {"answer": "kept", "reason": "court_order"})
            assert (answer.status_code, answer.json()["state"]) == (200, "recalled")
    (answered,) = await referral.announced(RecallAnswered)
    assert answered.disclosure_id == event.disclosure_id


async def test_a_recall_is_tried_again_and_a_person_is_alarmed_when_it_does_not_arrive(
    referral: RunningService, clock: MovableClock
) -> None:
    event = consented()
    async with a_partner(
        referral, Answer(status=200), *[Answer(status=503)] * 3, Answer(status=200)
    ) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        await referral.given(recalled(event))
        for _ in range(4):
            await referral.run_loop("run_deliveries")
            clock.forward(hours=3)
        assert len(partner.http.asked) == 5
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert alarm.reason == "recall-http-503"


async def test_no_agency_is_asked_to_delete_what_it_never_had(
    referral: RunningService, case: CaseDouble, clock: MovableClock
) -> None:
    event = consented()
    async with a_partner(referral) as partner:
        case.withholds(event.disclosure_id)
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        await referral.given(recalled(event))
        clock.forward(days=1)
        await referral.run_loop("run_deliveries")
        assert partner.http.asked == []


async def test_a_copy_that_may_have_arrived_is_recalled_too(
    referral: RunningService, case: CaseDouble, clock: MovableClock
) -> None:
    event = consented()
    async with a_partner(referral, Answer(status=500), Answer(status=200)) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        case.withholds(event.disclosure_id)
        await referral.given(recalled(event))
        clock.forward(hours=1)
        await referral.run_loop("run_deliveries")
        assert [json.loads(asked.body)["type"] for asked in partner.http.asked] == [
            "referral.v1",
            "recall.v1",
        ]


async def test_a_recall_that_comes_while_the_copy_is_being_sent_follows_it(
    referral: RunningService,
) -> None:
    event = consented()

    async def recall(asked: Asked) -> None:
        if json.loads(asked.body)["type"] == "referral.v1":
            await referral.given(recalled(event))

    async with a_partner(referral, meanwhile=recall) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        assert [json.loads(asked.body)["type"] for asked in partner.http.asked] == [
            "referral.v1",
            "recall.v1",
        ]
    (row,) = await referral.fetch("SELECT state FROM referrals")
    assert row["state"] == "recalled"


@pytest.mark.parametrize(
    "refusal", [ServiceRefused(404, "not-found"), ServiceRefused(409, "withheld")], ids=str
)
async def test_a_recall_of_a_copy_that_never_arrives_is_dropped_once_however_often_the_copy_is_tried(
    referral: RunningService, case: CaseDouble, refusal: ServiceRefused
) -> None:
    event = consented()
    case.refusals[event.disclosure_id] = ServiceRefused(410, "gone")

    async def recall(_: UUID) -> None:
        await referral.given(recalled(event))

    case.meanwhile = recall
    async with a_partner(referral):
        await referral.given(event)
        await referral.run_loop("run_deliveries")
    case.refusals[event.disclosure_id] = refusal
    async with a_partner(referral) as partner:
        await referral.run_loop("run_deliveries")
        assert partner.http.asked == []
    rows = await referral.fetch("SELECT state, leased_until FROM deliveries ORDER BY position")
    copy = "withheld" if refusal.status == 409 else "stopped"
    assert [tuple(row) for row in rows] == [(copy, None), ("withheld", None)], "nothing is left to try again"


async def test_an_answer_without_a_recall_is_refused(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        answer = await say(referral, partner, f"{path}/recall-answer", {"answer": "destroyed"})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-was-recalled")
