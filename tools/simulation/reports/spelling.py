"""Spelling of reports: the same facts as old applications, forms and leaving pages write them.

The public door reads all of it. Only the writing changes: whoever reads it well finds the planned facts.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tools.simulation.reports.planned_report import PlannedReport, Spelling

JSON = "application/json"
Body = dict[str, Any]


@dataclass(frozen=True)
class SpelledBody:
    """Body as bytes, with the headers that say what it is."""

    content: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": JSON})


def spell(report: PlannedReport) -> SpelledBody:
    return _SPELLINGS[report.spelling](report.body)


def _written(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _exact(body: Body) -> SpelledBody:
    return SpelledBody(_written(body))


def _old_app(body: Body) -> SpelledBody:
    """Add fields and codes that nobody knows any more, and answers of another type."""
    said = deepcopy(body)
    said |= {
        "app_version": "2.0.7",
        "channel": "sms",
        "sectors": ["vape_shop"],
        "when_happened": said.get("when_happened", ""),
    }
    if said.get("danger_now") == "yes":
        said["danger_now"] = True
    for person in said.get("persons", ()):
        if "role" not in person:
            person["role"] = "victim"
    if said.get("privacy"):
        said["privacy"] = f" {said['privacy'].upper()} "
    return SpelledBody(_written(said))


def _odd_dates(body: Body) -> SpelledBody:
    """Write dates as people do, and years with a word."""
    said = deepcopy(body)
    for person in [said.get("reporter", {}), *said.get("persons", ())]:
        age = person.get("age") or {}
        if "date_of_birth" in age:
            age["date_of_birth"] = f"{date.fromisoformat(age['date_of_birth']):%d/%m/%Y}"
        if "years" in age:
            age["years"] = f"{age['years']} years"
    return SpelledBody(_written(said))


def _leaving_page(body: Body) -> SpelledBody:
    """Send what a page sends while it is closed: the browser calls it text."""
    return SpelledBody(_written(body), {"content-type": "text/plain;charset=UTF-8"})


def _gzip(body: Body) -> SpelledBody:
    return SpelledBody(gzip.compress(_written(body)), {"content-type": JSON, "content-encoding": "gzip"})


def _utf_16(body: Body) -> SpelledBody:
    content = json.dumps(body, ensure_ascii=False).encode("utf-16")
    return SpelledBody(content, {"content-type": f"{JSON}; charset=utf-16"})


def _twice(body: Body) -> SpelledBody:
    """Name two fields twice: the more private choice counts, and the danger."""
    first = b'{"privacy": "share", "danger_now": "no", '
    return SpelledBody(first + _written(body)[1:])


_SPELLINGS: Mapping[Spelling, Callable[[Body], SpelledBody]] = {
    "exact": _exact,
    "old_app": _old_app,
    "odd_dates": _odd_dates,
    "leaving_page": _leaving_page,
    "gzip": _gzip,
    "utf_16": _utf_16,
    "twice": _twice,
}
