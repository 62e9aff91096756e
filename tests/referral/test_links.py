"""One-time links: nothing before they are opened, five openings in a day, and an end once the agency says it has it."""

import re
from typing import Any

import pytest

from referral_service.links import new_token
from shared.events import ReferralAcknowledged, ReferralEvent, ReferralSent
from shared.outbound import Unreachable
from tests.referral.builders import authorised, consented
from tests.referral.doubles import CaseDouble
from tests.running import MovableClock, RunningService, signed_in

CONTENT = {"persons": [{"name": "Mika <script>alert(1)</script>", "may_be_under_18": True}], "note": None}


class Reader:
    """Somebody at an agency with a link and a browser."""

    def __init__(self, service: RunningService, url: str) -> None:
        self.http = service.http
        self.path = url.removeprefix("https://referrals.example.org")

    async def look(self) -> Any:
        return await self.http.get(self.path)

    async def open(self) -> Any:
        return await self.http.post(f"{self.path}/open")

    async def acknowledge(self, **said: str) -> Any:
        return await self.http.post(f"{self.path}/acknowledgement", data=said)


@pytest.fixture
async def reader(referral: RunningService, case: CaseDouble) -> Reader:
    case.content = CONTENT
    await referral.given(authorised())
    return Reader(referral, await _made(referral))


async def _made(referral: RunningService) -> str:
    (row,) = await referral.fetch("SELECT id FROM referrals")
    made = await referral.http.post(f"/v1/referrals/{row['id']}/link", headers=signed_in("adviser"))
    assert made.status_code == 201
    url: str = made.json()["url"]
    return url


async def test_a_mail_scanner_that_fetches_the_link_learns_and_changes_nothing(
    referral: RunningService, reader: Reader, case: CaseDouble
) -> None:
    for _ in range(20):
        page = await reader.look()
        assert (page.status_code, "Mika" in page.text) == (200, False)
    assert case.asked == []
    (row,) = await referral.fetch("SELECT opens, first_opened_at FROM links")
    assert (row["opens"], row["first_opened_at"]) == (0, None)
    assert await referral.announced(ReferralEvent) == []


async def test_opening_it_shows_the_referral_and_counts_as_sent(
    referral: RunningService, reader: Reader
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


async def test_no_page_may_run_or_load_anything(reader: Reader) -> None:
    for page in (await reader.look(), await reader.open(), await reader.acknowledge(name="Sam")):
        policies = page.headers.get_list("content-security-policy")
        assert all("default-src 'none'" in policy for policy in policies)
        assert any("form-action 'self'" in policy for policy in policies)
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"


async def test_acknowledging_by_link_ends_it(referral: RunningService, reader: Reader) -> None:
    await reader.open()
    thanked = await reader.acknowledge(name="Sam Field", reference="R-9")
    assert thanked.status_code == 200
    (event,) = await referral.announced(ReferralAcknowledged)
    assert (event.by, event.forced) == ("link", True)
    assert [(await one()).status_code for one in (reader.look, reader.open)] == [410, 410]
    (row,) = await referral.fetch("SELECT id FROM referrals")
    read = await referral.http.get(f"/v1/referrals/{row['id']}", headers=signed_in("adviser"))
    assert (read.json()["acknowledged_name"], read.json()["reference"]) == ("Sam Field", "R-9")


async def test_a_second_press_of_the_button_acknowledges_nothing_twice(
    referral: RunningService, reader: Reader
) -> None:
    await reader.open()
    assert [(await reader.acknowledge(name="Sam")).status_code for _ in range(2)] == [200, 410]
    assert len(await referral.announced(ReferralAcknowledged)) == 1


async def test_nobody_acknowledges_what_they_have_not_opened(
    referral: RunningService, reader: Reader
) -> None:
    assert (await reader.acknowledge(name="Sam")).status_code == 410
    assert await referral.announced(ReferralAcknowledged) == []


@pytest.mark.parametrize(
    "said", [{}, {"name": " "}, {"name": "x" * 201}, {"name": "Sam", "reference": "x" * 201}]
)
async def test_an_acknowledgement_has_a_name(
    referral: RunningService, reader: Reader, said: dict[str, str]
) -> None:
    await reader.open()
    assert (await reader.acknowledge(**said)).status_code == 422
    assert await referral.announced(ReferralAcknowledged) == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"name=%00%ff", b"&" * 100, b"name=a&name=b&" * 20])
async def test_a_broken_form_is_no_fault_of_ours(reader: Reader, body: bytes) -> None:
    await reader.open()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = await reader.http.post(f"{reader.path}/acknowledgement", content=body, headers=kind)
    assert answer.status_code in {200, 422}


async def test_it_opens_five_times_within_a_day_of_the_first(reader: Reader, clock: MovableClock) -> None:
    assert [(await reader.open()).status_code for _ in range(6)] == [200] * 5 + [410]


async def test_a_day_after_the_first_opening_it_is_closed_but_can_still_be_acknowledged(
    referral: RunningService, reader: Reader, clock: MovableClock
) -> None:
    await reader.open()
    clock.forward(hours=24, minutes=1)
    assert (await reader.open()).status_code == 410
    assert (await reader.acknowledge(name="Sam")).status_code == 200


async def test_after_three_days_a_link_that_nobody_opened_is_closed(
    reader: Reader, clock: MovableClock
) -> None:
    clock.forward(hours=72, minutes=1)
    assert [(await one()).status_code for one in (reader.look, reader.open)] == [410, 410]


async def test_what_was_withdrawn_before_it_was_opened_is_not_shown(
    referral: RunningService, case: CaseDouble
) -> None:
    event = consented()
    await referral.given(event)
    reader = Reader(referral, await _made(referral))
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
    reader = Reader(referral, await _made(referral))
    case.content = CONTENT
    assert "Mika" in (await reader.open()).text
    case.withholds(event.disclosure_id)
    assert "Mika" not in (await reader.open()).text


async def test_an_opening_that_could_show_nothing_is_given_back(
    referral: RunningService, case: CaseDouble
) -> None:
    event = authorised()
    await referral.given(event)
    reader = Reader(referral, await _made(referral))
    case.refusals[event.disclosure_id] = Unreachable()
    assert [(await reader.open()).status_code for _ in range(7)] == [503] * 7
    case.refusals.clear()
    assert (await reader.open()).status_code == 200


async def test_the_token_is_nowhere_but_in_the_link(referral: RunningService, reader: Reader) -> None:
    token = reader.path.rsplit("/", 1)[1]
    assert len(token) == 48, "160 random bits and 128 of signature"
    (row,) = await referral.fetch("SELECT * FROM links")
    assert token not in " ".join(str(value) for value in row.values())
    entries = await referral.fetch("SELECT codes::text AS text FROM audit_entries")
    assert not any(token in row["text"] for row in entries)


@pytest.mark.parametrize("change", ["guess", "one letter", "unknown", "junk"])
async def test_a_link_that_we_did_not_make_leads_nowhere(
    referral: RunningService, reader: Reader, change: str
) -> None:
    token = reader.path.rsplit("/", 1)[1]
    other = {
        "guess": "A" * 48,
        "one letter": ("B" if token[0] != "B" else "C") + token[1:],
        "unknown": new_token(referral.platform.vault),
        "junk": "%C3%A9" * 45,
    }[change]
    for answer in (
        await referral.http.get(f"/v1/links/{other}"),
        await referral.http.post(f"/v1/links/{other}/open"),
        await referral.http.post(f"/v1/links/{other}/acknowledgement", data={"name": "Sam"}),
    ):
        assert answer.status_code == 404
        assert not re.search("Mika", answer.text)


async def test_only_advisers_make_links(referral: RunningService) -> None:
    await referral.given(authorised())
    (row,) = await referral.fetch("SELECT id FROM referrals")
    for role in ("operator", "agency", "analyst", "service"):
        answer = await referral.http.post(f"/v1/referrals/{row['id']}/link", headers=signed_in(role))
        assert answer.status_code == 403, role
