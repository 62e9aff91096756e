"""Concern of a report: who only asks opens no case, whatever the menu entry; anything more is a concern."""

from datetime import date

import pytest

from intake_service.reports.schemas import Report
from shared.domain.vocabulary import ContactPurpose
from shared.events import ContactReceived
from tests.support.services import RunningService

TODAY = date(2026, 11, 26)
PUPIL = {"name": "Alex", "age": {"years": 15}}


@pytest.mark.parametrize(
    ("report", "opens_case"),
    [
        ({"purpose": "training_and_information"}, False),
        ({"purpose": "training_and_information", "reporter": {"age": {"years": 15}}}, False),
        ({"purpose": "training_and_information", "persons": [{"age": {"years": 15}}]}, True),
        ({"purpose": "training_and_information", "danger_now": "yes"}, True),
        ({"purpose": "advice"}, False),
        ({}, False),
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


@pytest.mark.parametrize("purpose", ContactPurpose)
@pytest.mark.parametrize(
    "said",
    [
        {"still_happening": "yes"},
        {"when_happened": "last night"},
        {"place": {"postcode": "M1 1AE"}},
        {"place": {"council": "E08000003"}},
        {"place": {"address": "3 Mill Lane"}},
        {"place": {"description": "behind the station"}},
        {"place": {"setting": "sea"}},
        {"sectors": ["car_wash"]},
        {"risk_to_approach": "he watches the door"},
        {"how_many": 3},
        {"persons": [{}]},
        {"someone_hurt": "yes"},
        {"share_with": ["police"]},
        {"caller_type": "potential_victim"},
        {"reporter": {"in_danger": "yes"}},
        {"reporter": {"is_person_of_concern": True}},
        {"reporter": {"cares_for_child": True}},
        {"reporter": {**PUPIL, "lives_at": {"postcode": "M1 1AE"}}},
        {"reporter": {**PUPIL, "found_at": {"address": "3 Mill Lane"}}},
    ],
)
def test_any_detail_of_a_matter_names_a_concern_whatever_the_menu_entry(
    said: dict[str, object], purpose: ContactPurpose
) -> None:
    assert Report.model_validate({"purpose": purpose, **said}).names_a_concern(TODAY)


@pytest.mark.parametrize("purpose", ContactPurpose)
@pytest.mark.parametrize(
    "said",
    [
        {"what_happened": "What is modern slavery? It is for school."},
        {"what_happened": "For school.", "reporter": PUPIL},
        {"what_happened": "For school.", "place": {}, "how_many": 0},
        {"what_happened": "For school.", "still_happening": "no", "danger_now": "unknown"},
    ],
)
def test_words_alone_and_the_age_of_the_writer_are_a_question_whatever_the_menu_entry(
    said: dict[str, object], purpose: ContactPurpose
) -> None:
    assert not Report.model_validate({"purpose": purpose, **said}).names_a_concern(TODAY)


@pytest.mark.parametrize(
    "said",
    [
        {"reporter": {"phone": "07700 900123"}},
        {"reporter": {"email": "alex@example.org"}},
        {"safe_contact": {"may_contact": "yes"}},
        {"exploitation_types": ["criminal"]},
    ],
)
@pytest.mark.parametrize("age", [{"years": 15}, {"may_be_under_18": True}, {"lowest": 17, "highest": 19}])
def test_a_way_to_be_reached_or_a_topic_is_a_concern_only_of_a_writer_who_may_not_be_a_child(
    said: dict[str, dict[str, object]], age: dict[str, object]
) -> None:
    assert Report.model_validate({"purpose": "advice", **said}).names_a_concern(TODAY)
    reporter = {"age": age, "name": "Alex", **(said.get("reporter") or {})}
    assert not Report.model_validate({"purpose": "advice", **said, "reporter": reporter}).names_a_concern(
        TODAY
    )


def test_a_child_with_home_telephone_and_consent_is_a_case_under_the_entry_information() -> None:
    reporter = {**PUPIL, "phone": "07700 900123", "lives_at": {"postcode": "M1 1AE"}}
    said = {"privacy": "share", "share_with": ["police"], "reporter": reporter}
    assert Report.model_validate({"purpose": "training_and_information", **said}).names_a_concern(TODAY)
