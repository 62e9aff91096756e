"""Places, persons and steps that the tests of the rules take, and the messages that agencies read."""

import json
from typing import Any
from uuid import UUID, uuid4

from shared.events import AgencyRegistered, DisclosureAuthorised, ReferralDeclined, ReferralUndeliverable
from tests.case.builders import confirm, disclosures_of, put
from tests.case.conftest import CaseWork
from tests.support.builders import a_contact_received, a_report

MANCHESTER, LEEDS, BRADFORD = "E08000003", "E08000035", "E08000032"
GLASGOW, WESTMINSTER, CORNWALL, CARDIFF = "S12000049", "E09000033", "E06000052", "W06000015"
GREATER_MANCHESTER, WEST_YORKSHIRE = "police:E23000005", "police:E23000010"
SCOTLAND, MET, DEVON_AND_CORNWALL = "police:S23000009", "police:E23000001", "police:E23000035"
SOUTH_WALES = "police:W15000003"
NATIONAL_DESK, RAILWAY_POLICE, COASTGUARD = "police:nca", "police:btp", "police:coastguard"
Messages = dict[str, list[Any]]
"""Messages that agencies read, by agency code, in their order."""
LEAD = {"role": "safeguarding_lead", "name": "lea"}
"""A safeguarding lead who is nobody else in a test."""
NO_PLACE: dict[str, Any] = {"place": {}}


def care_of(council: str) -> str:
    return f"social_care:{council}"


def at(council: str, address: str | None = None) -> dict[str, str]:
    """Return a place as a report or an adviser says it."""
    return {"council": council} | ({"address": address} if address else {})


def an_adult(**said: Any) -> dict[str, Any]:
    return {"name": "Petra Novak", "age": {"years": 34}, **said}


def an_agency(code: str, *kinds: str) -> AgencyRegistered:
    """Return the announcement of an agency that an operator registered."""
    return AgencyRegistered.model_validate(
        {
            "agency_id": uuid4(),
            "agency_code": code,
            "recipient_kinds": kinds,
            "registered_at": "2026-06-01T09:00:00Z",
        }
    )


async def deliver(cases: CaseWork, case_id: UUID | str) -> Messages:
    """Issue everything that waits to be sent about a case; return what each agency reads."""
    waiting = {one["id"] for one in await disclosures_of(cases, case_id) if one["state"] == "authorised"}
    read: Messages = {}
    for event in await cases.authorised():
        if str(event.disclosure_id) in waiting:
            answer = await cases.issue(event.disclosure_id)
            if answer.status_code == 200:
                read.setdefault(event.agency_code, []).append(json.loads(answer.json()["text"]))
    return read


async def send(cases: CaseWork, case_id: UUID | str) -> Messages:
    """Confirm the report, and send what it forces; return what each agency reads."""
    await confirm(cases, case_id)
    return await deliver(cases, case_id)


async def send_what_is_due(cases: CaseWork, case_id: UUID | str, **later: float) -> Messages:
    """Let time pass, send what is due, and return what each agency reads."""
    await cases.let_time_pass(**later)
    return await deliver(cases, case_id)


async def send_report(cases: CaseWork, **said: Any) -> tuple[UUID, Messages]:
    """Submit and confirm a report; return its case and what each agency reads."""
    case_id = await cases.report(**said)
    return case_id, await send(cases, case_id)


def only(messages: Messages, agency: str) -> Any:
    """Return the one message that an agency read."""
    assert len(messages.get(agency, [])) == 1, f"{agency}: {messages.get(agency)}"
    return messages[agency][0]


def says(message: Any, words: str) -> bool:
    """Return whether words stand anywhere in what an agency read."""
    return words in json.dumps(message, ensure_ascii=False)


def names_of(message: Any) -> set[str]:
    """Return the names of the persons in a message."""
    return {one.get("name", "") for one in message.get("persons", [])}


def person_in(message: Any, name: str) -> Any:
    return next(one for one in message["persons"] if one.get("name") == name)


async def forced(cases: CaseWork, case_id: UUID | str) -> set[str]:
    """Return the agencies that are forced to be told."""
    recipients = (await cases.read(case_id))["recipients"]
    return {one["agency_code"] for one in recipients if one["duty"] and one["duty"]["facts"]}


async def recipient(cases: CaseWork, case_id: UUID | str, agency: str) -> Any:
    """Return what one agency is on a case, as the case file says."""
    recipients = (await cases.read(case_id))["recipients"]
    return next(one for one in recipients if one["agency_code"] == agency)


async def detail(cases: CaseWork, case_id: UUID | str, agency: str) -> Any:
    """Return everything that people did about one agency."""
    one = await recipient(cases, case_id, agency)
    return (await cases.do("GET", f"/v1/case-recipients/{one['id']}")).json()


async def state_of(cases: CaseWork, case_id: UUID | str, agency: str) -> str:
    return str((await recipient(cases, case_id, agency))["duty"]["state"])


async def task_kinds(cases: CaseWork, case_id: UUID | str) -> set[str]:
    """Return the kinds of open tasks of a case."""
    return {one["kind"] for one in (await cases.read(case_id))["tasks"] if not one["completed_at"]}


async def named(cases: CaseWork, case_id: UUID | str, name: str | None) -> str:
    """Return the id of the person with a name."""
    persons = (await cases.read(case_id))["persons"]
    return str(next(one["id"] for one in persons if one["name"] == name))


async def add_person(cases: CaseWork, case_id: UUID | str, **said: Any) -> str:
    """Add a person a second later; return the id."""
    cases.clock.forward(seconds=1)
    answer = await cases.do("POST", f"/v1/cases/{case_id}/persons", said)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def record_danger(cases: CaseWork, case_id: UUID | str, **said: Any) -> str:
    """Record a danger a second later; return its id."""
    cases.clock.forward(seconds=1)
    answer = await cases.do("POST", f"/v1/cases/{case_id}/dangers", said)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def put_places(cases: CaseWork, case_id: UUID | str, person: str, **places: Any) -> Any:
    return await put(cases, case_id, f"persons/{person}/places", places)


async def propose(
    cases: CaseWork, case_id: UUID | str, act: str, reason: str, *facts: tuple[str, str], **more: Any
) -> Any:
    """Propose an act about facts (kind, subject); return the response."""
    about = [{"kind": kind, "subject_id": subject} for kind, subject in facts]
    who = {"name": more.pop("name", "ada"), "role": more.pop("role", "adviser")}
    body = {"act": act, "reason": reason, "facts": about, **more}
    return await cases.do("POST", f"/v1/cases/{case_id}/proposals", body, **who)


async def sign(
    cases: CaseWork, case_id: UUID | str, proposal_id: str, name: str = "lea", role: str = LEAD["role"]
) -> Any:
    path = f"/v1/cases/{case_id}/proposals/{proposal_id}/signature"
    return await cases.do("POST", path, role=role, name=name)


async def take_back(
    cases: CaseWork, case_id: UUID | str, act: str, reason: str, *facts: tuple[str, str], **more: Any
) -> None:
    """Let two people stand facts down or correct them."""
    proposed = await propose(cases, case_id, act, reason, *facts, **more)
    assert proposed.status_code == 201, proposed.text
    signed = await sign(cases, case_id, proposed.json()["id"])
    assert signed.status_code == 200, signed.text


async def dangers_of(cases: CaseWork, case_id: UUID | str) -> Any:
    return (await cases.read(case_id))["dangers"]


async def newest_disclosure(cases: CaseWork, agency: str) -> DisclosureAuthorised:
    """Return the newest disclosure that was authorised for an agency."""
    return [one for one in await cases.authorised() if one.agency_code == agency][-1]


async def about_newest(cases: CaseWork, agency: str) -> dict[str, Any]:
    """Return what an event of the referral service says of an agency's newest disclosure."""
    event = await newest_disclosure(cases, agency)
    fields = {"case_id", "disclosure_id", "recipient_id", "recipient_kind", "agency_code"}
    ids = event.model_dump(include=fields)
    return ids | {"referral_id": event.recipient_id, "occurred_at": cases.clock()}


async def decline(cases: CaseWork, agency: str, reason: str = "not_our_area") -> None:
    """Hand the service an agency's decline of its newest disclosure."""
    about = await about_newest(cases, agency)
    await cases.service.given(ReferralDeclined.model_validate(about | {"reason": reason}))


async def find_undeliverable(cases: CaseWork, agency: str) -> None:
    """Hand the service the news that nothing written reaches an agency."""
    about = await about_newest(cases, agency)
    await cases.service.given(ReferralUndeliverable.model_validate(about | {"reason": "no-endpoint"}))


async def call(cases: CaseWork, case_id: UUID | str, agency: str, name: str = "ada", **spoken: str) -> Any:
    """Record a call to an agency; return the response."""
    body = {"spoken_to": "x", "reference": "x", **spoken}
    one = await recipient(cases, case_id, agency)
    return await cases.do("POST", f"/v1/case-recipients/{one['id']}/phone-handover", body, name=name)


async def act_on(
    cases: CaseWork, case_id: UUID | str, agency: str, act: str, body: Any = None, **who: str
) -> Any:
    """Do an act about one agency on a case; return the response."""
    one = await recipient(cases, case_id, agency)
    return await cases.do("POST", f"/v1/case-recipients/{one['id']}/{act}", body, **who)


async def announce(cases: CaseWork, report: dict[str, Any], **event: Any) -> UUID:
    """Announce a contact whose report was not imported yet; return its case's id.

    `event` is what the announcement says beside the ordinary, such as `danger_stated` or `recorded_by_adviser`.
    """
    contact_id = uuid4()
    cases.intake.reports[str(contact_id)] = {
        "contact_id": str(contact_id),
        "received_at": cases.clock().isoformat(),
        "report": a_report(**report),
    }
    received = a_contact_received(contact_id, received_at=cases.clock(), **event)
    await cases.service.given(received)
    rows = await cases.service.fetch("SELECT id FROM cases WHERE contact_id = $1", contact_id)
    return UUID(str(rows[0]["id"]))
