"""Bus adapters: both keep every promise of the port."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.contracts.bus.bus_checks import CHECKS
from tests.contracts.bus.bus_environment import BusEnvironment, bus_environment


@pytest.mark.parametrize("promise", CHECKS, ids=lambda check: check.__name__)
async def test_the_bus_keeps_its_promise(
    promise: Callable[[BusEnvironment], Awaitable[None]], bus_url: str, tmp_path: Path
) -> None:
    async with bus_environment(bus_url, tmp_path) as environment:
        await promise(environment)
