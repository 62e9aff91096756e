"""Access by a link: the case service decides again what may be read, as it does for a webhook."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from referral_service.access_links.models import AccessLink, access_link_of
from referral_service.deliveries.case_client import IssuedContent, NotIssued, request_content
from referral_service.deliveries.delivery_results import keep_copy
from referral_service.deliveries.states import DeliveryState
from referral_service.directory.models import Channel
from referral_service.referrals.acts import ActKind, Author
from referral_service.referrals.models import Referral
from referral_service.referrals.queries import lock_referral
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import AcknowledgementChannel
from shared.errors import NotFound
from shared.service.context import ServiceContext

ACTOR = "access-link"
ContentByDelivery = dict[UUID, IssuedContent | NotIssued]
"""Answers of the case service by delivery."""


@dataclass(frozen=True)
class OpenedReferral:
    """Messages for the reader. Without `available` nothing could be fetched, and the opening was not counted."""

    messages: list[Any]
    openings_left: int
    available: bool = True


async def open_referral(context: ServiceContext, token: str) -> OpenedReferral:
    """Use one opening of a link and return what it shows; NotFound or AccessLinkEnded where it shows nothing."""
    async with context.database.unit_of_work(ACTOR) as uow:
        agency_code, attempts = await _count_opening(token, context, uow)
    content_by_delivery: ContentByDelivery = {}
    async with context.client("case") as case:
        for delivery_id, attempt in attempts.items():
            content_by_delivery[delivery_id] = await request_content(
                case, delivery_id, agency_code=agency_code, attempt=attempt
            )
    async with context.database.unit_of_work(ACTOR) as uow:
        link = await access_link_of(uow.session, context.vault, token, lock=True)
        return await _record_opening(link, content_by_delivery, uow)


async def _count_opening(token: str, context: ServiceContext, uow: UnitOfWork) -> tuple[str, dict[UUID, int]]:
    """Return the agency, and each readable disclosure with the number of this attempt.

    A worker that holds one of them loses it.
    """
    link = await access_link_of(uow.session, context.vault, token, lock=True)
    link.open(uow.now)
    referral = await _referral_of(link, uow)
    disclosures = [one for one in referral.disclosures if not one.is_refused]
    readable = [one for one in disclosures if one.state != DeliveryState.WITHHELD]
    return referral.agency_code, {one.id: referral.begin_attempt_by_link(one) for one in readable}


async def _referral_of(link: AccessLink, uow: UnitOfWork) -> Referral:
    referral = await lock_referral(uow.session, link.referral_id)
    if referral is None:
        raise NotFound
    return referral


async def _record_opening(
    link: AccessLink, content_by_delivery: ContentByDelivery, uow: UnitOfWork
) -> OpenedReferral:
    if any(_may_come_later(one) for one in content_by_delivery.values()):
        link.give_back_opening()
        uow.record("access_link.not_opened", link.referral_id, access_link_id=link.id)
        return OpenedReferral([], link.openings_left, available=False)
    referral = await _referral_of(link, uow)
    shown = []
    for delivery in referral.disclosures:
        content = content_by_delivery.get(delivery.id)
        if isinstance(content, IssuedContent):
            if delivery.sent_at is None:
                await keep_copy(referral, delivery, content, uow)
            uow.publish(*referral.sent(delivery, Channel.LINK, uow.now))
            uow.record("disclosure.shown", referral.id, delivery_id=delivery.id, access_link_id=link.id)
            shown.append(json.loads(content.text))
        elif content is not None and delivery.is_waiting:
            uow.publish(*referral.withhold(delivery, content.reason, uow.now))
            uow.record("referral.withheld", referral.id, delivery_id=delivery.id, reason=content.reason)
    if shown:
        referral.record(ActKind.LINK_OPENED, Author(ACTOR, uow.now, AcknowledgementChannel.LINK))
    uow.record("access_link.opened", referral.id, access_link_id=link.id, openings=link.openings)
    return OpenedReferral(shown, link.openings_left)


def _may_come_later(content: IssuedContent | NotIssued) -> bool:
    return isinstance(content, NotIssued) and not (content.withheld or content.for_good)
