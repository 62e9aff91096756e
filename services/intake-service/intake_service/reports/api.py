"""Route of the public, `POST /v1/reports`: whatever is sent is a report, answered with a receipt."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ConfigDict, JsonValue

from intake_service.reports.rate_limit import rate_limit_of_process
from intake_service.reports.read_report import read_report
from intake_service.reports.received_report import ReceivedReport
from intake_service.reports.schemas import Report
from intake_service.reports.submit_report import MIN_KEY_LENGTH, submit_report
from intake_service.salvage.salvage import SentBody
from intake_service.settings import MAX_BODY_BYTES, settings_of
from shared.domain.age import british_date
from shared.errors import ContentTooLarge, TooMany
from shared.http.api_reference.openapi import takes_any_body
from shared.http.auth import Anyone, caller_if_known
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
IDEMPOTENCY_KEY = "idempotency-key"
_KEY_SAID = (
    "The same for every retry of one report, new and random for every report. The same key with another report is "
    f"another report. A key of fewer than {MIN_KEY_LENGTH} characters cannot tell people apart and counts as none: "
    "each attempt is then a report of its own. No key is refused"
)
CONTRACT: dict[str, JsonValue] = {
    "security": [{"HTTPBearer": []}],
    "parameters": [
        {
            "name": IDEMPOTENCY_KEY,
            "in": "header",
            "required": False,
            "schema": {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "Idempotency-Key"},
            "description": _KEY_SAID,
        }
    ],
    "requestBody": {
        "required": False,
        "description": "JSON as described. Any other body is a report too: other spellings, fields that are not "
        "described, forms, plain text, any charset, gzip and deflate. What cannot be understood is kept as it was said",
    },
}


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
    not_understood: list[str]
    """Names of the fields whose value could not be understood; an adviser sees it as it was said."""


class SubmitReport(Report):
    """Report as it is sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


@router.post(
    "",
    status_code=201,
    response_model=ReportReceived,
    summary="Report something, or ask for help; no account, nothing required",
    openapi_extra=CONTRACT,
)
@raises(TooMany, ContentTooLarge)
@takes_any_body(SubmitReport)
async def send_report(_: Anyone, request: Request) -> Response:
    # The response is returned as it was stored: on the public route nothing is validated twice.
    context: ServiceContext = request.app.state.context
    headers = request.headers
    sent = SentBody(
        await request.body(), headers.get("content-type", ""), headers.get("content-encoding", "")
    )
    today = british_date(context.clock())
    received = await read_report(sent, on=today, max_bytes=MAX_BODY_BYTES)
    await _limit_rate(context, request, received, today)
    sender = await caller_if_known(request, context)
    submission = await submit_report(context, received, headers.get(IDEMPOTENCY_KEY), sender)
    replayed = {"idempotent-replayed": "true"} if submission.replayed else None
    return Response(submission.response, 201, replayed, media_type="application/json")


async def _limit_rate(
    context: ServiceContext, request: Request, received: ReceivedReport, today: date
) -> None:
    """Ask a sender of very many reports to wait, unless it may be a danger or a child.

    A refuge or a whole mobile network may share one address.
    """
    address = request.client.host if request.client else ""
    at_most = settings_of(context).reports_per_address
    wait = await context.one(rate_limit_of_process).seconds_to_wait(address, at_most) if at_most else 0
    if wait and not received.may_be_urgent(today):
        raise TooMany(retry_after=wait)
