"""The directory of agencies: everybody who protects people in a place, and how an operator says they are reached."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from referral_service.agencies import agency_id
from referral_service.app import REFERRAL
from referral_service.reference import load_reference
from tests.conftest import TestPostgres
from tests.referral.doubles import MANCHESTER_POLICE, set_points, set_webhook
from tests.running import RunningService, running, signed_in

OPERATOR = signed_in("operator")
WEBHOOK = {"channel": "webhook", "url": "https://referrals.gmp.police.uk/helpline"}
PATH = f"/v1/agencies/{agency_id(MANCHESTER_POLICE)}"


async def _put(referral: RunningService, *points: dict[str, Any], **more: Any) -> Any:
    headers = more.pop("headers", {})
    return await set_points(referral, MANCHESTER_POLICE, {"contact_points": list(points), **more}, **headers)


@pytest.mark.parametrize(
    ("prefix", "nations", "count"),
    [
        ("police:", {"England", "Wales", "Scotland", "Northern Ireland"}, 45),
        ("social_care:", {"England"}, 153),
        ("social_care:", {"Wales"}, 22),
        ("social_care:", {"Scotland"}, 32),
        ("social_care:hsc-", {"Northern Ireland"}, 5),
    ],
)
async def test_the_directory_has_every_force_and_every_social_care_body(
    referral: RunningService, prefix: str, nations: set[str], count: int
) -> None:
    rows = await referral.fetch(
        "SELECT id FROM agencies WHERE territorial AND body LIKE $1 || '%' AND nation = ANY($2)",
        prefix,
        list(nations),
    )
    assert len(rows) == count


async def test_the_desks_are_there_for_places_that_nobody_knows(referral: RunningService) -> None:
    rows = await referral.fetch("SELECT body, serves FROM agencies WHERE NOT territorial")
    serves = {row["body"]: row["serves"] for row in rows}
    assert serves["police:nca"] == ["police"]
    assert serves["desk:social_care"] == ["adult_social_care", "children_social_care"]
    assert len(await referral.fetch("SELECT id FROM agencies")) == 45 + 153 + 22 + 32 + 5 + 5


async def test_loading_the_reference_again_changes_no_contact_point(referral: RunningService) -> None:
    await _put(referral, WEBHOOK)
    async with referral.unit_of_work() as uow:
        await load_reference(uow)
    answer = (await referral.http.get(PATH, headers=OPERATOR)).json()
    assert answer["contact_points"][0]["url"] == WEBHOOK["url"]
    assert len(await referral.fetch("SELECT id FROM agencies")) == 262


async def test_the_list_of_agencies_goes_on_page_by_page_to_its_end(referral: RunningService) -> None:
    found: list[str] = []
    cursor = ""
    while True:
        page = (await referral.http.get(f"/v1/agencies?limit=100{cursor}", headers=OPERATOR)).json()
        found += [one["body"] for one in page["agencies"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(found) == len(set(found)) == 262
    assert found == sorted(found)


async def test_an_agency_is_found_by_its_body_code_its_kind_and_its_nation(referral: RunningService) -> None:
    async def bodies(query: str) -> list[str]:
        page = (await referral.http.get(f"/v1/agencies?{query}", headers=OPERATOR)).json()
        return [one["body"] for one in page["agencies"]]

    assert await bodies(f"body={MANCHESTER_POLICE}") == [MANCHESTER_POLICE]
    assert await bodies("kind=police&nation=Wales&limit=100") == [
        "police:W15000001",
        "police:W15000002",
        "police:W15000003",
        "police:W15000004",
    ]
    assert await bodies("kind=health") == []


async def test_a_signing_secret_is_shown_once_kept_sealed_and_replaced_only_on_request(
    referral: RunningService,
) -> None:
    first = (await _put(referral, WEBHOOK)).json()["signing_secret"]
    assert first.startswith("whsec_")
    assert (await _put(referral, WEBHOOK)).json()["signing_secret"] is None
    assert first not in (await referral.http.get(PATH, headers=OPERATOR)).text
    (row,) = await referral.fetch("SELECT signing_secret FROM agencies WHERE signing_secret IS NOT NULL")
    assert first.encode() not in bytes(row["signing_secret"])
    second = (await _put(referral, WEBHOOK, new_signing_secret=True)).json()["signing_secret"]
    assert second.startswith("whsec_")
    assert second != first


async def test_an_agency_that_is_only_called_gets_no_secret(referral: RunningService) -> None:
    answer = await _put(referral, {"channel": "phone", "phone": "0161 872 5050"})
    assert answer.json()["signing_secret"] is None


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://referrals.gmp.police.uk/helpline", "scheme"),
        ("https://127.0.0.1/helpline", "host"),
        ("https://localhost/helpline", "host"),
        ("https://10.0.0.1/helpline", "host"),
        ("https://[::1]/helpline", "host"),
        ("https://0x7f000001/helpline", "host"),
        ("https://intranet/helpline", "host"),
        ("https://user:pass@gmp.police.uk/x", "userinfo"),
        ("https://gmp.police.uk:8443/x", "port"),
        ("ftp://gmp.police.uk/x", "scheme"),
        ("gmp.police.uk", "scheme"),
    ],
)
async def test_in_production_only_https_on_a_named_public_host_is_taken(
    postgres_server: TestPostgres, tmp_path: Any, url: str, rule: str
) -> None:
    strict = {"home": tmp_path, "seed": load_reference, "allow_loopback_agencies": False}
    async with running(REFERRAL, postgres_server, **strict) as service:
        answer = await _put(service, {"channel": "webhook", "url": url})
        assert (answer.status_code, answer.json()["code"]) == (422, "address-not-allowed")
        assert answer.json()["rule"] == rule
        assert url not in answer.text


@pytest.mark.parametrize(
    "points",
    [
        [{"channel": "webhook"}],
        [{"channel": "phone"}],
        [{"channel": "link", "url": "https://gmp.police.uk/x"}],
        [{"channel": "phone", "phone": "call Rowan"}],
        [WEBHOOK, WEBHOOK],
        [{"channel": "pigeon"}],
    ],
)
async def test_a_contact_point_that_leads_nowhere_is_refused(
    referral: RunningService, points: list[dict[str, Any]]
) -> None:
    answer = await _put(referral, *points)
    assert answer.status_code == 422
    assert "Rowan" not in answer.text


@pytest.mark.parametrize("key", ["", "nonsense", "AAAA", "A" * 43 + "=", "-----BEGIN PUBLIC KEY-----\nAA=="])
async def test_what_is_no_public_key_is_refused(referral: RunningService, key: str) -> None:
    answer = await _put(referral, WEBHOOK, encryption_key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "encryption-key-refused")


async def test_a_public_key_may_come_as_pem(referral: RunningService) -> None:
    pem = X25519PrivateKey.generate().public_key()
    text = pem.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    answer = await _put(referral, WEBHOOK, encryption_key=text)
    assert (answer.status_code, answer.json()["sealed_to_its_key"]) == (200, True)


async def test_two_operators_do_not_overwrite_each_other(referral: RunningService) -> None:
    read = await referral.http.get(PATH, headers=OPERATOR)
    match = {"if-match": read.headers["etag"]}
    assert (await _put(referral, WEBHOOK, headers=match)).status_code == 200
    late = await _put(referral, headers=match)
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    assert len((await referral.http.get(PATH, headers=OPERATOR)).json()["contact_points"]) == 1


async def test_who_does_not_say_what_they_have_read_changes_nothing(referral: RunningService) -> None:
    answer = await referral.http.put(f"{PATH}/contact-points", json={"contact_points": []}, headers=OPERATOR)
    assert (answer.status_code, answer.json()["code"]) == (428, "if-match-required")


async def test_an_address_of_an_endpoint_is_for_operators_and_a_number_for_everybody_on_duty(
    referral: RunningService,
) -> None:
    await _put(referral, {**WEBHOOK, "phone": "101"})
    (seen,) = (await referral.http.get(PATH, headers=signed_in("adviser"))).json()["contact_points"]
    assert (seen["url"], seen["phone"]) == (None, "101")


async def test_an_operator_registers_an_agency_that_no_place_decides(referral: RunningService) -> None:
    asked = {
        "body": "nrm_first_responder:harbour",
        "name": "Harbour",
        "serves": ["nrm_first_responder", "service_provider"],
    }
    made = await referral.http.post("/v1/agencies", json=asked, headers=OPERATOR)
    assert made.status_code == 201
    assert made.json()["id"] == str(agency_id("nrm_first_responder:harbour"))
    again = await referral.http.post("/v1/agencies", json=asked, headers=OPERATOR)
    assert (again.status_code, again.json()["code"]) == (409, "agency-registered-already")
    assert await set_webhook(referral, "nrm_first_responder:harbour", WEBHOOK["url"])


@pytest.mark.parametrize(
    "kind", ["immigration_enforcement", "home_office_immigration", "police", "children_social_care"]
)
async def test_immigration_enforcement_can_never_be_a_recipient_and_a_force_is_never_invented(
    referral: RunningService, kind: str
) -> None:
    asked = {"body": "service_provider:x", "name": "Somebody", "serves": [kind]}
    answer = await referral.http.post("/v1/agencies", json=asked, headers=OPERATOR)
    assert answer.status_code == 422


async def test_only_an_operator_changes_the_directory(referral: RunningService) -> None:
    for role in ("adviser", "safeguarding_lead", "analyst", "agency", "service"):
        answer = await referral.http.put(
            f"{PATH}/contact-points", json={"contact_points": []}, headers=signed_in(role)
        )
        assert answer.status_code == 403, role
