"""Structured logs by allow-list: other keys are dropped, and exceptions appear by class, never by text."""

import logging
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

ALLOWED_KEYS = frozenset(
    {
        "event", "level", "timestamp", "logger", "service", "request_id", "method", "route", "status", "ms", "error",
        "where", "count", "type", "reason", "name", "topic", "group", "attempts", "contact_id", "case_id",
        "recipient_id", "referral_id", "agency_id", "dropped",
    }
)  # fmt: skip
MAX_LENGTH = 120


def keep_allowed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Keep the allowed keys and count the dropped ones."""
    kept = {key: _shortened(value) for key, value in event.items() if key in ALLOWED_KEYS}
    dropped = len(event) - len(kept)
    return {**kept, "dropped": dropped} if dropped else kept


def _shortened(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) or value is None else str(value)[:MAX_LENGTH]


def where_raised(error: BaseException) -> str:
    """Return file, line and function of the innermost frame, and nothing that anybody typed."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return f"{last.filename.rsplit('/', 1)[-1]}:{last.lineno} {last.name}" if last else "unknown"


class _LibraryHandler(logging.Handler):
    """Log records of other libraries: logger name, level and exception class, without their text."""

    def __init__(self) -> None:
        super().__init__()
        self._log = structlog.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        extra = {"error": type(error).__name__, "where": where_raised(error)} if error else {}
        self._log.log(record.levelno, "library", logger=record.name, **extra)


def configure(service: str) -> None:
    """Write one JSON object a line to standard output."""
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
    logging.basicConfig(handlers=[_LibraryHandler()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    _log_uncaught_exceptions()
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "sqlalchemy", "aiokafka", "alembic"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.WARNING)


def _log_uncaught_exceptions() -> None:
    """Replace Python's own hooks, which would print the text of an uncaught exception."""
    log = structlog.get_logger()

    def write(kind: type[BaseException], error: BaseException | None) -> None:
        place = where_raised(error) if error else "unknown"
        log.critical(f"ended by {kind.__name__} in {place}", error=kind.__name__, where=place)

    def uncaught(kind: type[BaseException], error: BaseException, _trace: Any) -> None:
        write(kind, error)

    sys.excepthook = uncaught
    threading.excepthook = lambda caught: write(caught.exc_type, caught.exc_value)
    sys.unraisablehook = lambda caught: write(caught.exc_type, caught.exc_value)
