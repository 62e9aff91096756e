"""Fuzzing of every service on a real database: nothing fails, and every answer is a documented one."""

import copy
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TestPostgres
from tests.contracts.access.table import TABLE, allowed_caller
from tests.contracts.prepared.callers import CALLERS
from tests.contracts.prepared.every_service import PREPARED
from tests.contracts.requests.fuzzing import cases_for, faults_of, operations_of
from tests.support import services
from tests.support.answer_validation import DocumentedAnswers
from tests.support.sample_service import SAMPLE, TABLES
from tests.support.services import http_client, running
from tools.contracts.documents import openapi
from tools.registry import SERVICES, specs

OF_AN_OPERATION = 3
"""Requests that are generated for an operation on average, at least: some have one form only."""


@pytest.mark.parametrize("service", SERVICES)
async def test_no_generated_request_fails_or_gets_an_undocumented_answer(
    service: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    wrong: list[str] = []
    sent = operations = 0
    async with PREPARED[service](postgres_server, tmp_path) as prepared:
        for operation in operations_of(openapi(specs()[service])):
            route = (operation.method.upper(), operation.path)
            assert route in TABLE[service]
            ids = await prepared.prepare(route)
            for case in cases_for(operation, ids, CALLERS[allowed_caller(service, route)]):
                wrong += await faults_of(case, prepared.http)
                sent += 1
            operations += 1
    print(f"{service}: {sent} generated requests")  # noqa: T201  the count belongs to the result
    assert wrong == []
    assert sent >= OF_AN_OPERATION * operations > 0


async def test_a_fault_and_an_undocumented_answer_are_noticed(
    postgres_server: TestPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample service fails on purpose; its document is told to forget that a text may be no number."""
    async with running(SAMPLE, postgres_server, home=tmp_path) as sample:
        await sample.context.database.pool.execute(TABLES)
        document: dict[str, Any] = copy.deepcopy(sample.app.openapi())
        del document["paths"]["/echo/{number}"]["post"]["responses"]["422"]
        monkeypatch.setattr(services, "documented_answers", lambda *_: DocumentedAnswers(document))
        found: dict[str, list[str]] = {}
        async with http_client(SAMPLE, sample.app) as http:
            for operation in operations_of(document):
                for case in cases_for(operation, {}, {}):
                    found.setdefault(operation.path, []).extend(await faults_of(case, http))
    assert any(line.startswith("500 ") for line in found["/notes/then-fault"])
    assert any("422: this status is not documented" in line for line in found["/echo/{number}"])
    assert found["/notes/for-operators/{note_id}"] == []
