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
