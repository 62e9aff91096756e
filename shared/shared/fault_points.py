"""Named points at which a fault test may kill the process; in any other run they do nothing."""

import os
import signal

POINTS = (
    "unit_of_work.before_commit",
    "unit_of_work.after_commit",
    "relay.published",
    "consumer.taken",
    "consumer.handled",
    "consumer.committed",
    "case.report_fetched",
    "case.clock_ticked",
    "referral.claimed",
    "referral.content_fetched",
    "referral.posted",
    "intake.received",
)

_kill_at = ""


def arm(point: str, *, mode: str) -> None:
    """Chooses the point; a production process refuses, so that nobody can switch this on there."""
    global _kill_at  # noqa: PLW0603  one process, one point: the setting is the process's own
    if not point:
        return
    if mode == "production":
        raise SystemExit("HELPLINE_KILL_AT is for fault tests; a production process does not start with it")
    if point not in POINTS:
        raise SystemExit(f"HELPLINE_KILL_AT names no point; choose one of: {', '.join(POINTS)}")
    _kill_at = point


def reached(point: str) -> None:
    if _kill_at == point:
        os.kill(os.getpid(), signal.SIGKILL)
