"""Agencies of the directory: those of the reference data, and how staff find them."""

import pytest

from referral_service.directory.models import agency_id
from referral_service.directory.reference_agencies import load_reference
from tests.referral.partner_double import MANCHESTER_POLICE, set_points
from tests.support.services import RunningService, signed_in

OPERATOR = signed_in("operator")
WEBHOOK = {"channel": "webhook", "url": "https://referrals.gmp.police.uk/helpline"}
PATH = f"/v1/agencies/{agency_id(MANCHESTER_POLICE)}"


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
async def test_the_directory_has_every_police_force_and_every_social_care_agency(
    referral: RunningService, prefix: str, nations: set[str], count: int
) -> None:
    rows = await referral.fetch(
        "SELECT id FROM agencies WHERE territorial AND agency_code LIKE $1 || '%' AND nation = ANY($2)",
        prefix,
        list(nations),
    )
    assert len(rows) == count


async def test_the_national_desk_is_there_for_unknown_places(referral: RunningService) -> None:
    rows = await referral.fetch("SELECT agency_code, recipient_kinds FROM agencies WHERE NOT territorial")
    recipient_kinds = {row["agency_code"]: row["recipient_kinds"] for row in rows}
    assert recipient_kinds["police:nca"] == ["police"]
    assert len(await referral.fetch("SELECT id FROM agencies")) == 45 + 153 + 22 + 32 + 5 + 6


async def test_loading_the_reference_again_changes_no_contact_point(referral: RunningService) -> None:
    await set_points(referral, MANCHESTER_POLICE, {"contact_points": [WEBHOOK]})
    async with referral.unit_of_work() as uow:
        await load_reference(uow)
    answer = (await referral.http.get(PATH, headers=OPERATOR)).json()
    assert answer["contact_points"][0]["url"] == WEBHOOK["url"]
    assert len(await referral.fetch("SELECT id FROM agencies")) == 263


async def test_loading_the_reference_again_raises_the_version_of_changed_agencies_only(
    referral: RunningService,
) -> None:
    await referral.fetch("UPDATE agencies SET name = 'Old name' WHERE agency_code = 'police:nca'")
    async with referral.unit_of_work() as uow:
        await load_reference(uow)
    changed = await referral.fetch("SELECT agency_code, name, version FROM agencies WHERE version <> 1")
    assert [tuple(row) for row in changed] == [("police:nca", "National Crime Agency", 2)]


async def test_the_list_of_agencies_goes_on_page_by_page_to_its_end(referral: RunningService) -> None:
    found: list[str] = []
    cursor = ""
    while True:
        page = (await referral.http.get(f"/v1/agencies?limit=100{cursor}", headers=OPERATOR)).json()
        found += [one["agency_code"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(found) == len(set(found)) == 263
    assert found == sorted(found)


async def test_an_agency_is_found_by_its_code_its_kind_and_its_nation(referral: RunningService) -> None:
    async def codes(query: str) -> list[str]:
        page = (await referral.http.get(f"/v1/agencies?{query}", headers=OPERATOR)).json()
        return [one["agency_code"] for one in page["items"]]

    assert await codes(f"agency_code={MANCHESTER_POLICE}") == [MANCHESTER_POLICE]
    assert await codes("recipient_kind=police&nation=Wales&limit=100") == [
        "police:W15000001",
        "police:W15000002",
        "police:W15000003",
        "police:W15000004",
    ]
    assert await codes("recipient_kind=health") == []


async def test_only_an_operator_changes_the_directory(referral: RunningService) -> None:
    for role in ("adviser", "safeguarding_lead", "analyst", "agency", "service"):
        answer = await referral.http.put(
            f"{PATH}/contact-points", json={"contact_points": []}, headers=signed_in(role)
        )
        assert answer.status_code == 403, role
