"""Health: whether the process lives, whether it answers requests, and how far behind it is."""

import asyncio
import time
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import generate_latest

from shared.audit import chain
from shared.errors import HelplineError
from shared.http import pagination
from shared.http.auth import Anyone, Auditor, Context, caller, has_role
from shared.http.pagination import Page
from shared.http.problems import raises
from shared.http.schemas import Answer
from shared.identity.principals import Principal, Role
from shared.messaging.dead_letters import count_by_state
from shared.observability import metrics
from shared.service.context import ServiceContext

ANSWER_LIMIT = 5.0
"""Seconds in which database and bus must answer; generous, because high load must not look like a fault."""
COUNTS_LIMIT = 2.0
"""Seconds for the counts of how far behind the service is. Without them it is ready, and says that they are late."""
COUNTS_LATE = "health_counts_late"
LOOP_IS_LATE_AFTER = 60.0
COUNT_LIMIT = 100_000
"""Events counted in the outbox, at most: a long outbox must not make the service unready."""
_OUTBOX = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT $1) AS counted) AS rows,
       (SELECT time FROM outbox ORDER BY number LIMIT 1) AS oldest,
       (SELECT count(*) FROM outbox WHERE refused IS NOT NULL) AS refused
"""

PUBLIC_FIELDS = {"ready", "database", "bus"}
"""The load of the helpline, and where it has trouble, is for operators only."""

router = APIRouter(tags=["health"])
MetricsReader = Annotated[Principal, Depends(has_role(Role.OPERATOR))]


class AliveOut(Answer):
    """The process runs."""

    status: Literal["alive"]
    """Always "alive"."""


class HealthOut(Answer):
    """Health of one service process. All but the first three fields are for operators."""

    ready: bool
    """Requests are answered. The bus may be down meanwhile: events wait in the outbox."""
    database: bool
    """The database answers."""
    bus: bool
    """The bus answers."""
    outbox_rows: int = 0
    """Events not yet on the bus, counted up to a limit."""
    outbox_oldest_seconds: float = 0.0
    """Age of the oldest such event, in seconds."""
    outbox_refused: int = 0
    """Events that the bus refuses; each blocks its own key and is tried again every minute."""
    consumer_lag: int = 0
    """Events on the bus that this service has not handled yet."""
    consumer_stopped: bool = False
    """The consumer stopped after too many failures in a row, and tries again every minute."""
    dead_letters: int = 0
    """Events that failed and wait for a replay."""
    blocked_events: int = 0
    """Events that wait behind a failed one of the same key."""
    late_loops: list[str] = []
    """Background loops without a successful round for a minute."""
    alerts: dict[str, int] = {}
    """Things that a person should look at, by name, with their number."""


class AuditHeadOut(Answer):
    """Head of another service's audit chain, as this service remembers it."""

    length: int
    """Number of entries in the chain."""
    head: str
    """Hash over all of them, in hexadecimal."""
    remembered_at: datetime
    """Time at which this service learnt of it."""


class AuditHeadPage(Page[AuditHeadOut]):
    """Heads of one audit chain, oldest first."""


@router.get("/livez", summary="Check that the process runs")
async def check_alive(_: Anyone) -> AliveOut:
    return AliveOut(status="alive")


@router.get(
    "/readyz",
    summary="Check that requests are answered, and how far behind the service is",
    response_model=HealthOut,
    responses={503: {"model": HealthOut, "description": "Requests are not answered"}},
)
async def check_ready(_: Anyone, request: Request, context: Context) -> Response:
    """Show how far behind the service is to operators; on a laptop, to everybody."""
    health: HealthOut = await context.single_flight.join("health", lambda: health_of(context))
    shown = None if await _sees_all(request, context) else PUBLIC_FIELDS
    return JSONResponse(health.model_dump(include=shown), status_code=200 if health.ready else 503)


async def _sees_all(request: Request, context: ServiceContext) -> bool:
    if context.settings.mode == "local":
        return True
    try:
        principal = await caller(request, context, None)
    except HelplineError:  # health is answered all the same, whatever is wrong with the token
        return False
    return principal is not None and Role.OPERATOR in principal.roles


@router.get("/metrics", summary="Read metrics for Prometheus", response_class=PlainTextResponse)
async def read_metrics(_: MetricsReader, context: Context) -> Response:
    health = await health_of(context)
    name = context.name
    metrics.OUTBOX_ROWS.labels(name).set(health.outbox_rows)
    metrics.OUTBOX_AGE.labels(name).set(health.outbox_oldest_seconds)
    metrics.OUTBOX_REFUSED.labels(name).set(health.outbox_refused)
    metrics.CONSUMER_LAG.labels(name).set(health.consumer_lag)
    metrics.DEAD_LETTERS.labels(name, "failed").set(health.dead_letters)
    metrics.DEAD_LETTERS.labels(name, "blocked").set(health.blocked_events)
    metrics.LATE_LOOPS.labels(name).set(len(health.late_loops))
    metrics.CONSUMER_STOPPED.labels(name).set(health.consumer_stopped)
    for alert in (*context.alerts, COUNTS_LATE):
        metrics.ALERTS.labels(name, alert).set(health.alerts.get(alert, 0))
    return PlainTextResponse(generate_latest(metrics.REGISTRY))


@router.get(
    "/v1/audit-heads/{service}", summary="List the heads of another service's audit chain as remembered"
)
@raises(pagination.InvalidCursor)
async def list_audit_heads(
    _: Auditor,
    context: Context,
    service: Annotated[str, Path(pattern="^[a-z]{1,20}$")],
    cursor: pagination.Cursor = None,
    limit: pagination.PageLimit = pagination.DEFAULT_LIMIT,
) -> AuditHeadPage:
    length, head = chain.BEFORE_ALL if cursor is None else pagination.decode(cursor, int, str)
    found = await chain.remembered_heads_of(
        context.database.pool, service, after=(length, head), at_most=limit + 1
    )
    heads, following = pagination.cut(found, limit, lambda one: (one.length, one.head))
    return AuditHeadPage(items=[AuditHeadOut.model_validate(one) for one in heads], next=following)


async def health_of(context: ServiceContext) -> HealthOut:
    """Return the health of this process, within a time limit."""
    database, bus = await asyncio.gather(_database_answers(context), _bus_answers(context))
    counted = await _counted_in_time(context) if database else None
    if counted is None:
        return HealthOut(ready=False, database=False, bus=bus)
    consumer = context.consumer
    return HealthOut(
        ready=True,
        database=True,
        bus=bus,
        consumer_lag=consumer.lag if consumer else 0,
        consumer_stopped=consumer.stopped if consumer else False,
        late_loops=late_loops(context),
        **counted,
    )


def late_loops(context: ServiceContext) -> list[str]:
    now = time.monotonic()
    return sorted(name for name, last in context.heartbeats.items() if now - last > LOOP_IS_LATE_AFTER)


async def _database_answers(context: ServiceContext) -> bool:
    try:
        await asyncio.wait_for(context.database.pool.execute("SELECT 1"), ANSWER_LIMIT)
    except Exception:  # whatever the database client raises, the database is away
        return False
    return True


async def _counted_in_time(context: ServiceContext) -> dict[str, Any] | None:
    """Return the counts, or an alert in their place where they take too long; None where they cannot be had."""
    try:
        return await asyncio.wait_for(_counted(context), COUNTS_LIMIT)
    except TimeoutError:
        return {"alerts": {COUNTS_LATE: 1}}
    except Exception:  # whatever the database client raises, the database is away
        return None


async def _counted(context: ServiceContext) -> dict[str, Any]:
    pool = context.database.pool
    row = await pool.fetchrow(_OUTBOX, COUNT_LIMIT)
    dead = await count_by_state(pool)
    oldest = row["oldest"]
    alerts = {name: await count(context) for name, count in context.alerts.items()}
    age = (context.clock() - oldest).total_seconds() if oldest else 0.0
    return {
        "outbox_rows": row["rows"],
        "outbox_oldest_seconds": round(age, 3),
        "outbox_refused": row["refused"],
        "dead_letters": dead.get("failed", 0),
        "blocked_events": dead.get("blocked", 0),
        "alerts": {name: count for name, count in alerts.items() if count},
    }


async def _bus_answers(context: ServiceContext) -> bool:
    try:
        await asyncio.wait_for(context.bus.check(), ANSWER_LIMIT)
    except (OSError, TimeoutError):
        return False
    return True
