"""Hostile text: control characters and broken Unicode in any text of a body are taken or refused, and never fail."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TestPostgres
from tests.contracts.access.table import allowed_caller
from tests.contracts.documents.api_style import is_text, operations
from tests.contracts.prepared.every_service import PREPARED
from tests.contracts.prepared.prepared_service import Ids
from tests.contracts.requests.bodies import NEEDED_IDS, examples, json_schema_of, with_prepared_ids
from tools.contracts.documents import openapi
from tools.registry import SERVICES, specs

HOSTILE = ("nul \\u0000 inside", "half a pair \\ud800", "turned round \\u202e", "\\u0007\\u001b[2J")
"""Texts as they stand in JSON; some of them no database column and no UTF-8 can hold."""


def texts_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every text in a body."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts_of(one, (*path, key))


def with_text(body: dict[str, Any], path: tuple[Any, ...], hostile: str) -> bytes:
    """Return the body as JSON with a hostile text in one place."""
    changed: Any = copy.deepcopy(body)
    target = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = "HOSTILE"
    return json.dumps(changed).replace("HOSTILE", hostile).encode()


def bodies_with_text(service: str) -> int:
    """Return how many operations take a JSON body in which a text of any kind may stand."""
    document = openapi(specs()[service])
    schemas = (json_schema_of(document, one) for one in operations(document))
    fields = [one.get("properties", {}).values() for one in schemas if one is not None]
    return sum(any(is_text(document, field) for field in properties) for properties in fields)


@pytest.mark.parametrize("service", SERVICES)
async def test_hostile_text_in_any_field_makes_no_service_fail(
    service: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    ids: Ids = {}
    wrong: list[str] = []
    sent = 0
    async with PREPARED[service](postgres_server, tmp_path) as prepared:
        for one in examples(openapi(specs()[service])):
            route = (one.operation.method.upper(), one.operation.path)
            if not {*NEEDED_IDS.findall(route[1]), "etag"} <= ids.keys():
                ids |= await prepared.prepare(route)
            body = with_prepared_ids(one.body, ids)
            for path in texts_of(body):
                for hostile in HOSTILE:
                    raw = with_text(body, path, hostile)
                    answer = await prepared.send_raw(route, allowed_caller(service, route), ids, raw)
                    sent += 1
                    if answer.status_code >= 500:
                        wrong.append(f"{one.operation} {path} {hostile}: {answer.status_code}")
    assert wrong == []
    assert sent >= bodies_with_text(service) * len(HOSTILE)
