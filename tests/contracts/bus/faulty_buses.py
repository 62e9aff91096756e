"""Buses with one planted fault each; the contract suite must notice every one."""

import asyncio
from collections.abc import Sequence

from shared.messaging.bus.port import Bus, BusRecord, EventEnvelope, Subscription


class Passing:
    """Bus that passes everything on; the faulty ones differ from it in one place each."""

    member: type["PassingMember"]

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    async def start(self) -> None:
        await self.bus.start()

    async def stop(self) -> None:
        await self.bus.stop()

    async def publish(self, topic: str, envelopes: Sequence[EventEnvelope]) -> None:
        await self.bus.publish(topic, envelopes)

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

    async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[BusRecord]:
        return await self.inner.take(at_most=at_most, wait=wait)

    async def commit(self, record: BusRecord) -> None:
        await self.inner.commit(record)

    async def lag(self) -> int:
        return await self.inner.lag()


Passing.member = PassingMember


class CommitsOnTake(Passing):
    class member(PassingMember):  # noqa: N801  # stands for the attribute of Passing
        async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[BusRecord]:
            records = await self.inner.take(at_most=at_most, wait=wait)
            for record in records:
                await self.inner.commit(record)
            return records


class SkipsWhatWasThereBeforeItJoined(Passing):
    class member(PassingMember):  # noqa: N801
        async def start(self) -> None:
            await self.inner.start()
            for record in await self.inner.take(at_most=1000, wait=0.3):
                await self.inner.commit(record)


class SwallowsWhatItCannotRead(Passing):
    class member(PassingMember):  # noqa: N801
        async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[BusRecord]:
            records = await self.inner.take(at_most=at_most, wait=wait)
            return [record for record in records if record.envelope]


class SeesNoLag(Passing):
    class member(PassingMember):  # noqa: N801
        async def lag(self) -> int:
            return 0


class TurnsBatchesRound(Passing):
    async def publish(self, topic: str, envelopes: Sequence[EventEnvelope]) -> None:
        await self.bus.publish(topic, list(reversed(envelopes)))


class LosesTheEndOfLargeBatches(Passing):
    async def publish(self, topic: str, envelopes: Sequence[EventEnvelope]) -> None:
        await self.bus.publish(topic, envelopes[:1000])


class AnswersBeforeItIsWritten(Passing):
    async def publish(self, topic: str, envelopes: Sequence[EventEnvelope]) -> None:
        self.later = asyncio.create_task(self._write(topic, envelopes))

    async def _write(self, topic: str, envelopes: Sequence[EventEnvelope]) -> None:
        await asyncio.sleep(0.2)
        await self.bus.publish(topic, envelopes)


class KnowsOneGroupOnly(Passing):
    def subscription(self, group: str, topics: Sequence[str]) -> Subscription:
        return self.bus.subscription("everyone", topics)


FAULTS: tuple[type[Passing], ...] = (
    CommitsOnTake,
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
