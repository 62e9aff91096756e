"""A contact that was taken for a question: an adviser looks at it, and says whether it names a concern."""

from typing import Any

import pytest

from shared.events import ContactReceived
from tests.builders import a_report
from tests.running import RunningService, signed_in

QUESTION = {
    "purpose": "training_and_information",
    "what_happened": "men lock my friend in, she cries at night",
    "reporter": {"age": {"years": 15}},
}


async def asked(intake: RunningService, **told: Any) -> str:
    answer = await intake.http.post("/v1/reports", json={**QUESTION, **told})
    return str(answer.json()["contact_id"])


async def say(intake: RunningService, contact_id: str, word: str, name: str = "ada") -> Any:
    path = f"/v1/contacts/{contact_id}/{word}"
    return await intake.http.post(path, headers=signed_in("adviser", name))


async def to_look_at(intake: RunningService) -> list[str]:
    page = await intake.http.get("/v1/contacts?to_look_at=true", headers=signed_in("adviser"))
    return [contact["id"] for contact in page.json()["contacts"]]


async def test_an_adviser_who_reads_a_concern_in_a_question_opens_its_case(intake: RunningService) -> None:
    contact_id = await asked(intake)
    answer = await say(intake, contact_id, "concern")
    assert answer.status_code == 200
    assert (answer.json()["opens_case"], answer.json()["child_stated"]) == (True, True)
    first, again = await intake.announced(ContactReceived)
    assert (first.opens_case, first.child_stated) == (False, False)
    assert again == first.model_copy(update={"opens_case": True, "child_stated": True})


async def test_naming_the_same_concern_twice_is_naming_it_once(intake: RunningService) -> None:
    contact_id = await asked(intake)
    first, second = [await say(intake, contact_id, "concern", name) for name in ("ada", "ben")]
    assert first.json() == second.json()
    assert len(await intake.announced(ContactReceived)) == 2
    said = await intake.fetch("SELECT actor FROM audit_entries WHERE action = 'contact.concern_named'")
    assert [row["actor"] for row in said] == ["user:ada"]


async def test_a_contact_that_opened_its_case_by_itself_is_not_announced_again(
    intake: RunningService,
) -> None:
    contact_id = (await intake.http.post("/v1/reports", json=a_report())).json()["contact_id"]
    assert (await say(intake, contact_id, "concern")).status_code == 200
    assert len(await intake.announced(ContactReceived)) == 1
    refused = await say(intake, contact_id, "no-concern")
    assert (refused.status_code, refused.json()["code"]) == (409, "contact-opens-case")


async def test_questions_are_listed_until_somebody_has_said_what_they_are(intake: RunningService) -> None:
    await intake.http.post("/v1/reports", json=a_report())
    first, second, third = [await asked(intake) for _ in range(3)]
    assert await to_look_at(intake) == [first, second, third]
    await say(intake, first, "concern")
    said = await say(intake, second, "no-concern")
    assert said.json()["no_concern_at"] is not None
    assert await to_look_at(intake) == [third]
    await say(intake, second, "no-concern", "ben")
    by = await intake.fetch("SELECT actor FROM audit_entries WHERE action = 'contact.no_concern_named'")
    assert [row["actor"] for row in by] == ["user:ada"]


async def test_reading_a_question_is_not_yet_saying_what_it_is(intake: RunningService) -> None:
    contact_id = await asked(intake)
    await intake.http.get(f"/v1/contacts/{contact_id}", headers=signed_in("adviser"))
    assert await to_look_at(intake) == [contact_id]


async def test_somebody_who_said_that_it_is_a_question_may_be_corrected(intake: RunningService) -> None:
    contact_id = await asked(intake)
    await say(intake, contact_id, "no-concern")
    answer = (await say(intake, contact_id, "concern", "ben")).json()
    assert (answer["opens_case"], answer["no_concern_at"]) == (True, None)
    assert (await intake.announced(ContactReceived))[-1].opens_case


@pytest.mark.parametrize(("word", "opens"), [("no-concern", False), ("concern", True)])
async def test_the_report_is_handed_over_with_whether_it_opens_a_case(
    intake: RunningService, word: str, opens: bool
) -> None:
    contact_id = await asked(intake)
    await say(intake, contact_id, word)
    handed = await intake.http.get(f"/v1/contacts/{contact_id}/report", headers=signed_in("service", "case"))
    assert handed.json()["opens_case"] is opens
