"""How a service says whether it lives, whether it is ready, and how far behind it is."""

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import generate_latest
from pydantic import BaseModel

from shared import audit, failed_events, metrics
from shared.access import Anyone, Auditor, PlatformOf, caller, holding
from shared.bus import BusUnavailable
from shared.errors import HelplineError
from shared.identity import Principal, Role
from shared.platform import Platform

TIME_LIMIT = 2.0
LOOP_IS_LATE_AFTER = 60.0
COUNTS_TO = 100_000
"""Of more events than this that wait, only so many are counted: a long outbox must not make the service unready."""
_WAITING = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT $1) AS counted) AS rows,
       (SELECT time FROM outbox ORDER BY number LIMIT 1) AS oldest,
       (SELECT count(*) FROM outbox WHERE refused IS NOT NULL) AS refused
"""

FOR_EVERYBODY = {"ready", "database", "bus"}
"""How busy the helpline is, and where it limps, is nobody's business outside."""

router = APIRouter(tags=["health"])
MetricsReader = Annotated[Principal, Depends(holding(Role.OPERATOR))]


class HealthOut(BaseModel):
    """`ready` is whether requests are answered. `bus` may be down meanwhile: events wait in the outbox.

    `outbox_refused` events are such that no bus takes them: they hold their own matters, and are tried every minute.
    `late_loops` had no round that worked for a minute. `concerns` are what a person should look at, and how many."""

    ready: bool
    database: bool
    bus: bool
    outbox_rows: int = 0
    outbox_oldest_seconds: float = 0.0
    outbox_refused: int = 0
    consumer_lag: int = 0
    consumer_stopped: bool = False
    failed_events: int = 0
    held_events: int = 0
    late_loops: list[str] = []
    concerns: dict[str, int] = {}


@router.get("/livez", summary="Whether the process turns at all")
async def livez(_: Anyone) -> dict[str, str]:
    return {"status": "alive"}


@router.get(
    "/readyz",
    summary="Whether requests are answered, and how far behind the service is",
    response_model=HealthOut,
)
async def readyz(_: Anyone, request: Request, platform: PlatformOf) -> Response:
    """How far behind is told to operators, and on a laptop to everybody."""
    health: HealthOut = await platform.asked.join("health", lambda: health_of(platform))
    shown = None if await _sees_all(request, platform) else FOR_EVERYBODY
    return JSONResponse(health.model_dump(include=shown), status_code=200 if health.ready else 503)


async def _sees_all(request: Request, platform: Platform) -> bool:
    if platform.settings.mode == "local":
        return True
    try:
        principal = await caller(request, platform, None)
    except HelplineError:  # health is told all the same, whatever became of a token or of who issued it
        return False
    return principal is not None and Role.OPERATOR in principal.roles


@router.get("/metrics", summary="Measurements for Prometheus", response_class=PlainTextResponse)
async def prometheus(_: MetricsReader, platform: PlatformOf) -> Response:
    health = await health_of(platform)
    name = platform.name
    metrics.OUTBOX_ROWS.labels(name).set(health.outbox_rows)
    metrics.OUTBOX_AGE.labels(name).set(health.outbox_oldest_seconds)
    metrics.OUTBOX_REFUSED.labels(name).set(health.outbox_refused)
    metrics.LAG.labels(name).set(health.consumer_lag)
    metrics.FAILED.labels(name, "failed").set(health.failed_events)
    metrics.FAILED.labels(name, "held").set(health.held_events)
    metrics.LATE_LOOPS.labels(name).set(len(health.late_loops))
    metrics.STOPPED.labels(name).set(health.consumer_stopped)
    for concern in platform.concerns:
        metrics.CONCERNS.labels(name, concern).set(health.concerns.get(concern, 0))
    return PlainTextResponse(generate_latest(metrics.REGISTRY))


class WitnessedHeadOut(BaseModel):
    length: int
    head: str
    witnessed_at: str


@router.get("/v1/witnessed-heads/{service}", summary="What this service remembers of another's audit chain")
async def witnessed_heads(
    _: Auditor, platform: PlatformOf, service: Annotated[str, Path(pattern="^[a-z]{1,20}$")]
) -> list[WitnessedHeadOut]:
    heads = await audit.heads_witnessed_of(platform.database.pool, service)
    return [WitnessedHeadOut(length=n, head=head, witnessed_at=at.isoformat()) for n, head, at in heads]


async def health_of(platform: Platform) -> HealthOut:
    try:
        counted = await asyncio.wait_for(_counted(platform), TIME_LIMIT)
    except Exception:  # whatever the database's client raises, it is away
        return HealthOut(ready=False, database=False, bus=await _bus_answers(platform))
    consumer = platform.consumer
    return HealthOut(
        ready=True,
        database=True,
        bus=await _bus_answers(platform),
        consumer_lag=consumer.lag if consumer else 0,
        consumer_stopped=consumer.stopped if consumer else False,
        late_loops=late_loops(platform),
        **counted,
    )


def late_loops(platform: Platform) -> list[str]:
    now = time.monotonic()
    return sorted(name for name, beat in platform.beats.items() if now - beat > LOOP_IS_LATE_AFTER)


async def _counted(platform: Platform) -> dict[str, Any]:
    pool = platform.database.pool
    row = await pool.fetchrow(_WAITING, COUNTS_TO)
    failed = await failed_events.counts(pool)
    oldest = row["oldest"]
    concerns = {name: await count(platform) for name, count in platform.concerns.items()}
    age = (platform.clock() - oldest).total_seconds() if oldest else 0.0
    return {
        "outbox_rows": row["rows"],
        "outbox_oldest_seconds": round(age, 3),
        "outbox_refused": row["refused"],
        "failed_events": failed.get("failed", 0),
        "held_events": failed.get("held", 0),
        "concerns": {name: count for name, count in concerns.items() if count},
    }


async def _bus_answers(platform: Platform) -> bool:
    try:
        await asyncio.wait_for(platform.bus.check(), TIME_LIMIT)
    except (BusUnavailable, OSError, TimeoutError):
        return False
    return True
