"""What must hold of the case service, each as one story: run as they are, and against planted faults."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.events import DisclosureAuthorised, OverrideEscalated, ReferralAcknowledged
from tests.builders import a_child, a_reporter
from tests.case.conftest import CaseWork

Check = Callable[[CaseWork], Awaitable[None]]
CONSENTING: dict[str, Any] = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}


async def acknowledged(cases: CaseWork, event: DisclosureAuthorised) -> None:
    told = event.model_dump(include={"case_id", "disclosure_id", "leg_id", "recipient", "body"})
    answer = ReferralAcknowledged(
        **told, referral_id=event.leg_id, occurred_at=cases.clock(), forced=True, by="api"
    )
    await cases.service.given(answer)


async def sent_child(cases: CaseWork, **told: Any) -> UUID:
    """A confirmed report of a child whose legs have all left."""
    case_id = await cases.report(**{"persons": [a_child()], **told})
    await cases.do("POST", f"/v1/cases/{case_id}/confirmation")
    await cases.service.run_loop("mind_clocks")
    for event in await cases.authorised():
        assert (await cases.release(event.disclosure_id)).status_code == 200
    return case_id


async def put(cases: CaseWork, case_id: UUID, path: str, body: Any) -> Any:
    cases.clock.forward(seconds=1)
    version = (await cases.read(case_id))["version"]
    return await cases.do("PUT", f"/v1/cases/{case_id}/{path}", body, if_match=f'"{version}"')


async def person_of(cases: CaseWork, case_id: UUID, role: str = "person_of_concern") -> str:
    persons = (await cases.read(case_id))["persons"]
    return str(next(one["id"] for one in persons if role in one["roles"]))


async def supplements(cases: CaseWork, kind: str = "supplement") -> list[DisclosureAuthorised]:
    return [event for event in await cases.authorised() if event.kind == kind]


async def nothing_leaves_after_a_withdrawal(cases: CaseWork, *, races: int = 1) -> None:
    """The race that the clock of the sender loses: its request began before the withdrawal was written."""
    for _ in range(races):
        case_id = await cases.report(**CONSENTING)
        answer = await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient": "police"})
        person = await person_of(cases, case_id, "reporter")
        cases.clock.forward(seconds=5)
        await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/withdrawal")
        cases.clock.forward(seconds=-5)
        assert (await cases.release(answer.json()["id"])).status_code == 409


@dataclass(frozen=True)
class Racing:
    """Something that may leave, its consenting reporter, and which of the two is asked for first, and by how much."""

    disclosure_id: UUID
    case_id: UUID
    person: str
    withdrawal_waits: float
    send_waits: float


async def withdrawals_race(cases: CaseWork, *, races: int, seed: int = 1) -> tuple[int, int]:
    """Sends and withdrawals at the same moment, as real transactions, eight matters at a time; answers how many left
    and how many did not. Whatever left was recalled: no copy is ever forgotten, and nothing leaves afterwards."""
    chance, few = random.Random(seed), asyncio.Semaphore(8)
    waiting = [await cases.contact(**CONSENTING) for _ in range(races)]
    await cases.service.run_loop("take_over_reports")

    async def one(case_id: UUID) -> int:
        async with few:
            return await _race(cases, await _at_the_start(cases, case_id, chance))

    left = sum(await asyncio.gather(*map(one, waiting)))
    return left, races - left


async def _at_the_start(cases: CaseWork, case_id: UUID, chance: random.Random) -> Racing:
    answer = await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient": "police"})
    (person,) = await cases.service.fetch("SELECT id FROM persons WHERE case_id = $1", case_id)
    head_start = chance.choice([0.0, 0.0, 0.002, 0.005, 0.01, 0.02])
    waits = (head_start, 0.0) if chance.random() < 0.5 else (0.0, head_start)
    return Racing(UUID(answer.json()["id"]), case_id, str(person["id"]), *waits)


async def _race(cases: CaseWork, matter: Racing) -> bool:
    path = f"/v1/cases/{matter.case_id}/persons/{matter.person}/withdrawal"

    async def after(seconds: float, act: Callable[[], Awaitable[Any]]) -> Any:
        await asyncio.sleep(seconds)
        return await act()

    first, again, withdrawn = await asyncio.gather(
        after(matter.send_waits, lambda: cases.release(matter.disclosure_id)),
        after(matter.send_waits, lambda: cases.release(matter.disclosure_id)),
        after(matter.withdrawal_waits, lambda: cases.do("POST", path)),
    )
    left = 200 in (first.status_code, again.status_code)
    recalled = withdrawn.json()["recalled"]
    assert recalled == ([str(matter.disclosure_id)] if left else []), "left after a withdrawal"
    assert (await cases.release(matter.disclosure_id)).status_code == 409
    return left


async def one_supplement_for_what_is_new_and_none_for_what_is_not(cases: CaseWork) -> None:
    case_id = await sent_child(cases, reporter=a_reporter(is_person_of_concern=True))
    await put(cases, case_id, "protection-summary", {"text": "The child sleeps in the van."})
    first = await supplements(cases)
    assert len(first) == 2, "one for each body"
    for event in first:
        await cases.release(event.disclosure_id)
    await put(cases, case_id, "protection-summary", {"text": "The child sleeps in the van."})
    await cases.do("POST", f"/v1/cases/{case_id}/persons", {"name": "Jo", "age": {"years": 40}})
    await put(cases, case_id, "summary", {"text": "Only whoever may read everything reads this."})
    assert await supplements(cases) == first, "a body was told that there is more than it may know"


async def an_age_corrected_before_sending_sends_nothing_early(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    person = await person_of(cases, case_id)
    assert (await put(cases, case_id, f"persons/{person}/age", {"years": 30})).status_code == 200
    await cases.service.run_loop("mind_clocks")
    assert await cases.authorised() == []
    assert {leg["state"] for leg in (await cases.read(case_id))["legs"]} == {"waiting"}


async def a_correction_reaches_those_who_were_told(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    person = await person_of(cases, case_id)
    await put(cases, case_id, f"persons/{person}/age", {"years": 30})
    corrections = await supplements(cases, "correction")
    assert len(corrections) == 2
    for event in corrections:
        content = json.loads((await cases.release(event.disclosure_id)).json()["text"])
        assert content["corrects"] == [{"person": person, "turned_out_to_be": "adult"}]
        assert "persons" not in content
        await acknowledged(cases, event)
    await put(cases, case_id, "summary", {"text": "An adult after all."})
    assert await supplements(cases) == []
    assert {leg["state"] for leg in (await cases.read(case_id))["legs"]} == {"acknowledged"}


async def a_child_again_is_a_new_fact(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    person = await person_of(cases, case_id)
    await put(cases, case_id, f"persons/{person}/age", {"years": 30})
    await put(cases, case_id, f"persons/{person}/age", {"years": 15})
    assert len(await supplements(cases)) == 2


async def a_supplement_never_postpones_the_telephone(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await cases.do("POST", f"/v1/cases/{case_id}/confirmation")
    await cases.service.run_loop("mind_clocks")
    for event in await cases.authorised():
        await cases.release(event.disclosure_id)
    cases.clock.forward(seconds=49)
    await put(cases, case_id, "summary", {"text": "Two doors, both locked."})
    await cases.let_time_pass(seconds=10)
    assert len(await cases.service.announced(OverrideEscalated)) == 1


async def danger_hurries_the_childs_council_too(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    person = await person_of(cases, case_id)
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {"person_id": person})
    await cases.service.run_loop("mind_clocks")
    assert {event.body for event in await cases.authorised()} == {
        "social_care:E08000003",
        "police:E23000005",
    }
    await cases.let_time_pass(seconds=60)
    assert len(await cases.service.announced(OverrideEscalated)) == 2


async def a_ground_is_taken_away_by_two_people_only(cases: CaseWork) -> None:
    """Two children in two places; one is older than was thought: the leg to their council waits for two people."""
    there = {"council": "E08000035"}
    await cases.report(persons=[a_child(), a_child(name="Sami", found_at=there, lives_at=there)])
    rows = await cases.service.fetch("SELECT id FROM cases")
    case_id = UUID(str(rows[0]["id"]))
    persons = (await cases.read(case_id))["persons"]
    sami = next(one["id"] for one in persons if one["name"] == "Sami")
    await put(cases, case_id, f"persons/{sami}/age", {"years": 30})
    states = {leg["body"]: leg["state"] for leg in (await cases.read(case_id))["legs"]}
    assert states["social_care:E08000035"] == "waiting"


async def consent_and_override_have_clocks_of_their_own(cases: CaseWork) -> None:
    """What leaves on consent neither hurries an override that waits nor answers for it, and can be recalled alone."""
    case_id = await cases.report(persons=[a_child()], **CONSENTING)
    agreed = (await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient": "police"})).json()
    await cases.release(agreed["id"])
    await put(cases, case_id, "summary", {"text": "Early mornings."})
    assert [event.grounds for event in await cases.authorised()] == [("consent",)]
    await acknowledged(cases, (await cases.authorised())[0])
    states = {leg["recipient"]: leg["state"] for leg in (await cases.read(case_id))["legs"]}
    assert states["police"] == "waiting"
    person = await person_of(cases, case_id, "reporter")
    withdrawn = await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/withdrawal")
    assert withdrawn.json()["recalled"] == [agreed["id"]]


async def duty_tasks_are_not_ticked_off(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await cases.let_time_pass(hours=14)
    tasks = [one for one in (await cases.read(case_id))["tasks"] if not one["done_at"]]
    assert {one["kind"] for one in tasks} == {"telephone_agency", "countersign", "tell_person"}
    for task in tasks:
        answer = await cases.do("POST", f"/v1/tasks/{task['id']}/done", {"outcome": "done"})
        assert answer.status_code == 409, task["kind"]


async def a_supposed_body_of_another_kind_is_told_nothing(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    body = {"recipient": "police", "body": "social_care:E08000003"}
    answer = await cases.do("POST", f"/v1/cases/{case_id}/disclosures", body)
    assert (answer.status_code, await cases.authorised()) == (422, [])


async def handling_of_a_source_stays_where_the_source_stays(cases: CaseWork) -> None:
    """A danger to somebody else: the source was left out, and nothing of how to reach them goes."""
    case_id = await cases.report(
        danger_now="yes", reporter=a_reporter(), persons=[{"name": "Ana"}], safe_contact={"code_word": "plum"}
    )
    await put(cases, case_id, "source", {"left_out_reason": "source_at_risk_if_identified"})
    await cases.do("POST", f"/v1/cases/{case_id}/confirmation")
    await cases.service.run_loop("mind_clocks")
    (event,) = await cases.authorised()
    text = (await cases.release(event.disclosure_id)).json()["text"]
    assert "Ana" in text
    assert "plum" not in text
    assert "Rowan" not in text


async def a_correction_reaches_those_who_were_telephoned(cases: CaseWork) -> None:
    """Told by telephone, then the place was set right and the child was no child: they hear that, and where they are
    not responsible any more, too."""
    case_id = await cases.report(persons=[a_child()])
    for leg in (await cases.read(case_id))["legs"]:
        told = {"spoken_to": "Sgt Hale", "reference": "GMP-1"}
        await cases.do("POST", f"/v1/legs/{leg['id']}/hand-over", told)
    await put(cases, case_id, "place", {"council": "E08000035"})
    person = await person_of(cases, case_id)
    await put(cases, case_id, f"persons/{person}/age", {"years": 30})
    corrections = {event.body: event for event in await supplements(cases, "correction")}
    assert {"social_care:E08000003", "police:E23000005"} <= corrections.keys()
    for event in corrections.values():
        assert (await cases.release(event.disclosure_id)).status_code == 200


async def what_an_adviser_says_of_danger_waits_for_nobody(cases: CaseWork) -> None:
    """The report said it too; from the moment at which somebody vouches for it, the child's council is told."""
    case_id = await cases.report(persons=[a_child()], danger_now="yes")
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})
    await cases.service.run_loop("mind_clocks")
    assert "social_care:E08000003" in {event.body for event in await cases.authorised()}


async def a_child_whom_an_adviser_adds_waits_for_no_reports_clock(cases: CaseWork) -> None:
    """One of two bodies was told of the first child by telephone; the other still waits for the report's hour."""
    case_id = await cases.report(persons=[a_child()])
    legs = {leg["recipient"]: leg["id"] for leg in (await cases.read(case_id))["legs"]}
    told = {"spoken_to": "Ms Hale", "reference": "MCC-1"}
    await cases.do("POST", f"/v1/legs/{legs['children_social_care']}/hand-over", told)
    cases.clock.forward(seconds=60)
    await cases.do("POST", f"/v1/cases/{case_id}/persons", {"name": "Sami", "age": {"years": 12}})
    await cases.service.run_loop("mind_clocks")
    assert {event.recipient for event in await cases.authorised()} == {"children_social_care", "police"}


async def a_wrong_force_that_was_told_on_consent_is_not_told_by_force(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    agreed = (await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient": "police"})).json()
    await cases.release(agreed["id"])
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})
    await put(cases, case_id, "place", {"council": "E08000035"})
    await cases.service.run_loop("mind_clocks")
    forced = [event for event in await cases.authorised() if "override_danger" in event.grounds]
    told = {event.body: (await cases.release(event.disclosure_id)).status_code for event in forced}
    assert told == {"police:E23000005": 409, "police:E23000010": 200}


async def one_reporters_consent_tells_nobody_how_to_reach_another(cases: CaseWork) -> None:
    safe = {"code_word": "plum", "never": "her brother"}
    case_id = await cases.report(reporter=a_reporter(), privacy="confidential", safe_contact=safe)
    cases.clock.forward(seconds=60)
    other = {"roles": ["reporter"], "name": "Wexcombe", "phone": "0161 496 0000"}
    second = (await cases.do("POST", f"/v1/cases/{case_id}/persons", other)).json()["id"]
    for said in ({"privacy": "share"}, {"recipient": "police", "agrees": True}):
        await cases.do("POST", f"/v1/cases/{case_id}/persons/{second}/consents", said)
    agreed = (await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient": "police"})).json()
    text = (await cases.release(agreed["id"])).json()["text"]
    assert "Wexcombe" in text
    assert "plum" not in text
    assert "brother" not in text


async def standing_down_takes_two(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    leg = (await cases.read(case_id))["legs"][0]["id"]
    both = "adviser,safeguarding_lead"
    await cases.do("POST", f"/v1/legs/{leg}/stand-down", {"reason": "not_a_report"}, role=both)
    await cases.do("POST", f"/v1/legs/{leg}/stand-down/signature", role=both)
    assert (await cases.read(case_id))["legs"][0]["state"] == "waiting"


async def silence_is_followed_by_a_task(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await cases.let_time_pass(days=1)
    page = await cases.read(case_id)
    overdue = [one for one in page["tasks"] if one["overdue"] and one["kind"] == "telephone_agency"]
    assert len(overdue) == len(page["legs"]) == 2


CHECKS: tuple[Check, ...] = (
    nothing_leaves_after_a_withdrawal,
    one_supplement_for_what_is_new_and_none_for_what_is_not,
    an_age_corrected_before_sending_sends_nothing_early,
    a_correction_reaches_those_who_were_told,
    a_child_again_is_a_new_fact,
    a_supplement_never_postpones_the_telephone,
    danger_hurries_the_childs_council_too,
    a_ground_is_taken_away_by_two_people_only,
    consent_and_override_have_clocks_of_their_own,
    duty_tasks_are_not_ticked_off,
    a_supposed_body_of_another_kind_is_told_nothing,
    handling_of_a_source_stays_where_the_source_stays,
    a_correction_reaches_those_who_were_telephoned,
    what_an_adviser_says_of_danger_waits_for_nobody,
    a_child_whom_an_adviser_adds_waits_for_no_reports_clock,
    a_wrong_force_that_was_told_on_consent_is_not_told_by_force,
    one_reporters_consent_tells_nobody_how_to_reach_another,
    standing_down_takes_two,
    silence_is_followed_by_a_task,
)
