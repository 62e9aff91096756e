"""The tree holds itself to what it promises: no words in events, one boundary that commits, files one can read."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from deploy.contracts import SERVICES
from shared import vocabulary
from shared.events import BY_TYPE, EVENTS, AuditHeadAnnounced, Count, Digest, Event, Length
from shared.platform import Service
from shared.settings import Settings
from shared.vocabulary import Code

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("shared", "services", "deploy", "demo", "benchmarks")
EVENT_FIELDS = (UUID, datetime, bool, Code, Count, Length, Digest)


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


# Events


def is_allowed(kind: Any) -> bool:
    """An id, time, count, yes or no, code, or word of a list; none of them, or several of them."""
    if get_origin(kind) in (Union, UnionType):
        return all(is_allowed(part) for part in get_args(kind) if part is not NoneType)
    if get_origin(kind) is tuple:
        member, *rest = get_args(kind)
        return rest == [...] and is_allowed(member)
    if inspect.isclass(kind) and issubclass(kind, StrEnum):
        words = list(kind.__members__.values())
        return getattr(vocabulary, kind.__name__, None) is kind and all(map(is_word_of_a_list, words))
    return any(kind == allowed for allowed in EVENT_FIELDS)


def is_word_of_a_list(word: str) -> bool:
    """A code, or the official name of a nation, which may have a space: the list is closed all the same."""
    return vocabulary.is_code(word.replace(" ", "_"))


def fields_not_allowed(event: type[Event]) -> list[str]:
    hints = get_type_hints(event, include_extras=True)
    return [name for name in event.model_fields if not is_allowed(hints[name])]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_holds_ids_codes_times_and_counts_only(event: type[Event]) -> None:
    assert fields_not_allowed(event) == []


class FreeKind(StrEnum):
    NAMED_ELSEWHERE = "a list that the vocabulary does not hold"


class Planted(Event):
    type: ClassVar[str] = "planted.v1"
    topic: ClassVar[str] = "case"
    case_id: UUID
    said: str
    said_perhaps: str | None
    said_often: tuple[str, ...]
    told: dict[str, str]
    how_many: int
    score: float
    anything: Any
    kind: FreeKind


def test_a_field_that_could_hold_words_is_noticed() -> None:
    expected = ["said", "said_perhaps", "said_often", "told", "how_many", "score", "anything", "kind"]
    assert fields_not_allowed(Planted) == expected


def test_every_event_has_a_type_of_its_own_and_a_subject_that_is_an_id() -> None:
    assert len(BY_TYPE) == len(EVENTS)
    for event in EVENTS:
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+\.v[0-9]+", event.type)
        assert event.model_fields[event.subject_field].annotation is UUID


def test_every_event_is_announced_by_somebody() -> None:
    registry = ROOT / "shared" / "shared" / "events.py"
    made = {
        node.func.id
        for path in sources("shared", "services")
        if path != registry
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert [event.__name__ for event in EVENTS if event.__name__ not in made] == []


# Reactions


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_every_reaction_is_to_an_event_of_the_registry_and_takes_just_that_event(service: Service) -> None:
    for event, reaction in service.reactions.items():
        assert BY_TYPE[event.type] is event
        assert inspect.iscoroutinefunction(reaction)
        first, *rest = inspect.signature(reaction).parameters
        assert issubclass(event, get_type_hints(reaction)[first])
        assert len(rest) == 1


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_every_service_witnesses_the_audit_chains_of_the_others(service: Service) -> None:
    assert AuditHeadAnnounced in service.reactions


# Source


def calls_of(tree: ast.AST, *names: str) -> list[str]:
    return [
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


BOUNDARIES = ("commit", "rollback", "begin", "begin_nested", "transaction")
COMMITS = {
    "shared/shared/database.py": "the unit of work of a request or a message",
    "shared/shared/migrations/env.py": "a migration",
    "shared/shared/consumer.py": "the place in the bus, after the unit of work",
    "shared/shared/bus/kafka_subscription.py": "the place in the bus",
    "shared/shared/bus/postgres.py": "the bus's own tables, when they are made",
    "shared/shared/audit.py": "links entries that are committed, one linker at a time; reads the chain as one",
}
WRITES_ALONE = {
    "shared/shared/audit.py": "links entries that are committed already (DECISIONS 2)",
    "shared/shared/relay.py": "takes out of the outbox what the bus has, or notes that it refused",
    "shared/shared/idempotency.py": "forgets kept answers whose time is over; each stands for itself",
    "shared/shared/bus/postgres.py": "the bus's own log",
    "shared/shared/bus/postgres_subscription.py": "the place in the bus",
    "services/intake-service/intake_service/receiving.py": "a whole report as one statement (DECISIONS 1)",
    "services/referral-service/referral_service/claiming.py": "claims a delivery; a claim that is lost lapses",
    "services/referral-service/referral_service/delivering.py": "counts a try before the agency may see it",
}
"""Statements that stand alone on a plain connection: each commits itself, with no audit entry and no event but its
own. Everything else is written in a unit of work."""
WRITING = re.compile(
    r"\b(INSERT\s+INTO|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|UPDATE\s+\w+\s+(\w+\s+)?SET)\b", re.I
)
ASKING = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "cursor", "copy_records_to_table"}


def asks_a_plain_connection(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ASKING
        and re.search(r"(pool|connection|connected\(\))$", ast.unparse(node.func.value))
        for node in ast.walk(tree)
    )


def writes_alone(source: str) -> bool:
    tree = ast.parse(source)
    texts = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return asks_a_plain_connection(tree) and any(map(WRITING.search, texts))


def places(found: Callable[[str], Any]) -> set[str]:
    return {named(path) for path in sources("shared", "services") if found(path.read_text())}


def test_only_the_boundary_commits() -> None:
    assert places(lambda source: calls_of(ast.parse(source), *BOUNDARIES)) == COMMITS.keys()


def test_only_the_listed_statements_are_written_outside_a_unit_of_work() -> None:
    assert places(writes_alone) == WRITES_ALONE.keys()


def test_a_commit_elsewhere_is_noticed() -> None:
    planted = ast.parse("async def close(case, session):\n    await session.commit()\n    session.begin()")
    assert sorted(calls_of(planted, *BOUNDARIES)) == ["begin", "commit"]
    assert calls_of(ast.parse("async with connection.transaction(): ..."), *BOUNDARIES) == ["transaction"]


@pytest.mark.parametrize(
    "statement",
    [
        'await platform.database.pool.execute("DELETE FROM cases WHERE id = $1", case_id)',
        'await self._pool.fetchval("update cases set state = 1 returning 1")',
        'await connection.executemany("INSERT  INTO cases VALUES ($1)", rows)',
        '_MOVE = """\nUPDATE legs l\nSET state = 1\n"""\nawait uow.connection.fetch(_MOVE)',
    ],
)
def test_a_statement_that_commits_itself_elsewhere_is_noticed(statement: str) -> None:
    assert writes_alone(statement)
    assert not writes_alone(statement.replace("pool", "session").replace("connection", "session"))


LONGEST = 300
LONGER = {
    "shared/shared/sharing.py": "one pure module decides what leaves; it is read as a whole",
    "shared/shared/events.py": "the registry of events is one list",
    "shared/shared/vocabulary.py": "the controlled lists that rules use, one after another",
    "services/case-service/case_service/migrations/case_0001_cases.py": "written once, never read again",
}
LONGEST_TEST = 500
LONGER_TESTS = {
    "tests/shared/sharing_rows.py": "the whole truth table",
    "tests/case/driven.py": "one hand for every step that a history can take, beside what the plain model says of it",
}


def test_files_are_short_enough_to_be_read() -> None:
    long = [named(path) for path in sources(*SOURCES) if len(path.read_text().splitlines()) > LONGEST]
    assert set(long) <= LONGER.keys()
    long_tests = [
        named(path) for path in sources("tests") if len(path.read_text().splitlines()) > LONGEST_TEST
    ]
    assert set(long_tests) <= LONGER_TESTS.keys()


def test_every_module_opens_with_a_sentence() -> None:
    mute = [
        named(path)
        for path in sources(*SOURCES, "tests")
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert mute == []


def test_tests_use_doubles_written_by_hand() -> None:
    mocking = re.compile(
        r"^\s*(from|import) (unittest\.mock|unittest import mock|pytest_mock)|\bmocker\b", re.M
    )
    this = Path(__file__)
    assert [
        named(path) for path in sources("tests") if path != this and mocking.search(path.read_text())
    ] == []
    assert mocking.search("from unittest.mock import patch")


# Settings

VARIABLE = re.compile(r"\b(HELPLINE_[A-Z]+(?:_[A-Z]+)*|DATABASE_URL)\b(?![*_])")
NOT_SETTINGS = {"HELPLINE_NATIONALITIES"}  # a table of the demo's generator


def documented() -> set[str]:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.M)
    assert len(rows) == len(set(rows)), "a variable is documented twice"
    return set(rows)


def settings_of_services() -> set[str]:
    kinds = {Settings} | {service.settings for service in SERVICES.values()}
    return {f"HELPLINE_{name}".upper() for kind in kinds for name in kind.model_fields}


def test_every_variable_that_is_read_is_documented_and_no_other() -> None:
    files = [*sources(*SOURCES), ROOT / "Makefile"]
    mentioned = {name for path in files for name in VARIABLE.findall(path.read_text())}
    assert (mentioned | settings_of_services()) - NOT_SETTINGS == documented()
