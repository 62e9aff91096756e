"""Contact points as an operator sets them: addresses and keys are checked, and signing secrets are made."""

import base64
import secrets
from collections.abc import Sequence

import httpx2
from sqlalchemy import delete

from referral_service.agency_transport.ssrf_policy import AddressRefused, target_of
from referral_service.deliveries.sealing import KeyRefused, public_key_of
from referral_service.directory.models import Agency, Channel, ContactPoint, signing_secret_field
from referral_service.directory.schemas import SetContactPoint, SetContactPoints
from shared.db.unit_of_work import UnitOfWork
from shared.domain.immigration_enforcement import is_immigration_enforcement
from shared.errors import Invalid
from shared.ids import new_id

SECRET_BYTES = 32


class AddressNotAllowed(Invalid):
    """Messages may not be sent to the address: it must be https, on a named host of the internet."""

    code = "address-not-allowed"
    title = "Webhooks go to https on a named public host; give such an address"


class EncryptionKeyRefused(Invalid):
    """The key is not a public X25519 key, so that nothing could be sealed with it."""

    code = "encryption-key-refused"
    title = "This is no public X25519 key; send one as base64 or PEM"


async def set_points(
    agency: Agency, command: SetContactPoints, uow: UnitOfWork, *, allow_loopback: bool
) -> tuple[list[ContactPoint], str | None]:
    """Replace an agency's contact points; return them, and its signing secret where a new one was made."""
    for number, point in enumerate(command.contact_points):
        _check_address(point.url, f"contact_points.{number}.url", allow_loopback=allow_loopback)
    names_a_key = "encryption_key" in command.model_fields_set
    encryption_key = _checked_key(command.encryption_key) if names_a_key else agency.encryption_key
    points = await _replace_points(agency, command.contact_points, uow)
    secret = _new_secret_if_needed(agency, command)
    sealed = await _seal_secret(agency, secret, uow) if secret is not None else None
    agency.change_contact(encryption_key=encryption_key, new_signing_secret=sealed)
    return points, secret


def _check_address(url: str | None, field: str, *, allow_loopback: bool) -> None:
    if url is None:
        return
    try:
        target_of(httpx2.URL(url), allow_loopback=allow_loopback)
    except AddressRefused as refused:
        rule = refused.code
    except (httpx2.InvalidURL, ValueError):
        rule = "url"
    else:
        if not is_immigration_enforcement(code="", name=httpx2.URL(url).host):
            return
        rule = "immigration_enforcement"
    raise AddressNotAllowed(invalid=[{"field": field, "rule": rule}])


def _checked_key(text: str | None) -> str | None:
    try:
        return public_key_of(text) if text is not None else None
    except KeyRefused:
        raise EncryptionKeyRefused(
            invalid=[{"field": "encryption_key", "rule": "x25519_public_key"}]
        ) from None


async def _replace_points(
    agency: Agency, wanted: Sequence[SetContactPoint], uow: UnitOfWork
) -> list[ContactPoint]:
    await uow.session.execute(delete(ContactPoint).where(ContactPoint.agency_id == agency.id))
    points = [
        ContactPoint(
            id=new_id(),
            agency_id=agency.id,
            hours=point.hours,
            channel=point.channel,
            url=point.url,
            phone=point.phone,
        )
        for point in wanted
    ]
    uow.session.add_all(points)
    return points


def _new_secret_if_needed(agency: Agency, command: SetContactPoints) -> str | None:
    """Return a signing secret for an agency's first webhook, or where a new one is asked for; else None."""
    has_webhook = any(point.channel is Channel.WEBHOOK for point in command.contact_points)
    if not (command.new_signing_secret or (has_webhook and agency.signing_secret is None)):
        return None
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


async def _seal_secret(agency: Agency, secret: str, uow: UnitOfWork) -> bytes:
    if agency.signing_secret is None:
        await uow.keys.create(agency.id)
    return await uow.keys.seal(agency.id, signing_secret_field(agency.id), secret)
