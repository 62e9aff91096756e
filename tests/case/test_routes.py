"""Every door of the case service answers as it says, and refuses in the one way in which all refuse."""

import contextlib
import json
from typing import Any
from uuid import uuid4

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts

from case_service.app import CASE
from shared.web import create_app
from tests.case.conftest import CaseWork
from tests.case.routes import AGENCY, CANARY, ROWS, Row, a_case, ask

WITH_BODY = [row for row in ROWS if row.bad is not None]
WITH_ID = [row for row in ROWS if "{" in row.path]
RETRIED = [row for row in ROWS if row.retry]
MATCHED = [row for row in ROWS if row.if_match]
CONFLICTS = [(row, state) for row in ROWS for state in row.conflicts]


def named(row: Any) -> str:
    return f"{row.method} {row.path}" if isinstance(row, Row) else str(row)


def app() -> FastAPI:
    return create_app(CASE, contextlib.nullcontext)  # type: ignore[arg-type]  # it is never started


def without_a_row(app: FastAPI) -> set[tuple[str, str]]:
    """The routes of the case service itself that only the application or only the table knows."""
    contexts = [one for one in iter_route_contexts(app.routes) if str(one.path).startswith("/v1/")]
    known = {(method, str(one.path)) for one in contexts for method in one.methods or ()}
    known = {one for one in known if "witnessed" not in one[1]}
    return known ^ {(row.method, row.path) for row in ROWS}


def takes(app: FastAPI, header: str) -> set[tuple[str, str]]:
    """The operations whose description has this header."""
    return {
        (method.upper(), path)
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
        if any(one["name"].lower() == header for one in operation.get("parameters", ()))
    }


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert without_a_row(app()) == set()
    assert len({(row.method, row.path) for row in ROWS}) == len(ROWS)


def test_a_route_without_a_row_is_noticed() -> None:
    planted, router = app(), APIRouter()
    router.add_api_route("/v1/cases/{case_id}/planted", lambda case_id: case_id, methods=["POST"])
    planted.include_router(router)
    assert without_a_row(planted) == {("POST", "/v1/cases/{case_id}/planted")}


def test_the_rows_say_where_an_etag_is_needed_and_where_a_retry_is_known() -> None:
    assert takes(app(), "if-match") == {(row.method, row.path) for row in MATCHED}
    assert takes(app(), "idempotency-key") == {(row.method, row.path) for row in RETRIED}


async def prepared(cases: CaseWork, row: Row, state: str) -> dict[str, str]:
    ids = await a_case(cases, state)
    if "disclosure_id" in row.path and "disclosure_id" not in ids:
        made = await cases.do("POST", f"/v1/cases/{ids['case_id']}/disclosures", AGENCY)
        ids["disclosure_id"] = made.json()["id"]
    return ids


@pytest.mark.parametrize("row", ROWS, ids=named)
async def test_it_answers_whoever_asks_rightly(row: Row, cases: CaseWork) -> None:
    answer = await ask(cases, row, await prepared(cases, row, row.state), row.body)
    assert answer.status_code == row.happy, answer.text


async def test_what_does_not_exist_is_not_found(cases: CaseWork) -> None:
    ids = await a_case(cases, "waiting")
    ids["task_id"] = ids.get("task_id", str(uuid4()))
    for row in WITH_ID:
        names = [
            name
            for name in ("case_id", "person_id", "leg_id", "task_id", "disclosure_id")
            if name in row.path
        ]
        for name in names:
            answer = await ask(cases, row, {**ids, name: str(uuid4())}, row.body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), named(row)
            assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(cases: CaseWork) -> None:
    ids = await a_case(cases, "waiting")
    before = await cases.read(ids["case_id"])  # type: ignore[arg-type]  # an id in text does as well
    for row in MATCHED:
        stale = await ask(cases, row, ids, row.body, if_match='"4711"')
        missing = await ask(cases, row, ids, row.body, if_match="")
        assert (stale.status_code, missing.status_code) == (412, 428), named(row)
    assert await cases.read(ids["case_id"]) == before  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(("row", "state"), CONFLICTS, ids=named)
async def test_what_a_case_is_too_far_for_is_a_conflict(row: Row, state: str, cases: CaseWork) -> None:
    ids = await prepared(cases, row, state)
    answer = await ask(cases, row, ids, row.body)
    assert (answer.status_code, "code" in answer.json()) == (409, True), answer.text


@pytest.mark.parametrize("row", RETRIED, ids=named)
async def test_a_request_that_is_repeated_is_answered_the_same_and_done_once(
    row: Row, cases: CaseWork
) -> None:
    ids = await prepared(cases, row, row.state)
    count = f"SELECT count(*) AS many FROM {row.retry}"
    (before,) = await cases.service.fetch(count)
    key = f"once-{uuid4()}"
    first = await ask(cases, row, ids, row.body, idempotency_key=key)
    again = await ask(cases, row, ids, row.body, idempotency_key=key)
    (after,) = await cases.service.fetch(count)
    assert (first.status_code, again.status_code) == (row.happy, row.happy)
    assert again.json() == first.json()
    assert after["many"] == before["many"] + 1
    other = await ask(cases, row, ids, {**row.body, "more": 1}, idempotency_key=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


async def test_a_bad_body_is_refused_and_nothing_of_it_repeated(cases: CaseWork) -> None:
    ids = await a_case(cases, "waiting")
    for row in WITH_BODY:
        known = (
            await prepared(cases, row, row.state)
            if {"leg_id", "task_id", "disclosure_id"} & _names(row)
            else ids
        )
        for bad in (row.bad, {CANARY: CANARY, **row.bad}, [CANARY], CANARY):
            answer = await ask(cases, row, known, bad)
            assert answer.status_code == 422, f"{named(row)} {bad}: {answer.text}"
            assert CANARY not in answer.text
            assert CANARY not in json.dumps(dict(answer.headers))


def _names(row: Row) -> set[str]:
    return {part.strip("{}") for part in row.path.split("/") if part.startswith("{")}
