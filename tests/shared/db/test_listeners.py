"""Listeners of a channel: a notification between two waits is kept, and one that is closed hears nothing more."""

import asyncio
import contextlib

from shared.db.notify import Notifier


async def test_a_notification_between_two_waits_is_kept() -> None:
    notifier = Notifier("postgresql://nowhere")
    with contextlib.closing(notifier.listen("work")) as listener:
        assert not await listener.wait(at_most=0.01)
        notifier.notify("work")
        async with asyncio.timeout(1):
            assert await listener.wait(at_most=60)
        assert not await listener.wait(at_most=0.01)


async def test_a_notification_is_kept_for_a_wait_that_was_cancelled() -> None:
    notifier = Notifier("postgresql://nowhere")
    listener = notifier.listen("work")
    waiting = asyncio.create_task(listener.wait(at_most=60))
    await asyncio.sleep(0)
    waiting.cancel()
    notifier.notify("work")
    await asyncio.wait([waiting])
    async with asyncio.timeout(1):
        assert await listener.wait(at_most=60)


async def test_each_listener_hears_its_own_channel_alone() -> None:
    notifier = Notifier("postgresql://nowhere")
    work, other = notifier.listen("work"), notifier.listen("other")
    notifier.notify("work")
    assert await work.wait(at_most=0.01)
    assert not await other.wait(at_most=0.01)


async def test_a_listener_that_is_closed_is_kept_by_nobody() -> None:
    notifier = Notifier("postgresql://nowhere")
    listener = notifier.listen("work")
    listener.close()
    notifier.notify("work")
    assert not await listener.wait(at_most=0.01)


class Recorded:
    """Connection that keeps what it was asked to announce."""

    def __init__(self) -> None:
        self.announced: list[str] = []
        self.has_announced = asyncio.Event()

    async def execute(self, statement: str, *values: str) -> None:
        assert "pg_notify" in statement
        self.announced.append(values[1])
        self.has_announced.set()


async def test_many_commits_are_announced_by_few_statements_and_the_last_by_one_after_it() -> None:
    notifier, connection = Notifier("postgresql://nowhere"), Recorded()
    sending = asyncio.create_task(notifier._send_notifications(connection))
    commits = 20
    for _commit in range(commits):
        notifier.notify("work")
        for _ in range(10):  # turns of the loop, not time: enough to announce each at once
            await asyncio.sleep(0)
    connection.has_announced.clear()
    notifier.notify("work")
    async with asyncio.timeout(5):
        await connection.has_announced.wait()
    sending.cancel()
    await asyncio.wait([sending])
    assert len(connection.announced) < commits / 2
