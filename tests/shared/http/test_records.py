"""Routes of records: an answer with a version carries its ETag, and a creation the Location of the record."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from shared.http.records import record_router
from shared.http.schemas import Answer, Changed, Created

NOTE = UUID(int=7)


class Plain(Answer):
    """Answer without a version."""

    text: str
    """Any text."""


def application() -> FastAPI:
    router = record_router(prefix="/v1/folders", tag="folders")

    @router.get("/{folder_id}")
    async def read_folder(folder_id: str) -> Changed:
        return Changed(id=NOTE, version=3)

    @router.post("/{folder_id}/notes", status_code=201)
    async def add_note(folder_id: str) -> Created:
        return Created(id=NOTE, version=1)

    @router.post("/{folder_id}/marks", status_code=201)
    async def add_mark(folder_id: str) -> Created:
        return Created(id=NOTE, version=1)

    @router.get("/{folder_id}/notes/{note_id}")
    async def read_note(folder_id: str, note_id: UUID) -> Changed:
        return Changed(id=note_id, version=1)

    @router.get("/{folder_id}/text")
    async def read_text(folder_id: str) -> Plain:
        return Plain(text="plain")

    app = FastAPI()
    app.include_router(router)
    return app


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=application())
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


async def test_an_answer_with_a_version_carries_its_etag_and_no_location(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/v1/folders/a")
    assert answer.headers["etag"] == '"3"'
    assert "location" not in answer.headers


async def test_a_creation_says_where_the_record_can_be_read(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/v1/folders/a/notes")
    assert (answer.headers["etag"], answer.headers["location"]) == ('"1"', f"/v1/folders/a/notes/{NOTE}")
    assert (await http.get(answer.headers["location"])).json()["id"] == str(NOTE)


async def test_a_part_of_a_record_that_has_no_address_leads_to_the_record(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/v1/folders/a/marks")
    assert answer.headers["location"] == "/v1/folders/a"


async def test_an_answer_without_a_version_carries_neither(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/v1/folders/a/text")
    assert not {"etag", "location"} & answer.headers.keys()
