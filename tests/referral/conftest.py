"""Referral on a database of its own, with a case service and partners made by hand."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from referral_service.app import REFERRAL
from referral_service.reference import load_reference
from tests.conftest import TestPostgres
from tests.referral.doubles import CaseDouble
from tests.running import MovableClock, RunningService, running


@pytest.fixture
def case() -> CaseDouble:
    return CaseDouble()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def referral(
    postgres_server: TestPostgres, tmp_path: Path, case: CaseDouble, clock: MovableClock
) -> AsyncIterator[RunningService]:
    async with running(
        REFERRAL,
        postgres_server,
        home=tmp_path,
        clock=clock,
        client=lambda _: case,
        public_url="https://referrals.example.org",
        seed=load_reference,
    ) as service:
        yield service
