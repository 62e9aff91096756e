"""Route with which the referral service gets the content of a disclosure, at the moment of sending."""

from fastapi.responses import JSONResponse

from case_service.access import DisclosureToIssue
from case_service.disclosures.issue import issue
from case_service.disclosures.models import IssueOutcome
from case_service.disclosures.schemas import IssueDisclosure, IssuedOut
from shared.errors import Conflict
from shared.http.problems import problem_of, raises
from shared.http.records import record_router

router = record_router(prefix="/v1/disclosures", tag="disclosures")


class ForAnotherAgency(Conflict):
    """The content was decided for another agency than the one that was named (section 6, property 8)."""

    code = "for-another-agency"
    title = "This disclosure is for another agency; do not send it"


class Withheld(Conflict):
    """Nothing of this disclosure may go any more; the referral service does not send it."""

    code = "withheld"
    title = "Nothing may be issued; do not send it"


@router.post(
    "/{disclosure_id}/issue",
    summary="For the referral service: issue the content at the moment of sending",
    response_model=IssuedOut,
)
@raises(Withheld, ForAnotherAgency)
async def issue_disclosure(body: IssueDisclosure, change: DisclosureToIssue) -> IssuedOut | JSONResponse:
    """Decide again by the rules. The refusal is an answer and no exception, so that its record is kept."""
    disclosure = change.disclosure
    if body.agency_code not in (None, change.recipient.agency_code):
        raise ForAnotherAgency
    content = issue(
        disclosure,
        change.recipient,
        change.case_file,
        change.deadlines,
        attempt=body.attempt,
        duplicate=change.duplicate,
    )
    if content is None:
        reason = IssueOutcome.TOLD_BY_PHONE if disclosure.told_by_phone else disclosure.withheld_reason
        return problem_of(Withheld(reason=reason))
    return IssuedOut(text=content.text, digest=content.digest, agency_code=change.recipient.agency_code)
