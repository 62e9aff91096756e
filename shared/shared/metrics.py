"""What Prometheus may read: counts and times by service, route template and code; never anything of a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "helpline_requests", "Answered requests", ["service", "method", "route", "status"], registry=REGISTRY
)
SECONDS = Histogram(
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
OUTBOX_REFUSED = Gauge("helpline_outbox_refused", "Events that no bus takes", ["service"], registry=REGISTRY)
LAG = Gauge("helpline_consumer_lag", "Events on the bus not yet handled", ["service"], registry=REGISTRY)
FAILED = Gauge("helpline_failed_events", "Events set aside or held", ["service", "state"], registry=REGISTRY)
LOOP_FAULTS = Counter(
    "helpline_loop_faults", "Rounds of a loop that failed", ["service", "loop"], registry=REGISTRY
)
LATE_LOOPS = Gauge(
    "helpline_late_loops", "Loops without a round that worked for a minute", ["service"], registry=REGISTRY
)
STOPPED = Gauge(
    "helpline_consumer_stopped",
    "1 where the consumer stopped after too many failures",
    ["service"],
    registry=REGISTRY,
)
CONCERNS = Gauge(
    "helpline_concerns",
    "How many of something a person should look at",
    ["service", "concern"],
    registry=REGISTRY,
)
