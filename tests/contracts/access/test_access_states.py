"""Access where it depends on the record: another agency's, one that is not sent, a used link, an erased contact."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from shared.identity.jwks import KeySet
from shared.identity.principals import Role
from shared.identity.tokens import JwksTokenVerifier
from tests.conftest import TestPostgres
from tests.contracts.prepared.callers import ANOTHER, COLUMNS, OWN
from tests.contracts.prepared.every_service import PREPARED
from tests.contracts.prepared.prepared_referral import a_referral, an_access_link, referral_of
from tests.referral.event_builders import authorised, consented
from tests.support.builders import a_report
from tests.support.local_http import Answer, Asked, serving
from tests.support.services import RunningService, signed_in
from tools.local.issuer import LocalIssuer
from tools.local.issuer import create_app as create_issuer


@pytest.fixture
async def referral(postgres_server: TestPostgres, tmp_path: Path) -> Any:
    async with PREPARED["referral"](postgres_server, tmp_path) as prepared:
        yield prepared.service


def agency(who: UUID) -> dict[str, str]:
    return signed_in("agency", "desk", who)


async def test_an_agency_does_not_see_a_referral_that_has_not_reached_it(referral: RunningService) -> None:
    event = authorised()
    await referral.given(event)
    referral_id = await referral_of(referral, event.recipient_id)
    for method, path, body in (
        ("GET", f"/v1/referrals/{referral_id}", None),
        ("POST", f"/v1/referrals/{referral_id}/acknowledgement", {}),
        ("POST", f"/v1/referrals/{referral_id}/acceptance", None),
        ("POST", f"/v1/referrals/{referral_id}/decline", {"reason": "no_capacity"}),
        ("POST", f"/v1/referrals/{referral_id}/outcomes", {"outcome": "person_safeguarded"}),
    ):
        answer = await referral.http.request(method, path, json=body, headers=agency(OWN))
        assert answer.status_code == 404, path
    listed = await referral.http.get("/v1/referrals", headers=agency(OWN))
    assert listed.json()["items"] == []


async def test_lists_show_an_agency_its_own_and_no_inner_numbers(referral: RunningService) -> None:
    made = await a_referral(referral)
    own, other, ours = [
        (await referral.http.get("/v1/referrals", headers=headers)).json()["items"]
        for headers in (agency(OWN), agency(ANOTHER), signed_in("adviser"))
    ]
    assert ([one["id"] for one in own], other) == ([made["referral_id"]], [])
    assert (own[0]["case_id"], own[0]["recipient_id"], own[0]["deliveries"][0]["attempts"]) == (
        None,
        None,
        None,
    )
    assert ours[0]["case_id"] is not None
    by_case = f"/v1/referrals?case_id={ours[0]['case_id']}"
    assert (await referral.http.get(by_case, headers=agency(ANOTHER))).json()["items"] == []


async def test_an_agency_token_that_names_no_agency_sees_nothing(referral: RunningService) -> None:
    made = await a_referral(referral)
    for path in ("/v1/referrals", f"/v1/referrals/{made['referral_id']}"):
        answer = await referral.http.get(path, headers=signed_in("agency", "desk"))
        assert answer.status_code == 404


async def test_a_colleague_who_is_also_an_agency_is_held_to_that_agency(referral: RunningService) -> None:
    made = await a_referral(referral)
    both = signed_in("adviser,agency", "desk", ANOTHER)
    assert (await referral.http.get("/v1/referrals", headers=both)).json()["items"] == []
    path = f"/v1/referrals/{made['referral_id']}"
    assert (await referral.http.get(path, headers=both)).status_code == 404


async def test_a_used_link_and_an_invented_one_are_answered_alike(
    referral: RunningService,
) -> None:
    made = await a_referral(referral)
    acknowledged = f"/v1/access-links/{made['token']}/acknowledgement"
    assert (await referral.http.post(acknowledged, data={"name": "PC Ash"})).status_code == 200
    for method, path in (("GET", ""), ("POST", "/open"), ("POST", "/acknowledgement")):
        used = await referral.http.request(method, f"/v1/access-links/{made['token']}{path}")
        invented = await referral.http.request(method, f"/v1/access-links/{'A' * 48}{path}")
        assert (used.status_code, invented.status_code) in {(410, 404), (422, 404)}
        assert used.text == invented.text or used.status_code == 422


async def test_a_link_is_opened_five_times_and_no_more(referral: RunningService) -> None:
    event = consented()
    await referral.given(event)
    referral_id = await referral_of(referral, event.recipient_id)
    token = await an_access_link(referral, referral_id)
    statuses = [(await referral.http.post(f"/v1/access-links/{token}/open")).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [410]


async def test_only_operators_see_where_an_agencys_endpoint_is(referral: RunningService) -> None:
    points = {"contact_points": [{"channel": "webhook", "url": "http://127.0.0.1:9/hook"}]}
    path = f"/v1/agencies/{OWN}"
    read = signed_in("operator") | {"if-match": '"1"'}
    set_up = await referral.http.put(f"{path}/contact-points", json=points, headers=read)
    assert set_up.status_code == 200
    for role, shown in (
        ("operator", "http://127.0.0.1:9/hook"),
        ("adviser", None),
        ("safeguarding_lead", None),
    ):
        one = (await referral.http.get(path, headers=signed_in(role))).json()
        assert [point["url"] for point in one["contact_points"]] == [shown]
        assert "secret" not in one
        listed = (
            await referral.http.get("/v1/agencies?agency_code=police:E23000005", headers=signed_in(role))
        ).json()
        assert [p["url"] for a in listed["items"] for p in a["contact_points"]] == [shown]


async def test_the_report_of_an_erased_contact_is_given_to_nobody(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    async with PREPARED["intake"](postgres_server, tmp_path) as prepared:
        assert prepared.service is not None
        route = ("GET", "/v1/contacts/{contact_id}/report")
        erased = await prepared.prepare(route)
        async with prepared.service.unit_of_work() as uow:
            await uow.keys.erase(UUID(erased["contact_id"]))
        statuses = [
            (await prepared.send(route, who, erased)).status_code
            for who in ("service case", "adviser", "nobody", "service referral")
        ]
        assert statuses == [410, 403, 401, 403]
        shown = await prepared.send(("GET", "/v1/contacts/{contact_id}"), "adviser", erased)
        assert (shown.status_code, shown.json()["report"]) == (200, None)


async def test_exact_figures_are_for_analysts_and_leads_only(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    async with PREPARED["stats"](postgres_server, tmp_path) as prepared:
        route = ("GET", "/v1/statistics")
        exact = set()
        for who in (who for who in COLUMNS if who != "bad token"):
            answer = await prepared.send(route, who, await prepared.prepare(route))
            if not answer.json()["protected"]:
                exact.add(who)
        assert exact == {"analyst", "safeguarding_lead"}


async def test_the_second_signature_is_another_persons_even_for_a_lead(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    async with PREPARED["case"](postgres_server, tmp_path) as prepared:
        route = ("POST", "/v1/cases/{case_id}/proposals/{proposal_id}/signature")
        path = route[1].format(**await prepared.prepare(route))
        first = await prepared.http.post(path, headers=signed_in("safeguarding_lead", "ben"))
        assert first.status_code == 409
        second = await prepared.http.post(path, headers=signed_in("safeguarding_lead", "ada"))
        assert second.status_code == 200


@contextlib.asynccontextmanager
async def issuer_running(home: Path) -> AsyncIterator[LocalIssuer]:
    """Run the local issuer at a real address, from which the verifier fetches its keys."""

    async def answer(asked: Asked) -> Answer:
        transport = httpx2.ASGITransport(app=create_issuer(issuer))
        async with httpx2.AsyncClient(transport=transport, base_url=issuer.url) as client:
            response = await client.get(asked.path)
        return Answer(response.content, headers={"content-type": "application/json"})

    async with serving(answer) as http:
        issuer = LocalIssuer(home, http.url)
        yield issuer


async def test_a_real_token_for_another_service_opens_nothing_here(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    """With the real verifier and issuer a token is good for its own audience and for no other."""
    async with (
        issuer_running(tmp_path / "issuer") as issuer,
        PREPARED["intake"](postgres_server, tmp_path) as prepared,
    ):
        assert prepared.service is not None
        stranger = LocalIssuer(tmp_path / "stranger", issuer.url)
        prepared.service.context.token_verifier = JwksTokenVerifier(issuer.url, "intake", KeySet(issuer.url))
        contact = (await prepared.http.post("/v1/reports", json=a_report())).json()["contact_id"]
        path = f"/v1/contacts/{contact}"

        async def status(token: str, where: str = path) -> int:
            headers = {"authorization": f"Bearer {token}"}
            return (await prepared.http.get(where, headers=headers)).status_code

        role = Role.ADVISER
        assert await status(issuer.person(role, "ada", ["intake"], None)) == 200
        assert await status(issuer.person(role, "ada", ["case"], None)) == 401
        assert await status(stranger.person(role, "ada", ["intake"], None)) == 401
        assert await status(issuer.service("case", "intake"), f"{path}/report") == 200
        assert await status(issuer.service("case", "referral"), f"{path}/report") == 401
        assert await status(issuer.service("referral", "intake"), f"{path}/report") == 403
        assert await status(issuer.person(role, "case", ["intake"], None), f"{path}/report") == 403
        assert await status(issuer.service("case", "intake")) == 403
