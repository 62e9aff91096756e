"""Number of statements with which a consent is recorded: the case is read once, however much is on it."""

import contextlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from tests.case.builders import CONSENTING, authorise_and_issue, confirm, issue_all, reporter_of
from tests.case.conftest import CaseWork
from tests.support.builders import a_child

MOST_SELECTS = 10
CHOICES: tuple[dict[str, Any], ...] = (
    {"privacy": "share"},
    {"recipient_kind": "health", "agrees": True},
    {"recipient_kind": "police", "agrees": False},
    {"privacy": "confidential"},
    {"situation": False},
)


@contextlib.contextmanager
def statements(cases: CaseWork) -> Iterator[list[str]]:
    """Collect every statement that the service sends to its database."""
    sent: list[str] = []

    def collect(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement.lstrip())

    engine = cases.service.context.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", collect)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", collect)


def selects(sent: list[str]) -> list[str]:
    return [one for one in sent if one.upper().startswith(("SELECT", "WITH"))]


async def a_small_case(cases: CaseWork) -> UUID:
    return await cases.report(**CONSENTING)


async def a_case_of_one_agency(cases: CaseWork) -> UUID:
    case_id = await cases.report(**CONSENTING)
    await authorise_and_issue(cases, case_id)
    return case_id


async def a_large_case(cases: CaseWork) -> UUID:
    """Report on several persons, told by force and on consent, with more than one message to each agency."""
    persons = [a_child(), *({"name": f"Person {number}", "age": {"years": 30}} for number in range(6))]
    case_id = await cases.report(**CONSENTING, persons=persons, danger_now="yes")
    await authorise_and_issue(cases, case_id)
    await confirm(cases, case_id)
    await issue_all(cases)
    cases.clock.forward(seconds=1)
    await cases.do("POST", f"/v1/cases/{case_id}/persons", {"name": "Sami", "age": {"years": 12}})
    await issue_all(cases)
    await cases.let_time_pass(minutes=2)
    return case_id


@pytest.mark.parametrize("make", [a_small_case, a_large_case])
@pytest.mark.parametrize("choice", CHOICES, ids=str)
async def test_recording_a_consent_takes_ten_selects_at_most(
    cases: CaseWork, make: Any, choice: dict[str, Any]
) -> None:
    case_id = await make(cases)
    path = f"/v1/cases/{case_id}/persons/{await reporter_of(cases, case_id)}/consents"
    with statements(cases) as sent:
        answer = await cases.do("POST", path, choice, idempotency_key="one-key-of-sixteen-letters")
    assert answer.status_code == 201, answer.text
    assert 0 < len(selects(sent)) <= MOST_SELECTS, "\n".join(selects(sent))


async def test_a_larger_case_is_read_with_no_more_selects(cases: CaseWork) -> None:
    counts = []
    for make in (a_case_of_one_agency, a_large_case):
        case_id = await make(cases)
        with statements(cases) as sent:
            await cases.read(case_id)
        counts.append(len(selects(sent)))
    assert counts[0] == counts[1]
