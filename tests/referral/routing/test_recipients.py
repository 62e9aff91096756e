"""Recipients: nothing is sent or shown to whom it was not decided for, and that is never silent."""

from typing import Any

import pytest

from referral_service.directory.models import agency_id
from shared.clients.service_client import ServiceRefused
from shared.events import DisclosureAuthorised, ReferralUndeliverable
from tests.referral.access_links.link_reader import LinkReader, create_link
from tests.referral.case_double import CaseDouble
from tests.referral.event_builders import authorised, consented
from tests.referral.partner_double import MANCHESTER_POLICE, a_partner
from tests.support.services import RunningService, signed_in

OTHER_POLICE = "police:E23000001"
NO_RECIPIENTS: list[tuple[dict[str, Any], str]] = [
    ({"agency_code": "service_provider:nobody", "recipient_kind": "service_provider"}, "agency-unknown"),
    ({"agency_code": "police:fake", "recipient_kind": "police"}, "agency-unknown"),
    ({"agency_code": MANCHESTER_POLICE, "recipient_kind": "service_provider"}, "agency-of-another-kind"),
    ({"agency_code": MANCHESTER_POLICE, "recipient_kind": "health"}, "agency-of-another-kind"),
    (
        {"agency_code": "immigration_enforcement:north", "recipient_kind": "nrm_first_responder"},
        "immigration-enforcement",
    ),
    ({"agency_code": "home_office:x", "recipient_kind": "police"}, "immigration-enforcement"),
]


@pytest.mark.parametrize(("to", "reason"), NO_RECIPIENTS)
async def test_a_disclosure_to_an_agency_that_may_not_receive_it_ends_as_undeliverable_with_the_reason(
    referral: RunningService, case: CaseDouble, to: dict[str, Any], reason: str
) -> None:
    event = consented(**to)
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        assert (partner.http.asked, case.asked) == ([], [])
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert (alarm.reason, alarm.disclosure_id, alarm.agency_code) == (
        reason,
        event.disclosure_id,
        to["agency_code"],
    )
    (row,) = await referral.fetch("SELECT state, due_at, fault FROM deliveries")
    assert tuple(row) == ("stopped", None, reason)


@pytest.mark.parametrize(("to", "reason"), NO_RECIPIENTS)
async def test_no_access_link_is_handed_out_for_an_agency_that_may_not_receive(
    referral: RunningService, to: dict[str, Any], reason: str
) -> None:
    await referral.given(consented(**to))
    (row,) = await referral.fetch("SELECT id FROM referrals")
    path = f"/v1/referrals/{row['id']}/access-link"
    answer = await referral.http.post(path, headers=signed_in("adviser"))
    assert (answer.status_code, answer.json()["code"]) == (409, "agency-no-recipient")


async def test_an_agency_that_was_entered_past_the_registration_receives_nothing(
    referral: RunningService,
) -> None:
    """A restored or edited table is no way around the rules."""
    for code, name, kind in (
        ("police:fake", "Fake police", "police"),
        ("service_provider:harbour", "Home Office - Immigration Enforcement", "service_provider"),
    ):
        await referral.fetch(
            "INSERT INTO agencies (id, version, agency_code, name, recipient_kinds, territorial, registered_at)"
            " VALUES ($1, 1, $2, $3, $4, false, now())",
            agency_id(code),
            code,
            name,
            [kind],
        )
        await referral.given(consented(agency_code=code, recipient_kind=kind))
    alarms = await referral.announced(ReferralUndeliverable)
    assert [one.reason for one in alarms] == ["agency-of-another-kind", "immigration-enforcement"]


async def test_what_was_authorised_for_an_agency_before_its_registration_is_sent_after_it(
    referral: RunningService,
) -> None:
    code = "service_provider:harbour"
    event = consented(agency_code=code, recipient_kind="service_provider")
    await referral.given(event)
    agency = {"agency_code": code, "name": "Harbour", "recipient_kinds": ["service_provider"]}
    await referral.http.post("/v1/agencies", json=agency, headers=signed_in("operator"))
    async with a_partner(referral, agency_code=code) as partner:
        await referral.run_loop("run_deliveries")
        assert partner.webhook_ids == [str(event.disclosure_id)]


async def test_new_contact_points_bring_an_agency_nothing_that_is_for_another_kind(
    referral: RunningService,
) -> None:
    await referral.given(consented(recipient_kind="health"))
    async with a_partner(referral) as partner:
        await referral.run_loop("run_deliveries")
        assert partner.http.asked == []


async def test_new_contact_points_and_links_bring_nothing_of_another_kind_beside_what_fits(
    referral: RunningService, case: CaseDouble
) -> None:
    fits = authorised()
    other = authorised(recipient_id=fits.recipient_id, case_id=fits.case_id, recipient_kind="health")
    for event in (fits, other):
        await referral.given(event)
    async with a_partner(referral) as partner:
        await referral.run_loop("run_deliveries")
        assert partner.webhook_ids == [str(fits.disclosure_id)]
    await LinkReader(referral, await create_link(referral)).open()
    assert {asked for asked, _ in case.asked} == {fits.disclosure_id}


async def test_the_case_service_is_told_for_which_agency_content_is_asked(
    referral: RunningService, case: CaseDouble
) -> None:
    async with a_partner(referral):
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
    await referral.given(authorised(agency_code=OTHER_POLICE))
    (row,) = await referral.fetch("SELECT id FROM referrals WHERE agency_code = $1", OTHER_POLICE)
    created = await referral.http.post(f"/v1/referrals/{row['id']}/access-link", headers=signed_in("adviser"))
    await LinkReader(referral, created.json()["url"]).open()
    assert case.agencies == [MANCHESTER_POLICE, OTHER_POLICE]


class NamesAnother(CaseDouble):
    """Case service that issues content for another agency."""

    async def post(self, path: str, json: Any, **rest: Any) -> Any:
        return await super().post(path, json, **rest) | {"agency_code": OTHER_POLICE}


@pytest.mark.parametrize("double", [CaseDouble, NamesAnother])
async def test_content_for_another_agency_is_not_handed_over_and_a_person_is_told(
    referral: RunningService, case: CaseDouble, double: type[CaseDouble]
) -> None:
    event = authorised()
    case.__class__ = double
    if double is CaseDouble:
        case.refusals[event.disclosure_id] = ServiceRefused(409, "for-another-agency")
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        assert partner.http.asked == []
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert alarm.reason == "for-another-agency"


async def test_a_link_shows_no_content_for_another_agency(referral: RunningService, case: CaseDouble) -> None:
    case.__class__ = NamesAnother
    case.content = {"persons": [{"name": "Mika"}]}
    await referral.given(authorised())
    page = await LinkReader(referral, await create_link(referral)).open()
    assert "Mika" not in page.text


async def test_an_event_that_names_another_agency_takes_no_message_there(
    referral: RunningService, case: CaseDouble
) -> None:
    event = authorised()
    forged = DisclosureAuthorised.model_validate(event.model_dump() | {"agency_code": OTHER_POLICE})
    async with a_partner(referral) as ours, a_partner(referral, agency_code=OTHER_POLICE) as theirs:
        for one in (event, forged):
            await referral.given(one)
            await referral.run_loop("run_deliveries")
        assert (len(ours.http.asked), len(theirs.http.asked)) == (1, 0)


async def test_every_field_of_the_content_is_handed_over_byte_for_byte_and_shown_on_the_page(
    referral: RunningService, case: CaseDouble
) -> None:
    case.content = {
        "not_for_immigration_enforcement": True,
        "protect_source": "tell nobody who told",
        "a_field_of_tomorrow": [{"which_place": "found"}],
    }
    async with a_partner(referral) as partner:
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
        assert partner.verified()["content"] == case.content
    page = await LinkReader(referral, await create_link(referral)).open()
    for text in (
        "Not for immigration enforcement</dt><dd>yes",
        "Protect source</dt><dd>tell nobody who told",
        "Which place</dt><dd>found",
    ):
        assert text in page.text
