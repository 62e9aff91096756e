"""Registration of agencies that are not responsible for a place; some kinds can never be registered."""

import asyncio
from typing import Any

import pytest

from referral_service.directory.models import agency_id
from tests.referral.partner_double import set_points, set_webhook
from tests.support.services import RunningService, signed_in

OPERATOR = signed_in("operator")
HARBOUR = {
    "agency_code": "service_provider:harbour-house",
    "name": "Harbour House",
    "nation": "Northern Ireland",
    "recipient_kinds": ["service_provider"],
}


async def test_a_registration_that_is_sent_again_registers_once_and_is_answered_the_same(
    referral: RunningService,
) -> None:
    headers = OPERATOR | {"idempotency-key": "12345678"}
    answers = await asyncio.gather(
        *(referral.http.post("/v1/agencies", json=HARBOUR, headers=headers) for _ in range(4))
    )
    new_id = str(agency_id("service_provider:harbour-house"))
    assert {answer.status_code for answer in answers} == {201}
    assert [answer.json() for answer in answers] == [{"id": new_id, "version": 1}] * 4
    assert answers[0].headers["location"] == f"/v1/agencies/{new_id}"
    assert answers[0].headers["etag"] == '"1"'
    read = await referral.http.get(answers[0].headers["location"], headers=OPERATOR)
    assert (read.json()["name"], read.json()["nation"]) == ("Harbour House", "Northern Ireland")


async def test_of_several_operators_who_register_a_code_at_once_one_succeeds(
    referral: RunningService,
) -> None:
    answers = await asyncio.gather(
        *(referral.http.post("/v1/agencies", json=HARBOUR, headers=OPERATOR) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_an_unknown_field_of_a_registration_is_refused_and_named(referral: RunningService) -> None:
    answer = await referral.http.post("/v1/agencies", json=HARBOUR | {"extra": 1}, headers=OPERATOR)
    assert answer.status_code == 422
    assert answer.json()["invalid"] == [{"field": "extra", "rule": "extra_forbidden"}]


async def test_an_operator_registers_an_agency_that_is_responsible_for_no_place(
    referral: RunningService,
) -> None:
    agency = {
        "agency_code": "nrm_first_responder:harbour",
        "name": "Harbour",
        "recipient_kinds": ["nrm_first_responder", "service_provider"],
    }
    created = await referral.http.post("/v1/agencies", json=agency, headers=OPERATOR)
    assert created.status_code == 201
    assert created.json()["id"] == str(agency_id("nrm_first_responder:harbour"))
    again = await referral.http.post("/v1/agencies", json=agency, headers=OPERATOR)
    assert (again.status_code, again.json()["code"]) == (409, "agency-registered-already")
    assert await set_webhook(
        referral, "nrm_first_responder:harbour", "https://referrals.harbour.example/helpline"
    )


@pytest.mark.parametrize(
    "kind", ["immigration_enforcement", "home_office_immigration", "police", "children_social_care"]
)
async def test_immigration_enforcement_and_further_police_forces_are_no_kind_to_register(
    referral: RunningService, kind: str
) -> None:
    answer = await register(referral, "service_provider:x", recipient_kinds=[kind])
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "code",
    [
        "police:fake",
        "police:E23000005",
        "Police:fake",
        "police_force:fake",
        "police-fake",
        "social_care:E99999999",
        "social_care:hsc-fake",
        "children_social_care:x",
        "council:E08000003",
        "desk:social_care",
        "desk:fake",
    ],
)
async def test_a_body_that_a_place_decides_is_never_registered_by_hand(
    referral: RunningService, code: str
) -> None:
    answer = await register(referral, code)
    assert (answer.status_code, answer.json()["code"]) == (422, "agency-of-the-reference-data")
    assert "set its contact points" in answer.json()["title"]
    assert await referral.fetch("SELECT id FROM agencies WHERE name = 'Somebody'") == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("immigration_enforcement:north", "Somebody"),
        ("home_office:x", "Somebody"),
        ("ukvi", "Somebody"),
        ("service_provider:border-force", "Somebody"),
        ("labour_enforcement:hoie", "Somebody"),
        ("ICE", "Somebody"),
        ("service_provider:harbour", "Home Office - Immigration Enforcement IE - ICE North"),
        ("nrm_first_responder:harbour", "Immigration Enforcement Competent Authority"),
    ],
)
async def test_immigration_enforcement_is_not_registered_under_any_code_or_name(
    referral: RunningService, code: str, name: str
) -> None:
    answer = await register(referral, code, name=name)
    assert (answer.status_code, answer.json()["code"]) == (422, "immigration-enforcement-refused")
    assert name not in answer.text or name == "Somebody"
    assert await referral.fetch("SELECT id FROM agencies WHERE agency_code = $1", code) == []


async def test_the_authority_that_decides_who_is_a_victim_is_not_immigration_enforcement(
    referral: RunningService,
) -> None:
    code = "nrm_first_responder:sca"
    kinds = ["nrm_first_responder"]
    answer = await register(referral, code, name="Single Competent Authority", recipient_kinds=kinds)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("service_provider:x", ["labour_enforcement"]),
        ("service_provider:x", ["nrm_first_responder"]),
        ("service_provider:x", ["service_provider", "health"]),
        ("health:x", ["service_provider"]),
        ("health:x", ["health", "nrm_first_responder"]),
        ("labour_enforcement:x", ["nrm_first_responder"]),
        ("nrm_first_responder:x", ["nrm_first_responder", "labour_enforcement"]),
        ("charity:x", ["labour_enforcement"]),
        ("charity:x", ["service_provider", "labour_enforcement"]),
    ],
)
async def test_the_beginning_of_a_code_fits_the_recipient_kinds_or_the_agency_is_refused(
    referral: RunningService, code: str, kinds: list[str]
) -> None:
    answer = await register(referral, code, recipient_kinds=kinds)
    assert (answer.status_code, answer.json()["code"]) == (422, "agency-code-of-another-kind")
    assert answer.json()["invalid"] == [{"field": "recipient_kinds", "rule": "agency_code"}]


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("labour_enforcement:fwa", ["labour_enforcement", "nrm_first_responder"]),
        ("nrm_first_responder:salvation-army", ["nrm_first_responder", "service_provider"]),
        ("health:nhs-lothian", ["health"]),
        ("charity:harbour", ["service_provider", "health"]),
    ],
)
async def test_an_agency_of_several_kinds_that_fit_its_code_is_registered(
    referral: RunningService, code: str, kinds: list[str]
) -> None:
    answer = await register(referral, code, recipient_kinds=kinds)
    assert answer.status_code == 201


async def test_no_endpoint_of_the_home_office_is_set_for_any_agency(referral: RunningService) -> None:
    await register(referral, "charity:harbour")
    for host in ("ie.homeoffice.gov.uk", "in.border-force.example", "ukvi.example.org"):
        point = {"channel": "webhook", "url": f"https://{host}/x"}
        answer = await set_points(referral, "charity:harbour", {"contact_points": [point]})
        assert (answer.status_code, answer.json()["code"]) == (422, "address-not-allowed")
        assert answer.json()["invalid"][0]["rule"] == "immigration_enforcement"


async def register(referral: RunningService, code: str, **fields: Any) -> Any:
    command = {"agency_code": code, "name": "Somebody", "recipient_kinds": ["service_provider"]} | fields
    return await referral.http.post("/v1/agencies", json=command, headers=OPERATOR)
