"""Route of the public, `POST /v1/reports`: a report as JSON, answered with a receipt."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, JsonValue

from intake_service.reports.rate_limit import rate_limit_of_process
from intake_service.reports.schemas import Report
from intake_service.reports.submit_report import MIN_KEY_LENGTH, submit_report
from intake_service.settings import settings_of
from shared.domain.age import british_date
from shared.errors import TooMany
from shared.http.auth import Anyone
from shared.http.problems import raises
from shared.http.schemas import Answer
from shared.service.context import ServiceContext

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
        f"another body is another report. A key of fewer than {MIN_KEY_LENGTH} characters cannot tell people apart "
        "and counts as none: each attempt is then a report of its own",
    ),
]


class ReportReceived(Answer):
    """Receipt of a report."""

    contact_id: UUID
    """Id of the contact."""
    receipt: str
    """Receipt of seven words, shown this once; only the reporter has it."""
    received_at: datetime
    """Time of the submission."""
    not_kept: list[str]
    """Names of the fields of an anonymous report that were not stored."""


class SubmitReport(Report):
    """Report as it is sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


@router.post(
    "",
    status_code=201,
    response_model=ReportReceived,
    summary="Report something, or ask for help; no account, nothing required",
)
@raises(TooMany)
async def send_report(
    _: Anyone, request: Request, report: SubmitReport, idempotency_key: IdempotencyKey = None
) -> JSONResponse:
    # The response is returned as it was stored: on the public route nothing is validated twice.
    context: ServiceContext = request.app.state.context
    await _limit_rate(context, request, report)
    submission = await submit_report(context, report, await request.body(), idempotency_key)
    headers = {"idempotent-replayed": "true"} if submission.replayed else None
    return JSONResponse(submission.response, status_code=201, headers=headers)


async def _limit_rate(context: ServiceContext, request: Request, report: Report) -> None:
    """Ask a sender of very many reports to wait, but never one that states danger or a child.

    A refuge or a whole mobile network may share one address.
    """
    address = request.client.host if request.client else ""
    at_most = settings_of(context).reports_per_address
    wait = await context.one(rate_limit_of_process).seconds_to_wait(address, at_most) if at_most else 0
    if wait and not report.states_danger and not report.states_child(british_date(context.clock())):
        raise TooMany(retry_after=wait)
