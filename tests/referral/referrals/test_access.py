"""Access to referrals: an agency sees its own and nothing else, and every reading is recorded."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.events import ReferralEvent
from tests.referral.case_double import CaseDouble
from tests.referral.event_builders import authorised
from tests.referral.partner_double import MANCHESTER_POLICE, a_partner
from tests.referral.referrals.agency_client import ANSWERS, say, send
from tests.support.local_http import Answer
from tests.support.services import RunningService, signed_in

OTHER_POLICE = "police:E23000001"


@pytest.mark.parametrize(("part", "command"), ANSWERS)
async def test_an_agency_cannot_answer_another_agencys_referral_or_learn_that_it_exists(
    referral: RunningService, part: str, command: Any
) -> None:
    async with a_partner(referral) as ours, a_partner(referral, agency_code=OTHER_POLICE) as theirs:
        path = await send(referral, theirs)
        answer = await say(referral, ours, f"{path}/{part}", command)
        nowhere = await say(referral, ours, f"/v1/referrals/{uuid4()}/{part}", command)
    assert answer.status_code == nowhere.status_code == 404
    assert answer.content == nowhere.content
    assert [e.type for e in await referral.announced(ReferralEvent)] == ["referral.sent.v1"]


async def test_an_agency_lists_and_reads_only_its_own(referral: RunningService) -> None:
    async with a_partner(referral) as ours, a_partner(referral, agency_code=OTHER_POLICE) as theirs:
        path = await send(referral, theirs)
        assert (await referral.http.get(path, headers=ours.sign_in())).status_code == 404
        assert (await referral.http.get("/v1/referrals", headers=ours.sign_in())).json()["items"] == []
        listed = (await referral.http.get("/v1/referrals", headers=theirs.sign_in())).json()["items"]
        assert [one["id"] for one in listed] == [path.rsplit("/", 1)[1]]
        assert listed[0]["case_id"] is None, "an agency learns of no case behind a referral"
        read = (await referral.http.get(path, headers=theirs.sign_in())).json()
        assert read["deliveries"][0]["attempts"] is None


@pytest.mark.parametrize(("part", "command"), ANSWERS)
async def test_only_an_agency_answers_for_an_agency(
    referral: RunningService, part: str, command: Any
) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        for role in ("adviser", "safeguarding_lead", "operator", "service"):
            answer = await referral.http.post(f"{path}/{part}", json=command, headers=signed_in(role))
            assert answer.status_code == 403, role
        assert (await referral.http.post(f"{path}/{part}", json=command)).status_code == 401


async def test_an_agency_token_that_names_no_agency_sees_nothing(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
    for address in (path, "/v1/referrals"):
        assert (await referral.http.get(address, headers=signed_in("agency"))).status_code == 404


async def test_an_agency_does_not_see_what_waits_to_be_sent(
    referral: RunningService, case: CaseDouble
) -> None:
    async with a_partner(referral) as partner:
        event = authorised()
        await referral.given(event)
        (row,) = await referral.fetch("SELECT id FROM referrals")
        path = f"/v1/referrals/{row['id']}"
        assert (await referral.http.get(path, headers=partner.sign_in())).status_code == 404
        assert (await referral.http.get(path, headers=signed_in("adviser"))).status_code == 200
        assert (await say(referral, partner, f"{path}/acknowledgement")).status_code == 404


async def test_an_adviser_follows_the_referrals_of_a_case(referral: RunningService) -> None:
    async with a_partner(referral, Answer(status=500)) as partner:
        event = authorised()
        await send(referral, partner, case_id=event.case_id)
        await send(referral, partner)
    page = await referral.http.get(f"/v1/referrals?case_id={event.case_id}", headers=signed_in("adviser"))
    (found,) = page.json()["items"]
    assert (found["case_id"], found["state"]) == (str(event.case_id), "undeliverable")
    assert (found["deliveries"][0]["fault"], found["deliveries"][0]["attempts"]) == ("http-500", 1)


async def test_referrals_are_listed_page_by_page(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        paths = [await send(referral, partner) for _ in range(3)]
        seen, cursor = [], ""
        while True:
            page = (
                await referral.http.get(f"/v1/referrals?limit=1{cursor}", headers=partner.sign_in())
            ).json()
            seen += [f"/v1/referrals/{one['id']}" for one in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
    assert seen == paths


async def test_every_reading_and_every_change_is_recorded_in_the_audit_trail(
    referral: RunningService,
) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        await say(referral, partner, f"{path}/acknowledgement")
        await referral.http.get(path, headers=signed_in("adviser", "ada"))
        await referral.http.get("/v1/referrals", headers=signed_in("adviser", "ada"))
    rows = await referral.fetch(
        "SELECT actor, action FROM audit_entries WHERE subject = $1 ORDER BY number", UUID(path[-36:])
    )
    assert [(row["actor"], row["action"]) for row in rows] == [
        ("worker:referral", "referral.disclosure_added"),
        ("worker:referral", "referral.sent"),
        ("user:desk", "referral.acknowledged"),
        ("user:ada", "referral.read"),
        ("user:ada", "referral.listed"),
    ]


async def test_one_case_recipient_at_two_agencies_is_two_referrals_and_a_repeated_event_adds_none(
    referral: RunningService,
) -> None:
    event = authorised()
    other = authorised(recipient_id=event.recipient_id, agency_code=OTHER_POLICE)
    for one in (event, other, event, other):
        await referral.given(one)
    rows = await referral.fetch("SELECT agency_code FROM referrals ORDER BY agency_code")
    assert [row["agency_code"] for row in rows] == [OTHER_POLICE, MANCHESTER_POLICE]
