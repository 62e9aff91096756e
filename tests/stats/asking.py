"""Questions to the statistics service, and its answers as plain numbers."""

from typing import Any

from tests.running import RunningService, signed_in


async def asked(stats: RunningService, measure: str, *, role: str = "", **parameters: str) -> Any:
    query = {"measure": measure, "from": "2026-01", "to": "2026-01", **parameters}
    return await stats.http.get("/v1/statistics", params=query, headers=signed_in(role) if role else {})


async def exact(stats: RunningService, measure: str, by: str = "", **parameters: str) -> dict[Any, int]:
    """Exact figures: by period alone, or by the period and its codes in the order of `by`."""
    answer = await asked(stats, measure, role="analyst", by=by, **parameters)
    assert answer.status_code == 200, answer.text
    return {
        (one["period"], *one["by"].values()) if by else one["period"]: one["count"]
        for one in answer.json()["figures"]
    }


async def public(stats: RunningService, measure: str, by: str = "", **parameters: str) -> dict[Any, Any]:
    answer = await asked(stats, measure, by=by, **parameters)
    assert answer.status_code == 200, answer.text
    return {
        (one["period"], *one["by"].values()) if by else one["period"]: one["count"]
        for one in answer.json()["figures"]
    }
