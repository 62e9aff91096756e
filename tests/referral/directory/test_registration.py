"""Registration of agencies that are not responsible for a place; some kinds can never be registered."""

import asyncio

import pytest

from referral_service.directory.models import agency_id
from tests.referral.partner_double import set_webhook
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
async def test_immigration_enforcement_and_further_police_forces_cannot_be_registered(
    referral: RunningService, kind: str
) -> None:
    agency = {"agency_code": "service_provider:x", "name": "Somebody", "recipient_kinds": [kind]}
    answer = await referral.http.post("/v1/agencies", json=agency, headers=OPERATOR)
    assert answer.status_code == 422
