"""Every route of the case service answers as its row says, and refuses as all routes refuse."""

import contextlib
import json
from uuid import uuid4

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts

from case_service.app import SERVICE as CASE
from shared.http.app import create_app
from tests.case.conftest import CaseWork
from tests.case.routes.route_cases import OF_NOTHING, a_case, ask, filled, named, prepared
from tests.case.routes.route_table import CANARY, ROWS, Row

WITH_BODY = [row for row in ROWS if row.bad is not None]
WITH_ID = [row for row in ROWS if "{" in row.path]
RETRIED = [row for row in ROWS if row.retry]
MATCHED = [row for row in ROWS if row.if_match]
RECORDING = [row for row in ROWS if row.changes_case]
CONFLICTS = [(row, state) for row in ROWS for state in row.conflicts]


def app() -> FastAPI:
    return create_app(CASE, contextlib.nullcontext)  # type: ignore[arg-type]  # it is never started


def without_a_row(app: FastAPI) -> set[tuple[str, str]]:
    """Return the routes of the case service itself that only the application or only the table knows."""
    contexts = [one for one in iter_route_contexts(app.routes) if str(one.path).startswith("/v1/")]
    known = {(method, str(one.path)) for one in contexts for method in one.methods or ()}
    known = {one for one in known if "audit-heads" not in one[1]}
    return known ^ {(row.method, row.path) for row in ROWS}


def takes(app: FastAPI, header: str) -> set[tuple[str, str]]:
    """Return the operations whose description has this header."""
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


@pytest.mark.parametrize("row", ROWS, ids=named)
async def test_a_right_request_is_answered(row: Row, cases: CaseWork) -> None:
    answer = await ask(cases, row, await prepared(cases, row, row.state), row.body)
    assert answer.status_code == row.happy, answer.text


async def test_an_id_of_nothing_is_not_found(cases: CaseWork) -> None:
    ids = await a_case(cases, "waiting")
    ids = {**dict.fromkeys(OF_NOTHING, str(uuid4())), **ids}
    for row in WITH_ID:
        names = [name for name in ("case_id", "person_id", *OF_NOTHING) if name in row.path]
        for name in names:
            answer = await ask(cases, row, {**ids, name: str(uuid4())}, row.body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), named(row)
            assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(cases: CaseWork) -> None:
    ids = await a_case(cases, "waiting")
    before = await cases.read(ids["case_id"])
    for row in MATCHED:
        stale = await ask(cases, row, ids, row.body, if_match='"4711"')
        missing = await ask(cases, row, ids, row.body, if_match="")
        assert (stale.status_code, missing.status_code) == (412, 428), named(row)
    assert await cases.read(ids["case_id"]) == before


@pytest.mark.parametrize(("row", "state"), CONFLICTS, ids=named)
async def test_a_request_that_the_state_of_a_case_does_not_allow_is_a_conflict(
    row: Row, state: str, cases: CaseWork
) -> None:
    ids = await prepared(cases, row, state)
    answer = await ask(cases, row, ids, row.body)
    assert (answer.status_code, answer.json()["code"]) == (409, row.conflicts[state]), answer.text


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
    another = json.dumps(filled(row.body, ids)).encode() + b" "
    other = await ask(cases, row, ids, another, idempotency_key=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


@pytest.mark.parametrize("row", RECORDING, ids=named)
async def test_a_recording_raises_the_version_of_the_case_by_one(row: Row, cases: CaseWork) -> None:
    ids = await prepared(cases, row, row.state)
    before = (await cases.read(ids["case_id"]))["version"]
    answer = await ask(cases, row, ids, row.body)
    assert (await cases.read(ids["case_id"]))["version"] == before + 1, answer.text


async def test_a_bad_body_is_refused_and_nothing_of_it_repeated(cases: CaseWork) -> None:
    ids = await a_case(cases, "waiting")
    for row in WITH_BODY:
        known = (
            await prepared(cases, row, row.state)
            if {"recipient_id", "task_id", "disclosure_id", "entry_id"} & _names(row)
            else ids
        )
        for bad in (
            row.bad,
            {f"{CANARY}!": CANARY, **row.bad},
            {"mistyped": CANARY, **row.bad},
            [CANARY],
            CANARY,
        ):
            answer = await ask(cases, row, known, bad)
            assert answer.status_code == 422, f"{named(row)} {bad}: {answer.text}"
            assert CANARY not in answer.text
            assert CANARY not in json.dumps(dict(answer.headers))


@pytest.mark.parametrize("row", WITH_BODY, ids=named)
async def test_an_unknown_field_is_refused_and_named(row: Row, cases: CaseWork) -> None:
    answer = await ask(
        cases, row, await prepared(cases, row, row.state), {**(row.body or {}), "mistyped": CANARY}
    )
    assert answer.status_code == 422
    assert answer.json()["invalid"] == [{"field": "mistyped", "rule": "extra_forbidden"}]


def _names(row: Row) -> set[str]:
    return {part.strip("{}") for part in row.path.split("/") if part.startswith("{")}
