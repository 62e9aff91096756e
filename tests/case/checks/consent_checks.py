"""Checks of consent: it permits, a withdrawal wins, and it neither hurries an override nor answers for it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.case.builders import (
    CONSENTING,
    LEEDS,
    LEEDS_POLICE,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    authorise,
    authorise_and_issue,
    duty_states,
    open_tasks,
    person_of,
    put,
    record_consent,
    reporter_of,
    text_of,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter


async def nothing_is_issued_after_a_withdrawal(cases: CaseWork, *, races: int = 1) -> None:
    """The sender's clock loses the race: its request began before the withdrawal was written."""
    for _ in range(races):
        case_id = await cases.report(**CONSENTING)
        answer = await authorise(cases, case_id)
        cases.clock.forward(seconds=5)
        await withdraw(cases, case_id)
        cases.clock.forward(seconds=-5)
        issued = await cases.issue(answer.json()["id"])
        assert issued.status_code == 409, "issued after a withdrawal"


@dataclass(frozen=True)
class Race:
    """Disclosure that may be issued, its consenting reporter, and how long each of the two requests waits."""

    disclosure_id: UUID
    case_id: UUID
    person: str
    withdrawal_waits: float
    issue_waits: float


async def withdrawals_race(cases: CaseWork, *, races: int, seed: int = 1) -> tuple[int, int]:
    """Issue and withdraw at the same moment, as real transactions, eight cases at a time.

    Whatever was issued was recalled: no copy is ever forgotten, and nothing is issued afterwards. Return how many
    were issued and how many were not.
    """
    chance, few = random.Random(seed), asyncio.Semaphore(8)
    waiting = [await cases.contact(**CONSENTING) for _ in range(races)]
    await cases.run_loop("import_reports")

    async def one(case_id: UUID) -> int:
        async with few:
            return await _race(cases, await _race_about(cases, case_id, chance))

    issued = sum(await asyncio.gather(*map(one, waiting)))
    return issued, races - issued


async def _race_about(cases: CaseWork, case_id: UUID, chance: random.Random) -> Race:
    answer = await authorise(cases, case_id)
    (person,) = await cases.service.fetch("SELECT id FROM persons WHERE case_id = $1", case_id)
    head_start = chance.choice([0.0, 0.0, 0.002, 0.005, 0.01, 0.02])
    waits = (head_start, 0.0) if chance.random() < 0.5 else (0.0, head_start)
    return Race(UUID(answer.json()["id"]), case_id, str(person["id"]), *waits)


async def _race(cases: CaseWork, race: Race) -> bool:
    async def after(seconds: float, act: Callable[[], Awaitable[Any]]) -> Any:
        await asyncio.sleep(seconds)
        return await act()

    first, again, withdrawn = await asyncio.gather(
        after(race.issue_waits, lambda: cases.issue(race.disclosure_id)),
        after(race.issue_waits, lambda: cases.issue(race.disclosure_id)),
        after(race.withdrawal_waits, lambda: withdraw(cases, race.case_id, race.person)),
    )
    issued = 200 in (first.status_code, again.status_code)
    recalled = withdrawn.json()["recalled"]
    expected = [str(race.disclosure_id)] if issued else []
    assert recalled == expected, "a copy that was issued and not recalled"
    afterwards = await cases.issue(race.disclosure_id)
    assert afterwards.status_code == 409, "issued after a withdrawal"
    return issued


async def consent_and_override_have_clocks_of_their_own(cases: CaseWork) -> None:
    """A disclosure on consent neither hurries a duty that waits nor answers for it, and can be recalled alone."""
    case_id = await cases.report(persons=[a_child()], **CONSENTING)
    agreed = await authorise_and_issue(cases, case_id)
    await put(cases, case_id, "summary", {"text": "Early mornings."})
    grounds = [event.grounds for event in await cases.authorised()]
    assert grounds == [("consent",)], "consent sends by force"
    await acknowledge(cases, (await cases.authorised())[0])
    states = await duty_states(cases, case_id)
    assert states[MANCHESTER_POLICE] == "waiting", "consent answered for a duty"
    withdrawn = await withdraw(cases, case_id)
    assert withdrawn.json()["recalled"] == [agreed], "a copy that was issued and not recalled"


async def an_agency_of_another_kind_is_told_nothing(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    answer = await authorise(cases, case_id, agency_code=MANCHESTER_CARE)
    assert answer.status_code == 422, "an agency of another kind"
    assert await cases.authorised() == []


async def a_wrong_force_told_on_consent_is_not_told_by_force(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    await authorise_and_issue(cases, case_id)
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})
    await cases.run_scheduler()
    await put(cases, case_id, "place", {"council": LEEDS})
    await cases.run_scheduler()
    forced = [event for event in await cases.authorised() if "override_danger" in event.grounds]
    issued = {event.agency_code: (await cases.issue(event.disclosure_id)).status_code for event in forced}
    assert issued == {MANCHESTER_POLICE: 409, LEEDS_POLICE: 200}, "told by force at the wrong place"


async def one_reporters_consent_tells_nobody_how_to_reach_another(cases: CaseWork) -> None:
    safe = {"code_word": "plum", "never": "her brother"}
    case_id = await cases.report(reporter=a_reporter(), privacy="confidential", safe_contact=safe)
    cases.clock.forward(seconds=60)
    other = {"roles": ["reporter"], "name": "Wexcombe", "phone": "0161 496 0000"}
    second = (await cases.do("POST", f"/v1/cases/{case_id}/persons", other)).json()["id"]
    for choice in ({"privacy": "share"}, {"recipient_kind": "police", "agrees": True}):
        await record_consent(cases, case_id, second, choice)
    text = await text_of(cases, (await authorise(cases, case_id)).json()["id"])
    assert "Wexcombe" in text, "who consents does not go along"
    assert "plum" not in text, "how to reach another reporter went along"
    assert "brother" not in text, "how to reach another reporter went along"


async def a_withdrawal_recalls_what_was_issued(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = await authorise_and_issue(cases, case_id)
    answer = await withdraw(cases, case_id, await reporter_of(cases, case_id))
    assert answer.json()["recalled"] == [disclosure_id], "a copy that was issued and not recalled"


async def a_withdrawal_in_writing_is_checked_before_copies_are_recalled(cases: CaseWork) -> None:
    """Help is not destroyed by the holder of a telephone: a recall waits for a check."""
    case_id = await cases.report(**CONSENTING)
    disclosure_id = await authorise_and_issue(cases, case_id)
    path = f"/v1/cases/{case_id}/persons/{await reporter_of(cases, case_id)}/withdrawal"
    answer = await cases.do("POST", path, {"given_how": "message"})
    assert answer.json()["recalled"] == [], "a copy was recalled before anybody checked"
    assert "check_withdrawal" in {one["kind"] for one in await open_tasks(cases, case_id)}
    check = f"/v1/cases/{case_id}/consents/{answer.json()['id']}/check"
    checked = await cases.do("POST", check, {"own_wish": True})
    assert checked.json()["recalled"] == [disclosure_id], "a copy that was issued and not recalled"
    assert "check_withdrawal" not in {one["kind"] for one in await open_tasks(cases, case_id)}


async def a_persons_own_yes_is_hers(cases: CaseWork) -> None:
    """No reporter's silence stops what a person of concern agreed to for herself."""
    silent = {"privacy": "confidential", "situation_may_be_passed_on": False, "reporter": a_reporter()}
    case_id = await cases.report(persons=[{"name": "Ana", "age": {"years": 30}}], **silent)
    person = await person_of(cases, case_id)
    await record_consent(cases, case_id, person, {"recipient_kind": "police", "agrees": True})
    answer = await authorise(cases, case_id)
    assert answer.status_code == 201, "a reporter's no stopped what she agreed to"
    text = await text_of(cases, answer.json()["id"])
    assert "Ana" in text
    assert "Rowan" not in text, "the reporter went along"
