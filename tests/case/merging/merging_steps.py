"""Steps of tests about merging: two cases that are one matter."""

from typing import Any
from uuid import UUID

from tests.case.builders import recipient_at
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter

BEN = a_child(name="Ben Sample")


async def merge(cases: CaseWork, case_id: UUID, other: UUID, **headers: str) -> Any:
    """Ask that another case becomes part of a case; return the response."""
    return await cases.do("POST", f"/v1/cases/{case_id}/merged-cases/{other}", **headers)


async def merged(cases: CaseWork, case_id: UUID, other: UUID) -> Any:
    answer = await merge(cases, case_id, other)
    assert answer.status_code == 201, answer.text
    return await cases.read(case_id)


async def two_children(cases: CaseWork, **said: Any) -> tuple[UUID, UUID]:
    """Return two cases of a child each, told by two reporters, who live in the same place."""
    one = await cases.report(persons=[a_child()], reporter=a_reporter(), **said)
    cases.clock.forward(minutes=20)
    return one, await cases.report(persons=[BEN], reporter={"name": "Second Sample"}, **said)


def names_in(content: Any) -> set[str]:
    return {one["name"] for one in content["persons"]}


async def due_of(cases: CaseWork, case_id: UUID, agency: str, what: str) -> str:
    return str((await recipient_at(cases, case_id, agency))["duty"][what])
