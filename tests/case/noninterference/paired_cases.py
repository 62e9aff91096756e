"""Pairs of cases that differ only in words that nobody may read, and all that others receive of them.

All pairs live in one database: every round, each of them takes its next step, and whatever is due is done.
"""

import asyncio
import contextlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.events import DisclosureIssued, Event, read
from tests.case.conftest import CaseWork
from tests.case.histories.compared_case import ANNOUNCED, Message
from tests.case.histories.model_comparison import ModelComparison
from tests.case.noninterference.random_cases import PAUSES, Step, a_history
from tests.support.services import signed_in

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TAKEN_AWAY_LATER = ("name:p0", "phone:p0", "email:p0", "home:p0", "safe")
"""Fields that may be emptied later: one case must hold them where the other does."""
MAY_BE_EMPTY = ("phone", "email", "description", "relation", "home", "found", "when")


@dataclass
class PairedCase(ModelComparison):
    """One of two cases. In the second, whatever nobody could read in the first is said otherwise, or not at all."""

    steps: Sequence[Step] = ()
    unread: set[str] | None = None
    announced: list[Event] = field(default_factory=list)

    def new_word(self, name: str) -> str:
        text = super().new_word(name)
        if self.unread is None or name not in self.unread:
            return text
        silent = name.partition(":")[0] in MAY_BE_EMPTY and name not in TAKEN_AWAY_LATER
        return "" if silent else f"{text[:-1]}-otherwise{'!' * 40};"

    async def live(self, round_: int, news: Iterable[Event]) -> None:
        self.announced += news
        if round_:
            await self.look(self.announced)
        step, values = self.steps[round_]
        await getattr(self, step)(**values)
        if self.unread is not None and round_ == len(PAUSES) - 2:
            await self._write_what_nobody_reads()

    async def issue_everything(self) -> None:
        for number in range(len(self.messages)):
            await self.issue(number=number)

    async def _write_what_nobody_reads(self) -> None:
        """Record more in this case only: a step that others would see in that something arrives."""
        for name in sorted(self.unread or ()):
            self.case_file = await self.cases.read(self.case_id)
            if name in ("summary", "protection-summary"):
                await self.summary(protection=name != "summary")
            elif name in {f"name:{who}" for who in self.ids if who != "p0"}:
                await self.name(who=name.partition(":")[2])

    def read_content(self, text: str, items: set[str], one: Message) -> None:
        """Read nothing: the two cases are compared with each other, and not with the model."""

    def seen_by_others(self) -> list[Any]:
        """Return everything that left this case, in its order, without the ids that differ by chance."""
        return [*map(self._as_received, self.received), *self._as_announced()]

    def _names(self) -> dict[str, str]:
        recipients = {one["id"]: f"recipient-{one['agency_code']}" for one in self.case_file["recipients"]}
        numbered: dict[str, int] = defaultdict(int)
        messages = {}
        for one in self.in_order():
            agency = one.key[1]
            numbered[agency] += 1
            messages[one.id] = f"message-{agency}-{numbered[agency]}"
        own = {str(self.case_id): "case", self.case_file["contact_id"]: "contact"}
        return own | recipients | messages | {found: name for name, found in self.ids.items()}

    def _plain(self, value: Any) -> Any:
        """Return the same with names for ids, and what stands in no order brought into one."""
        names = self._names()
        text = ID.sub(lambda found: names.get(found.group(), "some-id"), json.dumps(value, default=str))
        return _in_order(json.loads(text))

    def _as_received(self, received: tuple[Message, int, Any]) -> Any:
        one, status, answer = received
        if status != 200:
            return self._plain([one.id, status, answer])
        content, size = json.loads(answer["text"]), len(answer["text"].encode())
        return self._plain([one.id, status, content, size, len(answer["digest"])])

    def _as_announced(self) -> list[Any]:
        """Return the events by moment and recipient: duties that open at one moment have no order among them."""
        shown = []
        for event in self.announced:
            values = event.model_dump(mode="json")
            if isinstance(event, DisclosureIssued):
                values["digest"] = len(event.digest)
            shown.append(self._plain([event.type, values]))
        return sorted(shown, key=lambda one: json.dumps(one, sort_keys=True))


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_order(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted((_in_order(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


@dataclass(frozen=True)
class Pair:
    """Two cases and, where others could tell them apart, by what."""

    steps: list[Step]
    received: int
    difference: Any


async def pairs(cases: CaseWork, *, count: int, seed: int) -> list[Pair]:
    """Live through so many pairs; return them, told apart or not."""
    histories = [a_history(random.Random(f"{seed}/{number}")) for number in range(count)]
    start = cases.clock.offset
    first = await _lived(cases, [(steps, None) for steps in histories])
    await _stop_clocks(cases)
    cases.clock.offset = start
    unread = [_all_fields(one) - one.fields_read for one in first]
    second = await _lived(cases, list(zip(histories, unread, strict=True)))
    await _stop_clocks(cases)
    return [
        Pair(steps, len(one.received), _difference(one.seen_by_others(), other.seen_by_others()))
        for steps, one, other in zip(histories, first, second, strict=True)
    ]


async def _stop_clocks(cases: CaseWork) -> None:
    """Let nothing more become due on cases that were lived through."""
    for table in ("sharing_duties", "sharing_permissions"):
        await cases.service.fetch(f"UPDATE {table} SET due_at = NULL")


def _all_fields(one: PairedCase) -> set[str]:
    return {*one.versions, "summary", "protection-summary"}


async def _lived(cases: CaseWork, plans: Sequence[tuple[list[Step], set[str] | None]]) -> list[PairedCase]:
    lives = [
        PairedCase(cases, f"n{number}", steps=steps, unread=unread)
        for number, (steps, unread) in enumerate(plans)
    ]
    heard, few, one_at_a_time = 0, asyncio.Semaphore(6), asyncio.Semaphore(1)

    async def live(one: PairedCase, round_: int, news: Iterable[Event]) -> None:
        async with few if round_ else one_at_a_time:  # whoever comes first imports every report
            await one.live(round_, news)

    for round_, pause in enumerate((*PAUSES, 0)):
        await cases.run_scheduler()
        rows = await cases.service.fetch(ANNOUNCED + " ORDER BY number", heard)
        heard = rows[-1]["number"] if rows else heard
        news = _by_case(rows)
        if round_ == len(PAUSES):
            for one in lives:
                one.announced += news[one.case_id]
                one.case_file = await cases.read(one.case_id)
            break
        await asyncio.gather(*(live(one, round_, news[one.case_id]) for one in lives))
        cases.clock.forward(seconds=pause)
    return lives


def _by_case(rows: Iterable[Any]) -> dict[UUID, list[Event]]:
    news: dict[UUID, list[Event]] = defaultdict(list)
    for row in rows:
        with contextlib.suppress(KeyError):
            news[UUID(str(row["key"]))].append(read(row["type"], bytes(row["body"])))
    return news


def _difference(one: list[Any], other: list[Any]) -> Any:
    """Return what only one of the two cases shows; None where nobody can tell them apart."""
    if one == other:
        return None
    return [[each for each in one if each not in other], [each for each in other if each not in one]]


OTHERS = ("analyst", "operator", "data_protection_officer", "agency", "service")


async def answers_to_others(cases: CaseWork, case_id: UUID) -> list[tuple[int, str]]:
    """Return what everybody who works on no case is answered about one."""
    answers = []
    for role in OTHERS:
        for path in ("", "/consents", "/disclosures", "/explanation?recipient_kind=police"):
            answer = await cases.service.http.get(
                f"/v1/cases/{case_id}{path}", headers=signed_in(role, "intake")
            )
            answers.append((answer.status_code, answer.text.replace(str(case_id), "")))
    return answers
