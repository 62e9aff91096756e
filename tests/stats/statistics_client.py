"""Client of the statistics service: queries, and answers as plain numbers."""

from collections.abc import Sequence
from typing import Any

from tests.support.services import RunningService, signed_in

WHOLE_YEAR = {"from": "2026-01", "to": "2026-12"}


async def ask(
    stats: RunningService, measure: str, *, role: str = "", by: Sequence[str] = (), **parameters: str
) -> Any:
    query = {"measure": measure, "from": "2026-01", "to": "2026-01", "by": list(by), **parameters}
    return await stats.http.get("/v1/statistics", params=query, headers=signed_in(role) if role else {})


async def exact(stats: RunningService, measure: str, *by: str, **parameters: str) -> dict[Any, int]:
    """Return exact figures by period, or by the period and its codes in the order of `by`."""
    answer = await ask(stats, measure, role="analyst", by=by, **parameters)
    assert answer.status_code == 200, answer.text
    return {
        (one["period"], *one["by"].values()) if by else one["period"]: one["count"]
        for one in answer.json()["figures"]
    }


async def public(stats: RunningService, measure: str, *by: str, **parameters: str) -> dict[Any, Any]:
    answer = await ask(stats, measure, by=by, **parameters)
    assert answer.status_code == 200, answer.text
    return {
        (one["period"], *one["by"].values()) if by else one["period"]: one["count"]
        for one in answer.json()["figures"]
    }
