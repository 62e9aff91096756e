"""Partner agencies of the simulation: they trust signatures only, and have the faults of real ones."""

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

from referral_service.deliveries.sealing import seal
from tools.simulation.partners.partner_agencies import AgencyAnswer, PartnerAgencies, PartnerAgency
from tools.simulation.partners.partner_behaviour import Behaviour, behaviour_of

POLICE = "police:E23000005"


class AnswersGiven:
    """Keeps the agencies' answers, in place of the platform."""

    def __init__(self) -> None:
        self.answers: list[AgencyAnswer] = []

    async def __call__(self, answer: AgencyAnswer) -> int:
        self.answers.append(answer)
        return 200


@pytest.fixture
def given() -> AnswersGiven:
    return AnswersGiven()


def a_message(**changed: Any) -> dict[str, Any]:
    plain = {"type": "referral.v1", "referral_id": "r", "disclosure_id": "d", "kind": "initial"}
    return {**plain, "acknowledge": {"url": "http://x/v1/referrals/r/acknowledgement"}, **changed}


async def post(
    partners: PartnerAgencies, agency: PartnerAgency, text: str, *, secret: str, webhook_id: str = "m1"
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
                await client.post(partners.address_of(agency), content=text.encode(), headers=headers)
            ).status_code
        except httpx2.TransportError:
            return None


def an_agency(behaviour: Behaviour = Behaviour.WELL, *, key: X25519PrivateKey | None = None) -> PartnerAgency:
    return PartnerAgency(POLICE, UUID(int=1), behaviour, private_key=key)


async def test_an_agency_takes_what_is_signed_with_its_secret_and_nothing_else(given: AnswersGiven) -> None:
    agency = an_agency()
    forged = f"whsec_{base64.b64encode(b'x' * 32).decode()}"
    async with PartnerAgencies(given, seed=1, escalates_after=1.0) as partners:
        partners.add(agency)
        assert await post(partners, agency, json.dumps(a_message()), secret=forged) == 401
        assert (partners.received, partners.refused.total()) == ([], 1)
        assert await post(partners, agency, json.dumps(a_message()), secret=agency.signing_secret) == 204
        assert await post(partners, agency, json.dumps(a_message()), secret=agency.signing_secret) == 204
        assert [one.in_effect for one in partners.received] == [True, False]
        await until(lambda: len(given.answers) == 1)


async def test_an_agency_with_a_key_opens_what_is_sealed_to_it_and_refuses_what_is_not(
    given: AnswersGiven,
) -> None:
    agency = an_agency(key=X25519PrivateKey.generate())
    assert agency.public_key is not None
    async with PartnerAgencies(given, seed=1, escalates_after=1.0) as partners:
        partners.add(agency)
        sealed = seal(agency.public_key, json.dumps(a_message(disclosure_id="sealed")))
        assert await post(partners, agency, json.dumps(a_message()), secret=agency.signing_secret) == 401
        assert await post(partners, agency, sealed, secret=agency.signing_secret) == 204
        assert [one.content["disclosure_id"] for one in partners.received] == ["sealed"]


@pytest.mark.parametrize(
    ("behaviour", "statuses", "effects"),
    [
        (Behaviour.SERVER_ERROR, [500, 500, 204], [False, False, True]),
        (Behaviour.BUSY, [429, 429, 204], [False, False, True]),
        (Behaviour.HANGS_UP, [None, None, 204], [False, False, True]),
        (Behaviour.ANSWER_LOST, [None, None, 204], [True, False, False]),
    ],
)
async def test_an_agency_with_a_fault_does_well_after_a_while(
    given: AnswersGiven, behaviour: Behaviour, statuses: list[int | None], effects: list[bool]
) -> None:
    agency = an_agency(behaviour)
    async with PartnerAgencies(given, seed=1, escalates_after=1.0) as partners:
        partners.add(agency)
        got = [
            await post(partners, agency, json.dumps(a_message()), secret=agency.signing_secret)
            for _ in range(3)
        ]
        assert got == statuses
        assert [one.in_effect for one in partners.received] == effects


async def test_an_agency_that_never_answers_keeps_nobody_waiting_at_the_end(given: AnswersGiven) -> None:
    agency = an_agency(Behaviour.NEVER_ANSWERS)
    async with asyncio.timeout(5), PartnerAgencies(given, seed=1, escalates_after=1.0) as partners:
        partners.add(agency)
        waiting = asyncio.create_task(
            post(partners, agency, json.dumps(a_message()), secret=agency.signing_secret)
        )
        await until(lambda: partners.received)
        await asyncio.sleep(0.1)
        assert not waiting.done()
    assert await waiting is None
    assert [one.in_effect for one in partners.received] == [False]


async def test_some_acknowledge_some_decline_and_some_never_answer(given: AnswersGiven) -> None:
    async with PartnerAgencies(given, seed=1, escalates_after=0.1) as partners:
        for number, behaviour in enumerate(
            (Behaviour.WELL, Behaviour.DECLINES, Behaviour.NEVER_ACKNOWLEDGES)
        ):
            agency = replace(an_agency(behaviour), agency_id=UUID(int=number))
            partners.add(agency)
            message = a_message(disclosure_id=behaviour.value)
            await post(
                partners,
                agency,
                json.dumps(message),
                secret=agency.signing_secret,
                webhook_id=behaviour.value,
            )
        await until(lambda: partners.pending_answers == 0)
    said = Counter((one.agency.behaviour, one.url.rsplit("/")[-1]) for one in given.answers)
    assert said == {
        (Behaviour.WELL, "acknowledgement"): 1,
        (Behaviour.DECLINES, "acknowledgement"): 1,
        (Behaviour.DECLINES, "decline"): 1,
    }


async def test_a_recall_is_answered(given: AnswersGiven) -> None:
    agency = an_agency()
    recall = {"type": "recall.v1", "disclosure_id": "d", "answer": {"url": "http://x/recall-answer"}}
    async with PartnerAgencies(given, seed=1, escalates_after=0.1) as partners:
        partners.add(agency)
        await post(partners, agency, json.dumps(recall), secret=agency.signing_secret)
        await until(lambda: len(given.answers) == 1)
    assert given.answers[0].body == {"answer": "destroyed"}


def test_every_behaviour_occurs_among_the_agencies_of_one_run() -> None:
    assert {behaviour_of(f"police:{n}", seed=1) for n in range(300)} == set(Behaviour)


async def until(true: Any) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what is waited for is a list that somebody else fills
            await asyncio.sleep(0.02)
