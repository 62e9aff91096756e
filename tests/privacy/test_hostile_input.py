"""Hostile input: no door fails at it or repeats it, and what was taken in never jams the work."""

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
from tests.contracts.access_matters import CALLERS, DOORS, Doors, filled
from tests.contracts.access_table import TABLE, Route
from tests.privacy.hostile import BODIES, HEADERS, JSON, MARK, QUERIES, SEGMENTS, hostile_bodies

Sent = tuple[str, str, dict[bytes, bytes], bytes]
AT_LEAST = {"intake": 900, "case": 2000, "referral": 2000, "stats": 600, "issuer": 100}
A_ROUTE = {"intake": 600, "case": 90, "referral": 180, "stats": 600, "issuer": 200}
"""Of a route's requests, chosen by a seed where there are more; HOSTILE_INPUT=all sends every one."""


def allowed(name: str, route: Route) -> str:
    """Somebody who is let in, so that what is sent reaches what lies behind the guard."""
    row = TABLE[name][route]
    return next((who for who, status in row.items() if status not in (401, 403, 404)), "nobody")


def described(spec: Any, route: Route) -> Any:
    """What OpenAPI says of a route; nothing for those that are no part of it."""
    return spec.get("paths", {}).get(route[1], {}).get(route[0].lower(), {})


def requests(name: str, route: Route, spec: Any, fill: dict[str, str], doors: Doors) -> Iterator[Sent]:
    method, path = route
    who = {key.encode(): value.encode() for key, value in CALLERS[allowed(name, route)].items()}
    asked = doors.asks.get(route, {})
    extra = {b"if-match": fill["etag"].encode()} if "etag" in fill else {}
    usual = who | extra
    query = "?" + "&".join(f"{key}={value}" for key, value in asked.get("params", {}).items())
    here = path.format(**fill) + query
    for headers in HEADERS:
        yield method, here, usual | headers, b""
    for kind, body in BODIES if method != "GET" else BODIES[:4]:
        yield method, here, usual | ({b"content-type": kind.encode()} if kind is not None else {}), body
    for parameter in fill:
        for segment in SEGMENTS if f"{{{parameter}}}" in path else ():
            yield method, path.format(**{**fill, parameter: segment}), usual, b""
    yield from _queries(described(spec, route), method, path.format(**fill), query, usual)
    yield from _fields(described(spec, route), spec, route, fill, doors, usual, here)


def _queries(said: Any, method: str, here: str, query: str, usual: dict[bytes, bytes]) -> Iterator[Sent]:
    names = [one["name"] for one in said.get("parameters", ()) if one["in"] == "query"]
    for name in [*names, MARK]:
        for value in QUERIES:
            text = quote(value.encode("utf-8", "surrogatepass"))
            yield method, f"{here}{query}&{name}={text}", usual, b""


def _fields(
    said: Any,
    spec: Any,
    route: Route,
    fill: dict[str, str],
    doors: Doors,
    usual: dict[bytes, bytes],
    here: str,
) -> Iterator[Sent]:
    content = said.get("requestBody", {}).get("content", {}).get(JSON)
    if content is None:
        return
    valid = filled(doors.asks.get(route, {}).get("json", {}), fill)
    for body in hostile_bodies(content["schema"], spec, valid):
        yield route[0], here, usual | {b"content-type": JSON.encode()}, json.dumps(body).encode()


def chosen(name: str, route: Route, all_of_them: list[Sent]) -> list[Sent]:
    few = len(all_of_them) <= A_ROUTE[name] or os.environ.get("HOSTILE_INPUT") == "all"
    return all_of_them if few else random.Random(route[1]).sample(all_of_them, A_ROUTE[name])


def faults(sent: Sent, answer: httpx2.Response) -> list[str]:
    """What is wrong with an answer, with as much of the request as finds it again."""
    told = f"{sent[0]} {sent[1][:150]} {sent[3][:200]!r}"
    echoed = MARK in answer.text or MARK in str(answer.headers)
    wrong = [f"{answer.status_code} {told}"] if answer.status_code >= 500 else []
    return wrong + ([f"echoed {answer.text[:200]} {told}"] if echoed and answer.status_code >= 300 else [])


async def attacked(name: str, doors: Doors) -> tuple[int, list[str], list[bytes]]:
    """How many requests there were, what was wrong with the answers, and the reports that were taken in."""
    spec = (await doors.http.get("/openapi.json")).json() if name != "issuer" else {}
    count, wrong, taken = 0, [], []
    for route in TABLE[name]:
        if route[0] == "HEAD":
            continue
        fill = await doors.make(route)
        for sent in chosen(name, route, list(requests(name, route, spec, fill, doors))):
            method, url, headers, body = sent
            with contextlib.suppress(httpx2.InvalidURL):
                answer = await doors.http.request(method, url, headers=list(headers.items()), content=body)
                wrong += faults(sent, answer)
                count += 1
                if answer.status_code == 201 and url.startswith("/v1/reports"):
                    taken.append(body)
    return count, wrong, taken


@pytest.mark.parametrize("name", TABLE)
async def test_no_door_fails_at_hostile_input_or_repeats_it(
    name: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    async with DOORS[name](postgres_server, tmp_path) as doors:
        count, wrong, _ = await attacked(name, doors)
    print(f"{name}: {count} hostile requests")  # noqa: T201  the count belongs to the result
    assert wrong == []
    assert count >= AT_LEAST[name]


@pytest.fixture
async def doors(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[tuple[Doors, Doors]]:
    """Intake and case, side by side."""
    async with (
        DOORS["intake"](postgres_server, tmp_path) as intake,
        DOORS["case"](postgres_server, tmp_path) as case,
    ):
        yield intake, case


async def test_whatever_intake_takes_in_a_case_takes_over_and_its_clocks_run(
    doors: tuple[Doors, Doors],
) -> None:
    """A report that no case can hold would wait for ever, with the danger that it tells of."""
    intake, case = doors
    assert isinstance(case.work, CaseWork)
    spec = (await intake.http.get("/openapi.json")).json()
    route = ("POST", "/v1/reports")
    sent = list(_fields(described(spec, route), spec, route, {}, intake, {}, route[1]))
    bodies = [one[3] for one in chosen("intake", route, sent)]
    kept = []
    for body in bodies:
        answer = await intake.http.post(route[1], content=body, headers={"content-type": JSON})
        if answer.status_code == 201:
            contact = answer.json()["contact_id"]
            handed = await intake.http.get(f"/v1/contacts/{contact}/report", headers=CALLERS["service case"])
            assert handed.status_code == 200, body[:300]
            kept.append(await case.work.contact(**handed.json()["report"]))
    with contextlib.suppress(Exception):  # what failed is found below, by what is left
        await case.work.service.run_loop("take_over_reports")
    left = await case.work.service.fetch("SELECT id FROM cases WHERE taken_over_at IS NULL")
    assert (len(left), len(kept) > 100) == (0, True)
    await case.work.let_time_pass(days=2)
    waiting = await case.work.service.fetch("SELECT id FROM legs WHERE state = 'waiting'")
    assert waiting == []
