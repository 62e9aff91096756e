"""The public door: a report as JSON, answered with a receipt."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, JsonValue

from intake_service.receiving import SHORTEST_KEY, receive
from intake_service.reports import Report
from shared.access import Anyone
from shared.age import british_date
from shared.errors import TooMany
from shared.platform import Platform

router = APIRouter(prefix="/v1/reports", tags=["reports"])

EXAMPLE: JsonValue = {
    "channel": "app",
    "caller_type": "neighbour_or_community",
    "what_happened": "Young people carry bags in and out of the flat upstairs at night. One has a bruised face.",
    "place": {"postcode": "M1 1AE"},
    "exploitation_types": ["criminal"],
    "persons": [{"age": {"may_be_under_18": True}, "description": "thin, grey hooded top"}],
    "privacy": "confidential",
    "situation_may_be_passed_on": True,
}
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        description="The same for every retry of one report, new and random for every report. The same key with "
        f"another body is another report. A key of fewer than {SHORTEST_KEY} characters cannot tell two people apart "
        "and counts as none: each try is a report of its own",
    ),
]


class ReportReceived(BaseModel):
    """`receipt` is seven words to come back with; it is shown this once and kept by nobody but the reporter.
    `not_kept` names fields of an anonymous report that were not stored."""

    contact_id: UUID
    receipt: str
    received_at: datetime
    not_kept: list[str]


class SendReport(Report):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


@router.post(
    "",
    status_code=201,
    response_model=ReportReceived,
    summary="Report something, or ask for help; no account, nothing required",
)
async def send_report(
    _: Anyone, request: Request, report: SendReport, idempotency_key: IdempotencyKey = None
) -> JSONResponse:
    # Answered as it was written down: at the front door nothing is validated twice.
    platform: Platform = request.app.state.platform
    _ask_to_wait(platform, request, report)
    taken = await receive(platform.database, report, await request.body(), idempotency_key)
    headers = {"idempotent-replayed": "true"} if taken.replayed else None
    return JSONResponse(taken.answer, status_code=201, headers=headers)


def _ask_to_wait(platform: Platform, request: Request, report: Report) -> None:
    """Somebody who sends very many. A report that tells of danger or of a child is taken in whoever sends it: a refuge
    or a whole mobile network may share one address."""
    address, at_most = request.client.host if request.client else "", platform.settings.reports_per_address
    wait = platform.senders.must_wait(address, at_most) if at_most else 0
    if wait and not report.tells_of_danger and not report.tells_of_child(british_date(platform.clock())):
        raise TooMany(retry_after=wait)
