"""Deliveries: signed, once in effect, tried again until an agency has it, and a person told where none has."""

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from standardwebhooks import WebhookVerificationError

from referral_service.agencies import agency_id
from referral_service.deliveries import copy_place
from referral_service.sealing import open_sealed
from shared.events import (
    ReferralAcknowledged,
    ReferralEvent,
    ReferralSent,
    ReferralUndeliverable,
)
from shared.outbound import Refused, Unreachable
from tests.referral.builders import authorised, consented, supplement_to
from tests.referral.doubles import MANCHESTER_POLICE, CaseDouble, a_partner, released, set_points
from tests.running import MovableClock, RunningService, signed_in
from tests.shared.local_http import Answer, Asked

NOT_NOW = Answer(status=500)


async def test_what_was_authorised_is_sent_signed_and_acknowledged(
    referral: RunningService, case: CaseDouble
) -> None:
    event = authorised()
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("deliver")
        message = partner.verified()
        assert message["content"] == case.content
        assert partner.webhook_ids == [str(event.disclosure_id)]
        (sent,) = await referral.announced(ReferralSent)
        assert (sent.disclosure_id, sent.forced, sent.attempts) == (event.disclosure_id, True, 1)
        path = message["acknowledge"]["url"].removeprefix("https://referrals.example.org")
        answer = await referral.http.post(path, json={"reference": "GMP-7"}, headers=partner.sign_in())
        assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")
        (acknowledged,) = await referral.announced(ReferralAcknowledged)
        assert (acknowledged.disclosure_id, acknowledged.by) == (event.disclosure_id, "api")


async def test_the_text_that_the_case_service_gave_goes_out_byte_for_byte(
    referral: RunningService, case: CaseDouble
) -> None:
    case.content = {"b": 1, "a": "é\u2028", "n": [1.50, None]}
    async with a_partner(referral) as partner:
        await referral.given(authorised())
        await referral.run_loop("deliver")
        assert released(case.content)["text"].encode() in partner.http.asked[0].body


async def test_a_signature_under_another_secret_is_refused(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        await referral.given(authorised())
        await referral.run_loop("deliver")
        with pytest.raises(WebhookVerificationError):
            partner.verified(secret="whsec_" + "A" * 43 + "=")


async def test_a_body_that_was_altered_on_its_way_is_refused(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        await referral.given(authorised())
        await referral.run_loop("deliver")
        asked = partner.http.asked[0]
        partner.http.asked[0] = Asked(asked.method, asked.path, asked.headers, asked.body[:-1] + b"\n")
        with pytest.raises(WebhookVerificationError):
            partner.verified()


async def test_hearing_of_an_authorisation_again_sends_nothing_again(referral: RunningService) -> None:
    event = authorised()
    async with a_partner(referral) as partner:
        for _ in range(3):
            await referral.given(event)
            await referral.run_loop("deliver")
        assert len(partner.http.asked) == 1
        assert len(await referral.announced(ReferralSent)) == 1


async def test_bodies_of_different_contents_have_one_size(referral: RunningService, case: CaseDouble) -> None:
    async with a_partner(referral) as partner:
        for content in ({"situation": "x"}, {"situation": "x" * 2000, "persons": [1, 2, 3]}):
            case.content = content
            await referral.given(authorised())
            await referral.run_loop("deliver")
        assert [len(asked.body) for asked in partner.http.asked] == [4096, 4096]


async def test_a_sealed_body_opens_with_the_agencys_key_only_and_has_one_size_too(
    referral: RunningService, case: CaseDouble
) -> None:
    key = X25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    async with a_partner(referral, encryption_key=public) as partner:
        for content in ({"a": "x"}, {"a": "x" * 1000}):
            case.content = content
            await referral.given(authorised())
            await referral.run_loop("deliver")
        sealed = partner.verified()
        assert set(sealed) == {"sealed"}
        opened = json.loads(open_sealed(key, partner.http.asked[-1].body))
        assert opened["content"] == case.content
        assert len({len(asked.body) for asked in partner.http.asked}) == 1


async def test_after_an_error_it_is_tried_again_with_the_same_id_until_it_arrives(
    referral: RunningService, clock: MovableClock
) -> None:
    event = authorised()
    async with a_partner(referral, NOT_NOW, NOT_NOW, Answer(status=202)) as partner:
        await referral.given(event)
        for _ in range(3):
            await referral.run_loop("deliver")
            clock.forward(seconds=3)
        assert partner.webhook_ids == [str(event.disclosure_id)] * 3
    (sent,) = await referral.announced(ReferralSent)
    assert sent.attempts == 3


async def test_the_first_failure_of_a_forced_referral_is_told_at_once_and_only_once(
    referral: RunningService, clock: MovableClock
) -> None:
    event = authorised()
    async with a_partner(referral, NOT_NOW):
        await referral.given(event)
        for _ in range(4):
            await referral.run_loop("deliver")
            clock.forward(seconds=60)
    (told,) = await referral.announced(ReferralUndeliverable)
    assert (told.disclosure_id, told.reason) == (event.disclosure_id, "http-500")


async def test_a_consented_referral_is_tried_three_times_before_a_person_is_told(
    referral: RunningService, clock: MovableClock
) -> None:
    async with a_partner(referral, NOT_NOW):
        await referral.given(consented())
        for expected in (0, 0, 1, 1):
            await referral.run_loop("deliver")
            assert len(await referral.announced(ReferralUndeliverable)) == expected
            clock.forward(hours=3)


async def test_a_connection_refused_is_a_failure_and_surely_no_arrival(referral: RunningService) -> None:
    event = authorised()
    async with a_partner(referral) as partner:
        pass
    await referral.given(event)
    await referral.run_loop("deliver")
    (told,) = await referral.announced(ReferralUndeliverable)
    assert told.reason == "no-connection"
    listed = await referral.http.get("/v1/referrals", headers=partner.sign_in())
    assert listed.json()["referrals"] == []


async def test_an_agency_that_does_not_answer_in_time_is_tried_again(
    referral: RunningService, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referral_service.delivering.TRY_WITHIN_IN_DANGER", 0.1)
    async with a_partner(referral, slow=0.4) as partner:
        await referral.given(authorised())
        await referral.run_loop("deliver")
        (told,) = await referral.announced(ReferralUndeliverable)
        assert told.reason == "timed-out"
        monkeypatch.setattr("referral_service.delivering.TRY_WITHIN_IN_DANGER", 5)
        clock.forward(seconds=2)
        await referral.run_loop("deliver")
        assert len(set(partner.webhook_ids)) == 1
    assert len(await referral.announced(ReferralSent)) == 1


async def test_after_a_crash_between_the_agencys_answer_and_our_record_the_same_id_is_sent_again(
    referral: RunningService, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = authorised()
    async with a_partner(referral) as partner:
        await referral.given(event)
        with monkeypatch.context() as crash:
            crash.setattr("referral_service.delivering.write_down", _killed_before)
            await referral.run_loop("deliver")
        assert await referral.announced(ReferralSent) == []
        await referral.run_loop("deliver")
        assert len(partner.http.asked) == 1, "the lease still holds"
        clock.forward(seconds=31)
        await referral.run_loop("deliver")
        assert partner.webhook_ids == [str(event.disclosure_id)] * 2
    assert len(await referral.announced(ReferralSent)) == 1


async def test_an_acknowledgement_counts_before_we_know_that_it_was_sent(referral: RunningService) -> None:
    async def acknowledge(asked: Asked) -> None:
        url = json.loads(asked.body)["acknowledge"]["url"]
        path = url.removeprefix("https://referrals.example.org")
        answer = await referral.http.post(
            path, headers=signed_in("agency", "desk", agency_id(MANCHESTER_POLICE))
        )
        assert answer.status_code == 200

    async with a_partner(referral, meanwhile=acknowledge):
        await referral.given(authorised())
        await referral.run_loop("deliver")
    events = await referral.announced(ReferralEvent)
    assert [event.type for event in events] == ["referral.acknowledged.v1", "referral.sent.v1"]
    (row,) = await referral.fetch("SELECT state FROM referrals")
    assert row["state"] == "acknowledged"


async def test_what_the_rules_withhold_at_the_last_moment_is_never_sent(
    referral: RunningService, case: CaseDouble, clock: MovableClock
) -> None:
    event = consented()
    case.withholds(event.disclosure_id)
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("deliver")
        clock.forward(days=3)
        await referral.run_loop("deliver")
        assert partner.http.asked == []
        assert len(case.asked) == 1
        listed = await referral.http.get("/v1/referrals", headers=partner.sign_in())
        assert listed.json()["referrals"] == [], "not even that there was something"
    (row,) = await referral.fetch("SELECT state FROM referrals")
    assert row["state"] == "withheld"
    assert await referral.announced(ReferralEvent) == []


async def test_a_withdrawal_between_two_tries_ends_the_tries(
    referral: RunningService, case: CaseDouble, clock: MovableClock
) -> None:
    event = consented()
    async with a_partner(referral, NOT_NOW) as partner:
        await referral.given(event)
        await referral.run_loop("deliver")
        case.withholds(event.disclosure_id)
        clock.forward(hours=1)
        await referral.run_loop("deliver")
        assert len(partner.http.asked) == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_a_disclosure_that_the_case_service_no_longer_has_is_a_persons_matter(
    referral: RunningService, case: CaseDouble, status: int
) -> None:
    event = authorised()
    case.refusals[event.disclosure_id] = Refused(status, "gone")
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("deliver")
        assert partner.http.asked == []
    (told,) = await referral.announced(ReferralUndeliverable)
    assert told.reason == f"content-{status}"


@pytest.mark.parametrize(
    "away", [Unreachable(), Refused(503, "unavailable"), RuntimeError("a fault of ours")]
)
async def test_while_the_content_cannot_be_fetched_a_person_is_told_and_it_is_tried_again(
    referral: RunningService, case: CaseDouble, clock: MovableClock, away: Exception
) -> None:
    event = authorised()
    case.refusals[event.disclosure_id] = away
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("deliver")
        assert len(await referral.announced(ReferralUndeliverable)) == 1
        case.refusals.clear()
        clock.forward(seconds=1)
        await referral.run_loop("deliver")
        assert len(partner.http.asked) == 1
    assert len(await referral.announced(ReferralSent)) == 1


async def test_content_that_differs_from_its_digest_is_not_sent(
    referral: RunningService, case: CaseDouble
) -> None:
    class Altering(CaseDouble):
        async def post(self, path: str, json: object, **_: object) -> object:
            return {**released({"a": 1}), "text": '{"a":2}'}

    case.__class__ = Altering
    async with a_partner(referral) as partner:
        await referral.given(authorised())
        await referral.run_loop("deliver")
        assert partner.http.asked == []
    (told,) = await referral.announced(ReferralUndeliverable)
    assert told.reason == "content-altered"


async def test_without_an_endpoint_a_person_is_told_at_once_and_it_leaves_once_there_is_one(
    referral: RunningService,
) -> None:
    event = authorised()
    await referral.given(event)
    await referral.run_loop("deliver")
    (told,) = await referral.announced(ReferralUndeliverable)
    assert told.reason == "no-endpoint"
    async with a_partner(referral) as partner:
        await referral.run_loop("deliver")
        assert partner.verified()["disclosure_id"] == str(event.disclosure_id)


async def test_a_body_that_nobody_registered_is_no_dead_end(referral: RunningService) -> None:
    await referral.given(authorised(body="service_provider:nobody", recipient="service_provider"))
    await referral.run_loop("deliver")
    (told,) = await referral.announced(ReferralUndeliverable)
    assert told.reason == "no-endpoint"


async def test_an_endpoint_that_is_gone_is_left_alone_until_there_is_a_new_one(
    referral: RunningService, clock: MovableClock
) -> None:
    async with a_partner(referral, Answer(status=410)) as partner:
        await referral.given(consented())
        await referral.run_loop("deliver")
        clock.forward(days=30)
        await referral.run_loop("deliver")
        assert len(partner.http.asked) == 1
    (told,) = await referral.announced(ReferralUndeliverable)
    assert told.reason == "http-410"
    async with a_partner(referral) as new:
        await referral.run_loop("deliver")
        assert len(new.http.asked) == 1


async def test_an_agency_may_ask_for_a_longer_wait_but_danger_does_not_wait_for_it(
    referral: RunningService, clock: MovableClock
) -> None:
    busy = Answer(status=429, headers={"retry-after": "3600"})
    async with a_partner(referral, busy) as partner:
        await referral.given(consented())
        await referral.run_loop("deliver")
        clock.forward(minutes=59)
        await referral.run_loop("deliver")
        assert len(partner.http.asked) == 1
        clock.forward(minutes=2)
        await referral.run_loop("deliver")
        assert len(partner.http.asked) == 2
        await referral.given(authorised())
        await referral.run_loop("deliver")
        clock.forward(seconds=31)
        await referral.run_loop("deliver")
        assert len(partner.http.asked) == 4


async def test_a_redirect_is_not_followed(referral: RunningService) -> None:
    async with a_partner(referral, body="police:E23000001") as elsewhere:
        away = Answer(status=307, headers={"location": f"{elsewhere.http.url}/hook"})
        async with a_partner(referral, away):
            await referral.given(authorised())
            await referral.run_loop("deliver")
            assert elsewhere.http.asked == []
    (told,) = await referral.announced(ReferralUndeliverable)
    assert told.reason == "http-307"


async def test_a_supplement_waits_for_what_came_before_it(
    referral: RunningService, clock: MovableClock
) -> None:
    first = authorised()
    later = supplement_to(first)
    clock.fixed = datetime.now(UTC)
    async with a_partner(referral, NOT_NOW, NOT_NOW, Answer(status=200)) as partner:
        await referral.given(first)
        await referral.run_loop("deliver")
        await referral.given(later)
        await referral.run_loop("deliver")
        assert set(partner.webhook_ids) == {str(first.disclosure_id)}
        clock.forward(seconds=5)
        await referral.run_loop("deliver")
        ids = list(dict.fromkeys(partner.webhook_ids))
        assert ids == [str(first.disclosure_id), str(later.disclosure_id)]
    assert len(await referral.fetch("SELECT id FROM referrals")) == 1
    told = await referral.announced(ReferralUndeliverable)
    assert {one.disclosure_id for one in told} == {first.disclosure_id, later.disclosure_id}
    assert len(told) == 2


async def test_danger_that_is_added_hurries_what_waits_before_it(
    referral: RunningService, clock: MovableClock
) -> None:
    calm = consented()
    danger = supplement_to(calm, urgent=True, grounds=("override_danger",))
    async with a_partner(referral, NOT_NOW, Answer(status=200)) as partner:
        await referral.given(calm)
        await referral.run_loop("deliver")
        await referral.given(danger)
        await referral.run_loop("deliver")
        assert len(partner.http.asked) == 3


async def test_one_slow_agency_does_not_hold_up_another(referral: RunningService) -> None:
    async with (
        a_partner(referral, slow=1.5) as slow,
        a_partner(referral, body="police:E23000001") as quick,
    ):
        for _ in range(4):
            await referral.given(authorised())
        delivering = asyncio.create_task(referral.run_loop("deliver"))
        await _until(lambda: len(slow.http.asked) == 3)
        for _ in range(5):
            await referral.given(authorised(body=quick.body))
        await _until(lambda: len(quick.http.asked) == 5)
        assert len(slow.http.asked) == 3, (
            "three at a time, and the quick one is through before the first ends"
        )
        await delivering
        assert len(slow.http.asked) == 4


async def test_what_was_sent_is_kept_sealed_as_proof(referral: RunningService, case: CaseDouble) -> None:
    case.content = {"name": "Rowan Ashdown"}
    async with a_partner(referral):
        await referral.given(authorised())
        await referral.run_loop("deliver")
    (row,) = await referral.fetch("SELECT referral_id, id, sent_copy, sent_digest FROM deliveries")
    assert b"Rowan" not in bytes(row["sent_copy"])
    assert bytes(row["sent_digest"]).hex() == released(case.content)["digest"]
    async with referral.unit_of_work() as uow:
        opened = await uow.keys.open(row["referral_id"], copy_place(row["id"]), bytes(row["sent_copy"]))
    assert json.loads(opened) == case.content


async def test_at_night_an_office_webhook_is_left_alone_and_a_person_told(
    referral: RunningService, clock: MovableClock
) -> None:
    clock.fixed = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
    office = [{"channel": "webhook", "hours": "office_hours", "url": "http://127.0.0.1:9/hook"}]
    async with a_partner(referral) as partner:
        office[0]["url"] = f"{partner.http.url}/hook"
        asked = {"contact_points": [*office, {"channel": "phone", "hours": "out_of_hours", "phone": "101"}]}
        await set_points(referral, partner.body, asked)
        await referral.given(consented(authorised_at=clock()))
        await referral.run_loop("deliver")
        assert partner.http.asked == []
        assert len(await referral.announced(ReferralUndeliverable)) == 1
        clock.forward(hours=7, minutes=1)
        await referral.run_loop("deliver")
        assert len(partner.http.asked) == 1, "nine o'clock in the United Kingdom in July is eight in UTC"


async def _killed_before(*_: object) -> None:
    """The process is gone: nothing is written down."""


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for happens in another program's place
            await asyncio.sleep(0.01)
