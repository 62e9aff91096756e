"""Fuzzing: requests that schemathesis generates from an OpenAPI document, valid and invalid, the same in every run."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.contracts.documents.api_style import Document
from tests.contracts.prepared.prepared_service import Ids
from tests.support.answer_validation import UndocumentedAnswer

EXAMPLES = 5
"""Requests of each kind for an operation: valid or not, about the prepared record or about any id."""
Case = schemathesis.Case[Any]


def operations_of(document: Document) -> Iterator[Any]:
    """Yield every operation as schemathesis reads it; one that it cannot read raises."""
    schema: Any = schemathesis.openapi.from_dict(document)
    for result in schema.get_all_operations():
        yield result.ok()


def generated(operation: Any, mode: GenerationMode, **fixed: Mapping[str, Any]) -> list[Case]:
    """Return cases for an operation, always the same ones; `fixed` parts of a request are not generated.

    There are none where a request cannot be invalid, since any text fits.
    """
    found: list[Case] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode, **fixed))
    def collect(case: Case) -> None:
        found.append(case)

    try:
        collect()
    except Unsatisfiable:
        if mode is GenerationMode.POSITIVE:
            raise
    return found


def cases_for(operation: Any, ids: Ids, headers: Mapping[str, str]) -> Iterator[Case]:
    """Yield valid and invalid requests by a caller who is let in, about the prepared record and about others."""
    names = {parameter.name for parameter in operation.path_parameters}
    known = {name: ids[name] for name in names & ids.keys()}
    with_version = {**headers, **({"if-match": ids["etag"]} if "etag" in ids else {})}
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        yield from generated(operation, mode, path_parameters=known, headers=with_version)
        if known:
            yield from generated(operation, mode, headers=headers)


async def faults_of(case: Case, http: httpx2.AsyncClient) -> list[str]:
    """Send a request; return what is wrong with its answer: a failure of the service, or one not documented."""
    parts = case.as_transport_kwargs(base_url="http://service")
    prepared: Any = requests.Request(**parts).prepare()
    shown = f"{prepared.method} {prepared.url} {prepared.body!r}"[:400]
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    headers = {name: value for name, value in prepared.headers.items() if name.lower() != "content-length"}
    try:
        answer = await http.request(str(prepared.method), str(prepared.url), headers=headers, content=body)
    except UndocumentedAnswer as undocumented:
        return [f"{undocumented} after {shown}"]
    return [f"{answer.status_code} after {shown}"] if answer.status_code >= 500 else []
