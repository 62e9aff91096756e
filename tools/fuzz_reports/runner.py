"""Runner: damages so many reports, reads each as the public door does, and counts which laws broke."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random

from intake_service.reports.read_report import strictly_read
from intake_service.reports.received_report import ReceivedReport
from intake_service.salvage.salvage import SentBody, salvage
from intake_service.settings import MAX_BODY_BYTES
from tools.fuzz_reports.bodies import Body, body_of, bytes_alone
from tools.fuzz_reports.damage import Damaged, damage
from tools.fuzz_reports.laws import TOKEN, Case, broken, report_of
from tools.fuzz_reports.trees import as_json
from tools.fuzz_reports.whole_reports import whole_report

TODAY = date(2026, 11, 26)
SHOWN = 20
BYTES_ALONE = 0.05
Reader = Callable[[SentBody], tuple[ReceivedReport, str]]
"""Reads a body; says beside it which way it went: strict, salvaged, or the last resort."""


@dataclass
class Result:
    """Counts of a run, and the first bodies that broke a law."""

    reports: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    damages: Counter[str] = field(default_factory=Counter)
    meant: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def read_as_the_door(sent: SentBody) -> tuple[ReceivedReport, str]:
    report = strictly_read(sent.body, TODAY)
    if report is not None:
        return ReceivedReport(report), "strict"
    found = salvage(sent, on=TODAY, max_bytes=MAX_BODY_BYTES)
    way = "last resort" if found.by_last_resort else "salvaged"
    return ReceivedReport(found.report, found.not_understood, found.is_unread), way


def run(count: int, *, seed: int, read: Reader = read_as_the_door, until_broken: bool = False) -> Result:
    """Damage and read so many reports, or until a law is broken; the same seed gives the same reports."""
    result = Result()
    for number in range(count):
        random = Random(f"{seed}/{number}")
        report = Damaged.of(whole_report(random, number))
        for _ in range(random.choice((0, 1, 1, 2, 3, 5, 8))):
            damage(random, report)
        body = bytes_alone(random) if random.random() < BYTES_ALONE else body_of(random, report)
        _check(result, report, body, read)
        if until_broken and result.broken:
            break
    return result


def _check(result: Result, report: Damaged, body: Body, read: Reader) -> None:
    result.reports += 1
    result.damages.update(one.split()[0] for one in report.damage)
    try:
        received, way = read(body.sent)
        found = [] if way != "last resort" else ["every_report_is_read"]
        found += broken(_case(report, body, received))
    except Exception as error:  # the law is that there is none
        way, found = "failed", [f"no_failure ({type(error).__name__})"]
    result.ways[way] += 1
    if body.meaning is not None:
        meant = report_of(body.meaning)
        result.meant.update(danger=meant.states_danger, child=meant.states_child(TODAY))
    result.broken.update(found)
    if found and len(result.examples) < SHOWN:
        result.examples.append(f"{', '.join(found)}: {report.damage}\n  {body.sent.body[:1500]!r}")


def _case(report: Damaged, body: Body, received: ReceivedReport) -> Case:
    is_whole = body.meaning is report.meaning
    text = as_json(report.tree, spaced=False, ascii_only=False) if is_whole else ""
    return Case(
        body=body,
        meant=report_of(body.meaning) if body.meaning is not None else None,
        read=received,
        on=TODAY,
        tokens=frozenset(TOKEN.findall(text)),
        junk=tuple(report.unreadable) if is_whole else (),
    )
