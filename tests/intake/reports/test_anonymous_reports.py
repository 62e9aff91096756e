"""Anonymous reports: nothing by which the reporter could be found is kept, even when it was given."""

from typing import Any

import pytest

from tests.support.builders import a_report, a_reporter
from tests.support.services import RunningService, signed_in


async def test_of_an_anonymous_reporters_places_only_the_council_is_kept(
    intake: RunningService,
) -> None:
    home = {"address": "3 Mill Lane", "postcode": "M1 1AE", "description": "green door"}
    report = a_report(
        privacy="anonymous",
        reporter={"lives_at": home, "found_at": {**home, "address": "9 Quay Street"}},
        safe_contact={"say_to_others": "Rowan's bank"},
        place={},
    )
    answer = await intake.http.post("/v1/reports", json=report)
    assert answer.json()["not_kept"] == ["reporter.lives_at", "reporter.found_at", "safe_contact"]
    read = await intake.http.get(f"/v1/contacts/{answer.json()['contact_id']}", headers=signed_in("adviser"))
    kept = read.json()["report"]
    for place in ("lives_at", "found_at"):
        assert kept["reporter"][place]["council"] == "E08000003"
    assert not any(word in read.text for word in ("Mill Lane", "Quay", "M1 1AE", "green door", "Rowan"))


async def test_an_ended_council_code_beside_a_good_postcode_keeps_an_anonymous_childs_council(
    intake: RunningService,
) -> None:
    home = {"council": "E07000163", "postcode": "HG1 2SG"}  # Craven, until 2023
    report = a_report(privacy="anonymous", reporter={"lives_at": home, "found_at": {"postcode": "M1-1AE."}})
    answer = await intake.http.post("/v1/reports", json=report)
    read = await intake.http.get(f"/v1/contacts/{answer.json()['contact_id']}", headers=signed_in("adviser"))
    kept = read.json()["report"]["reporter"]
    assert [kept[name]["council"] for name in ("lives_at", "found_at")] == ["E06000065", "E08000003"]


async def test_of_an_anonymous_reporter_who_gave_only_the_council_everything_is_kept(
    intake: RunningService,
) -> None:
    reporter = {"lives_at": {"council": "E08000003"}, "found_at": {"council": "E08000035"}}
    answer = await intake.http.post("/v1/reports", json=a_report(privacy="anonymous", reporter=reporter))
    assert answer.json()["not_kept"] == []


async def test_an_anonymous_reporters_details_are_not_kept_even_when_given(intake: RunningService) -> None:
    answer = await intake.http.post("/v1/reports", json=a_report(privacy="anonymous", reporter=a_reporter()))
    assert answer.json()["not_kept"] == ["reporter.name", "reporter.phone", "reporter.email"]
    read = await intake.http.get(f"/v1/contacts/{answer.json()['contact_id']}", headers=signed_in("adviser"))
    assert read.json()["report"]["reporter"]["name"] is None


HOME = {"address": "3 Mill Lane", "postcode": "M1 1AE"}
FOUND = {"address": "9 Quay Street", "postcode": "M1 1AE"}


@pytest.mark.parametrize(
    ("said", "home_is_whole", "found_is_whole"),
    [
        ({"reporter": {"in_danger": "yes"}}, False, True),
        ({"danger_now": "yes", "reporter": {"is_person_of_concern": True}}, False, True),
        ({"danger_now": "yes"}, False, True),
        ({"danger_now": "yes", "persons": [{}]}, False, False),
        ({"danger_now": "oh yes please", "caller_type": "potential_victim", "persons": [{}]}, False, True),
        ({"reporter": {"age": {"years": 15}}}, True, True),
        ({"reporter": {"age": {"may_be_under_18": True}}}, True, True),
        ({"reporter": {"age": {"years": 40}}}, False, False),
        ({"reporter": {"cares_for_child": True}, "persons": [{"age": {"years": 5}}]}, True, False),
        ({"reporter": {"household": "1"}, "persons": [{"household": "1", "age": {"years": 5}}]}, True, False),
        (
            {"reporter": {"household": "1"}, "persons": [{"household": "2", "age": {"years": 5}}]},
            False,
            False,
        ),
    ],
)
async def test_where_somebody_in_danger_or_a_child_can_be_found_is_kept_whoever_wrote_it(
    intake: RunningService, said: dict[str, Any], home_is_whole: bool, found_is_whole: bool
) -> None:
    reporter = {"name": "Rowan", **said.get("reporter", {}), "lives_at": HOME, "found_at": FOUND}
    answer = await intake.http.post(
        "/v1/reports", json={**said, "privacy": "anonymous", "reporter": reporter}
    )
    read = await intake.http.get(f"/v1/contacts/{answer.json()['contact_id']}", headers=signed_in("adviser"))
    assert ("3 Mill Lane" in read.text, "9 Quay Street" in read.text) == (home_is_whole, found_is_whole)
    assert "Rowan" not in read.text
    assert "reporter.name" in answer.json()["not_kept"]


async def test_the_home_of_somebody_in_danger_is_kept_where_no_other_place_is_known(
    intake: RunningService,
) -> None:
    report = {"privacy": "anonymous", "reporter": {"in_danger": "yes", "lives_at": HOME}}
    answer = await intake.http.post("/v1/reports", json=report)
    read = await intake.http.get(f"/v1/contacts/{answer.json()['contact_id']}", headers=signed_in("adviser"))
    assert read.json()["report"]["reporter"]["lives_at"]["address"] == "3 Mill Lane"
