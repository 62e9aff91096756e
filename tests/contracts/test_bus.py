"""Both buses keep every promise of the port."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.contracts.bus_checks import CHECKS
from tests.contracts.bus_world import World, world


@pytest.mark.parametrize("promise", CHECKS, ids=lambda check: check.__name__)
async def test_the_bus_keeps_its_promise(
    promise: Callable[[World], Awaitable[None]], bus_url: str, tmp_path: Path
) -> None:
    async with world(bus_url, tmp_path) as here:
        await promise(here)
