"""Service of a few lines on the shared code. It keeps notes, handles contacts, and fails where a test says so."""

from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import asyncpg
from fastapi import APIRouter, Body
from sqlalchemy import text

from shared.db.columns import new_metadata
from shared.db.unit_of_work import UnitOfWork
from shared.events import CaseOpened, ContactReceived
from shared.http.auth import Anyone, Operator, Uow
from shared.service.spec import ServiceSpec

CANARY = "Magdalena Quillfeather 07700 900461"
router = APIRouter()

TABLES = """
CREATE TABLE notes (id uuid PRIMARY KEY, twin uuid UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE received_contacts (
    number bigint GENERATED ALWAYS AS IDENTITY, event_id uuid, contact_id uuid, small smallint
);
"""


async def keep_note(uow: UnitOfWork, twin: UUID | None = None) -> UUID:
    note = uuid4()
    await uow.session.execute(
        text("INSERT INTO notes (id, twin) VALUES (:id, :twin)"), {"id": note, "twin": twin}
    )
    uow.record("note.kept", note)
    uow.publish(CaseOpened(case_id=note, contact_id=note, opened_at=uow.now))
    return note


@router.post("/notes", status_code=201)
async def write_note(_: Anyone, uow: Uow) -> dict[str, str]:
    return {"id": str(await keep_note(uow))}


@router.post("/notes/then-fault")
async def write_note_then_fault(_: Anyone, uow: Uow) -> None:
    await keep_note(uow)
    raise RuntimeError(CANARY)


@router.post("/notes/refused-by-the-commit", status_code=201)
async def write_note_that_the_commit_refuses(_: Anyone, uow: Uow) -> dict[str, str]:
    twin = uuid4()
    await keep_note(uow, twin)
    return {"id": str(await keep_note(uow, twin))}


@router.get("/notes")
async def read_notes(_: Anyone, uow: Uow) -> dict[str, str]:
    uow.record("notes.read", uuid4())
    return {"secret": CANARY}


@router.get("/notes/for-operators/{note_id}")
async def read_for_operators(_: Operator, uow: Uow, note_id: UUID) -> dict[str, str]:
    uow.record("note.read", note_id)
    return {"secret": CANARY}


@router.post("/echo/{number}")
async def echo(_: Anyone, number: int, body: Annotated[dict[str, int], Body()]) -> dict[str, int]:
    return {"number": number, **body}


FAULTS: dict[str, Exception] = {
    "value": ValueError(CANARY),
    "os": ConnectionRefusedError(CANARY),
    "postgres": asyncpg.UniqueViolationError(CANARY),
    "postgres-away": asyncpg.AdminShutdownError(CANARY),
    "interface": asyncpg.InterfaceError(CANARY),
    "data": asyncpg.DataError(CANARY),
}


@router.get("/faults/{kind}")
async def fail(_: Anyone, kind: str) -> None:
    raise FAULTS[kind]


@router.get("/faults/sql/{value}")
async def fail_in_sql(_: Anyone, uow: Uow, value: str) -> None:
    await uow.session.execute(text("SELECT CAST(:value AS integer)"), {"value": value})


async def keep_contact(event: ContactReceived, uow: UnitOfWork) -> None:
    statement = text("INSERT INTO received_contacts (event_id, contact_id) VALUES (:event, :contact)")
    await uow.session.execute(statement, {"event": uuid4(), "contact": event.contact_id})


EMPTY = Path(__file__).parent / "no_migrations"
SAMPLE = ServiceSpec(
    name="sample",
    title="Sample",
    summary="A service for tests.",
    routers=(router,),
    event_handlers={ContactReceived: keep_contact},
    loops=(),
    migrations=EMPTY,
    metadata=new_metadata(),
    max_body_bytes=2000,
)
