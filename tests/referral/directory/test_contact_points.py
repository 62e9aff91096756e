"""Contact points as an operator sets them: checked addresses and keys, secrets shown once, no silent change."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from referral_service.app import SERVICE as REFERRAL
from referral_service.directory.models import agency_id
from referral_service.directory.reference_agencies import load_reference
from tests.conftest import TestPostgres
from tests.referral.partner_double import MANCHESTER_POLICE, set_points
from tests.support.services import RunningService, running, signed_in

OPERATOR = signed_in("operator")
WEBHOOK = {"channel": "webhook", "url": "https://referrals.gmp.police.uk/helpline"}
PATH = f"/v1/agencies/{agency_id(MANCHESTER_POLICE)}"


async def _put(referral: RunningService, *points: dict[str, Any], **more: Any) -> Any:
    headers = more.pop("headers", {})
    return await set_points(referral, MANCHESTER_POLICE, {"contact_points": list(points), **more}, **headers)


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


async def test_an_agency_that_is_only_telephoned_gets_no_secret(referral: RunningService) -> None:
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
async def test_in_production_only_https_on_a_named_public_host_is_accepted(
    postgres_server: TestPostgres, tmp_path: Any, url: str, rule: str
) -> None:
    strict = {"home": tmp_path, "seed": load_reference, "allow_loopback_agencies": False}
    async with running(REFERRAL, postgres_server, **strict) as service:
        answer = await _put(service, {"channel": "webhook", "url": url})
        assert (answer.status_code, answer.json()["code"]) == (422, "address-not-allowed")
        assert answer.json()["invalid"] == [{"field": "contact_points.0.url", "rule": rule}]
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
async def test_a_text_that_is_no_public_key_is_refused(referral: RunningService, key: str) -> None:
    answer = await _put(referral, WEBHOOK, encryption_key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "encryption-key-refused")


async def test_a_public_key_may_come_as_pem(referral: RunningService) -> None:
    pem = X25519PrivateKey.generate().public_key()
    text = pem.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    answer = await _put(referral, WEBHOOK, encryption_key=text)
    assert (answer.status_code, answer.json()["sealed_to_its_key"]) == (200, True)


def a_public_key() -> str:
    return base64.b64encode(X25519PrivateKey.generate().public_key().public_bytes_raw()).decode()


async def test_a_key_that_is_left_out_stays_and_null_removes_it(referral: RunningService) -> None:
    key = a_public_key()
    await _put(referral, WEBHOOK, encryption_key=key)
    assert (await _put(referral, WEBHOOK)).json()["sealed_to_its_key"] is True
    assert await stored_key(referral) == key
    assert (await _put(referral, WEBHOOK, encryption_key=None)).json()["sealed_to_its_key"] is False
    assert await stored_key(referral) is None
    assert (await _put(referral, WEBHOOK)).json()["sealed_to_its_key"] is False


async def test_a_key_that_is_refused_changes_nothing(referral: RunningService) -> None:
    key = a_public_key()
    await _put(referral, WEBHOOK, encryption_key=key)
    assert (await _put(referral, encryption_key="nonsense")).status_code == 422
    assert await stored_key(referral) == key
    assert len((await referral.http.get(PATH, headers=OPERATOR)).json()["contact_points"]) == 1


async def stored_key(referral: RunningService) -> str | None:
    (row,) = await referral.fetch(
        "SELECT encryption_key FROM agencies WHERE agency_code = $1", MANCHESTER_POLICE
    )
    key: str | None = row["encryption_key"]
    return key


async def test_a_signing_secret_outlives_the_last_endpoint(referral: RunningService) -> None:
    first = (await _put(referral, WEBHOOK)).json()["signing_secret"]
    await _put(referral, {"channel": "phone", "phone": "101"})
    assert first is not None
    assert (await _put(referral, WEBHOOK)).json()["signing_secret"] is None, (
        "the agency still has the first one"
    )


@pytest.mark.parametrize(
    ("command", "invalid"),
    [
        ({}, [{"field": "contact_points", "rule": "missing"}]),
        ({"contact_points": None}, [{"field": "contact_points", "rule": "list_type"}]),
        (
            {"contact_points": [], "encryption_kee": ""},
            [{"field": "encryption_kee", "rule": "extra_forbidden"}],
        ),
        (
            {"contact_points": [], "new_signing_secret": 1},
            [{"field": "new_signing_secret", "rule": "bool_type"}],
        ),
        (
            {"contact_points": [], "encryption_key": "no"},
            [{"field": "encryption_key", "rule": "x25519_public_key"}],
        ),
    ],
)
async def test_a_body_that_might_reset_something_silently_is_refused_with_the_field(
    referral: RunningService, command: dict[str, Any], invalid: list[dict[str, str]]
) -> None:
    answer = await set_points(referral, MANCHESTER_POLICE, command)
    assert (answer.status_code, answer.json()["invalid"]) == (422, invalid)


async def test_every_change_raises_the_version_that_the_next_change_must_name(
    referral: RunningService,
) -> None:
    for version in (2, 3):
        answer = await _put(referral, WEBHOOK)
        assert (answer.json()["version"], answer.headers["etag"]) == (version, f'"{version}"')


async def test_two_operators_do_not_overwrite_each_other(referral: RunningService) -> None:
    read = await referral.http.get(PATH, headers=OPERATOR)
    match = {"if-match": read.headers["etag"]}
    assert (await _put(referral, WEBHOOK, headers=match)).status_code == 200
    late = await _put(referral, headers=match)
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    assert len((await referral.http.get(PATH, headers=OPERATOR)).json()["contact_points"]) == 1


async def test_a_change_without_the_version_that_was_read_is_refused(referral: RunningService) -> None:
    answer = await referral.http.put(f"{PATH}/contact-points", json={"contact_points": []}, headers=OPERATOR)
    assert (answer.status_code, answer.json()["code"]) == (428, "if-match-required")


async def test_the_address_of_an_endpoint_is_for_operators_and_the_number_for_all_staff(
    referral: RunningService,
) -> None:
    await _put(referral, {**WEBHOOK, "phone": "101"})
    (seen,) = (await referral.http.get(PATH, headers=signed_in("adviser"))).json()["contact_points"]
    assert (seen["url"], seen["phone"]) == (None, "101")
