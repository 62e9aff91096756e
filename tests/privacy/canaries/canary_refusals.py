"""Refused requests with marked words in each part that is refused: fields, paths, queries, headers and raw bytes."""

import asyncio
import contextlib
from typing import Any

from tests.privacy.canaries.canary_client import CanaryClient
from tools.registry import SERVICES

PATHS = (
    *("/v1/contacts/{}", "/v1/cases/{}", "/v1/referrals/{}", "/v1/access-links/{}", "/v1/case-recipients/{}"),
    *("/{}", "/docs/{}", "/problems/{}"),
)
MEDIA_TYPES = (
    *("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"),
)
UNPARSABLE = (
    *("{} / HTTP/1.1", "GET /{} HTTP/9.9", "GET / HTTP/1.1\r\n{}", "\x16\x03\x01{}", "GET /{}\x00 HTTP/1.1"),
)


async def send_refused_changes(client: CanaryClient, case: str, person_id: str) -> None:
    """Send what every route of a case must refuse, with words in names, values, queries and If-Match."""
    line, word = client.canaries.line, client.canaries.word
    persons = f"{case}/persons"
    refused: tuple[tuple[str, str, Any], ...] = (
        ("POST", persons, {"roles": [word("role")], "age": {"years": word("age")}, "name": [word("name")]}),
        ("PUT", f"{persons}/{person_id}/age", {"years": line("age"), "date_of_birth": word("birth")}),
        ("PUT", f"{persons}/{person_id}/name", {"name": [word("name")], word("name"): line("name")}),
        ("PUT", f"{persons}/{person_id}/places", {"lives_at": line("home"), word("place"): line("place")}),
        ("POST", f"{persons}/{person_id}/consents", {"privacy": word("privacy"), "wording": line("wording")}),
        ("POST", f"{case}/dangers", {"council": line("council"), "person_id": line("person")}),
        ("GET", f"{case}/explanation?recipient_kind={word('recipient')}", None),
        ("POST", f"{case}/disclosures", {"recipient_kind": "police", "agency_code": line("agency")}),
        ("POST", f"{case}/authorisations", {"recipient_kind": "police", "reason": line("reason")}),
        ("POST", f"{case}/closure", {"outcome": line("outcome")}),
        (
            "PUT",
            f"{persons}/{person_id}/source-decision",
            {"choice": line("choice"), "reason": line("reason")},
        ),
        (
            "PUT",
            f"{persons}/{person_id}/relations",
            {"lives_with": [line("person")], word("field"): line("value")},
        ),
        ("PUT", f"{case}/risk-to-approach", {"text": [line("risk")]}),
        (
            "POST",
            f"{case}/proposals",
            {"act": line("act"), "reason": line("reason"), "facts": [line("fact")]},
        ),
        ("POST", f"{case}/consents/{person_id}/check", {"own_wish": line("wish")}),
        ("PUT", "/v1/on-call", {"holder": line("holder")}),
    )
    for method, path, body in refused:
        await _refused(client, method, path, json=body, headers={"if-match": '"1"'})
    await _send_refused_texts(client, case)
    await _send_refused_acts(client, case)


async def _send_refused_texts(client: CanaryClient, case: str) -> None:
    line, word = client.canaries.line, client.canaries.word
    for part in ("place", "summary", "protection-summary"):
        wrong = {
            "text": [line(part)],
            "council": {word(part): word(part)},
            "postcode": 7,
            word(part): line(part),
        }
        await _refused(client, "PUT", f"{case}/{part}", json=wrong, headers={"if-match": word(part)})
        await _refused(client, "PUT", f"{case}/{part}", json={}, headers={"if-match": word(part)})


async def _send_refused_acts(client: CanaryClient, case: str) -> None:
    """Send refused acts about each agency that is told of the case."""
    line, word = client.canaries.line, client.canaries.word
    case_file = await client.accepted("case", "GET", case, "adviser")
    for recipient in case_file["recipients"]:
        path = f"/v1/case-recipients/{recipient['id']}"
        wrong = {"spoken_to": line("spoken to"), "reference": line("reference"), word("field"): 1}
        await _refused(client, "POST", f"{path}/phone-handover", json=wrong)
        await _refused(client, "POST", f"{path}/informed-persons", json={"reason": line("reason")})
        await _refused(client, "POST", f"{path}/end-of-declined-duty", json={"reason": line("reason")})
        await _refused(client, "POST", f"{path}/redirection", json={"agency_code": line("agency")})
        await _refused(client, "POST", f"{path}/recall-answer", json={**wrong, "answer": line("answer")})
        await _refused(client, "POST", f"{path}/countersignature", json={"finding": line("finding")})


async def _refused(client: CanaryClient, method: str, path: str, **parts: Any) -> None:
    answer = await client.request("case", method, path, "safeguarding_lead", **parts)
    assert 400 <= answer.status_code < 500, f"{method} {path}: {answer.status_code}"


async def send_refused_requests(client: CanaryClient) -> None:
    """Send what every service must refuse, as every kind of caller and as bytes that are no HTTP."""
    for service in SERVICES:
        await send_to_each_route(client, service)
    await _send_broken_reports(client)
    await _send_raw_bytes(client)


async def send_to_each_route(client: CanaryClient, service: str) -> None:
    word = client.canaries.word
    for role in ("", "adviser", "operator", "analyst"):
        where = f"{service} {role}"
        for path in PATHS:
            address = path.format(word(f"{where} segment"))
            await client.request(service, "GET", address, role, headers=client.canaries.headers(where))
        cases = f"/v1/cases?cursor={word(where)}&{word(where)}=1&limit={word(where)}"
        agencies = f"/v1/agencies?agency_code={word(where)}%00&recipient_kind={word(where)}"
        statistics = f"/v1/statistics?measure={word(where)}&from={word(where)}&by={word(where)}"
        for address in (cases, agencies, statistics):
            await client.request(service, "GET", address, role)
        await client.request(service, word(f"{where} method").upper(), "/v1/reports", role)
    for scheme in ("Bearer", "Basic", "Digest"):
        garbage = {"authorization": f"{scheme} {word('token')}"}
        await client.request(service, "GET", "/v1/contacts", headers=garbage)


async def _send_broken_reports(client: CanaryClient) -> None:
    line, word = client.canaries.line, client.canaries.word
    bodies: tuple[Any, ...] = (
        {word("unknown field"): line("its value")},
        {"persons": [{word("unknown field"): 1, "age": {"years": line("years")}}]},
        {"privacy": line("enum"), "language": line("pattern"), "how_many": word("number")},
        {"what_happened": line("too long") * 2000},
        {"place": word("not an object"), "reporter": [word("list")], "share_with": [word("kind")]},
        [line("a list")],
    )
    for body in bodies:
        await client.request("intake", "POST", "/v1/reports", json=body)
    for kind in MEDIA_TYPES:
        broken = ('{"what_happened": "' + line(f"broken {kind}")).encode()
        for content in (broken, broken + b"\xff\x00", broken * 6000):
            headers = {"content-type": kind}
            await client.request("intake", "POST", "/v1/reports", content=content, headers=headers)


async def _send_raw_bytes(client: CanaryClient) -> None:
    """Send requests that no parser accepts."""
    for start in UNPARSABLE:
        for service in ("intake", "case"):
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", client.system.ports[service])
                writer.write((start.format(client.canaries.word("raw bytes")) + "\r\n\r\n").encode("latin-1"))
                await writer.drain()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(500), 1)
                writer.close()
