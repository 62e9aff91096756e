"""Access links: nothing is shown before they are opened; five openings in a day; an acknowledgement ends them."""

import re

import pytest

from referral_service.access_links.models import new_token
from shared.clients.service_client import ServiceUnreachable
from shared.events import ReferralAcknowledged, ReferralEvent, ReferralSent
from tests.referral.access_links.link_reader import LinkReader, create_link
from tests.referral.case_double import CaseDouble
from tests.referral.event_builders import authorised, consented
from tests.support.services import MovableClock, RunningService, signed_in

CONTENT = {"persons": [{"name": "Mika <script>alert(1)</script>", "may_be_under_18": True}], "note": None}


@pytest.fixture
async def reader(referral: RunningService, case: CaseDouble) -> LinkReader:
    case.content = CONTENT
    await referral.given(authorised())
    return LinkReader(referral, await create_link(referral))


async def test_a_mail_scanner_that_fetches_the_link_learns_and_changes_nothing(
    referral: RunningService, reader: LinkReader, case: CaseDouble
) -> None:
    for _ in range(20):
        page = await reader.look()
        assert (page.status_code, "Mika" in page.text) == (200, False)
    assert case.asked == []
    (row,) = await referral.fetch("SELECT openings, first_opened_at FROM access_links")
    assert (row["openings"], row["first_opened_at"]) == (0, None)
    assert await referral.announced(ReferralEvent) == []


async def test_opening_it_shows_the_referral_and_counts_as_sent(
    referral: RunningService, reader: LinkReader
) -> None:
    page = await reader.open()
    assert page.status_code == 200
    assert "Mika &lt;script&gt;" in page.text
    assert "<script" not in page.text
    assert "May be under 18</dt><dd>yes" in page.text
    (sent,) = await referral.announced(ReferralSent)
    assert sent.forced
    (row,) = await referral.fetch("SELECT channel, state FROM deliveries")
    assert (row["channel"], row["state"]) == ("link", "sent")


async def test_no_page_may_run_or_load_anything(reader: LinkReader) -> None:
    for page in (
        await reader.look(),
        await reader.open(),
        await reader.acknowledge(name="Sam"),
    ):
        policies = page.headers.get_list("content-security-policy")
        assert all("default-src 'none'" in policy for policy in policies)
        assert any("form-action 'self'" in policy for policy in policies)
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"


async def test_acknowledging_by_link_ends_it(referral: RunningService, reader: LinkReader) -> None:
    await reader.open()
    thanked = await reader.acknowledge(name="Sam Field", reference="R-9")
    assert thanked.status_code == 200
    (event,) = await referral.announced(ReferralAcknowledged)
    assert (event.acknowledged_by, event.forced) == ("link", True)
    assert [(await one()).status_code for one in (reader.look, reader.open)] == [410, 410]
    (row,) = await referral.fetch("SELECT id FROM referrals")
    read = await referral.http.get(f"/v1/referrals/{row['id']}", headers=signed_in("adviser"))
    assert (read.json()["acknowledged_name"], read.json()["reference"]) == ("Sam Field", "R-9")


async def test_a_second_press_of_the_button_acknowledges_nothing_again(
    referral: RunningService, reader: LinkReader
) -> None:
    await reader.open()
    assert [(await reader.acknowledge(name="Sam")).status_code for _ in range(2)] == [200, 410]
    assert len(await referral.announced(ReferralAcknowledged)) == 1


async def test_nobody_acknowledges_what_they_have_not_opened(
    referral: RunningService, reader: LinkReader
) -> None:
    assert (await reader.acknowledge(name="Sam")).status_code == 410
    assert await referral.announced(ReferralAcknowledged) == []


@pytest.mark.parametrize(
    "form", [{}, {"name": " "}, {"name": "x" * 201}, {"name": "Sam", "reference": "x" * 201}]
)
async def test_an_acknowledgement_has_a_name(
    referral: RunningService, reader: LinkReader, form: dict[str, str]
) -> None:
    await reader.open()
    assert (await reader.acknowledge(**form)).status_code == 422
    assert await referral.announced(ReferralAcknowledged) == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"name=%00%ff", b"&" * 100, b"name=a&name=b&" * 20])
async def test_a_broken_form_is_refused_and_no_failure(reader: LinkReader, body: bytes) -> None:
    await reader.open()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = await reader.http.post(f"{reader.path}/acknowledgement", content=body, headers=kind)
    assert answer.status_code in {200, 422}


async def test_it_opens_five_times(reader: LinkReader, clock: MovableClock) -> None:
    assert [(await reader.open()).status_code for _ in range(6)] == [200] * 5 + [410]


async def test_a_day_after_the_first_opening_it_is_closed_but_can_still_be_acknowledged(
    referral: RunningService, reader: LinkReader, clock: MovableClock
) -> None:
    await reader.open()
    clock.forward(hours=24, minutes=1)
    assert (await reader.open()).status_code == 410
    assert (await reader.acknowledge(name="Sam")).status_code == 200


async def test_after_three_days_a_link_that_nobody_opened_is_closed(
    reader: LinkReader, clock: MovableClock
) -> None:
    clock.forward(hours=72, minutes=1)
    assert [(await one()).status_code for one in (reader.look, reader.open)] == [410, 410]


async def test_what_was_withdrawn_before_it_was_opened_is_not_shown(
    referral: RunningService, case: CaseDouble
) -> None:
    event = consented()
    await referral.given(event)
    reader = LinkReader(referral, await create_link(referral))
    case.content = CONTENT
    case.withholds(event.disclosure_id)
    page = await reader.open()
    assert (page.status_code, "Mika" in page.text) == (200, False)
    assert await referral.announced(ReferralEvent) == []


async def test_what_was_withdrawn_after_it_was_opened_is_not_shown_again(
    referral: RunningService, case: CaseDouble
) -> None:
    event = consented()
    await referral.given(event)
    reader = LinkReader(referral, await create_link(referral))
    case.content = CONTENT
    assert "Mika" in (await reader.open()).text
    case.withholds(event.disclosure_id)
    assert "Mika" not in (await reader.open()).text


async def test_an_opening_that_could_show_nothing_is_given_back(
    referral: RunningService, case: CaseDouble
) -> None:
    event = authorised()
    await referral.given(event)
    reader = LinkReader(referral, await create_link(referral))
    case.refusals[event.disclosure_id] = ServiceUnreachable()
    assert [(await reader.open()).status_code for _ in range(7)] == [503] * 7
    case.refusals.clear()
    assert (await reader.open()).status_code == 200


async def test_the_token_is_nowhere_but_in_the_link(referral: RunningService, reader: LinkReader) -> None:
    token = reader.path.rsplit("/", 1)[1]
    assert len(token) == 48, "160 random bits and 128 of signature"
    (row,) = await referral.fetch("SELECT * FROM access_links")
    assert token not in " ".join(str(value) for value in row.values())
    entries = await referral.fetch("SELECT codes::text AS text FROM audit_entries")
    assert not any(token in row["text"] for row in entries)


@pytest.mark.parametrize("change", ["guess", "one letter", "unknown", "junk"])
async def test_a_link_that_the_helpline_did_not_create_shows_nothing(
    referral: RunningService, reader: LinkReader, change: str
) -> None:
    token = reader.path.rsplit("/", 1)[1]
    other = {
        "guess": "A" * 48,
        "one letter": ("B" if token[0] != "B" else "C") + token[1:],
        "unknown": new_token(referral.context.vault),
        "junk": "%C3%A9" * 45,
    }[change]
    for answer in (
        await referral.http.get(f"/v1/access-links/{other}"),
        await referral.http.post(f"/v1/access-links/{other}/open"),
        await referral.http.post(f"/v1/access-links/{other}/acknowledgement", data={"name": "Sam"}),
    ):
        assert answer.status_code == 404
        assert not re.search("Mika", answer.text)


async def test_a_link_that_is_asked_for_again_with_its_key_is_created_once(referral: RunningService) -> None:
    await referral.given(authorised())
    (row,) = await referral.fetch("SELECT id FROM referrals")
    path = f"/v1/referrals/{row['id']}"
    headers = signed_in("adviser") | {"idempotency-key": "12345678"}
    first, again = [await referral.http.post(f"{path}/access-link", headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert set(first.json()) == {"id", "version", "url", "expires_at"}
    assert first.headers["location"] == path
    assert len(await referral.fetch("SELECT 1 FROM access_links")) == 1


async def test_halves_of_characters_are_shown_as_question_marks(
    referral: RunningService, reader: LinkReader, case: CaseDouble
) -> None:
    case.content = {"x\ud800": "\ud83d ok"}
    page = await reader.open()
    assert page.status_code == 200
    assert "X?</dt><dd>? ok" in page.text


async def test_a_form_without_a_name_is_shown_again_with_an_alert(reader: LinkReader) -> None:
    await reader.open()
    page = await reader.acknowledge()
    assert (page.status_code, 'role="alert"' in page.text) == (422, True)


async def test_only_advisers_create_links(referral: RunningService) -> None:
    await referral.given(authorised())
    (row,) = await referral.fetch("SELECT id FROM referrals")
    for role in ("operator", "agency", "analyst", "service"):
        answer = await referral.http.post(f"/v1/referrals/{row['id']}/access-link", headers=signed_in(role))
        assert answer.status_code == 403, role
