"""Mutants: faults planted into running code, each of which a named check must notice, and for its own reason.

A mutant that is never reached proves nothing, and neither does one that only breaks the code: both fail the test.
"""

import contextlib
import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from shared.errors import HelplineError

Right = Callable[..., Any]
"""Function as it is, or as the mutant has it."""


@dataclass(frozen=True)
class Mutant:
    """Fault in one function, method or property: `change` makes the faulty one from the right one."""

    target: Any
    attribute: str
    change: Callable[[Right], Right]

    @property
    def __name__(self) -> str:
        return self.change.__name__


def mutant(target: Any, attribute: str) -> Callable[[Callable[[Right], Right]], Mutant]:
    """Declare the decorated function as a mutant of an attribute of a module or class."""
    return lambda change: Mutant(target, attribute, change)


@dataclass
class Planted:
    """Watch over a planted fault: how often it was reached, and what broke in it."""

    calls: int = 0
    broken: list[BaseException] = field(default_factory=list)


@contextlib.contextmanager
def planted(one: Mutant) -> Iterator[Planted]:
    """Plant a fault; AssertionError at the end where it was never reached, or raised more than a refusal."""
    found = inspect.getattr_static(one.target, one.attribute)
    watch = Planted()
    setattr(one.target, one.attribute, _as_found(found, lambda right: _watched(one.change(right), watch)))
    try:
        yield watch
    finally:
        setattr(one.target, one.attribute, found)
    assert watch.calls, f"{one.__name__}: never reached"
    assert not watch.broken, f"{one.__name__}: broke with {watch.broken[0]!r}"


def _as_found(found: Any, change: Callable[[Right], Right]) -> Any:
    """Change what stands there: a property, class method or static method stays one."""
    if isinstance(found, property):
        assert found.fget is not None
        return property(change(found.fget))
    if isinstance(found, classmethod | staticmethod):
        return type(found)(change(found.__func__))
    return change(found)


def _watched(function: Right, watch: Planted) -> Right:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def watched_async(*values: Any, **named: Any) -> Any:
            with _noting(watch):
                return await function(*values, **named)

        return watched_async

    @functools.wraps(function)
    def watched(*values: Any, **named: Any) -> Any:
        with _noting(watch):
            return function(*values, **named)

    return watched


@contextlib.contextmanager
def _noting(watch: Planted) -> Iterator[None]:
    watch.calls += 1
    try:
        yield
    except HelplineError:
        raise
    except Exception as error:
        watch.broken.append(error)
        raise


async def assert_noticed(one: Mutant, message: str, check: Callable[[], Awaitable[object]]) -> None:
    """Run a check against a planted fault; it must fail with an assertion that says `message`, and with no other."""
    with planted(one):
        try:
            await check()
        except AssertionError as error:
            noticed = str(error)
        else:
            noticed = "nothing"
    assert message in noticed, f"{one.__name__}: expected {message!r}, noticed {noticed!r}"
