"""Marked words told to a running system through every door, in every field, header and address, rightly and wrongly."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from deploy.system import LocalSystem

Json = dict[str, Any]
TAKEN_OVER_WITHIN = 60.0


@dataclass
class Canaries:
    """Words that stand for secrets: one stem, a number each, and a note of where each was told."""

    stem: str
    told: dict[str, str] = field(default_factory=dict)

    def word(self, where: str) -> str:
        value = f"{self.stem}{len(self.told):04}"
        self.told[value] = where
        return value

    def line(self, where: str) -> str:
        return f"it is {self.word(where)} there"

    def headers(self, where: str) -> dict[str, str]:
        """Every header in which a program or a person may leave something of theirs."""
        names = (
            "idempotency-key",
            "user-agent",
            "referer",
            "cookie",
            "accept-language",
            "from",
            "x-forwarded-for",
        )
        return {
            name: self.word(f"{where} {name}") for name in (*names, "traceparent", "x-request-id", "baggage")
        }


def place(canaries: Canaries, where: str) -> Json:
    return {name: canaries.line(f"{where}.{name}") for name in ("postcode", "address", "description")}


def person(canaries: Canaries, where: str, **told: Any) -> Json:
    names = ("name", "description", "relation_to_reporter", "relation_to_child")
    lines = {name: canaries.line(f"{where}.{name}") for name in names}
    return {**lines, "lives_at": place(canaries, f"{where}.lives_at"), **told}


def report(canaries: Canaries, number: int, **told: Any) -> Json:
    """Every field of a report that takes words, each with a word of its own."""
    where = f"report {number}"
    safe = ("when", "say_to_others", "code_word", "never")
    return {
        "channel": "webform",
        "what_happened": f"{canaries.line(where)} " + "and so on " * 300 + canaries.word(f"{where} end"),
        "when_happened": canaries.line(f"{where}.when_happened"),
        "risk_to_approach": canaries.line(f"{where}.risk_to_approach"),
        "place": {**place(canaries, f"{where}.place"), "council": "E08000003"},
        "reporter": {name: canaries.word(f"{where}.reporter.{name}") for name in ("name", "phone", "email")},
        "persons": [person(canaries, f"{where}.person", age={"years": 40})],
        "safe_contact": {
            **{name: canaries.line(f"{where}.safe_contact.{name}") for name in safe},
            "channels": [canaries.word(f"{where}.channels")],
        },
        **told,
    }


REPORTS: tuple[Json, ...] = (
    {"privacy": "share", "share_with": ["police"], "situation_may_be_passed_on": True},
    {"privacy": "share", "share_with": ["service_provider"], "danger_now": "yes"},
    {"privacy": "confidential", "situation_may_be_passed_on": True},
    {"privacy": "confidential", "danger_now": "yes"},
    {"privacy": "anonymous"},
    {"privacy": "anonymous", "danger_now": "yes"},
    {"situation_may_be_passed_on": False},
    {"purpose": "training_and_information", "privacy": "share"},
)


@dataclass
class Doors:
    """The four services over HTTP, with a token of whoever asks."""

    system: LocalSystem
    client: httpx2.AsyncClient
    canaries: Canaries
    statuses: dict[int, int] = field(default_factory=dict)

    async def ask(self, service: str, method: str, path: str, who: str = "", **asked: Any) -> httpx2.Response:
        """The answer, whatever it is; a door that is shut just now is a 0."""
        headers = {**asked.pop("headers", {})}
        if who:
            token = asked.pop("token", None) or self.system.token(who, name=asked.pop("name", who))
            headers["authorization"] = f"Bearer {token}"
        try:
            answer = await self.client.request(
                method, self.system.urls[service] + path, headers=headers, **asked
            )
        except httpx2.TransportError:
            answer = httpx2.Response(0)
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        return answer

    async def until(self, holds: Callable[[], Awaitable[Any]], within: float = TAKEN_OVER_WITHIN) -> Any:
        async with asyncio.timeout(within):
            while not (found := await holds()):  # noqa: ASYNC110  other programs have no event to wait for
                await asyncio.sleep(0.3)
        return found

    async def case_of(self, contact_id: str) -> Json:
        """The case that took a contact over."""

        async def taken() -> Any:
            with contextlib.suppress(KeyError, ValueError):
                listed = await self.ask("case", "GET", f"/v1/cases?contact_id={contact_id}", "adviser")
                return [one for one in listed.json()["cases"] if one["taken_over"]]
            return None

        case_id = (await self.until(taken))[0]["id"]
        page: Json = (await self.ask("case", "GET", f"/v1/cases/{case_id}", "adviser")).json()
        return page


async def tell_reports(doors: Doors) -> list[str]:
    """Reports of every privacy choice, each sent twice as a bad network would; answers the contacts."""
    contacts = []
    for number, told in enumerate(REPORTS):
        body, headers = report(doors.canaries, number, **told), doors.canaries.headers(f"report {number}")
        for _ in range(2):
            answer = await doors.ask("intake", "POST", "/v1/reports", json=body, headers=headers)
        other = {**body, "what_happened": doors.canaries.line("another report under the same key")}
        await doors.ask("intake", "POST", "/v1/reports", json=other, headers=headers)
        contacts.append(answer.json()["contact_id"])
    return contacts


async def work_on(doors: Doors, contact_id: str) -> Json:
    """What advisers and leads write on a case, with a mistake beside each right request."""
    line, word = doors.canaries.line, doors.canaries.word
    page = await doors.case_of(contact_id)
    case = f"/v1/cases/{page['id']}"
    concerned = page["persons"][-1]["id"]
    for part, body in (
        ("place", {**place(doors.canaries, "place"), "council": "E08000003"}),
        ("summary", {"text": line("summary")}),
    ):
        etag = {"if-match": f'"{(await doors.ask("case", "GET", case, "adviser")).json()["version"]}"'}
        await doors.ask("case", "PUT", f"{case}/{part}", "adviser", json=body, headers=etag)
        wrong = {
            "text": [line(part)],
            "council": {word(part): word(part)},
            "postcode": 7,
            word(part): line(part),
        }
        await doors.ask(
            "case", "PUT", f"{case}/{part}", "adviser", json=wrong, headers={"if-match": word(part)}
        )
    told: tuple[tuple[str, str, Any], ...] = (
        ("PUT", f"{case}/protection-summary", {"text": line("protection summary")}),
        (
            "POST",
            f"{case}/persons",
            person(doors.canaries, "added", phone=word("phone"), email=word("email")),
        ),
        (
            "POST",
            f"{case}/persons",
            {"roles": [word("role")], "age": {"years": word("age")}, "name": [word("name")]},
        ),
        ("PUT", f"{case}/persons/{concerned}/age", {"years": line("age"), "date_of_birth": word("birth")}),
        ("PUT", f"{case}/persons/{concerned}/name", {"name": [word("name")], word("name"): line("name")}),
        (
            "POST",
            f"{case}/persons/{concerned}/consents",
            {"privacy": word("privacy"), "wording": line("wording")},
        ),
        ("POST", f"{case}/dangers", {"council": line("council")}),
        ("POST", f"{case}/confirmation", None),
        ("GET", f"{case}/explanation?recipient={word('recipient')}", None),
        ("POST", f"{case}/disclosures", {"recipient": "police", "body": line("body")}),
        ("POST", f"{case}/disclosures", {"recipient": "police"}),
        ("POST", f"{case}/closing", {"outcome": line("outcome")}),
        ("PUT", "/v1/duty", {"holder": line("holder")}),
    )
    for method, path, content in told:
        await doors.ask("case", method, path, "safeguarding_lead", json=content)
    key = {"idempotency-key": word("a person's key")}
    for known in ("somebody", "somebody else under the same key"):
        somebody = person(doors.canaries, known)
        await doors.ask("case", "POST", f"{case}/persons", "adviser", json=somebody, headers=key)
    for leg in page["legs"]:
        spoken = {"spoken_to": line("spoken to"), "reference": line("reference"), word("leg"): 1}
        await doors.ask(
            "case", "POST", f"/v1/legs/{leg['id']}/told", "adviser", json={"reason": line("told")}
        )
        if page["legs"].index(leg):
            await doors.ask("case", "POST", f"/v1/legs/{leg['id']}/hand-over", "adviser", json=spoken)
    return page


async def answer_as_agencies(doors: Doors) -> int:
    """Links, names, references, declines and recalls, on every referral there is; answers how many there are."""
    line, word = doors.canaries.line, doors.canaries.word
    listed = (await doors.ask("referral", "GET", "/v1/referrals", "adviser")).json()["referrals"]
    for referral in listed:
        path = f"/v1/referrals/{referral['id']}"
        made = (await doors.ask("referral", "POST", f"{path}/link", "adviser")).json()
        link = made["url"].partition("/v1/")[2]
        await doors.ask("referral", "POST", f"/v1/{link}/open")
        form = {
            "name": line("name by link"),
            "reference": line("reference by link"),
            word("form"): word("form"),
        }
        await doors.ask("referral", "POST", f"/v1/{link}/acknowledgement", data={"name": line("name") * 40})
        await doors.ask("referral", "POST", f"/v1/{link}/acknowledgement", data=form)
        await doors.ask("referral", "POST", f"/v1/{link}/open", headers=doors.canaries.headers("used link"))
        found = (
            await doors.ask("referral", "GET", f"/v1/agencies?body={referral['body']}", "operator")
        ).json()
        agency = doors.system.token("agency", name="desk", agency=found["agencies"][0]["id"])
        for action, body in (
            ("acknowledgement", {"reference": line("reference")}),
            ("acknowledgement", {"reference": line("reference") * 20, word("field"): 1}),
            ("decline", {"reason": line("decline")}),
            ("outcomes", {"outcome": line("outcome")}),
            ("recall-answer", {"answer": line("recall")}),
        ):
            await doors.ask("referral", "POST", f"{path}/{action}", "agency", token=agency, json=body)
    await doors.ask("referral", "POST", "/v1/routes", "adviser", json={"place": line("route place")})
    await doors.ask("referral", "POST", "/v1/routes", "adviser", json={"postcode": line("route postcode")})
    return len(listed)


def openly_said(answers: list[httpx2.Response]) -> bytes:
    """What the pages about health, measurements and the API show."""
    return (
        b"\n".join(one.content for one in answers) + json.dumps([dict(a.headers) for a in answers]).encode()
    )
