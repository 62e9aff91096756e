"""Laws of section 6 over random worlds of the model."""

import os

import pytest

from tests.case.rules.model.laws import laws_of_silence
from tests.case.rules.model.laws.laws_of_the_rules import LAWS, broken
from tests.case.rules.model.laws.worlds_asked import Law

WORLDS = int(os.environ.get("MODEL_WORLDS", "500"))
PAIRS = 2000
"""Pairs of worlds that nobody else may tell apart, and that differ in what was taken away."""
PAIRED = (
    laws_of_silence.what_is_withheld_makes_no_difference,
    laws_of_silence.what_only_takes_away_is_never_announced,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_law_holds_in_every_world(law: Law) -> None:
    worlds = max(PAIRS, WORLDS) if law in PAIRED else WORLDS
    assert list(broken(law, worlds=worlds)) == []
