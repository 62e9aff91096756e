"""Remembered heads: listed page by page, and all of them asked for when a service verifies its audit trail."""

from collections.abc import Mapping
from typing import Any, Self

import pytest

from shared.audit import chain
from shared.events import AuditHeadAnnounced
from shared.runtime.audit_verification import remembered_elsewhere
from tests.support.services import RunningService, signed_in

HEADS = 230


@pytest.fixture
async def remembering(sample: RunningService) -> RunningService:
    """Return the sample service, which remembers many heads of the case service and one of another."""
    async with sample.unit_of_work() as uow:
        for length in range(1, HEADS + 1):
            await chain.remember_head(a_head("case", length), uow)
        await chain.remember_head(a_head("stats", 7), uow)
    return sample


def a_head(service: str, length: int, head: str = "ab") -> AuditHeadAnnounced:
    return AuditHeadAnnounced.model_validate(
        {
            "chain_id": chain.chain_id(service),
            "service": service,
            "length": length,
            "head": head * 32,
            "announced_at": "2026-03-01T10:00:00Z",
        }
    )


async def read(service: RunningService, **params: Any) -> Any:
    answer = await service.http.get(
        "/v1/audit-heads/case", params=params, headers=signed_in("service", "case")
    )
    return answer.json()


async def test_heads_are_listed_page_by_page_each_once(remembering: RunningService) -> None:
    found: list[int] = []
    cursor: dict[str, str] = {}
    pages = 0
    while True:
        page = await read(remembering, limit=100, **cursor)
        found += [one["length"] for one in page["items"]]
        pages += 1
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == list(range(1, HEADS + 1))
    assert pages == 3


async def test_two_heads_of_one_length_are_on_both_sides_of_a_page(sample: RunningService) -> None:
    """Two heads of one length are what a changed past looks like: none may be lost between two pages."""
    async with sample.unit_of_work() as uow:
        for head in ("cd", "ab"):
            await chain.remember_head(a_head("case", 5, head), uow)
    first = await read(sample, limit=1)
    second = await read(sample, limit=1, cursor=first["next"])
    heads = [one["head"][:2] for page in (first, second) for one in page["items"]]
    assert (heads, second["next"]) == (["ab", "cd"], None)


async def test_a_cursor_of_another_list_is_refused(remembering: RunningService) -> None:
    assert (await read(remembering, cursor="WyJhIl0"))["code"] == "invalid-cursor"


class AskedOverHttp:
    """Client of the remembering service, as another service has it."""

    def __init__(self, service: RunningService) -> None:
        self._service = service

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        answer = await self._service.http.get(path, params=params, headers=signed_in("service", "case"))
        return answer.json()


async def test_verification_compares_every_head_that_another_service_remembers(
    remembering: RunningService,
) -> None:
    heads = await remembered_elsewhere(AskedOverHttp(remembering), "case")  # type: ignore[arg-type]  # a double
    assert heads == [(length, "ab" * 32) for length in range(1, HEADS + 1)]
