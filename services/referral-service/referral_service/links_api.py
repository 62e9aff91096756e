"""One-time links: made by an adviser, opened and acknowledged by whoever an agency lets read its mail."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qs
from uuid import uuid4

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from referral_service import link_pages
from referral_service.access import Adviser, ReferralToLink
from referral_service.lifecycle import AcknowledgedBy
from referral_service.links import GOOD_FOR, Link, LinkEnded, link_of, new_token, token_hash
from referral_service.loading import to_change
from referral_service.opening import ACTOR, open_link
from referral_service.referrals_api import keep_answer
from shared.access import Anyone, PlatformOf, Uow, actor_of
from shared.database import UnitOfWork
from shared.errors import Gone, Invalid, NotFound
from shared.platform import Platform

router = APIRouter(tags=["one-time links"])

LONGEST = 200
Token = Annotated[str, Path(min_length=40, max_length=60)]
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {"name": {"type": "string"}, "reference": {"type": "string"}},
                }
            }
        },
    }
}


class LinkMade(BaseModel):
    """`url` is shown this once and kept nowhere: give it to the agency by a way that only the agency reads."""

    url: str
    expires_at: datetime


class NameMissing(Invalid):
    code = "name-missing"
    title = "Who acknowledges it?"


@router.post(
    "/v1/referrals/{referral_id}/link", status_code=201, summary="A link for an agency without an endpoint"
)
async def make_link(adviser: Adviser, referral: ReferralToLink, platform: PlatformOf, uow: Uow) -> LinkMade:
    token = new_token(platform.vault)
    link = Link(
        id=uuid4(),
        referral_id=referral.id,
        token_hash=token_hash(platform.vault, token),
        made_by=actor_of(adviser),
        made_at=uow.now,
        expires_at=uow.now + GOOD_FOR,
        opens=0,
    )
    uow.session.add(link)
    uow.record("link.made", referral.id, link_id=link.id)
    settings = platform.settings
    start = (settings.public_url or settings.referral_url).rstrip("/")
    return LinkMade(url=f"{start}/v1/links/{token}", expires_at=link.expires_at)


@router.get(
    "/v1/links/{token}", summary="What a link leads to, before it is opened", response_class=HTMLResponse
)
async def look_at_link(_: Anyone, token: Token, platform: PlatformOf, uow: Uow) -> HTMLResponse:
    """Changes nothing and shows nothing, so that a mail scanner may fetch it."""
    try:
        link = await link_of(uow.session, platform.vault, token)
    except NotFound:
        return _page(link_pages.ended(), NotFound.status)
    if link.ended(uow.now):
        return _page(link_pages.ended(), Gone.status)
    return _page(link_pages.before_opening(token))


@router.post("/v1/links/{token}/open", summary="Read the referral", response_class=HTMLResponse)
async def read_by_link(_: Anyone, token: Token, platform: PlatformOf) -> HTMLResponse:
    try:
        shown = await open_link(platform, token)
    except (NotFound, LinkEnded) as error:
        return _page(link_pages.ended(), error.status)
    if not shown.available:
        return _page(link_pages.not_now(), 503)
    if not shown.contents:
        return _page(link_pages.nothing_to_show())
    return _page(link_pages.opened(token, shown.contents, left=shown.left))


@router.post(
    "/v1/links/{token}/acknowledgement",
    summary="The agency has it",
    response_class=HTMLResponse,
    openapi_extra=FORM,
)
async def acknowledge_by_link(
    _: Anyone, token: Token, platform: PlatformOf, request: Request
) -> HTMLResponse:
    said = _form(await request.body())
    try:
        async with platform.database.unit_of_work(ACTOR) as uow:
            await _acknowledge(token, said, platform, uow)
    except NameMissing as error:
        return _page(link_pages.name_missing(token), error.status)
    except (NotFound, LinkEnded) as error:
        return _page(link_pages.ended(), error.status)
    return _page(link_pages.acknowledged())


def _form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(body.decode(), max_num_fields=10)
    except ValueError:
        return {}
    said = {name: fields[name][0].strip() for name in ("name", "reference") if name in fields}
    return {name: text for name, text in said.items() if text}


async def _acknowledge(token: str, said: dict[str, str], platform: Platform, uow: UnitOfWork) -> None:
    link = await link_of(uow.session, platform.vault, token, lock=True)
    if "name" not in said or any(len(text) > LONGEST for text in said.values()):
        raise NameMissing
    link.end(uow.now)
    referral = await to_change(uow.session, link.referral_id)
    if referral is None:
        raise NotFound
    uow.publish(*referral.acknowledge(AcknowledgedBy.LINK, uow.now))
    await keep_answer(referral, uow, **said)
    uow.record("referral.acknowledged", referral.id, link_id=link.id)


def _page(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status_code=status, headers={"content-security-policy": link_pages.FORM_POLICY})
