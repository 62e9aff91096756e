"""Hostile input: no service fails at it or repeats it, and what was accepted never blocks the work."""

import contextlib
import json
import os
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.case.conftest import CaseWork
from tests.conftest import TestPostgres
from tests.contracts.access.table import REFUSED, TABLE, allowed_caller
from tests.contracts.prepared.callers import CALLERS
from tests.contracts.prepared.every_service import PREPARED
from tests.contracts.prepared.prepared_service import Ids, PreparedService, Route, filled
from tests.privacy.hostile.hostile_input import BODIES, HEADERS, JSON, MARK, QUERIES, SEGMENTS, hostile_bodies

Sent = tuple[str, str, dict[bytes, bytes], bytes]
AT_LEAST = 30
"""Requests to a route, on average."""
AT_A_PUBLIC_ROUTE = 600
AT_ALL_OTHERS = 4500
"""Requests to the routes of a service that need a token, all together.

They are chosen by a seed where there are more; HOSTILE_INPUT=all sends every one.
"""


def described(spec: Any, route: Route) -> Any:
    """Return what the API contract says of a route; nothing for routes that are no part of it."""
    return spec.get("paths", {}).get(route[1], {}).get(route[0].lower(), {})


def requests(name: str, route: Route, spec: Any, ids: Ids, prepared: PreparedService) -> Iterator[Sent]:
    """Return every hostile request to a route, from a caller who is let in."""
    method, path = route
    caller = {key.encode(): value.encode() for key, value in CALLERS[allowed_caller(name, route)].items()}
    usual = caller | ({b"if-match": ids["etag"].encode()} if "etag" in ids else {})
    arguments = prepared.arguments.get(route, {}).get("params", {})
    query = "?" + "&".join(f"{key}={value}" for key, value in arguments.items())
    here = path.format(**ids) + query
    for headers in HEADERS:
        yield method, here, usual | headers, b""
    for kind, body in BODIES if method != "GET" else BODIES[:4]:
        yield method, here, usual | ({b"content-type": kind.encode()} if kind is not None else {}), body
    for parameter in ids:
        for segment in SEGMENTS if f"{{{parameter}}}" in path else ():
            yield method, path.format(**{**ids, parameter: segment}), usual, b""
    yield from _queries(described(spec, route), method, path.format(**ids), query, usual)
    yield from _fields(spec, route, ids, prepared, usual, here)


def _queries(operation: Any, method: str, here: str, query: str, usual: dict[bytes, bytes]) -> Iterator[Sent]:
    names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    for name in [*names, MARK]:
        for value in QUERIES:
            text = quote(value.encode("utf-8", "surrogatepass"))
            yield method, f"{here}{query}&{name}={text}", usual, b""


def _fields(
    spec: Any, route: Route, ids: Ids, prepared: PreparedService, usual: dict[bytes, bytes], here: str
) -> Iterator[Sent]:
    content = described(spec, route).get("requestBody", {}).get("content", {}).get(JSON)
    if content is None:
        return
    valid = filled(prepared.arguments.get(route, {}).get("json", {}), ids)
    for body in hostile_bodies(content["schema"], spec, valid):
        yield route[0], here, usual | {b"content-type": JSON.encode()}, json.dumps(body).encode()


def chosen(name: str, route: Route, all_of_them: list[Sent]) -> list[Sent]:
    is_public = TABLE[name][route]["nobody"] not in REFUSED
    at_most = AT_A_PUBLIC_ROUTE if is_public else AT_ALL_OTHERS // len(TABLE[name])
    few = len(all_of_them) <= at_most or os.environ.get("HOSTILE_INPUT") == "all"
    return all_of_them if few else random.Random(route[1]).sample(all_of_them, at_most)


def faults(sent: Sent, answer: httpx2.Response) -> list[str]:
    """Return what is wrong with an answer, with as much of the request as finds it again."""
    request = f"{sent[0]} {sent[1][:150]} {sent[3][:200]!r}"
    echoed = MARK in answer.text or MARK in str(answer.headers)
    wrong = [f"{answer.status_code} {request}"] if answer.status_code >= 500 else []
    return wrong + ([f"echoed {answer.text[:200]} {request}"] if echoed and answer.status_code >= 300 else [])


async def attack(name: str, prepared: PreparedService) -> tuple[int, list[str]]:
    """Send hostile requests to every route; return their number and what was wrong with the answers."""
    spec = (await prepared.http.get("/openapi.json")).json() if name != "issuer" else {}
    count, wrong = 0, []
    for route in TABLE[name]:
        if route[0] == "HEAD":
            continue
        ids = await prepared.prepare(route)
        for sent in chosen(name, route, list(requests(name, route, spec, ids, prepared))):
            method, url, headers, body = sent
            with contextlib.suppress(httpx2.InvalidURL):
                answer = await prepared.http.request(method, url, headers=list(headers.items()), content=body)
                wrong += faults(sent, answer)
                count += 1
    return count, wrong


@pytest.mark.parametrize("name", TABLE)
async def test_no_service_fails_at_hostile_input_or_repeats_it(
    name: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    async with PREPARED[name](postgres_server, tmp_path) as prepared:
        count, wrong = await attack(name, prepared)
    print(f"{name}: {count} hostile requests")  # noqa: T201  the count belongs to the result
    assert wrong == []
    assert count >= AT_LEAST * len(TABLE[name])


@pytest.fixture
async def intake_and_case(
    postgres_server: TestPostgres, tmp_path: Path
) -> AsyncIterator[tuple[PreparedService, PreparedService]]:
    async with (
        PREPARED["intake"](postgres_server, tmp_path) as intake,
        PREPARED["case"](postgres_server, tmp_path) as case,
    ):
        yield intake, case


async def test_every_report_that_intake_accepts_is_imported_by_a_case_whose_deadlines_run(
    intake_and_case: tuple[PreparedService, PreparedService],
) -> None:
    """A report that no case can hold would wait for ever, with the danger that it states."""
    intake, case = intake_and_case
    assert isinstance(case.work, CaseWork)
    spec = (await intake.http.get("/openapi.json")).json()
    route = ("POST", "/v1/reports")
    sent = list(_fields(spec, route, {}, intake, {}, route[1]))
    bodies = [one[3] for one in chosen("intake", route, sent)]
    kept = []
    for body in bodies:
        answer = await intake.http.post(route[1], content=body, headers={"content-type": JSON})
        if answer.status_code == 201:
            contact = answer.json()["contact_id"]
            report = await intake.http.get(f"/v1/contacts/{contact}/report", headers=CALLERS["service case"])
            assert report.status_code == 200, body[:300]
            kept.append(await case.work.contact(**report.json()["report"]))
    with contextlib.suppress(Exception):  # what failed is found below, by what is missing
        await case.work.service.run_loop("import_reports")
    missing = await case.work.service.fetch("SELECT id FROM cases WHERE report_imported_at IS NULL")
    assert (len(missing), len(kept) > 100) == (0, True)
    await case.work.let_time_pass(days=2)
    waiting = await case.work.service.fetch("SELECT recipient_id FROM sharing_duties WHERE state = 'waiting'")
    assert waiting == []
