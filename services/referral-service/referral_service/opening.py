"""Opening a one-time link: the case service decides again what may be read, as it does for a webhook."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from referral_service.agencies import Channel
from referral_service.deliveries import DeliveryState
from referral_service.links import OPENS_AT_MOST, Link, link_of
from referral_service.loading import to_change
from referral_service.recording import keep_copy
from referral_service.referrals import Referral
from referral_service.releasing import NotReleased, Released, release
from shared.database import UnitOfWork
from shared.errors import NotFound
from shared.platform import Platform

ACTOR = "link"
Answers = dict[UUID, Released | NotReleased]


@dataclass(frozen=True)
class Opened:
    """What the reader sees. `available` is false where the content could not be fetched; nothing was counted then."""

    contents: list[Any]
    left: int
    available: bool = True


async def open_link(platform: Platform, token: str) -> Opened:
    async with platform.database.unit_of_work(ACTOR) as uow:
        attempts = await _count_opening(token, platform, uow)
    answers: Answers = {}
    async with platform.client("case") as case:
        for delivery_id, attempt in attempts.items():
            answers[delivery_id] = await release(case, delivery_id, attempt=attempt)
    async with platform.database.unit_of_work(ACTOR) as uow:
        link = await link_of(uow.session, platform.vault, token, lock=True)
        return await _write_down(link, answers, uow)


async def _count_opening(token: str, platform: Platform, uow: UnitOfWork) -> dict[UUID, int]:
    """Each disclosure with the number of this attempt; a worker that holds one of them now will leave it alone."""
    link = await link_of(uow.session, platform.vault, token, lock=True)
    link.open(uow.now)
    referral = await _referral_of(link, uow)
    readable = [one for one in referral.disclosures if one.state != DeliveryState.WITHHELD]
    for delivery in readable:
        delivery.fence += 1
        delivery.attempts += 1
    return {one.id: one.fence for one in readable}


async def _referral_of(link: Link, uow: UnitOfWork) -> Referral:
    referral = await to_change(uow.session, link.referral_id)
    if referral is None:
        raise NotFound
    return referral


async def _write_down(link: Link, answers: Answers, uow: UnitOfWork) -> Opened:
    if any(isinstance(one, NotReleased) and not (one.withheld or one.for_good) for one in answers.values()):
        link.give_back()
        uow.record("link.not_opened", link.referral_id, link_id=link.id)
        return Opened([], OPENS_AT_MOST - link.opens, available=False)
    referral = await _referral_of(link, uow)
    contents = []
    for delivery in referral.disclosures:
        answer = answers.get(delivery.id)
        if isinstance(answer, Released):
            if delivery.sent_at is None:
                await keep_copy(referral, delivery, answer, uow)
            uow.publish(*referral.sent(delivery, Channel.LINK, uow.now))
            uow.record("disclosure.shown", referral.id, delivery_id=delivery.id, link_id=link.id)
            contents.append(json.loads(answer.text))
        elif answer is not None and delivery.is_waiting:
            referral.withhold(delivery, answer.reason)
            uow.record("referral.withheld", referral.id, delivery_id=delivery.id, reason=answer.reason)
    uow.record("link.opened", referral.id, link_id=link.id, opens=link.opens)
    return Opened(contents, OPENS_AT_MOST - link.opens)
