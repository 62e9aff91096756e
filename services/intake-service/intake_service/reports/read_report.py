"""Reading of a body: the strict model first, and where it refuses, the salvage."""

import asyncio
from datetime import date

from pydantic import ValidationError

from intake_service.reports.received_report import ReceivedReport
from intake_service.reports.schemas import Report
from intake_service.salvage.body.tolerant_json import has_duplicate_keys
from intake_service.salvage.salvage import SentBody, salvage

LARGE = 20_000
"""Bytes from which a body is salvaged in a thread, so that others need not wait for it."""


async def read_report(sent: SentBody, *, on: date, max_bytes: int) -> ReceivedReport:
    """Return the report in a body, whatever the body is; ContentTooLarge only where it is too large unpacked."""
    report = strictly_read(sent.body, on)
    if report is not None:
        return ReceivedReport(report)
    if len(sent.body) < LARGE and not sent.content_encoding:
        return salvaged(sent, on=on, max_bytes=max_bytes)
    return await asyncio.to_thread(salvaged, sent, on=on, max_bytes=max_bytes)


def strictly_read(body: bytes, on: date) -> Report | None:
    """Return the report where every value of a body is as the contract describes it."""
    try:
        report = Report.model_validate_json(body)
    except ValidationError:
        return None
    if has_duplicate_keys(body) or not all(age.is_plausible(on) for age in report.ages):
        return None
    return report


def salvaged(sent: SentBody, *, on: date, max_bytes: int) -> ReceivedReport:
    found = salvage(sent, on=on, max_bytes=max_bytes)
    return ReceivedReport(found.report, found.not_understood, found.is_unread)
