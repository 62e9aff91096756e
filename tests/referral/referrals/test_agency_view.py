"""View of an agency: what was withheld or did not arrive leaves no trace in state, version, list or order."""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.clients.service_client import ServiceRefused, ServiceUnreachable
from shared.events import DisclosureAuthorised, ReferralAcknowledged
from tests.referral.case_double import CaseDouble
from tests.referral.event_builders import authorised, consented, recalled, supplement_to
from tests.referral.partner_double import MANCHESTER_POLICE, Partner, a_partner, set_points
from tests.referral.referrals.agency_client import say, send
from tests.support.local_http import Answer, Asked
from tests.support.services import MovableClock, RunningService, signed_in

Fate = Callable[[RunningService, CaseDouble, DisclosureAuthorised], Awaitable[None]]


async def seen(referral: RunningService, partner: Partner, path: str) -> list[Any]:
    """Return everything that the agency can read of a referral: the bytes and ETag of record and list."""
    read = await referral.http.get(path, headers=partner.sign_in())
    listed = await referral.http.get("/v1/referrals", headers=partner.sign_in())
    return [read.content, read.headers["etag"], listed.content, listed.headers.get("etag")]


def webhook(url: str) -> dict[str, str]:
    return {"channel": "webhook", "url": url}


async def withheld(_: RunningService, case: CaseDouble, event: DisclosureAuthorised) -> None:
    case.withholds(event.disclosure_id)


async def unreachable(_: RunningService, case: CaseDouble, event: DisclosureAuthorised) -> None:
    case.refusals[event.disclosure_id] = ServiceUnreachable()


async def erased(_: RunningService, case: CaseDouble, event: DisclosureAuthorised) -> None:
    case.refusals[event.disclosure_id] = ServiceRefused(404, "not-found")


async def not_sealed(referral: RunningService, _: CaseDouble, __: DisclosureAuthorised) -> None:
    await referral.fetch(
        "UPDATE agencies SET encryption_key = 'broken' WHERE agency_code = $1", MANCHESTER_POLICE
    )


async def no_connection(referral: RunningService, _: CaseDouble, __: DisclosureAuthorised) -> None:
    await set_points(referral, MANCHESTER_POLICE, {"contact_points": [webhook("http://127.0.0.1:1/hook")]})


async def no_endpoint(referral: RunningService, _: CaseDouble, __: DisclosureAuthorised) -> None:
    await set_points(referral, MANCHESTER_POLICE, {"contact_points": []})


@pytest.mark.parametrize("fate", [withheld, unreachable, erased, not_sealed, no_connection, no_endpoint])
async def test_a_supplement_that_never_arrives_and_is_withheld_at_last_changes_no_byte(
    referral: RunningService, case: CaseDouble, clock: MovableClock, fate: Fate
) -> None:
    first = authorised()
    async with a_partner(referral) as partner:
        path = await send(referral, partner, recipient_id=first.recipient_id)
        await say(referral, partner, f"{path}/acknowledgement", {"reference": "GMP-7"})
        before = await seen(referral, partner, path)
        later = supplement_to(first)
        await fate(referral, case, later)
        await referral.given(later)
        assert await seen(referral, partner, path) == before
        for _ in range(3):
            await referral.run_loop("run_deliveries")
            clock.forward(seconds=40)
            assert await seen(referral, partner, path) == before
        case.withholds(later.disclosure_id)
        mended = {"contact_points": [webhook(f"{partner.http.url}/hook")], "encryption_key": None}
        await set_points(referral, MANCHESTER_POLICE, mended)
        await referral.run_loop("run_deliveries")
        assert await seen(referral, partner, path) == before
        assert len(partner.http.asked) == 1
    record = (await referral.http.get(path, headers=signed_in("adviser"))).json()
    assert record["version"] > json.loads(before[0])["version"], "advisers see every change"
    assert len(record["deliveries"]) == 2


async def test_a_recall_of_what_was_withheld_while_a_worker_held_it_is_not_noticed(
    referral: RunningService, case: CaseDouble
) -> None:
    """The recall comes while a worker requests the content, so that it might still be sent."""
    first = consented()
    later: DisclosureAuthorised | None = None

    class RecallingMeanwhile(CaseDouble):
        async def post(self, path: str, json: Any, **rest: Any) -> Any:
            if later is not None:
                await referral.given(recalled(later))
                self.withholds(later.disclosure_id)
            return await super().post(path, json, **rest)

    case.__class__ = RecallingMeanwhile
    async with a_partner(referral) as partner:
        path = await send(referral, partner, recipient_id=first.recipient_id, grounds=("consent",))
        before = await seen(referral, partner, path)
        later = supplement_to(first)
        await referral.given(later)
        await referral.run_loop("run_deliveries")
        assert await seen(referral, partner, path) == before
        assert len(partner.http.asked) == 1, "no recall of what the agency never had"
        answer = await say(referral, partner, f"{path}/recall-answer", {"answer": "not_held"})
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing-was-recalled")
        assert (await say(referral, partner, f"{path}/acceptance")).json()["state"] == "accepted"
        assert (await state_and_deliveries(referral, path, signed_in("adviser")))[0] == "accepted"
    rows = await referral.fetch("SELECT purpose, state, fault FROM deliveries ORDER BY position")
    assert [tuple(row) for row in rows[1:]] == [
        ("disclosure", "withheld", "withheld"),
        ("recall", "withheld", "nothing-to-recall"),
    ]


async def test_a_referral_whose_first_disclosure_was_withheld_looks_like_any_other(
    referral: RunningService, case: CaseDouble
) -> None:
    first = consented()
    case.withholds(first.disclosure_id)
    async with a_partner(referral) as partner:
        await referral.given(first)
        await referral.run_loop("run_deliveries")
        with_one_withheld = await send(referral, partner, recipient_id=first.recipient_id)
        ordinary = await send(referral, partner)
        one, other = [
            (await referral.http.get(path, headers=partner.sign_in())).json()
            for path in (with_one_withheld, ordinary)
        ]
    assert (one["version"], len(one["deliveries"]), one["state"]) == (2, 1, "sent")
    assert {name for name in one if one[name] != other[name]} == {"id", "deliveries"}
    assert {
        name for name in one["deliveries"][0] if one["deliveries"][0][name] != other["deliveries"][0][name]
    } == {
        "disclosure_id",
        "sent_at",
    }


async def test_the_list_of_an_agency_shows_no_time_of_what_was_withheld(
    referral: RunningService, case: CaseDouble, clock: MovableClock
) -> None:
    """The list is in the order of what arrived, and so are the times in its cursors."""
    old = consented(authorised_at="2026-01-02T03:04:05Z")
    case.withholds(old.disclosure_id)
    async with a_partner(referral) as partner:
        await referral.given(old)
        await referral.run_loop("run_deliveries")
        clock.forward(days=1)
        earlier = await send(referral, partner, authorised_at=clock())
        clock.forward(days=1)
        later = await send(referral, partner, recipient_id=old.recipient_id, authorised_at=clock())
        agency = await pages(referral, partner.sign_in())
        advisers = await pages(referral, signed_in("adviser"))
    assert [path for path, _ in agency] == [earlier, later]
    assert [path for path, _ in advisers] == [later, earlier]
    assert [cursor is None or "2026-01-02" in cursor for _, cursor in agency] == [False, True]
    assert "2026-01-02" in (advisers[0][1] or "")


async def pages(referral: RunningService, headers: dict[str, str]) -> list[tuple[str, str | None]]:
    """Return the referral on each page of one, and what the cursor to the next page says."""
    found: list[tuple[str, str | None]] = []
    cursor = ""
    while True:
        page = (await referral.http.get(f"/v1/referrals?limit=1{cursor}", headers=headers)).json()
        following = page["next"]
        said = base64.urlsafe_b64decode(following + "===").decode() if following else None
        found += [(f"/v1/referrals/{one['id']}", said) for one in page["items"]]
        if following is None:
            return found
        cursor = f"&cursor={following}"


async def test_every_change_that_the_agency_can_see_raises_the_version_and_a_repeat_does_not(
    referral: RunningService,
) -> None:
    first = consented()
    later = supplement_to(first)
    async with a_partner(referral) as partner:
        path = await send(referral, partner, recipient_id=first.recipient_id, grounds=("consent",))
        versions = [await version_of(referral, partner, path)]
        answers: list[tuple[str, Any]] = [
            ("acknowledgement", {}),
            ("acknowledgement", {"reference": "GMP-7"}),
            ("acceptance", None),
            ("outcomes", {"outcome": "visit_made"}),
            ("outcomes", {"outcome": "arrest"}),
        ]
        for part, command in answers:
            one, again = [await say(referral, partner, f"{path}/{part}", command) for _ in range(2)]
            assert one.json() == again.json(), part
            assert one.headers["etag"] == again.headers["etag"] == f'"{one.json()["version"]}"'
            versions.append(await version_of(referral, partner, path))
        await referral.given(later)
        await referral.run_loop("run_deliveries")
        versions.append(await version_of(referral, partner, path))
        await referral.given(recalled(later))
        versions.append(await version_of(referral, partner, path))
        await referral.run_loop("run_deliveries")
        versions.append(await version_of(referral, partner, path))
        for _ in range(2):
            await say(referral, partner, f"{path}/recall-answer", {"answer": "destroyed"})
        versions.append(await version_of(referral, partner, path))
        assert await version_of(referral, partner, path) == versions[-1]
    assert versions == sorted(set(versions)), "each is larger than the one before"
    assert len(versions) == 1 + len(answers) + 4


async def version_of(referral: RunningService, partner: Partner, path: str) -> int:
    read = await referral.http.get(path, headers=partner.sign_in())
    version: int = read.json()["version"]
    assert read.headers["etag"] == f'"{version}"'
    return version


async def test_a_recall_is_visible_before_it_is_sent_to_an_agency_that_has_the_copy(
    referral: RunningService,
) -> None:
    event = consented()
    async with a_partner(referral) as partner:
        path = await send(referral, partner, disclosure_id=event.disclosure_id, grounds=("consent",))
        await referral.given(recalled(event))
        record = (await referral.http.get(path, headers=partner.sign_in())).json()
    assert record["state"] == "recalled"
    assert [(one["purpose"], one["state"]) for one in record["deliveries"]] == [
        ("disclosure", "sent"),
        ("recall", "waiting"),
    ]


async def test_after_a_lost_answer_an_agency_sees_a_message_that_waits_whatever_became_of_it(
    referral: RunningService, case: CaseDouble, clock: MovableClock
) -> None:
    async with a_partner(referral, Answer(status=500)) as partner:
        event = consented()
        path = await send(referral, partner, disclosure_id=event.disclosure_id, grounds=("consent",))
        before = await seen(referral, partner, path)
        for _ in range(3):
            clock.forward(hours=3)
            await referral.run_loop("run_deliveries")
        assert await seen(referral, partner, path) == before
        assert await state_and_deliveries(referral, path, signed_in("adviser")) == (
            "undeliverable",
            ["waiting"],
        )
        case.withholds(event.disclosure_id)
        clock.forward(hours=9)
        await referral.run_loop("run_deliveries")
        assert await seen(referral, partner, path) == before
        assert await state_and_deliveries(referral, path, signed_in("adviser")) == (
            "undeliverable",
            ["withheld"],
        )
        assert await state_and_deliveries(referral, path, partner.sign_in()) == ("authorised", ["waiting"])


async def state_and_deliveries(
    referral: RunningService, path: str, headers: dict[str, str]
) -> tuple[str, list[str]]:
    record = (await referral.http.get(path, headers=headers)).json()
    return record["state"], [one["state"] for one in record["deliveries"]]


async def test_an_agency_that_is_called_sees_the_message_before_its_answer_is_recorded(
    referral: RunningService,
) -> None:
    versions: list[int] = []

    async def read(asked: Asked) -> None:
        path = f"/v1/referrals/{json.loads(asked.body)['referral_id']}"
        versions.append(await version_of(referral, partner, path))
        await say(referral, partner, f"{path}/acknowledgement")
        versions.append(await version_of(referral, partner, path))

    async with a_partner(referral, meanwhile=read) as partner:
        path = await send(referral, partner)
        versions.append(await version_of(referral, partner, path))
    assert versions == [1, 2, 3]
    assert len(await referral.announced(ReferralAcknowledged)) == 1
