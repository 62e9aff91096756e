"""Pairs of worlds that differ only in words that nobody may read, lived through step by step, and what others received.

All pairs live in one database: every round, each of them takes its next step, and the clocks of all are minded.
"""

import asyncio
import contextlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.events import DisclosureLeft, Event, read
from tests.case.conftest import CaseWork
from tests.case.driven import ANNOUNCED, Driven
from tests.case.plain_case import AGES, TOWNS
from tests.running import signed_in

Step = tuple[str, dict[str, Any]]
PAUSES = (1, 60, 541, 61, 3600, 1)
"""Seconds after each round."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ONCE = ("name:p0", "phone:p0", "email:p0", "home:p0", "safe")
"""What may be taken away later: one world must hold it where the other does."""
STEPS_BY_PERSON = ("danger", "age", "name", "consent", "withdraw", "authorise")


def a_history(chance: random.Random) -> list[Step]:
    """What happens on one case, one step for each round."""
    people = [_somebody(chance) for _ in range(chance.randrange(3))]
    names = [f"p{number}" for number in range(len(people) + 1)]
    steps: list[Step] = [("report", _a_report(chance, people, names))]
    while len(steps) < len(PAUSES) - 1:
        step = _a_step(chance, names)
        steps.append(step)
        if step[0] == "add_person":
            names.append(f"p{len(names)}")
    return [*steps, ("release_everything", {})]


def _somebody(chance: random.Random) -> dict[str, Any]:
    town = [None, *TOWNS]
    return {
        "role": chance.choice(["concern", "concern", "household", "exploiter"]),
        "age": chance.choice(sorted(AGES)),
        "carer": chance.random() < 0.5,
        "lives": chance.choice(town),
        "found": chance.choice(town),
    }


def _a_report(chance: random.Random, people: list[Any], names: list[str]) -> dict[str, Any]:
    return {
        "privacy": chance.choice([None, "share", "confidential", "confidential", "anonymous"]),
        "share_with": chance.sample(["police", "children_social_care", "health"], chance.randrange(3)),
        "situation": chance.choice([None, None, True, False]),
        "self_report": chance.random() < 0.3,
        "danger": chance.choice(["no", "no", "yes", *names]),
        "people": people,
        "place": chance.choice([None, *TOWNS]),
        "age": chance.choice(["grown", "grown", "unasked", "fifteen"]),
    }


def _a_step(chance: random.Random, names: list[str]) -> Step:
    who, town = chance.choice(names), chance.choice([None, *TOWNS])
    kind = chance.choice(["police", "police", "children_social_care", "health"])
    said = chance.choice(["share", "confidential", f"+{kind}", f"+{kind}", f"-{kind}", "situation=no"])
    somebody = _somebody(chance)
    roles = [chance.choice([somebody.pop("role"), "reporter"])]
    choices: list[Step] = [
        ("danger", {"who": chance.choice([None, who]), "place": town}),
        ("age", {"who": who, "age": chance.choice(sorted(AGES))}),
        ("name", {"who": who}),
        ("consent", {"who": who, "word": said}),
        ("consent", {"who": "p0", "word": said}),
        ("withdraw", {"who": who}),
        ("add_person", {**somebody, "roles": roles}),
        ("summary", {"protection": chance.random() < 0.5}),
        ("source", {"left_out": chance.random() < 0.7}),
        ("place", {"town": town}),
        ("authorise", {"who": who, "kind": kind}),
        *([("permit", {"kind": kind}), ("confirm", {}), ("release_everything", {})] * 2),
        *([("source", {"left_out": True})] * 2),
    ]
    return chance.choice(choices)


class World(Driven):
    """One of two worlds. In the second, whatever nobody could read in the first is said otherwise, or not at all."""

    def __init__(
        self, cases: CaseWork, steps: Sequence[Step], *, marked: str, unread: set[str] | None
    ) -> None:
        super().__init__(cases, marked=marked)
        self.steps, self.unread = steps, unread
        self.announced: list[Event] = []

    def new_word(self, key: str) -> str:
        text = super().new_word(key)
        if self.unread is None or key not in self.unread:
            return text
        silent = key.partition(":")[0] in (
            "phone",
            "email",
            "description",
            "relation",
            "home",
            "found",
            "when",
        )
        return "" if silent and key not in ONCE else f"{text[:-1]}-otherwise{'!' * 40};"

    async def live(self, round_: int, news: Iterable[Event]) -> None:
        self.announced += news
        if round_:
            await self.look(self.announced)
        step, told = self.steps[round_]
        await getattr(self, step)(**told)
        if self.unread is not None and round_ == len(PAUSES) - 2:
            await self._write_what_nobody_reads()

    async def release_everything(self) -> None:
        for number in range(len(self.messages)):
            await self.release(number=number)

    async def _write_what_nobody_reads(self) -> None:
        """Only in this world; a step that others would see in that something arrives."""
        for key in sorted(self.unread or ()):
            self.page = await self.cases.read(self.case_id)
            if key in ("summary", "protection-summary"):
                await self.summary(protection=key != "summary")
            elif key in {f"name:{who}" for who in self.ids if who != "p0"}:
                await self.name(who=key.partition(":")[2])

    def _read(self, content: Any, text: str, going: set[str], one: Any) -> None:
        """The two worlds are compared with each other, and not with the plain model."""

    def seen_by_others(self) -> list[Any]:
        """Everything that left this world, in its order, without the ids that differ by chance."""
        return [*map(self._as_received, self.received), *self._as_announced()]

    def _names(self) -> dict[str, str]:
        legs = {leg["id"]: f"leg-{leg['body']}" for leg in self.page["legs"]}
        numbered: dict[str, int] = defaultdict(int)
        messages = {}
        for one in sorted(self.messages, key=lambda one: (one.at, one.body, one.kind, one.grounds)):
            numbered[one.body] += 1
            messages[one.id] = f"message-{one.body}-{numbered[one.body]}"
        own = {str(self.case_id): "case", self.page["contact_id"]: "contact"}
        return own | legs | messages | {found: name for name, found in self.ids.items()}

    def _plain(self, value: Any) -> Any:
        """The same, with names for ids, and what stands in no order brought into one."""
        names = self._names()
        text = ID.sub(lambda found: names.get(found.group(), "some-id"), json.dumps(value, default=str))
        return _in_order(json.loads(text))

    def _as_received(self, received: tuple[Any, int, Any]) -> Any:
        one, status, answer = received
        if status != 200:
            return self._plain([one.id, status, answer])
        content, size = json.loads(answer["text"]), len(answer["text"].encode())
        return self._plain([one.id, status, content, size, len(answer["digest"])])

    def _as_announced(self) -> list[Any]:
        """By moment and by leg: legs that open at the same moment have no order among them."""
        shown = []
        for event in self.announced:
            told = event.model_dump(mode="json")
            if isinstance(event, DisclosureLeft):
                told["digest"] = len(event.digest)
            shown.append(self._plain([event.type, told]))
        return sorted(shown, key=lambda one: json.dumps(one, sort_keys=True))


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_order(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted((_in_order(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


@dataclass(frozen=True)
class Pair:
    """Two worlds and, where others could tell them apart, by what."""

    steps: list[Step]
    told: int
    difference: Any


async def pairs(cases: CaseWork, *, count: int, seed: int) -> list[Pair]:
    """So many pairs, told apart or not."""
    histories = [a_history(random.Random(f"{seed}/{number}")) for number in range(count)]
    first = await _lived(cases, [(steps, None) for steps in histories])
    await cases.service.fetch("UPDATE legs SET due_at = NULL")
    cases.clock.offset *= 0
    unread = [_all_keys(world) - world.read_by_somebody for world in first]
    second = await _lived(cases, list(zip(histories, unread, strict=True)))
    return [
        Pair(steps, len(one.received), _difference(one.seen_by_others(), other.seen_by_others()))
        for steps, one, other in zip(histories, first, second, strict=True)
    ]


def _all_keys(world: World) -> set[str]:
    return {*world.versions, "summary", "protection-summary"}


async def _lived(cases: CaseWork, told: Sequence[tuple[list[Step], set[str] | None]]) -> list[World]:
    worlds = [
        World(cases, steps, marked=f"n{number}", unread=unread) for number, (steps, unread) in enumerate(told)
    ]
    heard, few, one_at_a_time = 0, asyncio.Semaphore(6), asyncio.Semaphore(1)

    async def live(world: World, round_: int, news: Iterable[Event]) -> None:
        async with few if round_ else one_at_a_time:  # a report is taken over by whoever comes first
            await world.live(round_, news)

    for round_, pause in enumerate((*PAUSES, 0)):
        await cases.service.run_loop("mind_clocks")
        rows = await cases.service.fetch(ANNOUNCED + " ORDER BY number", heard)
        heard = rows[-1]["number"] if rows else heard
        news = _by_case(rows)
        if round_ == len(PAUSES):
            for world in worlds:
                world.announced += news[world.case_id]
                world.page = await cases.read(world.case_id)
            break
        await asyncio.gather(*(live(world, round_, news[world.case_id]) for world in worlds))
        cases.clock.forward(seconds=pause)
    return worlds


def _by_case(rows: Iterable[Any]) -> dict[UUID, list[Event]]:
    news: dict[UUID, list[Event]] = defaultdict(list)
    for row in rows:
        with contextlib.suppress(KeyError):
            news[UUID(str(row["key"]))].append(read(row["type"], bytes(row["body"])))
    return news


def _difference(one: list[Any], other: list[Any]) -> Any:
    """What only one of the two worlds shows; None where nobody can tell them apart."""
    if one == other:
        return None
    return [[each for each in one if each not in other], [each for each in other if each not in one]]


OTHERS = ("analyst", "operator", "data_protection_officer", "agency", "service")


async def told_to_others(cases: CaseWork, case_id: UUID) -> list[tuple[int, str]]:
    """What everybody who works on no case is answered about one."""
    answers = []
    for role in OTHERS:
        for path in ("", "/consents", "/disclosures", "/explanation?recipient=police"):
            answer = await cases.service.http.get(
                f"/v1/cases/{case_id}{path}", headers=signed_in(role, "intake")
            )
            answers.append((answer.status_code, answer.text.replace(str(case_id), "")))
    return answers
