"""The demonstration's partner agencies: they trust signatures only, and misbehave as real ones do."""

import asyncio
import base64
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from standardwebhooks import Webhook

from demo.manners import Manner, manner_of
from demo.partners import Answer, Partner, Partners
from referral_service.sealing import seal

POLICE = "police:E23000005"


class Told:
    """Where the agencies' answers go in these tests."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    async def __call__(self, answer: Answer) -> int:
        self.answers.append(answer)
        return 200


@pytest.fixture
def answers() -> Told:
    return Told()


def a_message(**changed: Any) -> dict[str, Any]:
    plain = {"type": "referral.v1", "referral_id": "r", "disclosure_id": "d", "kind": "initial"}
    return {**plain, "acknowledge": {"url": "http://x/v1/referrals/r/acknowledgement"}, **changed}


async def post(
    partners: Partners, partner: Partner, text: str, *, secret: str, webhook_id: str = "m1"
) -> int | None:
    """The status of the answer, None where the agency hung up."""
    now = datetime.now(UTC)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, now, text),
    }
    async with httpx2.AsyncClient(trust_env=False) as client:
        try:
            return (
                await client.post(partners.address_of(partner), content=text.encode(), headers=headers)
            ).status_code
        except httpx2.TransportError:
            return None


def a_partner(manner: Manner = Manner.WELL, *, key: X25519PrivateKey | None = None) -> Partner:
    return Partner(POLICE, UUID(int=1), manner, key=key)


async def test_an_agency_takes_what_is_signed_with_its_secret_and_nothing_else(answers: Told) -> None:
    partner = a_partner()
    forged = f"whsec_{base64.b64encode(b'x' * 32).decode()}"
    async with Partners(answers, seed=1, patience=1.0) as partners:
        partners.add(partner)
        assert await post(partners, partner, json.dumps(a_message()), secret=forged) == 401
        assert (partners.arrivals, partners.refused.total()) == ([], 1)
        assert await post(partners, partner, json.dumps(a_message()), secret=partner.secret) == 204
        assert await post(partners, partner, json.dumps(a_message()), secret=partner.secret) == 204
        assert [one.in_effect for one in partners.arrivals] == [True, False]
        await until(lambda: len(answers.answers) == 1)


async def test_an_agency_with_a_key_opens_what_is_sealed_to_it_and_refuses_what_is_not(answers: Told) -> None:
    partner = a_partner(key=X25519PrivateKey.generate())
    assert partner.public_key is not None
    async with Partners(answers, seed=1, patience=1.0) as partners:
        partners.add(partner)
        sealed = seal(partner.public_key, json.dumps(a_message(disclosure_id="sealed")))
        assert await post(partners, partner, json.dumps(a_message()), secret=partner.secret) == 401
        assert await post(partners, partner, sealed, secret=partner.secret) == 204
        assert [one.message["disclosure_id"] for one in partners.arrivals] == ["sealed"]


@pytest.mark.parametrize(
    ("manner", "statuses", "effects"),
    [
        (Manner.ERRORS, [500, 500, 204], [False, False, True]),
        (Manner.BUSY, [429, 429, 204], [False, False, True]),
        (Manner.CUTS, [None, None, 204], [False, False, True]),
        (Manner.LOSES_ANSWER, [None, None, 204], [True, False, False]),
    ],
)
async def test_an_agency_in_trouble_is_well_after_a_while(
    answers: Told, manner: Manner, statuses: list[int | None], effects: list[bool]
) -> None:
    partner = a_partner(manner)
    async with Partners(answers, seed=1, patience=1.0) as partners:
        partners.add(partner)
        got = [
            await post(partners, partner, json.dumps(a_message()), secret=partner.secret) for _ in range(3)
        ]
        assert got == statuses
        assert [one.in_effect for one in partners.arrivals] == effects


async def test_some_acknowledge_some_decline_and_some_stay_silent(answers: Told) -> None:
    async with Partners(answers, seed=1, patience=0.1) as partners:
        for number, manner in enumerate((Manner.WELL, Manner.DECLINES, Manner.SILENT)):
            partner = replace(a_partner(manner), agency=UUID(int=number))
            partners.add(partner)
            message = a_message(disclosure_id=manner.value)
            await post(partners, partner, json.dumps(message), secret=partner.secret, webhook_id=manner.value)
        await until(lambda: partners.busy == 0)
    said = Counter((one.partner.manner, one.url.rsplit("/")[-1]) for one in answers.answers)
    assert said == {
        (Manner.WELL, "acknowledgement"): 1,
        (Manner.DECLINES, "acknowledgement"): 1,
        (Manner.DECLINES, "decline"): 1,
    }


async def test_a_recall_is_answered(answers: Told) -> None:
    partner = a_partner()
    recall = {"type": "recall.v1", "disclosure_id": "d", "answer": {"url": "http://x/recall-answer"}}
    async with Partners(answers, seed=1, patience=0.1) as partners:
        partners.add(partner)
        await post(partners, partner, json.dumps(recall), secret=partner.secret)
        await until(lambda: len(answers.answers) == 1)
    assert answers.answers[0].content == {"answer": "deleted"}


def test_every_manner_of_an_agency_is_met_among_the_bodies_of_one_run() -> None:
    assert {manner_of(f"police:{n}", seed=1) for n in range(300)} == set(Manner)


async def until(true: Any) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what is waited for is a list that somebody else fills
            await asyncio.sleep(0.02)
