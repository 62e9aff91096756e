"""Acknowledgements: of the message that is meant and of no other, with the agency's own reference."""

import json
from uuid import uuid4

from shared.events import ReferralAcknowledged
from tests.referral.event_builders import authorised, supplement_to
from tests.referral.partner_double import PUBLIC_URL, a_partner
from tests.referral.referrals.agency_client import say, send
from tests.support.local_http import Answer, Asked
from tests.support.services import MovableClock, RunningService, signed_in


async def test_an_acknowledgement_of_one_message_is_none_of_the_next(
    referral: RunningService, clock: MovableClock
) -> None:
    first = authorised()
    later = supplement_to(first)
    async with a_partner(referral) as partner:
        for event in (first, later):
            await referral.given(event)
            await referral.run_loop("run_deliveries")
        (row,) = await referral.fetch("SELECT id FROM referrals")
        path = f"/v1/referrals/{row['id']}/acknowledgement"
        await say(referral, partner, path, {"disclosure_id": str(first.disclosure_id)})
        (one,) = await referral.announced(ReferralAcknowledged)
        assert one.disclosure_id == first.disclosure_id
        await say(referral, partner, path)
        assert len(await referral.announced(ReferralAcknowledged)) == 2
        unknown = await say(referral, partner, path, {"disclosure_id": str(uuid4())})
        assert unknown.status_code == 404


async def test_an_acknowledgement_that_names_no_message_does_not_cover_one_that_was_refused(
    referral: RunningService,
) -> None:
    first = authorised()
    later = supplement_to(first)
    async with a_partner(referral, Answer(status=200), Answer(status=500)) as partner:
        for event in (first, later):
            await referral.given(event)
            await referral.run_loop("run_deliveries")
        (row,) = await referral.fetch("SELECT id FROM referrals")
        path = f"/v1/referrals/{row['id']}/acknowledgement"
        for _ in range(2):
            assert (await say(referral, partner, path)).status_code == 200
    (one,) = await referral.announced(ReferralAcknowledged)
    assert one.disclosure_id == first.disclosure_id


async def test_an_acknowledgement_during_the_sending_of_a_supplement_is_of_that_supplement(
    referral: RunningService,
) -> None:
    first = authorised()
    later = supplement_to(first)

    async def acknowledge(asked: Asked) -> None:
        path = json.loads(asked.body)["acknowledge"]["url"].removeprefix(PUBLIC_URL)
        assert (await say(referral, partner, path)).status_code == 200

    async with a_partner(referral, meanwhile=acknowledge) as partner:
        for event in (first, later):
            await referral.given(event)
            await referral.run_loop("run_deliveries")
    acknowledged = await referral.announced(ReferralAcknowledged)
    assert [one.disclosure_id for one in acknowledged] == [first.disclosure_id, later.disclosure_id]


async def test_what_an_agency_acknowledged_counts_as_sent_although_its_answers_are_errors(
    referral: RunningService, clock: MovableClock
) -> None:
    async with a_partner(referral, Answer(status=500)) as partner:
        path = await send(referral, partner)
        assert (await say(referral, partner, f"{path}/acknowledgement")).status_code == 200
        for _ in range(3):
            clock.forward(seconds=60)
            await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 2
    (row,) = await referral.fetch("SELECT state, sent_copy FROM deliveries")
    assert row["state"] == "sent"
    assert row["sent_copy"] is not None


async def test_the_agencys_own_reference_is_kept_sealed_and_shown_to_the_agency_and_to_advisers(
    referral: RunningService,
) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        await say(referral, partner, f"{path}/acknowledgement", {"reference": "PC Ashdown 7"})
        for headers in (partner.sign_in(), signed_in("adviser")):
            assert (await referral.http.get(path, headers=headers)).json()["reference"] == "PC Ashdown 7"
    (row,) = await referral.fetch("SELECT * FROM referrals")
    assert "Ashdown" not in " ".join(str(value) for value in row.values())


async def test_a_second_acknowledgement_does_not_replace_the_reference(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        first = await say(referral, partner, f"{path}/acknowledgement", {"reference": "GMP-7"})
        other = await say(referral, partner, f"{path}/acknowledgement", {"reference": "GMP-8"})
        again = await say(referral, partner, f"{path}/acknowledgement", {"reference": "GMP-7"})
        read = await referral.http.get(path, headers=signed_in("adviser"))
    assert (other.status_code, other.json()["code"]) == (409, "reference-given-before")
    assert (again.status_code, again.content) == (200, first.content)
    assert read.json()["reference"] == "GMP-7"
    assert len(await referral.announced(ReferralAcknowledged)) == 1


async def test_a_reference_that_comes_after_the_acknowledgement_is_added(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        await say(referral, partner, f"{path}/acknowledgement")
        given = await say(referral, partner, f"{path}/acknowledgement", {"reference": "GMP-7"})
        other = await say(referral, partner, f"{path}/acknowledgement", {"reference": "GMP-8"})
    assert (given.json()["reference"], other.status_code) == ("GMP-7", 409)


async def test_a_later_message_has_its_own_reference_and_the_first_one_stays(
    referral: RunningService,
) -> None:
    first = authorised()
    later = supplement_to(first)
    async with a_partner(referral) as partner:
        await referral.given(first)
        await referral.run_loop("run_deliveries")
        (row,) = await referral.fetch("SELECT id FROM referrals")
        path = f"/v1/referrals/{row['id']}/acknowledgement"
        await say(referral, partner, path, {"reference": "GMP-7"})
        await referral.given(later)
        await referral.run_loop("run_deliveries")
        answer = await say(referral, partner, path, {"reference": "GMP-8"})
        for reference in ("GMP-7", "GMP-8"):
            assert (await say(referral, partner, path, {"reference": reference})).content == answer.content
    assert answer.json()["reference"] == "GMP-7"
    said = {one["disclosure_id"]: one["reference"] for one in answer.json()["acts"]}
    assert said == {str(first.disclosure_id): "GMP-7", str(later.disclosure_id): "GMP-8"}


async def test_an_acknowledgement_after_a_decline_changes_nothing_and_says_so(
    referral: RunningService,
) -> None:
    async with a_partner(referral) as partner:
        path = await send(referral, partner)
        await say(referral, partner, f"{path}/decline", {"reason": "duplicate"})
        answer = await say(referral, partner, f"{path}/acknowledgement")
        assert (answer.status_code, answer.json()["code"]) == (409, "declined-before")
        read = await referral.http.get(path, headers=partner.sign_in())
        assert (read.json()["state"], read.json()["decline_reason"]) == ("declined", "duplicate")


async def test_an_acknowledgement_of_something_new_after_a_decline_says_that_the_agency_declined(
    referral: RunningService,
) -> None:
    first = authorised()
    later = supplement_to(first)
    async with a_partner(referral) as partner:
        await referral.given(first)
        await referral.run_loop("run_deliveries")
        (row,) = await referral.fetch("SELECT id FROM referrals")
        path = f"/v1/referrals/{row['id']}"
        await say(referral, partner, f"{path}/acknowledgement")
        await say(referral, partner, f"{path}/decline", {"reason": "not_our_area"})
        await referral.given(later)
        await referral.run_loop("run_deliveries")
        answer = await say(referral, partner, f"{path}/acknowledgement")
    assert (answer.status_code, answer.json()["state"]) == (200, "declined")
    acknowledged = await referral.announced(ReferralAcknowledged)
    assert [one.declined for one in acknowledged] == [False, True]
