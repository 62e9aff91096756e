"""How many deliveries wait and for how long, for whoever watches the service."""

from prometheus_client import Gauge

from shared.metrics import REGISTRY
from shared.platform import Platform

PENDING = Gauge(
    "helpline_deliveries_waiting", "Deliveries that no agency has yet", ["urgent"], registry=REGISTRY
)
OLDEST = Gauge(
    "helpline_deliveries_oldest_seconds", "Age of the oldest such delivery", ["urgent"], registry=REGISTRY
)
_WAITING = """
SELECT urgent, count(*) AS rows, min(created_at) AS oldest FROM deliveries WHERE state = 'waiting' GROUP BY urgent
"""


async def measure(platform: Platform) -> None:
    now = platform.clock()
    found = {row["urgent"]: row for row in await platform.database.pool.fetch(_WAITING)}
    for urgent in (True, False):
        row = found.get(urgent)
        label = "yes" if urgent else "no"
        PENDING.labels(label).set(row["rows"] if row else 0)
        OLDEST.labels(label).set((now - row["oldest"]).total_seconds() if row else 0)
