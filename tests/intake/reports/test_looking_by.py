"""Questions that a child may ask: an adviser looks at each within the hour, or an alert is raised."""

import pytest

from tests.support.services import MovableClock, RunningService, signed_in

PUPIL = {
    "purpose": "advice",
    "reporter": {"name": "Alex", "age": {"years": 15}},
    "exploitation_types": ["criminal"],
}


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


async def contact_of(intake: RunningService, body: dict[str, object]) -> dict[str, object]:
    answer = await intake.http.post("/v1/reports", json=body)
    path = f"/v1/contacts/{answer.json()['contact_id']}"
    found: dict[str, object] = (await intake.http.get(path, headers=signed_in("adviser"))).json()
    return found


async def alerts(intake: RunningService) -> dict[str, int]:
    found: dict[str, int] = (await intake.http.get("/readyz")).json()["alerts"]
    return found


@pytest.mark.parametrize("purpose", ["advice", "reporting", "training_and_information", "access_to_support"])
async def test_a_question_of_a_pupil_opens_no_case_and_is_looked_at_within_the_hour(
    intake: RunningService, clock: MovableClock, purpose: str
) -> None:
    contact = await contact_of(intake, {**PUPIL, "purpose": purpose})
    assert contact["opens_case"] is False
    assert contact["look_by"] is not None
    clock.forward(minutes=59)
    assert "contacts_to_look_at" not in await alerts(intake)
    clock.forward(minutes=2)
    assert (await alerts(intake))["contacts_to_look_at"] == 1
    path = f"/v1/contacts/{contact['id']}/no-concern"
    await intake.http.post(path, headers=signed_in("adviser"))
    assert "contacts_to_look_at" not in await alerts(intake)


async def test_a_question_of_an_adult_waits_its_turn(intake: RunningService, clock: MovableClock) -> None:
    contact = await contact_of(intake, {"what_happened": "For a talk.", "reporter": {"age": {"years": 40}}})
    assert (contact["opens_case"], contact["look_by"]) == (False, None)
    clock.forward(minutes=70)
    assert await alerts(intake) == {"contacts_unreviewed": 1}


async def test_a_pupil_who_says_where_they_live_is_a_case(intake: RunningService) -> None:
    reporter = {
        "name": "Alex",
        "age": {"years": 15},
        "phone": "07700 900123",
        "lives_at": {"postcode": "M1 1AE"},
    }
    said = {"purpose": "training_and_information", "privacy": "share", "share_with": ["police"]}
    contact = await contact_of(intake, {**said, "reporter": reporter})
    assert (contact["opens_case"], contact["child_stated"], contact["look_by"]) == (True, True, None)


async def test_an_age_that_nobody_understood_is_looked_at_too(intake: RunningService) -> None:
    contact = await contact_of(intake, {"reporter": {"age": {"years": "in year nine"}}})
    assert (contact["opens_case"], contact["look_by"] is None) == (False, False)
