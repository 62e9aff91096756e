"""Logs by allow-list: a key that is not on it is dropped, and an exception is named by its class, never by its text."""

import logging
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "logger", "service", "request_id", "method", "route", "status", "ms", "error",
        "where", "count", "type", "reason", "name", "topic", "group", "attempts", "contact_id", "case_id", "leg_id",
        "referral_id", "agency_id", "dropped",
    }
)  # fmt: skip
LONGEST = 120


def keep_allowed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    kept = {key: _short(value) for key, value in event.items() if key in ALLOWED}
    dropped = len(event) - len(kept)
    return {**kept, "dropped": dropped} if dropped else kept


def _short(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) or value is None else str(value)[:LONGEST]


def where(error: BaseException) -> str:
    """File, line and function of the innermost frame: enough to find the fault, and nothing anybody typed."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return f"{last.filename.rsplit('/', 1)[-1]}:{last.lineno} {last.name}" if last else "unknown"


class _Plain(logging.Handler):
    """Other libraries' log lines: the name of the logger, the level and the class of an exception; not their text."""

    def __init__(self) -> None:
        super().__init__()
        self._log = structlog.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        extra = {"error": type(error).__name__, "where": where(error)} if error else {}
        self._log.log(record.levelno, "library", logger=record.name, **extra)


def configure(service: str) -> None:
    """One JSON object a line on standard output."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(handlers=[_Plain()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    _hook_what_nobody_caught()
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "sqlalchemy", "aiokafka", "alembic"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.WARNING)


def _hook_what_nobody_caught() -> None:
    """Python itself would print the text of an exception that reaches the top of a program or of a thread."""
    log = structlog.get_logger()

    def tell(kind: type[BaseException], error: BaseException | None) -> None:
        place = where(error) if error else "unknown"
        log.critical(f"ended by {kind.__name__} in {place}", error=kind.__name__, where=place)

    def at_the_top(kind: type[BaseException], error: BaseException, _trace: Any) -> None:
        tell(kind, error)

    sys.excepthook = at_the_top
    threading.excepthook = lambda caught: tell(caught.exc_type, caught.exc_value)
    sys.unraisablehook = lambda caught: tell(caught.exc_type, caught.exc_value)
