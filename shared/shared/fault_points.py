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
_left = 0


def arm(point: str, *, mode: str) -> None:
    """Chooses the point ("relay.published"), or the time that it is reached ("relay.published:7" is the seventh).

    A production process refuses, so that nobody can switch this on there.
    """
    global _kill_at, _left
    point, _, nth = point.partition(":")
    if not point:
        return
    if mode == "production":
        raise SystemExit("HELPLINE_KILL_AT is for fault tests; a production process does not start with it")
    if point not in POINTS or not (nth or "1").isdecimal():
        raise SystemExit(f"HELPLINE_KILL_AT names no point; choose one of: {', '.join(POINTS)}")
    _kill_at, _left = point, int(nth or "1")


def reached(point: str) -> None:
    global _left  # noqa: PLW0603  see above
    if _kill_at != point:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
