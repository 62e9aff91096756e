"""The example of a partner's endpoint takes what the helpline signed, and nothing else."""

import json
from datetime import UTC, datetime

import httpx2
import pytest
from standardwebhooks import Webhook

from tools.receiver import Receiver
from tools.simulation.partners.server import serve

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
FORGED = "whsec_AAFVsBQIhrscChlQIMV+b5sSYspob7oD"
MESSAGE = json.dumps({"type": "referral.v1", "content": {"account": ["They are locked in."]}})


async def post(url: str, secret: str, text: str = MESSAGE) -> int:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("m1", now, text),
    }
    async with httpx2.AsyncClient(trust_env=False) as client:
        return (await client.post(url, content=text.encode(), headers=headers)).status_code


async def test_the_receiver_prints_what_is_signed_refuses_the_rest_and_ends_after_its_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    receiver = Receiver(SECRET, port=0, count=2)
    async with serve(receiver.app) as url:
        assert await post(url, FORGED) == 401
        assert "locked in" not in capsys.readouterr().out
        assert await post(url, SECRET) == 200
        printed = capsys.readouterr().out
        assert "verified referral.v1, webhook-id m1" in printed
        assert "They are locked in." in printed
        assert not receiver.is_done
        assert await post(url, SECRET) == 200
        assert receiver.is_done
