"""Concern of a report: only a plain request for information opens no case."""

import pytest

from intake_service.reports.schemas import Report
from shared.events import ContactReceived
from tests.support.services import RunningService


@pytest.mark.parametrize(
    ("report", "opens_case"),
    [
        ({"purpose": "training_and_information"}, False),
        ({"purpose": "training_and_information", "reporter": {"age": {"years": 15}}}, False),
        ({"purpose": "training_and_information", "persons": [{"age": {"years": 15}}]}, True),
        ({"purpose": "training_and_information", "danger_now": "yes"}, True),
        ({"purpose": "advice"}, True),
        ({}, True),
        (
            {
                "purpose": "training_and_information",
                "what_happened": "men lock my friend in, she is 14",
                "still_happening": "yes",
                "place": {"address": "3 Mill Lane"},
            },
            True,
        ),
    ],
)
async def test_only_a_question_that_names_no_concern_opens_no_case(
    intake: RunningService, report: dict[str, object], opens_case: bool
) -> None:
    await intake.http.post("/v1/reports", json=report)
    (event,) = await intake.announced(ContactReceived)
    assert event.opens_case is opens_case
    assert not (event.child_stated and not event.opens_case)


@pytest.mark.parametrize(
    "said",
    [
        {"still_happening": "yes"},
        {"when_happened": "last night"},
        {"place": {"postcode": "M1 1AE"}},
        {"place": {"council": "E08000003"}},
        {"place": {"address": "3 Mill Lane"}},
        {"place": {"description": "behind the station"}},
        {"sectors": ["car_wash"]},
        {"risk_to_approach": "he watches the door"},
        {"how_many": 3},
        {"exploitation_types": ["labour"]},
        {"persons": [{}]},
        {"reporter": {"in_danger": "yes"}},
        {"reporter": {"is_person_of_concern": True}},
    ],
)
def test_any_detail_of_a_matter_names_a_concern_even_where_information_was_chosen(
    said: dict[str, object],
) -> None:
    assert Report.model_validate({"purpose": "training_and_information", **said}).names_a_concern


@pytest.mark.parametrize(
    "said",
    [
        {"what_happened": "What is modern slavery? It is for school."},
        {"what_happened": "For school.", "reporter": {"name": "Alex", "age": {"years": 15}}},
        {"what_happened": "For school.", "when_happened": "", "place": {"address": ""}, "how_many": 0},
        {"what_happened": "For school.", "still_happening": "no", "danger_now": "unknown"},
    ],
)
def test_words_alone_and_the_age_of_the_writer_are_a_question(said: dict[str, object]) -> None:
    assert not Report.model_validate({"purpose": "training_and_information", **said}).names_a_concern
