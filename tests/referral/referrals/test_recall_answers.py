"""Answers to recalls: only its own answer ends one, from the agency or noted on the telephone."""

from typing import Any

import pytest

from shared.clients.service_client import ServiceRefused
from shared.events import DisclosureAuthorised, RecallAnswered, RecallNotNeeded, ReferralUndeliverable
from tests.referral.case_double import CaseDouble
from tests.referral.event_builders import consented, recalled
from tests.referral.partner_double import a_partner
from tests.referral.referrals.agency_client import say
from tests.support.local_http import Answer
from tests.support.services import MovableClock, RunningService, signed_in

KEPT = {"answer": "kept", "reason": "criminal_investigation"}
DESTROYED = {"answer": "destroyed"}
DOWN = Answer(status=503)


async def recalled_copy(
    referral: RunningService, *, recall_arrives: bool = True
) -> tuple[str, DisclosureAuthorised]:
    """Send a disclosure and its recall, and return the path of the referral with the disclosure."""
    event = consented()
    await referral.given(event)
    await referral.run_loop("run_deliveries")
    await referral.given(recalled(event))
    if recall_arrives:
        await referral.run_loop("run_deliveries")
    (row,) = await referral.fetch("SELECT id FROM referrals")
    return f"/v1/referrals/{row['id']}", event


async def recall_of(referral: RunningService, path: str) -> dict[str, Any]:
    record = (await referral.http.get(path, headers=signed_in("adviser"))).json()
    found: dict[str, Any] = record["deliveries"][-1]
    assert found["purpose"] == "recall"
    return found


@pytest.mark.parametrize(
    ("part", "command"),
    [
        ("acknowledgement", None),
        ("acknowledgement", {"reference": "R-1"}),
        ("acceptance", None),
        ("decline", {"reason": "other"}),
        ("outcomes", {"outcome": "nfa"}),
    ],
)
async def test_no_other_answer_ends_a_recall(referral: RunningService, part: str, command: Any) -> None:
    async with a_partner(referral) as partner:
        path, _ = await recalled_copy(referral)
        assert (await say(referral, partner, f"{path}/{part}", command)).is_success
        assert (await recall_of(referral, path))["recall_answer"] is None
        assert await referral.announced(RecallAnswered) == []
        assert (await say(referral, partner, f"{path}/recall-answer", DESTROYED)).status_code == 200
    assert (await recall_of(referral, path))["recall_answer"] == "destroyed"


@pytest.mark.parametrize(
    "command",
    [
        {"answer": "kept"},
        {"answer": "kept", "reason": "because"},
        {"answer": "destroyed", "reason": "court_order"},
        {"answer": "deleted"},
        {},
    ],
)
async def test_a_copy_is_kept_only_for_a_lawful_reason(referral: RunningService, command: Any) -> None:
    async with a_partner(referral) as partner:
        path, event = await recalled_copy(referral)
        answer = await say(referral, partner, f"{path}/recall-answer", command)
        by_phone = command | {"disclosure_id": str(event.disclosure_id), "spoken_to": "Sam"}
        noted = await telephone(referral, path, by_phone)
    assert (answer.status_code, noted.status_code) == (422, 422)
    assert await referral.announced(RecallAnswered) == []


async def test_the_reason_of_a_kept_copy_is_announced_and_read_back(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path, event = await recalled_copy(referral)
        await say(referral, partner, f"{path}/recall-answer", KEPT)
    (answered,) = await referral.announced(RecallAnswered)
    assert (answered.answer, answered.reason, answered.answered_by) == (
        "kept",
        "criminal_investigation",
        "api",
    )
    assert (answered.disclosure_id, answered.agency_code) == (event.disclosure_id, event.agency_code)
    assert (await recall_of(referral, path))["recall_kept_reason"] == "criminal_investigation"


@pytest.mark.parametrize("other", [DESTROYED, {"answer": "kept", "reason": "legal_claim"}])
async def test_the_first_answer_to_a_recall_stands_and_another_is_refused(
    referral: RunningService, other: Any
) -> None:
    async with a_partner(referral) as partner:
        path, event = await recalled_copy(referral)
        first = await say(referral, partner, f"{path}/recall-answer", KEPT)
        refused = await say(referral, partner, f"{path}/recall-answer", other)
        by_phone = other | {"disclosure_id": str(event.disclosure_id), "spoken_to": "Sam"}
        noted = await telephone(referral, path, by_phone)
        again = await say(referral, partner, f"{path}/recall-answer", KEPT)
    for answer in (refused, noted):
        assert (answer.status_code, answer.json()["code"]) == (409, "recall-answered-already")
    assert again.content == first.content
    assert len(await referral.announced(RecallAnswered)) == 1


async def test_nobody_holds_no_copy_who_is_recorded_as_having_received_it(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path, _ = await recalled_copy(referral)
        answer = await say(referral, partner, f"{path}/recall-answer", {"answer": "not_held"})
    assert (answer.status_code, answer.json()["code"]) == (409, "copy-was-received")
    assert (await recall_of(referral, path))["recall_answer"] is None


async def test_an_agency_whose_answer_was_lost_may_say_that_it_holds_no_copy(
    referral: RunningService,
) -> None:
    async with a_partner(referral, Answer(status=500)) as partner:
        path, _ = await recalled_copy(referral)
        answer = await say(referral, partner, f"{path}/recall-answer", {"answer": "not_held"})
    assert answer.status_code == 200
    assert len(await referral.announced(RecallAnswered)) == 1


async def test_an_answer_on_the_telephone_ends_a_recall_that_could_not_be_sent(
    referral: RunningService, clock: MovableClock
) -> None:
    async with a_partner(referral, Answer(status=200), DOWN) as partner:
        path, event = await recalled_copy(referral)
        for _ in range(3):
            clock.forward(minutes=2)
            await referral.run_loop("run_deliveries")
        (alarm,) = await referral.announced(ReferralUndeliverable)
        assert alarm.reason == "recall-http-503"
        said = {"disclosure_id": str(event.disclosure_id), "spoken_to": "Sam Field", "reference": "R-9"}
        noted = await telephone(referral, path, KEPT | said)
        again = await telephone(referral, path, KEPT | said)
        attempts = len(partner.http.asked)
        clock.forward(days=1)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == attempts, "nothing is left to send"
    assert (noted.status_code, again.content) == (200, noted.content)
    (answered,) = await referral.announced(RecallAnswered)
    assert (answered.answer, answered.answered_by) == ("kept", "telephone")
    act = noted.json()["acts"][-1]
    assert (act["act"], act["by"], act["name"], act["reference"], act["channel"]) == (
        "recall_answered",
        "user:ada",
        "Sam Field",
        "R-9",
        "telephone",
    )


async def test_an_answer_on_the_telephone_names_the_person_who_gave_it(
    referral: RunningService,
) -> None:
    async with a_partner(referral):
        path, event = await recalled_copy(referral)
        whole = DESTROYED | {"disclosure_id": str(event.disclosure_id), "spoken_to": "Sam"}
        for left_out in ("spoken_to", "answer"):
            command = {key: value for key, value in whole.items() if key != left_out}
            assert (await telephone(referral, path, command)).status_code == 422, left_out
        assert (await telephone(referral, path, whole | {"spoken_to": " "})).status_code == 422
        for role in ("agency", "operator", "analyst", "service"):
            answer = await referral.http.post(
                f"{path}/phone-recall-answer", json=whole, headers=signed_in(role)
            )
            assert answer.status_code == 403, role


async def test_a_second_call_about_a_recall_replaces_no_name_or_reference_and_says_so(
    referral: RunningService,
) -> None:
    async with a_partner(referral):
        path, _ = await recalled_copy(referral)
        first = await telephone(referral, path, DESTROYED | {"spoken_to": "Sam", "reference": "R-1"})
        for other in ({"spoken_to": "Jo"}, {"spoken_to": "Sam", "reference": "R-2"}):
            refused = await telephone(referral, path, DESTROYED | other)
            assert (refused.status_code, refused.json()["code"]) == (409, "recall-answered-already")
        read = (await referral.http.get(path, headers=signed_in("adviser"))).json()
    assert read["acts"] == first.json()["acts"]
    assert len(await referral.announced(RecallAnswered)) == 1


async def test_without_a_recall_there_is_nothing_to_note_from_the_telephone(referral: RunningService) -> None:
    async with a_partner(referral):
        event = consented()
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        (row,) = await referral.fetch("SELECT id FROM referrals")
        command = DESTROYED | {"disclosure_id": str(event.disclosure_id), "spoken_to": "Sam"}
        answer = await telephone(referral, f"/v1/referrals/{row['id']}", command)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-was-recalled")


async def test_a_recall_that_is_answered_while_it_is_being_sent_is_attempts_no_more(
    referral: RunningService, clock: MovableClock
) -> None:
    async def answer_it(asked: Any) -> None:
        if b"recall.v1" in asked.body:
            (row,) = await referral.fetch("SELECT id FROM referrals")
            path = f"/v1/referrals/{row['id']}/recall-answer"
            assert (await say(referral, partner, path, DESTROYED)).status_code == 200

    async with a_partner(referral, Answer(status=200), DOWN, meanwhile=answer_it) as partner:
        await recalled_copy(referral)
        clock.forward(days=1)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 2
    assert await referral.announced(ReferralUndeliverable) == []


async def never_sent(referral: RunningService, case: CaseDouble, event: DisclosureAuthorised) -> None:
    """Leave the disclosure waiting, without an endpoint."""


async def was_withheld(referral: RunningService, case: CaseDouble, event: DisclosureAuthorised) -> None:
    case.withholds(event.disclosure_id)


async def was_erased(referral: RunningService, case: CaseDouble, event: DisclosureAuthorised) -> None:
    case.refusals[event.disclosure_id] = ServiceRefused(404, "not-found")


@pytest.mark.parametrize("fate", [never_sent, was_withheld, was_erased])
async def test_a_recall_of_something_never_sent_ends_as_such(
    referral: RunningService, case: CaseDouble, fate: Any
) -> None:
    event = consented()
    await fate(referral, case, event)
    await referral.given(event)
    if fate is never_sent:
        await referral.run_loop("run_deliveries")
        await referral.given(recalled(event))
    else:
        async with a_partner(referral) as partner:
            await referral.run_loop("run_deliveries")
            await referral.given(recalled(event))
            await referral.run_loop("run_deliveries")
            assert partner.http.asked == []
    (ended,) = await referral.announced(RecallNotNeeded)
    assert (ended.disclosure_id, ended.agency_code) == (event.disclosure_id, event.agency_code)


async def test_a_recall_of_a_copy_that_was_being_sent_and_then_withheld_ends_as_never_sent(
    referral: RunningService, case: CaseDouble
) -> None:
    event = consented()

    async def recall_and_withhold(_: Any) -> None:
        await referral.given(recalled(event))
        case.withholds(event.disclosure_id)

    case.meanwhile = recall_and_withhold
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        assert partner.http.asked == []
    (ended,) = await referral.announced(RecallNotNeeded)
    assert ended.disclosure_id == event.disclosure_id


async def telephone(referral: RunningService, path: str, command: Any) -> Any:
    return await referral.http.post(
        f"{path}/phone-recall-answer", json=command, headers=signed_in("adviser", "ada")
    )
