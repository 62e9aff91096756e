"""Anonymous reports: nothing by which the reporter could be found is kept, even when it was given."""

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
