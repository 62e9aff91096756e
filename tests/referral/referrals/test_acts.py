"""Acts: everything that was done about a referral is read back with who, when and what was said."""

import json
from typing import Any

from referral_service.deliveries.models import ACTOR
from shared.events import DisclosureAuthorised
from tests.referral.access_links.link_reader import LinkReader
from tests.referral.event_builders import consented, recalled
from tests.referral.partner_double import Partner, a_partner
from tests.referral.referrals.agency_client import say, send
from tests.support.local_http import Answer
from tests.support.services import RunningService, signed_in


async def acts_of(referral: RunningService, path: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await referral.http.get(path, headers=headers)).json()["acts"]
    return found


async def everything_is_done(referral: RunningService, partner: Partner, event: DisclosureAuthorised) -> str:
    """Do every kind of act about a referral, and return its path."""
    await referral.given(event)
    await referral.run_loop("run_deliveries")
    (row,) = await referral.fetch("SELECT id FROM referrals")
    path = f"/v1/referrals/{row['id']}"
    ada = signed_in("adviser", "ada")
    reader = LinkReader(
        referral, (await referral.http.post(f"{path}/access-link", headers=ada)).json()["url"]
    )
    await reader.open()
    await reader.acknowledge(name="Sam Field", reference="R-9")
    await say(referral, partner, f"{path}/acceptance")
    await say(referral, partner, f"{path}/outcomes", {"outcome": "visit_made"})
    await say(referral, partner, f"{path}/decline", {"reason": "no_capacity"})
    await referral.given(recalled(event))
    phone = {"answer": "kept", "reason": "court_order", "spoken_to": "Jo Ash", "reference": "K-1"}
    body = phone | {"disclosure_id": str(event.disclosure_id)}
    await referral.http.post(f"{path}/phone-recall-answer", json=body, headers=ada)
    return path


async def test_every_act_is_read_back_with_who_when_and_what_was_said(
    referral: RunningService,
) -> None:
    event = consented()
    async with a_partner(referral, Answer(status=500), Answer(status=200)) as partner:
        path = await everything_is_done(referral, partner, event)
        acts = await acts_of(referral, path, signed_in("adviser"))
        theirs = await acts_of(referral, path, partner.sign_in())
    said = [(one["act"], one["by"], one["code"], one["name"], one["reference"]) for one in acts]
    assert said == [
        ("link_created", "user:ada", None, None, None),
        ("link_opened", "access-link", None, None, None),
        ("acknowledged", "access-link", None, "Sam Field", "R-9"),
        ("accepted", "user:desk", None, None, None),
        ("outcome_reported", "user:desk", "visit_made", None, None),
        ("declined", "user:desk", "no_capacity", None, None),
        ("recall_answered", "user:ada", "court_order", "Jo Ash", "K-1"),
    ]
    assert all(one["at"] for one in acts)
    assert [(one["act"], one["by"]) for one in theirs] == [
        ("acknowledged", "access-link"),
        ("accepted", "user:desk"),
        ("outcome_reported", "user:desk"),
        ("declined", "user:desk"),
        ("recall_answered", None),
    ]
    assert "ada" not in json.dumps(theirs), "an agency reads no adviser's id"


async def test_that_a_person_had_to_telephone_is_read_back_and_no_agency_sees_it(
    referral: RunningService,
) -> None:
    async with a_partner(referral, Answer(status=500)) as partner:
        path = await send(referral, partner)
        (act,) = await acts_of(referral, path, signed_in("adviser"))
        assert (act["act"], act["by"], act["code"]) == ("undeliverable", ACTOR, "http-500")
        assert await acts_of(referral, path, partner.sign_in()) == []


async def test_names_and_references_are_sealed_at_rest(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        await say(referral, partner, f"{path}/acknowledgement", {"reference": "PC Ashdown 7"})
    (row,) = await referral.fetch("SELECT * FROM referrals")
    assert "Ashdown" not in " ".join(str(value) for value in row.values())
