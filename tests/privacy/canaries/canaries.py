"""Canaries: marked words that stand for personal data; each is used once, so that a find says what leaked."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Canaries:
    """Words of one stem with a number each, and where each was sent."""

    stem: str
    sent: dict[str, str] = field(default_factory=dict)

    def word(self, where: str) -> str:
        value = f"{self.stem}{len(self.sent):04}"
        self.sent[value] = where
        return value

    def line(self, where: str) -> str:
        """Return a sentence with a word of its own in it."""
        return f"it is {self.word(where)} there"

    def headers(self, where: str) -> dict[str, str]:
        """Return every header in which a program or a person may leave something of theirs."""
        names = (
            *("idempotency-key", "user-agent", "referer", "cookie", "accept-language", "from"),
            *("x-forwarded-for", "traceparent", "x-request-id", "baggage"),
        )
        return {name: self.word(f"{where} {name}") for name in names}


def place(canaries: Canaries, where: str) -> Json:
    return {name: canaries.line(f"{where}.{name}") for name in ("postcode", "address", "description")}


def staff_place(canaries: Canaries, where: str) -> Json:
    """Return a place as a member of staff writes it: one that leads somewhere, since any other is refused."""
    words = {name: canaries.line(f"{where}.{name}") for name in ("address", "description")}
    return {**words, "council": "E08000003"}


def person(canaries: Canaries, where: str, **fields: Any) -> Json:
    names = ("name", "description", "relation_to_reporter", "relation_to_child")
    lines = {name: canaries.line(f"{where}.{name}") for name in names}
    return {**lines, "lives_at": place(canaries, f"{where}.lives_at"), **fields}


def report(canaries: Canaries, number: int, **fields: Any) -> Json:
    """Return a report with a word of its own in every field that takes words."""
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
        **fields,
    }
