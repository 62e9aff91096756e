"""Steps that tests of duplicates take."""

from typing import Any
from uuid import UUID

from shared.events import DisclosureAuthorised
from tests.case.builders import (
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    child,
    content_of,
    duty_states,
    issue_waiting,
    supplements,
    take_back,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child

BOTH = {MANCHESTER_CARE, MANCHESTER_POLICE}
PHONE = "+44 7700 900999"
KNOWS_MORE: dict[str, Any] = {"persons": [a_child(phone=PHONE)]}
WORDS = "A grey van brings them back after midnight."


async def other_case(cases: CaseWork, *, sent: bool = True, **said: Any) -> UUID:
    """Report the case that another one repeats, and let its first messages go and be acknowledged."""
    other = await cases.report(**{"persons": [a_child()], **said})
    if sent:
        await cases.let_time_pass(hours=1)
        await issue_waiting(cases, other)
        for event in await cases.authorised():
            await acknowledge(cases, event)
    return other


async def duplicate_of(cases: CaseWork, other: UUID, **said: Any) -> UUID:
    """Report a case and let two people stand its child down as a duplicate; nothing was compared yet."""
    case_id = await cases.report(**{"persons": [a_child()], **said})
    await stand_down(cases, case_id, other)
    return case_id


async def stand_down(cases: CaseWork, case_id: UUID, other: UUID, name: str | None = None) -> None:
    """Stand down every child, or the one of this name."""
    persons = (await cases.read(case_id))["persons"]
    children = [
        child(one["id"])
        for one in persons
        if one["age_status"] == "child_stated" and name in (None, one["name"])
    ]
    await take_back(cases, case_id, *children, reason="duplicate_of", duplicate_of=str(other))


async def compare(cases: CaseWork) -> None:
    await cases.run_loop("reopen_duplicates")


async def compare_anew(cases: CaseWork) -> None:
    """Compare all duplicates as if none had been compared."""
    await cases.service.fetch("UPDATE proposals SET compared = NULL")
    await compare(cases)


async def passed_on(cases: CaseWork) -> list[DisclosureAuthorised]:
    """Compare, and return the supplements of all cases so far."""
    await compare(cases)
    return await supplements(cases)


async def pass_on_and_acknowledge(cases: CaseWork, other: UUID, case_id: UUID) -> None:
    """Pass on what only the duplicate knows, and let the agencies acknowledge it."""
    for event in await passed_on(cases):
        await content_of(cases, event.disclosure_id)
        await acknowledge(cases, event)
    assert (await cases.read(case_id))["passed_on"] != []
    assert set((await duty_states(cases, other)).values()) == {"acknowledged"}
