"""Import of reports: one that cannot be fetched, or whose event cannot be handled, is a person's task."""

import pytest

from shared.clients.service_client import ServiceUnreachable
from shared.errors import Unavailable
from tests.case.builders import task_list
from tests.case.conftest import CaseWork


@pytest.mark.parametrize("fault", [ServiceUnreachable(), Unavailable("no token")], ids=["intake", "sign-in"])
async def test_a_report_that_cannot_be_fetched_becomes_a_persons_task(
    cases: CaseWork, fault: Exception
) -> None:
    case_id = await cases.contact(danger_now="yes")
    cases.intake.fault = fault
    for _ in range(3):
        await cases.run_loop("import_reports")
        cases.clock.forward(seconds=30)
    assert [(task["kind"], task["case_id"]) for task in await task_list(cases)] == [
        ("import_report", str(case_id))
    ]


async def test_a_contact_whose_event_cannot_be_handled_opens_its_case_and_its_duties_all_the_same(
    cases: CaseWork,
) -> None:
    contact_id = await cases.contact(opens_case=False, danger_now="yes")  # handled, and it opened nothing
    await cases.add_dead_letter(contact_id, "contact.received.v9")
    await cases.run_loop("open_blocked_event_tasks")
    await cases.run_loop("import_reports")
    await cases.let_time_pass(hours=1)
    (authorised,) = await cases.authorised()
    assert authorised.agency_code.startswith("police:")
    assert "blocked_events" in {task["kind"] for task in await task_list(cases)}
    await cases.run_loop("open_blocked_event_tasks")
    assert len(await cases.service.fetch("SELECT id FROM cases")) == 1
