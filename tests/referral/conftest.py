"""Fixtures: the referral service on a database of its own, with a double of the case service."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from referral_service.app import SERVICE as REFERRAL
from referral_service.directory.reference_agencies import load_reference
from tests.conftest import TestPostgres
from tests.referral.case_double import CaseDouble
from tests.support.services import MovableClock, RunningService, running


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
