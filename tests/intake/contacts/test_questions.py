"""Questions: contacts that opened no case, until an adviser says whether they name a concern."""

from typing import Any

import pytest

from shared.events import ContactReceived
from tests.support.builders import a_report
from tests.support.services import RunningService, signed_in

QUESTION = {
    "purpose": "training_and_information",
    "what_happened": "men lock my friend in, she cries at night",
    "reporter": {"age": {"years": 15}},
}


async def ask(intake: RunningService) -> str:
    answer = await intake.http.post("/v1/reports", json=QUESTION)
    return str(answer.json()["contact_id"])


async def say(intake: RunningService, contact_id: str, finding: str, name: str = "ada") -> Any:
    path = f"/v1/contacts/{contact_id}/{finding}"
    return await intake.http.post(path, headers=signed_in("adviser", name))


async def read(intake: RunningService, contact_id: str) -> Any:
    return (await intake.http.get(f"/v1/contacts/{contact_id}", headers=signed_in("adviser"))).json()


async def unreviewed(intake: RunningService) -> list[str]:
    page = await intake.http.get("/v1/contacts?unreviewed=true", headers=signed_in("adviser"))
    return [contact["id"] for contact in page.json()["items"]]


async def test_an_adviser_who_reads_a_concern_in_a_question_opens_its_case(intake: RunningService) -> None:
    contact_id = await ask(intake)
    answer = await say(intake, contact_id, "concern")
    assert answer.status_code == 200
    contact = await read(intake, contact_id)
    assert (contact["opens_case"], contact["child_stated"]) == (True, True)
    assert answer.json() == {"id": contact_id, "version": contact["version"]}
    first, again = await intake.announced(ContactReceived)
    assert (first.opens_case, first.child_stated) == (False, False)
    assert again == first.model_copy(update={"opens_case": True, "child_stated": True})


async def test_naming_the_same_concern_twice_is_naming_it_once(intake: RunningService) -> None:
    contact_id = await ask(intake)
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


async def test_questions_are_listed_until_an_adviser_has_said_what_they_are(intake: RunningService) -> None:
    await intake.http.post("/v1/reports", json=a_report())
    first, second, third = [await ask(intake) for _ in range(3)]
    assert await unreviewed(intake) == [first, second, third]
    await say(intake, first, "concern")
    await say(intake, second, "no-concern")
    assert (await read(intake, second))["no_concern_at"] is not None
    assert await unreviewed(intake) == [third]
    await say(intake, second, "no-concern", "ben")
    by = await intake.fetch("SELECT actor FROM audit_entries WHERE action = 'contact.no_concern_named'")
    assert [row["actor"] for row in by] == ["user:ada"]


async def test_reading_a_question_is_not_yet_saying_what_it_is(intake: RunningService) -> None:
    contact_id = await ask(intake)
    await read(intake, contact_id)
    assert await unreviewed(intake) == [contact_id]


async def test_an_adviser_who_said_that_it_is_a_question_may_be_corrected(intake: RunningService) -> None:
    contact_id = await ask(intake)
    await say(intake, contact_id, "no-concern")
    await say(intake, contact_id, "concern", "ben")
    contact = await read(intake, contact_id)
    assert (contact["opens_case"], contact["no_concern_at"]) == (True, None)
    assert (await intake.announced(ContactReceived))[-1].opens_case


@pytest.mark.parametrize(("finding", "opens"), [("no-concern", False), ("concern", True)])
async def test_the_report_for_the_case_service_says_whether_it_opens_a_case(
    intake: RunningService, finding: str, opens: bool
) -> None:
    contact_id = await ask(intake)
    await say(intake, contact_id, finding)
    report = await intake.http.get(f"/v1/contacts/{contact_id}/report", headers=signed_in("service", "case"))
    assert report.json()["opens_case"] is opens
