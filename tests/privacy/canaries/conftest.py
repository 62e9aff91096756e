"""Fixture: a folder for a whole system."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder outside of pytest's own, which every start of pytest closes to the user of the database server."""
    with tempfile.TemporaryDirectory(prefix="helpline-canaries-") as name:
        yield Path(name)
