"""Reports of the simulation are like the public's: as partial, and with every situation that must not go wrong."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from intake_service.reports.read_report import salvaged, strictly_read
from intake_service.reports.schemas import Report
from intake_service.salvage.salvage import SentBody
from tools.simulation.reports import figures
from tools.simulation.reports.generator import generate
from tools.simulation.reports.planned_report import PlannedReport, Spelling
from tools.simulation.reports.plans import SPELLINGS
from tools.simulation.reports.scenarios import DECLINING_PLACE
from tools.simulation.reports.spelling import SpelledBody, spell

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def many() -> list[PlannedReport]:
    return generate(4000, seed=7, today=TODAY)


def test_the_same_seed_gives_the_same_reports() -> None:
    assert generate(60, seed=3, today=TODAY) == generate(60, seed=3, today=TODAY)
    assert generate(60, seed=3, today=TODAY) != generate(60, seed=4, today=TODAY)


def test_intake_would_take_every_report_and_read_the_same_facts_in_it(many: list[PlannedReport]) -> None:
    for planned in many:
        read = Report.model_validate(planned.body)
        assert read.names_a_concern(TODAY) is planned.opens_case
        if planned.opens_case:
            assert (read.states_danger or read.states_child(TODAY)) is planned.is_forced, planned.body
            assert read.place.gss == planned.place


def facts_of(report: Report) -> tuple[object, ...]:
    """Return everything of a report that the sharing rules look at."""
    children = [age.may_be_child(TODAY) for age in report.ages]
    names = [report.reporter.name, *(one.name for one in report.persons)]
    roles = [one.role for one in report.persons]
    places = [report.place.gss, *(one.lives_at and one.lives_at.gss for one in report.persons)]
    choices = (report.privacy, report.share_with, report.situation_may_be_passed_on)
    return report.states_danger, children, names, roles, places, choices, report.what_happened


def read(spelled: SpelledBody) -> Report:
    headers = spelled.headers
    sent = SentBody(spelled.content, headers["content-type"], headers.get("content-encoding", ""))
    return salvaged(sent, on=TODAY, max_bytes=200_000).report


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_intake_reads_the_same_facts_however_a_report_is_spelled(
    many: list[PlannedReport], spelling: Spelling
) -> None:
    for planned in many[:300]:
        if spelling == "twice" and not planned.body.get("privacy"):
            continue
        assert facts_of(read(spell(replace(planned, spelling=spelling)))) == facts_of(
            Report.model_validate(planned.body)
        ), planned.body


def test_every_misspelt_report_needs_the_salvage_or_other_headers(many: list[PlannedReport]) -> None:
    for planned in (one for one in many if one.spelling in ("old_app", "gzip", "utf_16", "twice")):
        assert strictly_read(spell(planned).content, TODAY) is None


@pytest.mark.parametrize(
    ("figure", "published"), [("channel", figures.CHANNELS), ("privacy", figures.PRIVACY)]
)
def test_what_was_chosen_is_as_frequent_as_published(
    many: list[PlannedReport], figure: str, published: dict[str, float]
) -> None:
    counted = Counter(one.body[figure] for one in many if one.body.get(figure))
    for code, share in published.items():
        assert counted[code] / counted.total() == pytest.approx(share / 100, abs=0.025)


def test_kinds_of_case_are_as_frequent_as_published(many: list[PlannedReport]) -> None:
    counted = Counter(one.classification for one in many)
    for code, share in figures.CLASSIFICATIONS.items():
        assert counted[code] / len(many) == pytest.approx(share / 100, abs=0.025)


def test_children_and_unknown_ages_are_as_frequent_as_published(many: list[PlannedReport]) -> None:
    people = [person for report in many for person in report.people if person.of_concern]
    assert 0.06 <= sum(one.child and not one.age_uncertain for one in people) / len(people) <= 0.10
    assert sum(one.age_uncertain for one in people) / len(people) == pytest.approx(0.03, abs=0.01)
    assert sum(not one.child and not one.adult for one in people) / len(people) == pytest.approx(
        0.35, abs=0.03
    )


def test_people_in_domestic_servitude_call_for_themselves_twice_as_often(many: list[PlannedReport]) -> None:
    own = Counter[bool]()
    every = Counter[bool]()
    for one in (one for one in many if one.body.get("exploitation_types")):
        domestic = one.body["exploitation_types"] == ["domestic_servitude"]
        every[domestic] += 1
        own[domestic] += one.body["reporter"]["is_person_of_concern"]
    assert own[True] / every[True] > 1.4 * own[False] / every[False]


def test_reports_come_from_all_four_nations_and_by_day(many: list[PlannedReport]) -> None:
    assert {one.place[0] for one in many if one.place} == set("ENSW")
    by_day = sum(9 <= one.hour % 24 <= 21 for one in many) / len(many)
    assert by_day > 0.85


def test_every_word_has_a_token_of_its_own(many: list[PlannedReport]) -> None:
    tokens = [canary.token for one in many for canary in one.canaries]
    assert len(tokens) == len(set(tokens))


def test_a_small_simulation_has_every_situation_that_must_not_go_wrong() -> None:
    reports = generate(40, seed=1, today=TODAY)
    bodies = [one.body for one in reports]
    assert {one.get("privacy") for one in bodies} >= {"share", "confidential", "anonymous"}
    assert any(one.danger_somewhere and one.place is None for one in reports)
    assert any(any(p.child for p in one.people) and one.place is None and one.opens_case for one in reports)
    assert any(p.reporter and p.child for one in reports for p in one.people)
    assert any(p.cares_for_child for one in reports for p in one.people)
    assert any({True, False} <= {p.child for p in one.people if p.of_concern} for one in reports)
    assert any(one.get("privacy") == "anonymous" and one["reporter"].get("name") for one in bodies)
    assert any(not one.opens_case for one in reports)
    assert {one.plan.withdraw for one in reports} == {"", "before", "after"}
    assert {one.plan.duty_answer for one in reports} == {"confirm", "silence", "stand_down"}
    assert {one.spelling for one in reports} == {"exact", *SPELLINGS}
    assert {one.plan.learn for one in reports} == {"", "child", "danger", "adult", "second_reporter"}
    assert any(one.plan.lose_place and one.is_forced for one in reports)
    assert any(one.plan.withdraws_in_writing for one in reports)
    assert any(one.place == DECLINING_PLACE and one.is_forced for one in reports)
    assert any(p.label == "other-reporter" for one in reports for p in one.people)
    assert any(p.child and p.reporter and not p.of_concern for one in reports for p in one.people)
    assert not json.dumps(bodies, ensure_ascii=False).isascii()
