"""Contacts: listed by urgency, read with a trace, and erased once a case holds the report."""

from shared.events import ReportImported
from tests.support.builders import a_child, a_report
from tests.support.services import RunningService, signed_in


async def test_once_a_case_holds_the_report_it_is_unreadable_here(intake: RunningService) -> None:
    contact_id = (await intake.http.post("/v1/reports", json=a_report())).json()["contact_id"]
    handed = await intake.http.get(f"/v1/contacts/{contact_id}/report", headers=signed_in("service", "case"))
    assert handed.json()["report"]["how_many"] is None
    await intake.given(ReportImported(case_id=contact_id, contact_id=contact_id))
    gone = await intake.http.get(f"/v1/contacts/{contact_id}/report", headers=signed_in("service", "case"))
    assert (gone.status_code, gone.json()["code"]) == (410, "report-imported")
    (key,) = await intake.fetch("SELECT wrapped FROM data_keys WHERE owner = $1", contact_id)
    assert bytes(key["wrapped"]) == b""


async def test_contacts_are_listed_danger_first_then_children_then_the_longest_waiting(
    intake: RunningService,
) -> None:
    for report in ({}, {"persons": [a_child()]}, {"danger_now": "yes"}, {}):
        await intake.http.post("/v1/reports", json=a_report(**report))
    listed: list[dict[str, object]] = []
    cursor = ""
    while True:
        page = (await intake.http.get(f"/v1/contacts?limit=1{cursor}", headers=signed_in("adviser"))).json()
        listed += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [(c["danger_stated"], c["child_stated"]) for c in listed] == [
        (True, False), (False, True), (False, False), (False, False),
    ]  # fmt: skip
    assert str(listed[2]["received_at"]) < str(listed[3]["received_at"])


async def test_every_reading_of_a_contact_is_recorded_in_the_audit_trail(intake: RunningService) -> None:
    contact_id = (await intake.http.post("/v1/reports", json=a_report())).json()["contact_id"]
    await intake.http.get(f"/v1/contacts/{contact_id}", headers=signed_in("adviser", "ada"))
    rows = await intake.fetch("SELECT actor, action FROM audit_entries ORDER BY number")
    assert [(row["actor"], row["action"]) for row in rows] == [
        ("public", "report.received"),
        ("user:ada", "contact.read"),
    ]


async def test_a_refusal_is_recorded_in_the_audit_trail(intake: RunningService) -> None:
    answer = await intake.http.get("/v1/contacts", headers=signed_in("analyst", "bo"))
    assert answer.status_code == 403
    (row,) = await intake.fetch("SELECT actor, action, codes FROM audit_entries")
    assert (row["actor"], row["action"], row["codes"]["route"]) == ("user:bo", "refused", "/v1/contacts")
