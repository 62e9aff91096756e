"""The one door through which anything leaves: the referral service asks at the moment of sending."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field

from case_service.access import DisclosureToRelease
from case_service.leaving import release
from case_service.pages import lock_case, read_page
from case_service.situations import Kept
from case_service.windows import windows_of
from shared.access import PlatformOf, Uow
from shared.web import problem

router = APIRouter(tags=["disclosures"])


def _fits_the_record(attempt: int) -> int:
    if attempt >= 2**31:
        raise ValueError("more tries than a record holds")
    return attempt


class Release(Kept):
    attempt: Annotated[int, Field(ge=0), AfterValidator(_fits_the_record)] = 0


class ReleasedOut(BaseModel):
    """`text` is sent byte for byte; `digest` is its SHA-256."""

    text: str
    digest: str


WITHHELD: dict[int | str, dict[str, Any]] = {
    409: {"description": "`withheld`: nothing may leave; do not send"}
}


@router.post(
    "/v1/disclosures/{disclosure_id}/release",
    summary="For the referral service, at the moment of sending: the rules decide again",
    response_model=ReleasedOut,
    responses=WITHHELD,
)
async def release_now(disclosure: DisclosureToRelease, told: Release, uow: Uow, platform: PlatformOf) -> Any:
    """The refusal is an answer and not an exception: that something was withheld is written down with it."""
    case = await lock_case(disclosure.case_id, uow)
    page = await read_page(case, uow)
    leg = next(leg for leg in page.legs if leg.id == disclosure.leg_id)
    told_within = windows_of(platform.settings).told
    released = await release(disclosure, leg, page, uow, told_within, attempt=told.attempt)
    if released is None:
        return problem(409, "withheld", "Nothing may leave", reason=disclosure.reason)
    return ReleasedOut(text=released.text, digest=released.digest)
