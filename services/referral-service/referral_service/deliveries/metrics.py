"""Metrics of deliveries: how many wait, and for how long."""

from prometheus_client import Gauge

from shared.observability.metrics import REGISTRY
from shared.service.context import ServiceContext

WAITING = Gauge(
    "helpline_deliveries_waiting", "Deliveries that no agency has yet", ["urgent"], registry=REGISTRY
)
OLDEST_SECONDS = Gauge(
    "helpline_deliveries_oldest_seconds", "Age of the oldest such delivery", ["urgent"], registry=REGISTRY
)
_WAITING = """
SELECT urgent, count(*) AS rows, min(created_at) AS oldest FROM deliveries WHERE state = 'waiting' GROUP BY urgent
"""


async def measure_waiting(context: ServiceContext) -> None:
    now = context.clock()
    found = {row["urgent"]: row for row in await context.database.pool.fetch(_WAITING)}
    for urgent in (True, False):
        row = found.get(urgent)
        label = "yes" if urgent else "no"
        WAITING.labels(label).set(row["rows"] if row else 0)
        OLDEST_SECONDS.labels(label).set((now - row["oldest"]).total_seconds() if row else 0)
