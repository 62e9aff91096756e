"""Referrals as agencies answer them: each sees its own and nothing else, and every answer counts once."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.events import (
    RecallAnswered,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
    ReferralOutcomeReported,
    ReferralUndeliverable,
)
from shared.vocabulary import DeclineReason
from tests.referral.builders import authorised, consented, recalled, supplement_to
from tests.referral.doubles import MANCHESTER_POLICE, CaseDouble, Partner, a_partner
from tests.running import MovableClock, RunningService, signed_in
from tests.shared.local_http import Answer, Asked

ELSEWHERE = "police:E23000001"


async def _sent(referral: RunningService, partner: Partner, **told: Any) -> str:
    """The address of a referral that this partner has been sent."""
    event = authorised(body=partner.body, **told)
    await referral.given(event)
    await referral.run_loop("deliver")
    (row,) = await referral.fetch("SELECT id FROM referrals WHERE leg_id = $1", event.leg_id)
    return f"/v1/referrals/{row['id']}"


async def _say(referral: RunningService, partner: Partner, path: str, said: Any = None) -> Any:
    return await referral.http.post(path, json=said, headers=partner.sign_in())


ANSWERS: list[tuple[str, Any]] = [
    ("acknowledgement", {}),
    ("acceptance", None),
    ("decline", {"reason": "not_our_area"}),
    ("outcomes", {"outcome": "visit_made"}),
    ("recall-answer", {"answer": "deleted"}),
]


@pytest.mark.parametrize(("part", "said"), ANSWERS)
async def test_an_agency_cannot_answer_anothers_referral_or_learn_that_it_exists(
    referral: RunningService, part: str, said: Any
) -> None:
    async with a_partner(referral) as ours, a_partner(referral, body=ELSEWHERE) as theirs:
        path = await _sent(referral, theirs)
        answer = await _say(referral, ours, f"{path}/{part}", said)
        nowhere = await _say(referral, ours, f"/v1/referrals/{uuid4()}/{part}", said)
    assert answer.status_code == nowhere.status_code == 404
    assert answer.content == nowhere.content
    assert [e.type for e in await referral.announced(ReferralEvent)] == ["referral.sent.v1"]


async def test_an_agency_lists_and_reads_only_its_own(referral: RunningService) -> None:
    async with a_partner(referral) as ours, a_partner(referral, body=ELSEWHERE) as theirs:
        path = await _sent(referral, theirs)
        assert (await referral.http.get(path, headers=ours.sign_in())).status_code == 404
        assert (await referral.http.get("/v1/referrals", headers=ours.sign_in())).json()["referrals"] == []
        listed = (await referral.http.get("/v1/referrals", headers=theirs.sign_in())).json()["referrals"]
        assert [one["id"] for one in listed] == [path.rsplit("/", 1)[1]]
        assert listed[0]["case_id"] is None, "an agency learns of no case behind a referral"
        read = (await referral.http.get(path, headers=theirs.sign_in())).json()
        assert read["deliveries"][0]["attempts"] is None


@pytest.mark.parametrize(("part", "said"), ANSWERS)
async def test_only_an_agency_answers_for_an_agency(referral: RunningService, part: str, said: Any) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
        for role in ("adviser", "safeguarding_lead", "operator", "service"):
            answer = await referral.http.post(f"{path}/{part}", json=said, headers=signed_in(role))
            assert answer.status_code == 403, role
        assert (await referral.http.post(f"{path}/{part}", json=said)).status_code == 401


async def test_an_agency_token_that_names_no_agency_sees_nothing(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
    for address in (path, "/v1/referrals"):
        assert (await referral.http.get(address, headers=signed_in("agency"))).status_code == 404


async def test_what_waits_to_be_sent_is_not_yet_the_agencys_to_see(
    referral: RunningService, case: CaseDouble
) -> None:
    async with a_partner(referral) as partner:
        event = authorised()
        await referral.given(event)
        (row,) = await referral.fetch("SELECT id FROM referrals")
        path = f"/v1/referrals/{row['id']}"
        assert (await referral.http.get(path, headers=partner.sign_in())).status_code == 404
        assert (await referral.http.get(path, headers=signed_in("adviser"))).status_code == 200
        assert (await _say(referral, partner, f"{path}/acknowledgement")).status_code == 404


async def test_an_adviser_follows_the_referrals_of_a_case(referral: RunningService) -> None:
    async with a_partner(referral, Answer(status=500)) as partner:
        event = authorised()
        await _sent(referral, partner, case_id=event.case_id)
        await _sent(referral, partner)
    page = await referral.http.get(f"/v1/referrals?case_id={event.case_id}", headers=signed_in("adviser"))
    (found,) = page.json()["referrals"]
    assert (found["case_id"], found["state"]) == (str(event.case_id), "undeliverable")
    assert (found["deliveries"][0]["fault"], found["deliveries"][0]["attempts"]) == ("http-500", 1)


async def test_referrals_are_listed_page_by_page(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        paths = [await _sent(referral, partner) for _ in range(3)]
        seen, cursor = [], ""
        while True:
            page = (
                await referral.http.get(f"/v1/referrals?limit=1{cursor}", headers=partner.sign_in())
            ).json()
            seen += [f"/v1/referrals/{one['id']}" for one in page["referrals"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
    assert seen == paths


async def test_every_answer_counts_once_however_often_it_is_given(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
        for _ in range(2):
            for part, said in [*ANSWERS[:2], ANSWERS[3]]:
                answer = await _say(referral, partner, f"{path}/{part}", said)
                assert answer.status_code == 200, answer.text
    kinds = [event.type for event in await referral.announced(ReferralEvent)]
    assert kinds == [
        "referral.sent.v1", "referral.acknowledged.v1", "referral.accepted.v1", "referral.outcome_reported.v1",
    ]  # fmt: skip
    assert answer.json()["state"] == "outcome"


async def test_deciding_acknowledges_as_well(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
        await _say(referral, partner, f"{path}/acceptance")
    assert len(await referral.announced(ReferralAcknowledged)) == 1
    assert len(await referral.announced(ReferralAccepted)) == 1


@pytest.mark.parametrize("reason", list(DeclineReason))
async def test_a_referral_is_declined_for_one_of_the_reasons(
    referral: RunningService, reason: DeclineReason
) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
        answer = await _say(referral, partner, f"{path}/decline", {"reason": reason.value})
    assert (answer.json()["state"], answer.json()["decline_reason"]) == ("declined", reason.value)
    (event,) = await referral.announced(ReferralDeclined)
    assert event.reason == reason.value


@pytest.mark.parametrize("said", [None, {}, {"reason": "because"}, {"reason": "other", "why": "Rowan"}])
async def test_a_decline_without_a_listed_reason_is_refused(referral: RunningService, said: Any) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
        answer = await _say(referral, partner, f"{path}/decline", said)
    assert answer.status_code == 422
    assert "Rowan" not in answer.text


async def test_a_decision_stands(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
        await _say(referral, partner, f"{path}/decline", {"reason": "duplicate"})
        for part, said in (
            ("acceptance", None),
            ("decline", {"reason": "other"}),
            ("outcomes", {"outcome": "arrest"}),
        ):
            answer = await _say(referral, partner, f"{path}/{part}", said)
            assert (answer.status_code, answer.json()["code"]) == (409, "referral-decided-already"), part


@pytest.mark.parametrize("step", ["pending", "acknowledged", "accepted", "declined"])
async def test_a_step_is_no_outcome(referral: RunningService, step: str) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
        answer = await _say(referral, partner, f"{path}/outcomes", {"outcome": step})
    assert (answer.status_code, answer.json()["code"]) == (422, "not-an-outcome")
    assert await referral.announced(ReferralOutcomeReported) == []


async def test_the_agencys_own_reference_is_kept_sealed_and_shown_to_those_concerned(
    referral: RunningService,
) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
        await _say(referral, partner, f"{path}/acknowledgement", {"reference": "PC Ashdown 7"})
        for reader in (partner.sign_in(), signed_in("adviser")):
            assert (await referral.http.get(path, headers=reader)).json()["reference"] == "PC Ashdown 7"
    (row,) = await referral.fetch("SELECT * FROM referrals")
    assert "Ashdown" not in " ".join(str(value) for value in row.values())


async def test_an_acknowledgement_of_one_message_says_nothing_of_the_next(
    referral: RunningService, clock: MovableClock
) -> None:
    first = authorised()
    later = supplement_to(first)
    async with a_partner(referral) as partner:
        for event in (first, later):
            await referral.given(event)
            await referral.run_loop("deliver")
        (row,) = await referral.fetch("SELECT id FROM referrals")
        path = f"/v1/referrals/{row['id']}/acknowledgement"
        await _say(referral, partner, path, {"disclosure_id": str(first.disclosure_id)})
        (one,) = await referral.announced(ReferralAcknowledged)
        assert one.disclosure_id == first.disclosure_id
        await _say(referral, partner, path)
        assert len(await referral.announced(ReferralAcknowledged)) == 2
        unknown = await _say(referral, partner, path, {"disclosure_id": str(uuid4())})
        assert unknown.status_code == 404


async def test_every_reading_and_every_change_leaves_a_trace(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
        await _say(referral, partner, f"{path}/acknowledgement")
        await referral.http.get(path, headers=signed_in("adviser", "ada"))
        await referral.http.get("/v1/referrals", headers=signed_in("adviser", "ada"))
    rows = await referral.fetch(
        "SELECT actor, action FROM audit_entries WHERE subject = $1 ORDER BY number", UUID(path[-36:])
    )
    assert [(row["actor"], row["action"]) for row in rows] == [
        ("worker:referral", "referral.taken_on"),
        ("worker:referral", "referral.sent"),
        ("user:desk", "referral.acknowledged"),
        ("user:ada", "referral.read"),
        ("user:ada", "referral.listed"),
    ]


async def test_a_recall_reaches_the_holder_signed_and_its_answer_is_known(referral: RunningService) -> None:
    event = consented()
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("deliver")
        for _ in range(2):
            await referral.given(recalled(event))
            await referral.run_loop("deliver")
        message = partner.verified()
        assert message["type"] == "recall.v1"
        assert set(message) == {"type", "referral_id", "disclosure_id", "answer"}
        assert message["disclosure_id"] == str(event.disclosure_id)
        assert len(partner.webhook_ids) == len(set(partner.webhook_ids)) == 2
        path = message["answer"]["url"].removeprefix("https://referrals.example.org")
        for _ in range(2):
            answer = await _say(referral, partner, path, {"answer": "kept_by_law"})
            assert (answer.status_code, answer.json()["state"]) == (200, "recalled")
    (answered,) = await referral.announced(RecallAnswered)
    assert answered.disclosure_id == event.disclosure_id


async def test_a_recall_is_tried_again_and_a_person_is_told_when_it_does_not_arrive(
    referral: RunningService, clock: MovableClock
) -> None:
    event = consented()
    async with a_partner(
        referral, Answer(status=200), *[Answer(status=503)] * 3, Answer(status=200)
    ) as partner:
        await referral.given(event)
        await referral.run_loop("deliver")
        await referral.given(recalled(event))
        for _ in range(4):
            await referral.run_loop("deliver")
            clock.forward(hours=3)
        assert len(partner.http.asked) == 5
    (told,) = await referral.announced(ReferralUndeliverable)
    assert told.reason == "recall-http-503"


async def test_nobody_is_told_to_delete_what_they_never_had(
    referral: RunningService, case: CaseDouble, clock: MovableClock
) -> None:
    event = consented()
    async with a_partner(referral) as partner:
        case.withholds(event.disclosure_id)
        await referral.given(event)
        await referral.run_loop("deliver")
        await referral.given(recalled(event))
        clock.forward(days=1)
        await referral.run_loop("deliver")
        assert partner.http.asked == []


async def test_a_copy_that_may_have_arrived_is_called_back_too(
    referral: RunningService, case: CaseDouble, clock: MovableClock
) -> None:
    event = consented()
    async with a_partner(referral, Answer(status=500), Answer(status=200)) as partner:
        await referral.given(event)
        await referral.run_loop("deliver")
        case.withholds(event.disclosure_id)
        await referral.given(recalled(event))
        clock.forward(hours=1)
        await referral.run_loop("deliver")
        assert [json.loads(asked.body)["type"] for asked in partner.http.asked] == [
            "referral.v1",
            "recall.v1",
        ]


async def test_an_answer_to_a_recall_that_was_never_made_is_refused(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await _sent(referral, partner)
        answer = await _say(referral, partner, f"{path}/recall-answer", {"answer": "deleted"})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-was-recalled")


async def test_a_leg_to_two_bodies_is_two_referrals_and_hearing_twice_makes_no_third(
    referral: RunningService,
) -> None:
    event = authorised()
    other = authorised(leg_id=event.leg_id, body=ELSEWHERE)
    for one in (event, other, event, other):
        await referral.given(one)
    rows = await referral.fetch("SELECT body FROM referrals ORDER BY body")
    assert [row["body"] for row in rows] == [ELSEWHERE, MANCHESTER_POLICE]


async def test_an_acknowledgement_that_names_no_message_does_not_cover_one_that_was_refused(
    referral: RunningService,
) -> None:
    first = authorised()
    later = supplement_to(first)
    async with a_partner(referral, Answer(status=200), Answer(status=500)) as partner:
        for event in (first, later):
            await referral.given(event)
            await referral.run_loop("deliver")
        (row,) = await referral.fetch("SELECT id FROM referrals")
        path = f"/v1/referrals/{row['id']}/acknowledgement"
        for _ in range(2):
            assert (await _say(referral, partner, path)).status_code == 200
    (one,) = await referral.announced(ReferralAcknowledged)
    assert one.disclosure_id == first.disclosure_id


async def test_an_acknowledgement_during_the_sending_of_a_supplement_is_of_that_supplement(
    referral: RunningService,
) -> None:
    first = authorised()
    later = supplement_to(first)

    async def acknowledge(asked: Asked) -> None:
        path = json.loads(asked.body)["acknowledge"]["url"].removeprefix("https://referrals.example.org")
        assert (await _say(referral, partner, path)).status_code == 200

    async with a_partner(referral, meanwhile=acknowledge) as partner:
        for event in (first, later):
            await referral.given(event)
            await referral.run_loop("deliver")
    told = await referral.announced(ReferralAcknowledged)
    assert [one.disclosure_id for one in told] == [first.disclosure_id, later.disclosure_id]


async def test_what_an_agency_acknowledged_is_not_sent_for_ever_because_its_answers_are_errors(
    referral: RunningService, clock: MovableClock
) -> None:
    async with a_partner(referral, Answer(status=500)) as partner:
        path = await _sent(referral, partner)
        assert (await _say(referral, partner, f"{path}/acknowledgement")).status_code == 200
        for _ in range(3):
            clock.forward(seconds=60)
            await referral.run_loop("deliver")
        assert len(partner.http.asked) == 2
    (row,) = await referral.fetch("SELECT state, sent_copy FROM deliveries")
    assert row["state"] == "sent"
    assert row["sent_copy"] is not None
