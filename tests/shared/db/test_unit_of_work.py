"""Unit of work: rows, audit entry and events are committed together before the answer is sent, or not at all."""

import asyncio
from typing import Any

import asyncpg
import pytest

from shared.db.unit_of_work import OUTBOX_CHANNEL
from tests.support.sample_service import CANARY, keep_note
from tests.support.services import RunningService, signed_in

WRITTEN = (
    "SELECT (SELECT count(*) FROM notes) AS notes, (SELECT count(*) FROM outbox) AS outbox, "
    "(SELECT count(*) FROM audit_entries WHERE action <> 'refused') AS entries"
)


async def written(sample: RunningService) -> tuple[int, ...]:
    return tuple((await sample.fetch(WRITTEN))[0])


async def test_rows_audit_entry_and_events_are_written_together(sample: RunningService) -> None:
    assert (await sample.http.post("/notes")).status_code == 201
    assert await written(sample) == (1, 1, 1)


async def test_a_fault_leaves_nothing_behind(sample: RunningService) -> None:
    assert (await sample.http.post("/notes/then-fault")).status_code == 500
    assert await written(sample) == (0, 0, 0)


async def test_a_cancelled_request_leaves_nothing_behind(sample: RunningService) -> None:
    async def work() -> None:
        async with sample.unit_of_work() as uow:
            await keep_note(uow)
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await written(sample) == (0, 0, 0)


async def test_everything_is_committed_when_the_first_byte_of_the_answer_is_sent(
    sample: RunningService, superuser: asyncpg.Connection
) -> None:
    seen: list[tuple[str, int]] = []

    async def send(message: Any) -> None:
        count = await superuser.fetchval("SELECT count(*) FROM notes")
        seen.append((message["type"], count))

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/notes",
        "raw_path": b"/notes", "query_string": b"", "headers": [], "scheme": "http", "root_path": "",
        "server": ("service", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await sample.app(scope, receive, send)
    assert seen[0] == ("http.response.start", 1)


async def test_a_refused_commit_is_answered_with_a_problem_and_not_with_success(
    sample: RunningService,
) -> None:
    answer = await sample.http.post("/notes/refused-by-the-commit")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal-error"
    assert await written(sample) == (0, 0, 0)


async def test_a_refused_request_writes_its_own_refusal_and_nothing_else(sample: RunningService) -> None:
    note = "5b0c0f8e-7f9c-4b8a-9a55-0d6f3f2b1c11"
    answer = await sample.http.get(f"/notes/for-operators/{note}", headers=signed_in("adviser", "ada"))
    assert answer.status_code == 403
    entries = await sample.fetch("SELECT actor, action, codes FROM audit_entries")
    assert [tuple(entry) for entry in entries] == [
        ("user:ada", "refused", {"method": "GET", "route": "/notes/for-operators/{note_id}"})
    ]


async def test_a_read_is_refused_when_the_audit_trail_cannot_be_written(
    sample: RunningService, superuser: asyncpg.Connection
) -> None:
    assert (await sample.http.get("/notes")).status_code == 200
    await superuser.execute(
        "CREATE TRIGGER broken BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION is_written_once()"
    )
    answer = await sample.http.get("/notes")
    assert answer.status_code == 500
    assert CANARY not in answer.text
    writing = await sample.http.post("/notes")
    assert writing.status_code == 500
    assert await written(sample) == (0, 0, 1)


async def test_a_loop_is_woken_after_the_commit_and_not_before(
    sample: RunningService, superuser: asyncpg.Connection
) -> None:
    listener = sample.context.database.notifier.listen(OUTBOX_CHANNEL)
    async with sample.unit_of_work() as uow:
        await keep_note(uow)
        await uow.write_out()
        assert not await listener.wait(at_most=0.05)
    assert await listener.wait(at_most=0.05)
    assert await superuser.fetchval("SELECT count(*) FROM outbox") == 1
