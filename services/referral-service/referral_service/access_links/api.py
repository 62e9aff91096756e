"""Routes of access links: an adviser creates one; anyone to whom the agency gives it opens and acknowledges it."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Path, Request
from fastapi.responses import HTMLResponse
from pydantic import Field

from referral_service.access import Adviser, ReferralToLink
from referral_service.access_links.link_access import ACTOR, open_referral
from referral_service.access_links.models import (
    AccessLinkEnded,
    access_link_of,
    hash_of_token,
    new_access_link,
    new_token,
)
from referral_service.access_links.pages import LONGEST_TEXT, PAGE_POLICY, page
from referral_service.directory.models import Agency
from referral_service.referrals.acts import ActKind, Author
from referral_service.referrals.models import Referral
from referral_service.referrals.queries import lock_referral
from referral_service.referrals.sealed_words import keep_words, open_words
from referral_service.referrals.states import ReferenceGivenBefore
from referral_service.settings import settings_of
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import AcknowledgementChannel
from shared.errors import Conflict, Invalid, NotFound
from shared.http.auth import Anyone, Context, Uow, actor_of
from shared.http.idempotency import Idempotent
from shared.http.problems import raises
from shared.http.records import record_router
from shared.http.schemas import Created
from shared.identity.principals import Principal
from shared.service.context import ServiceContext

router = record_router(tag="access-links")

MAX_FORM_FIELDS = 10
EXAMPLE_TOKEN = "q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRW"  # noqa: S105  opens nothing
Token = Annotated[str, Path(min_length=40, max_length=60, description="Secret part of the link")]


class NameMissing(Invalid):
    """The form has no name, or a name or reference of more than 200 characters."""

    code = "name-missing"
    title = "Give the name of the person who acknowledges the referral"


class NoRecipient(Conflict):
    """The agency is not registered, is not of the recipient kind, or may never receive anything."""

    code = "agency-no-recipient"
    title = "This agency may not receive the referral; choose a registered agency of the kind at the case"


class AccessLinkCreated(Created):
    """New access link. Give it to the agency by a way that only the agency reads."""

    url: str = Field(examples=[f"https://referrals.example.org/v1/access-links/{EXAMPLE_TOKEN}"])
    """Address of the link, shown this once."""
    expires_at: datetime
    """Time until which it can be opened for the first time."""


def _html(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"text/html": {"schema": {"type": "string"}}}}


NO_LINK: dict[int | str, dict[str, Any]] = {
    404: _html("Page: this is no link of the helpline"),
    410: _html("Page: the link has ended"),
}
NOT_AVAILABLE: dict[int | str, dict[str, Any]] = {
    503: _html("Page: the referral could not be fetched, and the opening was not counted")
}
OTHER_REFERENCE: dict[int | str, dict[str, Any]] = {
    409: _html("Page: the form again, because another reference was given before and stays")
}
NO_NAME: dict[int | str, dict[str, Any]] = {422: _html("Page: the form again, because the name is missing")}
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {
                            "type": "string",
                            "maxLength": LONGEST_TEXT,
                            "description": "Name of the person who acknowledges the referral",
                        },
                        "reference": {
                            "type": "string",
                            "maxLength": LONGEST_TEXT,
                            "description": "The agency's own reference, if there is one",
                        },
                    },
                },
                "example": {"name": "Sam Field", "reference": "R-9"},
            }
        },
    }
}


@router.post(
    "/v1/referrals/{referral_id}/access-link",
    status_code=201,
    summary="Create an access link for an agency without an endpoint",
)
@raises(NoRecipient)
async def create_access_link(
    adviser: Adviser, referral: ReferralToLink, context: Context, uow: Uow, request: Idempotent
) -> AccessLinkCreated:
    return await request.once(AccessLinkCreated, lambda: _create(referral, adviser, context, uow))


async def _create(
    referral: Referral, adviser: Principal, context: ServiceContext, uow: UnitOfWork
) -> AccessLinkCreated:
    agency = await uow.session.get(Agency, referral.agency_id)
    if agency is None or not agency.receives(referral.recipient_kind):
        raise NoRecipient
    token = new_token(context.vault)
    token_hash = hash_of_token(context.vault, token)
    link = new_access_link(referral.id, token_hash, created_by=actor_of(adviser), at=uow.now)
    uow.session.add(link)
    referral.record(ActKind.LINK_CREATED, Author(actor_of(adviser), uow.now))
    uow.record("access_link.created", referral.id, access_link_id=link.id)
    url = settings_of(context).public_address(f"/v1/access-links/{token}")
    return AccessLinkCreated(id=link.id, version=link.version, url=url, expires_at=link.expires_at)


@router.get(
    "/v1/access-links/{token}",
    summary="Show the page before a link is opened",
    response_class=HTMLResponse,
    responses=NO_LINK,
)
async def show_access_link(_: Anyone, token: Token, context: Context, uow: Uow) -> HTMLResponse:
    """Change nothing and show nothing of the referral, so that a mail scanner may fetch the page."""
    try:
        link = await access_link_of(uow.session, context.vault, token)
    except NotFound as error:
        return _answer("ended", error.status)
    if link.has_ended(uow.now):
        return _answer("ended", AccessLinkEnded.status)
    return _answer("before_opening", token=token)


@router.post(
    "/v1/access-links/{token}/open",
    summary="Open a link and read the referral",
    response_class=HTMLResponse,
    responses=NO_LINK | NOT_AVAILABLE,
)
async def open_access_link(_: Anyone, token: Token, context: Context) -> HTMLResponse:
    try:
        opened = await open_referral(context, token)
    except (NotFound, AccessLinkEnded) as error:
        return _answer("ended", error.status)
    if not opened.available:
        return _answer("not_available", 503)
    if not opened.messages:
        return _answer("nothing_to_show")
    return _answer("opened", token=token, messages=opened.messages, openings_left=opened.openings_left)


@router.post(
    "/v1/access-links/{token}/acknowledgement",
    summary="Acknowledge the referral that a link opened",
    response_class=HTMLResponse,
    responses=NO_LINK | NO_NAME | OTHER_REFERENCE,
    openapi_extra=FORM,
)
async def acknowledge_by_access_link(
    _: Anyone, token: Token, context: Context, request: Request
) -> HTMLResponse:
    said = _form_fields(await request.body())
    try:
        async with context.database.unit_of_work(ACTOR) as uow:
            await _acknowledge(token, said, context, uow)
    except NameMissing as error:
        return _answer("name_missing", error.status, token=token)
    except ReferenceGivenBefore as error:
        return _answer("other_reference", error.status, token=token)
    except (NotFound, AccessLinkEnded) as error:
        return _answer("ended", error.status)
    return _answer("acknowledged")


def _form_fields(body: bytes) -> dict[str, str]:
    """Return name and reference of a form, without those that are empty; a form that cannot be read has none."""
    try:
        fields = parse_qs(body.decode(), max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        return {}
    said = {name: fields[name][0].strip() for name in ("name", "reference") if name in fields}
    return {name: text for name, text in said.items() if text}


async def _acknowledge(token: str, said: dict[str, str], context: ServiceContext, uow: UnitOfWork) -> None:
    link = await access_link_of(uow.session, context.vault, token, lock=True)
    if "name" not in said or any(len(text) > LONGEST_TEXT for text in said.values()):
        raise NameMissing
    link.end(uow.now)
    referral = await lock_referral(uow.session, link.referral_id)
    if referral is None:
        raise NotFound
    words = await open_words(referral, uow)
    author = Author(ACTOR, uow.now, AcknowledgementChannel.LINK, said["name"], said.get("reference"))
    uow.publish(*referral.acknowledge(author, words))
    await keep_words(referral, words, uow)
    uow.record("referral.acknowledged", referral.id, access_link_id=link.id)


def _answer(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(
        page(name, **values), status_code=status, headers={"content-security-policy": PAGE_POLICY}
    )
