"""Buses with one fault each, of the kinds that would lose somebody: the contract suite must notice every one."""

import asyncio
from collections.abc import Sequence

from shared.bus import Bus, Message, Received, Subscription


class Passing:
    """A bus that passes everything on; the faults differ from it in one place each."""

    member: type["PassingMember"]

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    async def start(self) -> None:
        await self.bus.start()

    async def stop(self) -> None:
        await self.bus.stop()

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        await self.bus.publish(topic, messages)

    def subscription(self, group: str, topics: Sequence[str]) -> Subscription:
        return self.member(self.bus.subscription(group, topics))

    async def check(self) -> None:
        await self.bus.check()


class PassingMember:
    def __init__(self, inner: Subscription) -> None:
        self.inner = inner

    async def start(self) -> None:
        await self.inner.start()

    async def stop(self) -> None:
        await self.inner.stop()

    async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[Received]:
        return await self.inner.take(at_most=at_most, wait=wait)

    async def commit(self, received: Received) -> None:
        await self.inner.commit(received)

    async def seek_back(self) -> None:
        await self.inner.seek_back()

    async def lag(self) -> int:
        return await self.inner.lag()


Passing.member = PassingMember


class CommitsOnTake(Passing):
    class member(PassingMember):  # noqa: N801  # stands for the attribute of Passing
        async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[Received]:
            records = await self.inner.take(at_most=at_most, wait=wait)
            for record in records:
                await self.inner.commit(record)
            return records


class NeverSeeksBack(Passing):
    class member(PassingMember):  # noqa: N801
        async def seek_back(self) -> None:
            pass


class SkipsWhatWasThereBeforeItJoined(Passing):
    class member(PassingMember):  # noqa: N801
        async def start(self) -> None:
            await self.inner.start()
            for record in await self.inner.take(at_most=1000, wait=0.3):
                await self.inner.commit(record)


class SwallowsWhatItCannotRead(Passing):
    class member(PassingMember):  # noqa: N801
        async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[Received]:
            records = await self.inner.take(at_most=at_most, wait=wait)
            return [record for record in records if record.message]


class SeesNoLag(Passing):
    class member(PassingMember):  # noqa: N801
        async def lag(self) -> int:
            return 0


class TurnsBatchesRound(Passing):
    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        await self.bus.publish(topic, list(reversed(messages)))


class LosesTheEndOfLargeBatches(Passing):
    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        await self.bus.publish(topic, messages[:1000])


class AnswersBeforeItIsWritten(Passing):
    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        self.later = asyncio.create_task(self._write(topic, messages))

    async def _write(self, topic: str, messages: Sequence[Message]) -> None:
        await asyncio.sleep(0.2)
        await self.bus.publish(topic, messages)


class KnowsOneGroupOnly(Passing):
    def subscription(self, group: str, topics: Sequence[str]) -> Subscription:
        return self.bus.subscription("everyone", topics)


FAULTS: tuple[type[Passing], ...] = (
    CommitsOnTake,
    NeverSeeksBack,
    SkipsWhatWasThereBeforeItJoined,
    SwallowsWhatItCannotRead,
    SeesNoLag,
    TurnsBatchesRound,
    LosesTheEndOfLargeBatches,
    AnswersBeforeItIsWritten,
    KnowsOneGroupOnly,
)


def plant(fault: str, bus: Bus) -> Bus:
    kinds: tuple[type[Passing], ...] = (Passing, *FAULTS)
    return next(kind for kind in kinds if kind.__name__ == fault)(bus)
