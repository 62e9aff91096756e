"""Laws of the public door: thousands of damaged reports keep them, and a door that breaks one is noticed."""

from collections.abc import Callable
from typing import Any

import pytest

from intake_service.reports.parts import ReportedAge, Reporter
from intake_service.reports.received_report import ReceivedReport
from intake_service.salvage import fields, people
from intake_service.salvage.ages import AgeSaid
from intake_service.salvage.reading import Reading
from intake_service.salvage.salvage import SentBody
from shared.domain.vocabulary import PrivacyChoice, YesNoUnknown
from tools.fuzz_reports.bodies import closed
from tools.fuzz_reports.runner import read_as_the_door, run

MANY = 4000
UNTIL_NOTICED = 1500
Fault = Callable[[ReceivedReport], ReceivedReport]


def changed(read: ReceivedReport, **fields_: Any) -> ReceivedReport:
    return ReceivedReport(read.report.model_copy(update=fields_), read.not_understood, read.is_unread)


def drops_danger(read: ReceivedReport) -> ReceivedReport:
    persons = [one.model_copy(update={"in_danger": YesNoUnknown.UNKNOWN}) for one in read.report.persons]
    return changed(read, danger_now=YesNoUnknown.UNKNOWN, persons=persons)


def drops_danger_of_a_person(read: ReceivedReport) -> ReceivedReport:
    return changed(read, reporter=read.report.reporter.model_copy(update={"in_danger": YesNoUnknown.NO}))


def drops_child(read: ReceivedReport) -> ReceivedReport:
    return changed(read, reporter=read.report.reporter.model_copy(update={"age": ReportedAge()}))


def makes_an_adult(read: ReceivedReport) -> ReceivedReport:
    adult = ReportedAge(surely_adult=True)
    return changed(read, persons=[one.model_copy(update={"age": adult}) for one in read.report.persons])


def shares(read: ReceivedReport) -> ReceivedReport:
    return changed(read, privacy=PrivacyChoice.SHARE)


def passes_on(read: ReceivedReport) -> ReceivedReport:
    return changed(read, situation_may_be_passed_on=True)


def forgets_what_was_not_understood(read: ReceivedReport) -> ReceivedReport:
    return ReceivedReport(read.report, [], read.is_unread)


def forgets_words(read: ReceivedReport) -> ReceivedReport:
    return changed(read, what_happened=None)


def forgets_places(read: ReceivedReport) -> ReceivedReport:
    return changed(read, reporter=read.report.reporter.model_copy(update={"found_at": None}))


def forgets_people(read: ReceivedReport) -> ReceivedReport:
    return changed(read, persons=read.report.persons[:1])


def test_damaged_reports_keep_every_law() -> None:
    result = run(MANY, seed=1)
    assert (dict(result.broken), result.examples) == ({}, [])
    assert result.ways.keys() == {"strict", "salvaged"}
    assert min(result.meant["danger"], result.meant["child"]) > MANY / 10
    assert len(result.damages) > 15


@pytest.mark.parametrize(
    "fault",
    [
        drops_danger,
        drops_danger_of_a_person,
        drops_child,
        makes_an_adult,
        shares,
        passes_on,
        forgets_what_was_not_understood,
        forgets_words,
        forgets_places,
        forgets_people,
    ],
    ids=lambda fault: fault.__name__,
)
def test_a_door_that_loses_something_is_noticed(fault: Fault) -> None:
    def read(sent: SentBody) -> tuple[ReceivedReport, str]:
        received, way = read_as_the_door(sent)
        return (fault(received) if way == "salvaged" else received), way

    assert run(UNTIL_NOTICED, seed=1, read=read, until_broken=True).broken


def last_choice(reading: Reading, path: str, values: list[Any]) -> Any:
    return fields.code(PrivacyChoice)(reading, path, values[-1:])


def no_danger_for_junk(reading: Reading, path: str, values: list[Any]) -> Any:
    reader = fields.answer(YesNoUnknown.NO, strongest=YesNoUnknown.NO)
    return reader(reading, path, values)


@pytest.mark.parametrize(
    ("place", "name", "fault"),
    [
        (people.PERSON, "in_danger", no_danger_for_junk),
        (people.REPORTER, "in_danger", no_danger_for_junk),
        (people.PERSON, "age", lambda *_: None),
        (people.REPORTER, "found_at", lambda *_: None),
    ],
)
def test_a_reader_of_a_field_that_protects_nobody_is_noticed(
    monkeypatch: pytest.MonkeyPatch, place: dict[str, Any], name: str, fault: Any
) -> None:
    monkeypatch.setitem(place, name, fault)
    assert run(UNTIL_NOTICED, seed=1, until_broken=True).broken


def test_a_choice_of_which_the_last_counts_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from intake_service.salvage import whole_report

    monkeypatch.setitem(whole_report.REPORT, "privacy", last_choice)
    assert run(UNTIL_NOTICED, seed=1).broken["privacy_is_kept"]


def test_an_age_that_makes_nobody_a_child_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never_a_child(self: AgeSaid) -> dict[str, Any]:
        return {"surely_adult": True}

    monkeypatch.setattr(AgeSaid, "as_fields", never_a_child)
    assert run(UNTIL_NOTICED, seed=1).broken["nobody_becomes_adult"]


def test_an_identity_that_is_stored_of_an_anonymous_reporter_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Reporter, "without_identity", lambda self, *_: self)
    assert run(UNTIL_NOTICED, seed=1).broken["anonymous_is_kept"]


def test_a_failure_of_the_door_is_noticed() -> None:
    def read(sent: SentBody) -> tuple[ReceivedReport, str]:
        raise RecursionError

    assert run(3, seed=1, read=read).broken == {"no_failure (RecursionError)": 3}


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('{"a": 1, "b": [2, 3', {"a": 1, "b": [2, 3]}),
        ('{"a": "x", "b": "y', {"a": "x"}),
        ('{"a": {"c": true, "d": tr', {"a": {"c": True}}),
        ("{", {}),
    ],
)
def test_what_stands_whole_before_a_cut_is_known(text: str, whole: dict[str, Any]) -> None:
    assert closed(text) == whole
