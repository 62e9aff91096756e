"""Events and their handlers: fields hold no words, every event is announced, every handler takes its own event."""

import ast
import inspect
import re
from datetime import datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from shared.domain import vocabulary
from shared.domain.vocabulary import Code
from shared.events import BY_TYPE, EVENTS, AuditHeadAnnounced, Count, Digest, Event, Length
from shared.service.spec import ServiceSpec
from tests.tree.source_files import sources, tree_of
from tools.registry import specs

EVENT_FIELDS = (UUID, datetime, bool, Code, Count, Length, Digest)


def is_allowed(kind: Any) -> bool:
    """Return whether a type is an id, time, count, yes or no, code, or word of a list.

    Several of them, or None, will do too.
    """
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
    """Accept a code, or the official name of a nation, which may have a space: that list is closed too."""
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
    text: str
    perhaps_text: str | None
    texts: tuple[str, ...]
    named_texts: dict[str, str]
    how_many: int
    score: float
    anything: Any
    kind: FreeKind


def test_a_field_that_could_hold_words_is_noticed() -> None:
    expected = ["text", "perhaps_text", "texts", "named_texts", "how_many", "score", "anything", "kind"]
    assert fields_not_allowed(Planted) == expected


def test_every_event_has_a_type_of_its_own_and_a_subject_that_is_an_id() -> None:
    assert len(BY_TYPE) == len(EVENTS)
    for event in EVENTS:
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+\.v[0-9]+", event.type)
        assert event.model_fields[event.subject_field].annotation is UUID


def test_every_event_is_announced_by_some_service() -> None:
    made = {
        node.func.id
        for path in sources("shared", "services")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert [event.__name__ for event in EVENTS if event.__name__ not in made] == []


@pytest.mark.parametrize("service", specs().values(), ids=lambda service: service.name)
def test_every_handler_is_of_an_event_of_the_registry_and_takes_just_that_event(
    service: ServiceSpec,
) -> None:
    for event, handler in service.event_handlers.items():
        assert BY_TYPE[event.type] is event
        assert inspect.iscoroutinefunction(handler)
        first, *rest = inspect.signature(handler).parameters
        assert issubclass(event, get_type_hints(handler)[first])
        assert len(rest) == 1


@pytest.mark.parametrize("service", specs().values(), ids=lambda service: service.name)
def test_every_service_remembers_the_audit_heads_of_the_others(service: ServiceSpec) -> None:
    assert AuditHeadAnnounced in service.event_handlers
