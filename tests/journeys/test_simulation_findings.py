"""Findings of the simulation: a planted leak, a doubled message and a missing duty are found, and nothing else is."""

from dataclasses import replace
from typing import Any

from shared.domain.geography import police_force_of
from tests.journeys.simulation_builders import CASE, LEEDS, POLICE, REFERRAL, a_history, a_received_message
from tools.simulation.partners.partner_agencies import ReceivedMessage
from tools.simulation.results.case_history import CaseHistory
from tools.simulation.results.findings import Addressee, find_duplicates, find_leaks, tally_duties


def found_leaks(history: CaseHistory, *received: ReceivedMessage) -> list[str]:
    addressees = {REFERRAL: Addressee(CASE, "police")}
    return [one.token for one in find_leaks({CASE: history}, received, addressees)]


def test_a_message_that_may_go_is_no_leak() -> None:
    history = a_history(danger=True, privacy="share", share_with=["police"])
    message = a_received_message("CANARY-0001-reporter-name", "CANARY-0001-account")
    assert found_leaks(history, message) == []


def test_a_planted_name_is_found_however_it_is_written() -> None:
    history = a_history(privacy="confidential")
    history.authorised.append((("police", POLICE), 1.0))
    assert found_leaks(history, a_received_message("CANARY-0001-summary")) == []
    assert found_leaks(history, a_received_message("x canary-0001-reporter-name@example.org")) == [
        "CANARY-0001-reporter-name"
    ]


def test_a_message_to_another_agency_is_a_leak_even_when_it_says_nothing() -> None:
    history = a_history(danger=True)
    assert found_leaks(history, a_received_message(agency_code=police_force_of(LEEDS)))
    assert found_leaks(history, a_received_message(referral_id="unheard-of"))


def test_a_word_of_another_case_is_a_leak() -> None:
    message = a_received_message("CANARY-0002-account")
    assert found_leaks(a_history(danger=True), message) == ["canary-0002-account"]


def test_a_recall_carries_no_words_and_needs_no_ground() -> None:
    history = a_history(privacy="share", share_with=["police"])
    assert found_leaks(history, a_received_message(type="recall.v1")) == []
    assert found_leaks(history, a_received_message("CANARY-0001-account", type="recall.v1"))


def test_a_correction_carries_no_words_and_needs_no_ground() -> None:
    history = a_history()
    assert found_leaks(history, a_received_message(kind="correction")) == []
    assert found_leaks(history, a_received_message("CANARY-0001-account", kind="correction"))


def test_one_message_under_two_ids_is_doubled_and_one_id_twice_is_not() -> None:
    message = a_received_message()
    assert find_duplicates([message, replace(message, in_effect=False)]) == []
    assert find_duplicates([message, a_received_message(webhook_id="m2")])
    assert find_duplicates([message, a_received_message(webhook_id="m2", disclosure_id="d2")])
    more = a_received_message("more", webhook_id="m2", disclosure_id="d2")
    assert not find_duplicates([message, more])
    supplement = a_received_message(webhook_id="m2", disclosure_id="d2", kind="supplement")
    assert not find_duplicates([message, supplement])


def a_recipient(state: str, *, recipient_id: str = "r1") -> dict[str, Any]:
    """The police of Manchester on a case, with a duty in this state."""
    duty = {"state": state, "grounds": ["override_danger"]}
    return {"id": recipient_id, "recipient_kind": "police", "agency_code": POLICE, "duty": duty}


def a_case(*recipients: dict[str, Any], **task: Any) -> dict[str, Any]:
    return {"id": CASE, "recipients": list(recipients), "tasks": [task] if task else []}


def test_a_duty_that_should_be_there_is_missed() -> None:
    missing = [f"report 1: police {POLICE}"]
    histories = {CASE: a_history(danger=True)}
    assert tally_duties(histories, [a_case()]).missing == missing
    assert tally_duties(histories, [a_case({**a_recipient("sent"), "duty": None})]).missing == missing
    assert tally_duties(histories, [a_case(a_recipient("rerouted"))]).missing == missing
    assert tally_duties(histories, [a_case(a_recipient("sent"))]).missing == []


def test_a_duty_that_nobody_answers_for_is_unaccounted_and_one_with_a_person_is_not() -> None:
    sent = a_recipient("sent")
    task = {"recipient_id": "r1", "holder": "duty-lead", "completed_at": None}
    assert len(tally_duties({}, [a_case(sent)]).unaccounted) == 1
    assert tally_duties({}, [a_case(sent, **task)]).open_with_person == 1
    assert tally_duties({}, [a_case(sent, **{**task, "holder": ""})]).unaccounted
    assert tally_duties({}, [a_case(sent, **{**task, "completed_at": "2026-11-22"})]).unaccounted


def test_every_way_of_answering_for_a_duty_is_counted_once() -> None:
    states = ("acknowledged", "handed_over", "elsewhere", "ended", "stood_down", "rerouted")
    found = tally_duties({}, [a_case(*(a_recipient(state, recipient_id=state) for state in states))])
    assert (found.acknowledged, found.handed_over, found.stood_down) == (1, 1, 1)
    assert (found.elsewhere, found.ended, found.duties) == (1, 1, 5)


def test_a_declined_duty_is_open_until_a_person_answers_for_it() -> None:
    declined = a_recipient("declined")
    task = {"recipient_id": "r1", "holder": "duty-lead", "completed_at": None}
    assert tally_duties({}, [a_case(declined)]).unaccounted
    assert tally_duties({}, [a_case(declined, **task)]).open_with_person == 1
