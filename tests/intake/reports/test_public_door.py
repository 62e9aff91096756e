"""Public door: whatever is sent is a report, and what cannot be understood is kept as it was said."""

import gzip
import json
import zlib
from typing import Any
from urllib.parse import quote

import pytest

from shared.events import ContactReceived
from tests.support.builders import a_report, a_reporter
from tests.support.services import MovableClock, RunningService, signed_in


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


async def send(intake: RunningService, body: Any, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await intake.http.post("/v1/reports", content=content, headers=headers)


async def read(intake: RunningService, answer: Any) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    path = f"/v1/contacts/{answer.json()['contact_id']}"
    found: dict[str, Any] = (await intake.http.get(path, headers=signed_in("adviser"))).json()
    return found


REFUSED_BEFORE: list[tuple[dict[str, Any], list[str]]] = [
    ({"app_version": "2.1"}, ["app_version"]),
    ({"sectors": ["vape_shop"]}, ["sectors.0"]),
    ({"persons": [{"role": "victim"}]}, []),
    ({"channel": "sms"}, ["channel"]),
    ({"when_happened": "", "privacy": "", "channel": "", "persons": ""}, []),
    ({"reporter": None, "place": None, "persons": None, "safe_contact": None}, []),
    ({"danger_now": True}, []),
    ({"danger_now": "YES"}, []),
    ({"persons": [{"age": {"years": "16-18"}}]}, []),
    ({"persons": [{"age": {"years": 16.5}}]}, []),
    ({"how_many": "3-4"}, ["how_many"]),
    ({"reporter": {"phone": 7700900123}}, []),
    ({"persons": [{}] * 51}, []),
    ({"persons": [{}] * 400}, ["persons.200"]),
    ({"persons": [{"age": {"date_of_birth": "2010"}}]}, []),
    ({"persons": [{"age": {"date_of_birth": "19/06/2010"}}]}, []),
    ({"language": "zh_CN"}, []),
    ({"what_happened": "line\r\n" * 2900}, []),
    ({"what_happened": "x" * 40_000}, ["what_happened"]),
]


@pytest.mark.parametrize(("said", "not_understood"), REFUSED_BEFORE)
async def test_a_spelling_that_was_refused_is_a_report_and_names_what_was_not_understood(
    intake: RunningService, said: dict[str, Any], not_understood: list[str]
) -> None:
    answer = await send(intake, {**a_report(danger_now="yes"), **said})
    assert answer.status_code == 201, answer.text
    assert answer.json()["not_understood"] == not_understood
    contact = await read(intake, answer)
    assert contact["danger_stated"]
    assert [one["field"] for one in contact["not_understood"]] == not_understood


DANGER = {"danger_now": "yes", "what_happened": "café – hilfe"}
TEXT = json.dumps(DANGER, ensure_ascii=False)
FORM = b"danger_now=yes&what_happened=caf%C3%A9+%E2%80%93+hilfe"
MULTIPART = (
    '--b1\r\nContent-Disposition: form-data; name="danger_now"\r\n\r\nyes\r\n'
    '--b1\r\nContent-Disposition: form-data; name="what_happened"\r\n\r\ncafé – hilfe\r\n--b1--\r\n'
)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (TEXT.encode(), {}),
        (TEXT.encode(), {"content-type": "text/plain"}),
        (TEXT.encode(), {"content-type": "application/x-www-form-urlencoded"}),
        (TEXT.encode(), {"content-type": ";;;"}),
        (TEXT.encode("utf-8-sig"), {"content-type": "application/json"}),
        (TEXT.encode("windows-1252"), {"content-type": "application/json; charset=windows-1252"}),
        (TEXT.encode("windows-1252"), {"content-type": "application/json"}),
        (TEXT.encode("utf-16"), {"content-type": "application/json"}),
        (TEXT.encode("utf-16-be"), {}),
        (gzip.compress(TEXT.encode(), mtime=0), {"content-encoding": "gzip"}),
        (gzip.compress(TEXT.encode(), mtime=0), {}),
        (zlib.compress(TEXT.encode()), {"content-encoding": "deflate"}),
        (zlib.compress(TEXT.encode())[2:-4], {"content-encoding": "deflate"}),
        (TEXT.encode(), {"content-encoding": "gzip"}),
        (FORM, {"content-type": "application/x-www-form-urlencoded"}),
        (FORM, {}),
        (MULTIPART.encode(), {"content-type": "multipart/form-data; boundary=b1"}),
        (MULTIPART.encode(), {}),
        (json.dumps(TEXT).encode(), {"content-type": "application/json"}),
        (f"[{TEXT}]".encode(), {"content-type": "application/json"}),
        (f'{{"report": {TEXT}}}'.encode(), {"content-type": "application/json"}),
        (TEXT[:-2].encode(), {"content-type": "application/json"}),
        (TEXT[1:-1].encode(), {}),
        (f'{{"data": {{"attributes": {TEXT}}}}}'.encode(), {}),
        (f'{{"privacy": "share", "form": {TEXT}}}'.encode(), {}),
        (f"callback({TEXT})".encode(), {}),
        (quote(TEXT).encode(), {"content-type": "application/x-www-form-urlencoded"}),
        (b"data=" + quote(TEXT).encode(), {"content-type": "application/x-www-form-urlencoded"}),
        ("danger_now=yes\r\nwhat_happened=café – hilfe\r\n".encode(), {"content-type": "text/plain"}),
        ("danger_now: yes\nwhat_happened: café – hilfe\n".encode(), {}),
    ],
)
async def test_a_body_in_any_form_and_charset_is_read(
    intake: RunningService, body: bytes, headers: dict[str, str]
) -> None:
    contact = await read(intake, await send(intake, body, **headers))
    assert contact["danger_stated"]
    assert contact["report"]["what_happened"].startswith("café – hilf")


@pytest.mark.parametrize(
    "body", [b"help me, 12 Mill Lane", b"\x00\x01\xfe garbage", b"<xml>help</xml>", b"112"]
)
async def test_bytes_that_are_no_report_are_the_reporters_own_words_for_a_person_to_read(
    intake: RunningService, body: bytes
) -> None:
    contact = await read(intake, await send(intake, body))
    assert contact["report"]["what_happened"]
    assert (contact["opens_case"], contact["look_by"] is None) == (False, False)


@pytest.mark.parametrize(
    "body",
    [
        b"<report><danger_now>yes</danger_now></report>",
        b"|danger_now|\tin_danger = true",
        b"x ] danger_now: 1",
    ],
)
async def test_a_danger_under_our_own_name_counts_in_a_text_that_is_no_report(
    intake: RunningService, body: bytes
) -> None:
    assert (await read(intake, await send(intake, body)))["danger_stated"]


async def test_a_text_that_only_looks_like_a_form_is_kept_whole(intake: RunningService) -> None:
    contact = await read(intake, await send(intake, b"eyJkYW5nZXIiOiAieWVzIn0="))
    assert contact["report"]["what_happened"] == "eyJkYW5nZXIiOiAieWVzIn0="


@pytest.mark.parametrize("body", [b"", b"  ", b"{}", b"[]", b"null", b'""'])
async def test_an_empty_body_has_a_receipt_and_opens_no_case(intake: RunningService, body: bytes) -> None:
    answer = await send(intake, body)
    assert len(answer.json()["receipt"].split()) == 7
    assert not (await read(intake, answer))["opens_case"]


@pytest.mark.parametrize("key", ["", " ", "x" * 5000, "schlüssel-für-den-bericht", "ключ-ключ-ключ-ключ"])
async def test_no_idempotency_key_costs_anybody_their_report(intake: RunningService, key: str) -> None:
    headers = [(b"idempotency-key", key.encode())]
    answer = await intake.http.post("/v1/reports", content=b'{"danger_now": "yes"}', headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "said",
    [
        0,
        86400,
        "0",
        "86400",
        1276819200000,
        "1900-01-01",
        "0001-01-01",
        "1970-01-01",
        "2090-01-01",
        -1,
        True,
        "1905-06-01",
    ],
)
async def test_a_date_that_is_nobodys_birth_is_no_age_and_makes_no_adult(
    intake: RunningService, said: object
) -> None:
    answer = await send(intake, {"persons": [{"age": {"date_of_birth": said}}]})
    assert answer.json()["not_understood"] == ["persons.0.age.date_of_birth"]
    (person,) = (await read(intake, answer))["report"]["persons"]
    assert person["age"]["date_of_birth"] is None
    assert not person["age"]["surely_adult"]


async def test_a_date_of_another_calendar_may_be_a_childs(intake: RunningService) -> None:
    for said in ("1388-03-29", "2553-06-19", "1431/07/06"):
        answer = await send(intake, {"persons": [{"age": {"date_of_birth": said}, "languages": ["fa"]}]})
        assert (await read(intake, answer))["child_stated"], said


async def test_about_18_to_19_reaches_below_18(intake: RunningService) -> None:
    answer = await send(intake, {"persons": [{"age": {"about": True, "lowest": 18, "highest": 19}}]})
    assert (await read(intake, answer))["child_stated"]


async def test_a_key_that_comes_twice_counts_in_the_reading_that_protects(intake: RunningService) -> None:
    body = (
        b'{"privacy": "anonymous", "privacy": "share", "danger_now": "yes", "danger_now": "no",'
        b' "reporter": {"name": "Rowan", "age": {"years": 30, "years": 15}}, "share_with": ["police", "health"],'
        b' "share_with": ["police"], "situation_may_be_passed_on": true, "situation_may_be_passed_on": false}'
    )
    contact = await read(intake, await send(intake, body))
    report = contact["report"]
    assert (contact["danger_stated"], contact["child_stated"], report["privacy"]) == (True, True, "anonymous")
    assert (report["reporter"]["name"], report["situation_may_be_passed_on"]) == (None, False)
    assert "Rowan" not in json.dumps(contact)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ({"danger_now": "now!!"}, "danger_stated"),
        ({"persons": [{"in_danger": ["what"]}]}, "danger_stated"),
        ({"emergency": 1}, "danger_stated"),
        ({"purpose": "emergency"}, "danger_stated"),
        ({"persons": [{"age": "fifteenish maybe"}]}, "child_stated"),
        ({"persons": [{"age": {"may_be_under_18": "could be"}}]}, "child_stated"),
        ({"persons": [{"role": "child"}]}, "child_stated"),
        ({"persons": [{"is_minor": "true"}]}, "child_stated"),
        ({"persons": [{"dob": "2012-05-05"}]}, "child_stated"),
        ({"children": 2}, "child_stated"),
        ({"persons": [{}] * 300 + [{"in_danger": "yes"}]}, "danger_stated"),
        ({"persons": [{}] * 300 + [{"age": {"years": 12}}]}, "child_stated"),
    ],
)
async def test_what_was_not_understood_and_may_mean_a_danger_or_a_child_counts(
    intake: RunningService, said: dict[str, Any], fact: str
) -> None:
    contact = await read(intake, await send(intake, said))
    assert contact[fact]
    (event,) = await intake.announced(ContactReceived)
    assert getattr(event, fact)


@pytest.mark.parametrize(
    ("privacy", "counts"),
    [
        ("shared with all", "confidential"),
        ("Anonymously please", "anonymous"),
        (["share", "no"], "confidential"),
        (7, "confidential"),
    ],
)
async def test_a_choice_that_cannot_be_understood_is_never_read_as_sharing(
    intake: RunningService, privacy: object, counts: str
) -> None:
    said = {"privacy": privacy, "share_with": ["police"], "situation_may_be_passed_on": "hmm"}
    report = (await read(intake, await send(intake, said)))["report"]
    assert (report["privacy"], report["share_with"], report["situation_may_be_passed_on"]) == (
        counts,
        [],
        False,
    )


async def test_a_yes_beside_a_more_private_choice_is_shown_to_the_adviser_and_does_not_count(
    intake: RunningService,
) -> None:
    answer = await send(intake, {"privacy": "confidential", "share_with": ["police", "health"]})
    contact = await read(intake, answer)
    assert contact["report"]["share_with"] == []
    assert contact["not_understood"] == [{"field": "share_with", "said": "police, health"}]
    assert contact["opens_case"]


async def test_the_case_service_is_handed_what_was_not_understood(intake: RunningService) -> None:
    answer = await send(intake, a_report(vehicle="red van", persons=[{"role": "driver"}]))
    path = f"/v1/contacts/{answer.json()['contact_id']}/report"
    handed = (await intake.http.get(path, headers=signed_in("service", "case"))).json()
    assert handed["not_understood"] == [
        {"field": "vehicle", "said": "red van"},
        {"field": "persons.0.role", "said": "driver"},
    ]
    (row,) = await intake.fetch("SELECT * FROM contacts")
    assert "red van" not in " ".join(str(value) for value in row.values())


async def test_of_an_anonymous_reporter_nothing_that_was_not_understood_says_who_they_are(
    intake: RunningService,
) -> None:
    said = {
        "reporter": {**a_reporter(), "phone": {"mobile": "07700 900123"}, "surname": "Ashdown"},
        "safe_contact": {"whatsapp": "07700 900123"},
        "my_email": "rowan@example.org",
        "vehicle": "red van",
    }
    answer = await send(intake, a_report(privacy="anonymous", **said))
    contact = await read(intake, answer)
    assert [one["field"] for one in contact["not_understood"]] == ["vehicle"]
    assert not any(word in json.dumps(contact) for word in ("Rowan", "Ashdown", "07700", "rowan@"))
    assert "reporter.surname" in answer.json()["not_kept"]
