"""Random histories: the service does what the model of the rules says, in whatever order things happen on a case."""

import os

from tests.case.conftest import CaseWork
from tests.case.histories.random_histories import run

HISTORIES = int(os.environ.get("CASE_HISTORIES", "6"))


async def test_every_history_ends_as_the_model_says(cases: CaseWork) -> None:
    steps = await run(cases, histories=HISTORIES, start=0)
    assert steps > HISTORIES * 6
