"""Questions that every law asks of a world."""

import random
from collections.abc import Callable, Iterator

from tests.case.rules.model.table.rules_under_test import BOOK
from tests.case.rules.model.table.world_in_words import ON
from tools.simulation.rules_model import forced, required
from tools.simulation.rules_model.required import RequiredDuty, RequiredSharing
from tools.simulation.rules_model.world import (
    World,
)

Law = Callable[[World, random.Random], Iterator[str]]


def sharing(world: World) -> RequiredSharing:
    return required.required(world, ON, BOOK)


def sent(world: World, duty: RequiredDuty) -> forced.Contents:
    return forced.forced_contents(world, duty, ON)
