"""Truth table of times, of the life of a duty, and of what stays when more is said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.case.rules.model.table.life_rows import (
    CONTACT_ROWS,
    LIFE_ROWS,
    MINUTE_ROWS,
    RECALL_ROWS,
    TELEPHONE_ROWS,
    LifeRow,
    MinuteRow,
    act,
)
from tests.case.rules.model.table.rules_under_test import MODEL
from tests.case.rules.model.table.world_in_words import NOON, world
from tools.simulation.rules_model.contacts import Contact, is_mass_notification, route
from tools.simulation.rules_model.duties.deadlines import telephone_again_at, telephone_at
from tools.simulation.rules_model.duties.duty_life import DutyLife, Recall, after_recall, is_duplicate, lived
from tools.simulation.rules_model.duties.history import (
    KeptDuty,
    followed,
    may_close,
    merged,
    of_fact,
    reopened,
)

RUTH, PAUL, PIA = "ruth reporter adult", "paul concern adult", "pia concern adult"
ONE, OTHER = ("police", "police:met"), ("children_social_care", "council:leeds")


def life_in_words(duty: DutyLife) -> str:
    words = [duty.state, *(["open"] if duty.state == "told" and duty.is_open else [])]
    words += ["send-now"] if duty.message_due_now else []
    return " ".join([*words, *(["telephone"] if duty.state == "told" and duty.telephone_task else [])])


@pytest.mark.parametrize("row", MINUTE_ROWS, ids=lambda row: row[0])
def test_an_agency_is_told_when_the_sentence_says(row: MinuteRow) -> None:
    _, case, code, expected = row
    assert MODEL.minutes(case, code) == expected


@pytest.mark.parametrize("row", LIFE_ROWS, ids=lambda row: row[0])
def test_a_duty_stands_as_the_sentence_says(row: LifeRow) -> None:
    _, duty, acts, expected = row
    assert life_in_words(lived(duty, [act(one) for one in acts.split(", ") if one])) == expected


@pytest.mark.parametrize("row", RECALL_ROWS, ids=lambda row: row[0])
def test_a_recall_is_ended_by_its_own_answer_alone(row: tuple[str, str, bool]) -> None:
    _, said, is_open = row
    assert after_recall(Recall(), act(said)).is_open is is_open


@pytest.mark.parametrize("row", CONTACT_ROWS, ids=lambda row: row[0])
def test_a_contact_becomes_what_the_sentence_says(row: tuple[str, Contact, str]) -> None:
    _, contact, expected = row
    assert route(contact) == expected


@pytest.mark.parametrize("row", TELEPHONE_ROWS, ids=lambda row: row[0])
def test_a_missing_answer_becomes_a_call_in_time(row: tuple[str, datetime, bool, datetime]) -> None:
    _, sent, urgent, expected = row
    assert telephone_at(sent, urgent=urgent) == expected


def test_a_child_s_telephone_task_comes_again_after_one_working_day() -> None:
    friday, holiday = datetime(2026, 12, 24, 12, tzinfo=UTC), {date(2026, 12, 25), date(2026, 12, 28)}
    again = telephone_again_at(friday, lambda day: day.weekday() < 5 and day not in holiday)
    assert again == datetime(2026, 12, 29, 12, tzinfo=UTC)


def test_more_than_ten_agencies_of_one_unverified_report_are_a_task_for_a_lead() -> None:
    already_sent = [("police", f"police:{number}") for number in range(11)]
    assert is_mass_notification(already_sent, verified=False)
    assert not is_mass_notification(already_sent[:10], verified=False)
    assert not is_mass_notification(already_sent, verified=True)


@pytest.mark.parametrize("state", ["waiting", "told", "acknowledged", "handed_over"])
def test_a_duplicate_is_carried_at_each_agency_of_the_fact(state: str) -> None:
    assert is_duplicate([ONE, OTHER], {ONE: state, OTHER: "told"})
    assert not is_duplicate([ONE, OTHER], {ONE: state})


@pytest.mark.parametrize("state", ["elsewhere", "ended"])
def test_a_duplicate_is_not_carried_by_what_ended_otherwise(state: str) -> None:
    assert not is_duplicate([ONE], {ONE: state})


def test_a_duty_opens_again_where_the_case_that_carried_it_ended_otherwise() -> None:
    ended = lived(DutyLife(), [act("stand_down ada duplicate_of"), act("stand_down lea duplicate_of")])
    assert reopened(ended, carrier_ended=True).state == "waiting"
    assert reopened(ended, carrier_ended=False).state == "ended"


def test_merging_keeps_one_duty_per_fact_and_agency_with_the_earlier_clock_and_all_sources() -> None:
    fact = ("override_child", "kid")
    first = {(fact, ONE): KeptDuty(NOON, frozenset({"ruth"}))}
    second = {
        (fact, ONE): KeptDuty(NOON - timedelta(minutes=5), frozenset({"rob"})),
        (fact, OTHER): KeptDuty(NOON, frozenset({"rob"})),
    }
    for found in (merged(first, second), merged(second, first)):
        assert found[fact, ONE] == KeptDuty(NOON - timedelta(minutes=5), frozenset({"ruth", "rob"}))
        assert found[fact, OTHER] == KeptDuty(NOON, frozenset({"rob"}))


def test_a_case_with_something_open_cannot_be_closed() -> None:
    over = lived(DutyLife(), [act("sent"), act("acknowledged")])
    nothing = {"ages_unasked": False, "reviews_open": False, "searches_open": False}
    assert may_close([over], **nothing)
    assert not may_close([over, DutyLife()], **nothing)
    for open_thing in nothing:
        assert not may_close([over], **{**nothing, open_thing: True})


# What gives way (fact 0)

LATER = [
    ("a place said later in public adds agencies and replaces none", False, "", ["met", "west-yorkshire"]),
    ("a place that an adviser records replaces what only stood in", True, "", ["met"]),
    ("but not where its agency was told", True, "west-yorkshire", ["met", "west-yorkshire"]),
]


@pytest.mark.parametrize("row", LATER, ids=lambda row: row[0])
def test_what_stood_in_gives_way_only_as_the_sentence_says(row: tuple[str, bool, str, list[str]]) -> None:
    _, by_adviser, told_code, expected = row
    before = MODEL.required(world(RUTH, PAUL, dangers=["paul"], premises="leeds"))
    now = MODEL.required(world(RUTH, PAUL, dangers=["paul@westminster"], premises="leeds"))
    already_sent = {of_fact(way) for way in before.ways if way.key[1] == f"police:{told_code}"}
    found = followed(before.ways, now, by_adviser=by_adviser, already_sent=already_sent)
    assert sorted(way.key[1].removeprefix("police:") for way in found) == expected


def test_a_place_that_becomes_unknown_after_an_answer_opens_the_search_again() -> None:
    before = MODEL.required(world(RUTH, PAUL, dangers=["paul@leeds"]))
    now = MODEL.required(world(RUTH, PAUL, dangers=["paul"]))
    found = followed(before.ways, now, by_adviser=True, already_sent={of_fact(way) for way in before.ways})
    assert sorted((way.key[1], way.task) for way in found) == [
        ("police:desk", "find"),
        ("police:west-yorkshire", None),
    ]


def test_a_danger_that_is_added_takes_no_agency_away() -> None:
    before = MODEL.required(world(RUTH, PAUL, dangers=["?"], premises="glasgow"))
    now = MODEL.required(world(RUTH, PAUL, PIA, dangers=["?", "pia@westminster"], premises="glasgow"))
    assert before.duties.keys() < now.duties.keys()
