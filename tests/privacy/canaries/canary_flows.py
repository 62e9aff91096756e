"""Canary flows: marked words through every way in which a helpline stores and passes on what people say."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg

from referral_service.directory.models import agency_id
from shared.messaging.bus.adapters import open_bus
from shared.messaging.bus.port import EventEnvelope
from tests.privacy.canaries.canaries import Json, person, report, staff_place
from tests.privacy.canaries.canary_client import CanaryClient
from tests.privacy.canaries.canary_refusals import send_refused_changes, send_refused_requests
from tests.support.local_http import Answer, Asked, serving
from tools.local.system import LocalSystem
from tools.registry import SERVICES

POLICE = {"recipient_kind": "police", "agency_code": "police:E23000005"}
MANCHESTER = ("police:E23000005", "social_care:E08000003")
REPORTS: tuple[Json, ...] = (
    {"privacy": "share", "share_with": ["police"], "situation_may_be_passed_on": True},
    {"privacy": "share", "share_with": ["service_provider"], "danger_now": "yes"},
    {"privacy": "confidential", "situation_may_be_passed_on": True},
    {"privacy": "confidential", "danger_now": "yes"},
    {"privacy": "anonymous"},
    {"privacy": "anonymous", "danger_now": "yes"},
    {"situation_may_be_passed_on": False},
    {"purpose": "training_and_information", "privacy": "share"},
)


async def send_reports(client: CanaryClient, reports: tuple[Json, ...] = REPORTS) -> list[str]:
    """Send reports, each twice as a bad network would; return their contacts."""
    contacts = []
    for number, fields in enumerate(reports):
        body = report(client.canaries, number, **fields)
        headers = client.canaries.headers(f"report {number}")
        for _ in range(2):
            accepted = await client.accepted("intake", "POST", "/v1/reports", json=body, headers=headers)
        other = {**body, "what_happened": client.canaries.line("another report under the same key")}
        await client.accepted("intake", "POST", "/v1/reports", json=other, headers=headers)
        await client.accepted("intake", "GET", f"/v1/contacts/{accepted['contact_id']}", "adviser")
        contacts.append(accepted["contact_id"])
    await client.accepted("intake", "GET", "/v1/contacts", "adviser")
    return contacts


async def work_on_case(client: CanaryClient, contact_id: str) -> Json:
    """Write everything that advisers and leads write on a case; return its file as it was before."""
    line = client.canaries.line
    before = await client.imported_case(contact_id)
    case, concerned = f"/v1/cases/{before['id']}", _person_of(before, "person_of_concern")
    home = staff_place(client.canaries, "corrected home")
    changes = {
        "place": staff_place(client.canaries, "place"),
        "summary": {"text": line("summary")},
        "protection-summary": {"text": line("protection summary")},
        "risk-to-approach": {"text": line("risk to approach")},
        f"accounts/{contact_id}/struck-passages": {"passages": ["and so on and so on"]},
        f"persons/{concerned}/relations": {"coded_concerns": ["missing"]},
        f"persons/{concerned}/name": {"name": line("corrected name")},
        f"persons/{concerned}/places": {"lives_at": home, "found_at": home},
        f"persons/{concerned}/age": {"years": 30},
    }
    for path, body in changes.items():
        await client.change(case, path, body)
    await _add_persons(client, case)
    agrees = {"recipient_kind": "police", "agrees": True}
    await client.accepted("case", "POST", f"{case}/persons/{concerned}/consents", "adviser", json=agrees)
    await client.accepted("case", "POST", f"{case}/dangers", "adviser", json={"council": "E08000003"})
    confirmed = await client.request("case", "POST", f"{case}/confirmation", "adviser")
    assert confirmed.status_code in (200, 409), "409: the report says nothing that waits for a confirmation"
    await client.accepted("case", "GET", f"{case}/explanation?recipient_kind=police", "adviser")
    await client.request("case", "POST", f"{case}/disclosures", "adviser", json=POLICE)
    await send_refused_changes(client, case, concerned)
    return before


def _person_of(case_file: Json, role: str) -> str:
    return next(str(one["id"]) for one in case_file["persons"] if role in one["roles"])


async def _add_persons(client: CanaryClient, case: str) -> None:
    """Add two persons under one idempotency key; the second is answered as a conflict or as the first."""
    word = client.canaries.word
    key = {"idempotency-key": word("a person's key")}
    details = {"phone": word("phone"), "email": word("email"), "languages": [word("language")]}
    places = {name: staff_place(client.canaries, f"added.{name}") for name in ("lives_at", "found_at")}
    first = {**person(client.canaries, "added", **details), **places}
    await client.accepted("case", "POST", f"{case}/persons", "adviser", json=first, headers=key)
    other = {**person(client.canaries, "another person under the same key"), **places}
    await client.request("case", "POST", f"{case}/persons", "adviser", json=other, headers=key)


async def hand_over_by_phone(client: CanaryClient, case_id: str) -> None:
    """Tell every agency of a case by telephone, record it, and record that the reporter was informed."""
    line = client.canaries.line
    case_file = await client.accepted("case", "GET", f"/v1/cases/{case_id}", "adviser")
    assert case_file["recipients"]
    for recipient in case_file["recipients"]:
        path = f"/v1/case-recipients/{recipient['id']}"
        spoken = {"spoken_to": line("spoken to"), "reference": line("reference")}
        await client.accepted("case", "POST", f"{path}/phone-handover", "adviser", json=spoken)
        informed = {"person_id": _person_of(case_file, "reporter"), "informed": True}
        await client.accepted("case", "POST", f"{path}/informed-persons", "adviser", json=informed)


async def answer_as_agencies(client: CanaryClient, case_id: str) -> int:
    """Open and acknowledge the referrals of a case by link and by API, and answer wrongly; return their number."""
    line = client.canaries.line
    listed = await client.accepted("referral", "GET", f"/v1/referrals?case_id={case_id}", "adviser")
    for referral in listed["items"]:
        path = f"/v1/referrals/{referral['id']}"
        await _answer_by_link(client, path)
        code = referral["agency_code"]
        found = await client.accepted("referral", "GET", f"/v1/agencies?agency_code={code}", "operator")
        token = client.system.token("agency", name="desk", agency=found["items"][0]["id"])
        answered = {"reference": line("reference")}
        acknowledgement = f"{path}/acknowledgement"
        other = await client.request(
            "referral", "POST", acknowledgement, "agency", token=token, json=answered
        )
        assert other.status_code == 409, "the link was acknowledged with another reference"
        answer = {"answer": "destroyed", "spoken_to": line("spoken to"), "reference": line("reference")}
        await client.request("referral", "POST", f"{path}/phone-recall-answer", "adviser", json=answer)
        await client.accepted("referral", "GET", path, "agency", token=token)
        for action, body in _wrong_answers(client).items():
            await client.request("referral", "POST", f"{path}/{action}", "agency", token=token, json=body)
    for name in ("place", "postcode"):
        asked = {name: line(f"{name} of the responsible agencies")}
        await client.request("referral", "POST", "/v1/responsible-agencies", "adviser", json=asked)
    return len(listed["items"])


async def _answer_by_link(client: CanaryClient, path: str) -> None:
    line, word = client.canaries.line, client.canaries.word
    created = await client.accepted("referral", "POST", f"{path}/access-link", "adviser")
    link = "/v1/" + created["url"].partition("/v1/")[2]
    assert (await client.request("referral", "POST", f"{link}/open")).status_code == 200
    too_long = {"name": line("name by link") * 40}
    form = {"name": line("name by link"), "reference": line("reference by link"), word("form"): word("form")}
    for content, status in ((too_long, 422), (form, 200)):
        answer = await client.request("referral", "POST", f"{link}/acknowledgement", data=content)
        assert answer.status_code == status, answer.text
    used = client.canaries.headers("used link")
    assert (await client.request("referral", "POST", f"{link}/open", headers=used)).status_code == 410


def _wrong_answers(client: CanaryClient) -> dict[str, Json]:
    line, word = client.canaries.line, client.canaries.word
    return {
        "acknowledgement": {"reference": line("reference") * 20, word("field"): 1},
        "decline": {"reason": line("decline")},
        "outcomes": {"outcome": line("outcome")},
        "recall-answer": {"answer": line("recall")},
    }


async def withdraw(client: CanaryClient, case_file: Json) -> None:
    """Withdraw the consent of the reporter of a case, rightly and wrongly."""
    path = f"/v1/cases/{case_file['id']}/persons/{_person_of(case_file, 'reporter')}/withdrawal"
    wrong = {client.canaries.word("withdrawal"): client.canaries.line("withdrawal")}
    await client.request("case", "POST", path, "adviser", json=wrong)
    await client.accepted("case", "POST", path, "adviser", json={"given_how": "phone"})


async def live_through_a_day(client: CanaryClient) -> None:
    """Send words through every flow, with a failing partner, a crash, unreadable events and a lost database."""

    async def fail(_: Asked) -> Answer:
        refusal = client.canaries.line("what a partner answers").encode()
        return Answer(refusal, 500, {"x-reason": client.canaries.word("a partner's header")})

    async with serving(fail) as partner:
        await set_endpoints(client, f"{partner.url}/hook")
        contacts = await send_reports(client)
        await client.system.kill("case")
        await send_refused_requests(client)
        await client.system.restart("case")
        await client.system.wait_ready(["case"])
        case_files = [await work_on_case(client, contact) for contact in contacts[:6]]
        for case_file in case_files[1::2]:
            await hand_over_by_phone(client, case_file["id"])
        await client.until(_was_called(partner.asked))
    await publish_unreadable_events(client.system)
    assert not client.statuses[500], "every refusal was meant, and nothing failed"
    await lose_connections(client)
    assert sum([await answer_as_agencies(client, one["id"]) for one in case_files[::2]]) > 0
    for case_file in case_files:
        await withdraw(client, case_file)


def _was_called(asked: list[Asked]) -> Callable[[], Any]:
    async def called() -> bool:
        return bool(asked)

    return called


async def set_endpoints(client: CanaryClient, url: str) -> None:
    """Set the endpoint of both agencies that are responsible for Manchester."""
    for code in MANCHESTER:
        points = {"contact_points": [{"channel": "webhook", "url": url}]}
        path = f"/v1/agencies/{agency_id(code)}/contact-points"
        match = {"if-match": '"1"'}
        await client.accepted("referral", "PUT", path, "operator", json=points, headers=match)


async def publish_unreadable_events(system: LocalSystem) -> None:
    """Publish events that no handler can read; they carry no words, because no service would publish such events."""
    bus = open_bus(system.bus_url, client="unreadable")
    await bus.start()
    for number, body in enumerate((b"{", b"[]", b'{"contact_id": 7}', b"\xff\x00")):
        kind = f"contact.received.v{1 + number % 2}"
        envelope = EventEnvelope(uuid4(), kind, "intake", str(uuid4()), datetime.now(UTC), body)
        await bus.publish("intake", [envelope])
    await bus.stop()


async def lose_connections(client: CanaryClient) -> None:
    """End every connection to the database again and again while reports come in."""
    connection = await asyncpg.connect(client.system.postgres.superuser_url())
    for number in range(4):
        body = report(client.canaries, 100 + number, danger_now="yes")
        sending = asyncio.create_task(client.request("intake", "POST", "/v1/reports", json=body))
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> ''"
        )
        await sending
    await connection.close()
    await client.system.wait_ready(SERVICES)


async def open_pages(client: CanaryClient) -> bytes:
    """Return what the pages about health, metrics and the API show."""
    paths = ("/metrics", "/readyz", "/livez", "/openapi.json", "/docs")
    pages = [await client.request(name, "GET", path, "operator") for name in SERVICES for path in paths]
    headers = json.dumps([dict(page.headers) for page in pages])
    return b"\n".join(page.content for page in pages) + headers.encode()
