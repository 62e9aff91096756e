"""Crash points: named places at which a fault test may kill the process; otherwise they do nothing."""

import os
import signal

CRASH_POINTS = (
    "unit_of_work.before_commit",
    "unit_of_work.after_commit",
    "relay.published",
    "consumer.taken",
    "consumer.handled",
    "consumer.committed",
    "case.report_fetched",
    "case.deadline_handled",
    "referral.claimed",
    "referral.content_fetched",
    "referral.posted",
    "intake.received",
)

_armed = ""
_remaining = 0


def arm(point: str, *, mode: str) -> None:
    """Choose the point, or its nth passage: "relay.published:7" is the seventh.

    A production process refuses to start with one, so that nobody can switch this on there.
    """
    global _armed, _remaining
    point, _, nth = point.partition(":")
    if not point:
        return
    if mode == "production":
        raise SystemExit(
            "HELPLINE_CRASH_POINT is for fault tests; a production process does not start with it"
        )
    if point not in CRASH_POINTS or not (nth or "1").isdecimal():
        raise SystemExit(f"HELPLINE_CRASH_POINT names no point; choose one of: {', '.join(CRASH_POINTS)}")
    _armed, _remaining = point, int(nth or "1")


def crash_point(point: str) -> None:
    """Kill this process with SIGKILL if the point is the armed one."""
    global _remaining  # noqa: PLW0603  one counter for the process
    if _armed != point:
        return
    _remaining -= 1
    if _remaining <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
