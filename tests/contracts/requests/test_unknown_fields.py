"""Unknown fields: a body of staff, partners and services with a misspelt field is refused whole, and names it."""

from pathlib import Path

import pytest

from tests.conftest import TestPostgres
from tests.contracts.access.table import allowed_caller
from tests.contracts.documents.api_style import operations
from tests.contracts.prepared.database_rows import digest_of
from tests.contracts.prepared.every_service import PREPARED
from tests.contracts.prepared.prepared_service import Ids
from tests.contracts.requests.bodies import (
    NEEDED_IDS,
    examples,
    json_schema_of,
    levels,
    with_prepared_ids,
    with_unknown_field,
)
from tools.contracts.documents import openapi
from tools.registry import SERVICES, specs

PUBLIC = {("POST", "/v1/reports")}
"""The public door takes every report, and keeps unknown fields as they were said."""


def strict_bodies(service: str) -> int:
    document = openapi(specs()[service])
    strict = [one for one in operations(document) if (one.method.upper(), one.path) not in PUBLIC]
    return sum(json_schema_of(document, one) is not None for one in strict)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_body_with_an_unknown_field_is_refused_and_changes_nothing(
    service: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    document = openapi(specs()[service])
    ids: Ids = {}
    wrong: list[str] = []
    sent = 0
    async with PREPARED[service](postgres_server, tmp_path) as prepared:
        assert prepared.service is not None
        for one in examples(document):
            route = (one.operation.method.upper(), one.operation.path)
            if route in PUBLIC:
                continue
            if not {*NEEDED_IDS.findall(route[1]), "etag"} <= ids.keys():
                ids |= await prepared.prepare(route)  # a refused body leaves the record for the next one
            before = await digest_of(prepared.service)
            for level in levels(document, one.schema):
                body, field = with_unknown_field(document, one, level)
                answer = await prepared.send(
                    route, allowed_caller(service, route), ids, json=with_prepared_ids(body, ids)
                )
                expected = [{"field": field, "rule": "extra_forbidden"}]
                if (answer.status_code, answer.json().get("invalid")) != (422, expected):
                    wrong.append(f"{one.operation} {field}: {answer.status_code} {answer.text[:300]}")
                sent += 1
            if await digest_of(prepared.service) != before:
                wrong.append(f"{one.operation}: a refused body changed a row")
    assert wrong == []
    assert sent >= strict_bodies(service)


async def test_a_change_of_any_row_is_noticed(postgres_server: TestPostgres, tmp_path: Path) -> None:
    async with PREPARED["case"](postgres_server, tmp_path) as prepared:
        assert prepared.service is not None
        route = ("PUT", "/v1/cases/{case_id}/summary")
        ids = await prepared.prepare(route)
        before = await digest_of(prepared.service)
        assert before == await digest_of(prepared.service)
        assert (await prepared.send(route, "adviser", ids)).status_code == 200
        after = await digest_of(prepared.service)
        assert after != before
        await prepared.service.fetch("DELETE FROM audit_pending")
        assert await digest_of(prepared.service) != after
