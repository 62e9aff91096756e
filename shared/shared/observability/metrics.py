"""Metrics for Prometheus: counts and times by service, route template and code, never personal data."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "helpline_requests", "Answered requests", ["service", "method", "route", "status"], registry=REGISTRY
)
REQUEST_SECONDS = Histogram(
    "helpline_request_seconds",
    "Time to answer",
    ["service", "method", "route"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
OUTBOX_ROWS = Gauge("helpline_outbox_rows", "Events not yet on the bus", ["service"], registry=REGISTRY)
OUTBOX_AGE = Gauge(
    "helpline_outbox_oldest_seconds", "Age of the oldest such event", ["service"], registry=REGISTRY
)
OUTBOX_REFUSED = Gauge(
    "helpline_outbox_refused", "Events that the bus refuses", ["service"], registry=REGISTRY
)
CONSUMER_LAG = Gauge(
    "helpline_consumer_lag", "Events on the bus not yet handled", ["service"], registry=REGISTRY
)
CONSUMER_STOPPED = Gauge(
    "helpline_consumer_stopped",
    "1 where the consumer stopped after too many failures",
    ["service"],
    registry=REGISTRY,
)
DEAD_LETTERS = Gauge(
    "helpline_dead_letters",
    "Events that failed, or are blocked by one",
    ["service", "state"],
    registry=REGISTRY,
)
LOOP_FAULTS = Counter(
    "helpline_loop_faults", "Rounds of a background loop that failed", ["service", "loop"], registry=REGISTRY
)
LATE_LOOPS = Gauge(
    "helpline_late_loops",
    "Background loops without a successful round for a minute",
    ["service"],
    registry=REGISTRY,
)
ALERTS = Gauge(
    "helpline_alerts",
    "Number of things that a person should look at",
    ["service", "alert"],
    registry=REGISTRY,
)
