"""Planned report: its body, its facts, its marked words, and what advisers will do about it."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Literal

THE_REPORTER = "reporter"
"""Label of whoever makes a report."""
SECOND_REPORTER = "second-reporter"
"""Label of a reporter who telephones about a case that exists already."""
SourceDecision = Literal["", "name", "leave_out", "leave_out_with_words"]
Spelling = Literal["exact", "old_app", "odd_dates", "leaving_page", "gzip", "utf_16", "twice"]
"""Ways in which a body is written; all but the first are spelled as no contract describes."""


@dataclass(frozen=True)
class Canary:
    """Marked word: a token found nowhere else, and the field that holds it, such as `account` or `name:person-1`.

    Fields are those of the sharing model; what is written after the colon is the label of a person.
    """

    token: str
    field: str

    @property
    def person(self) -> str:
        """Label of the person whose field it is; empty for what is nobody's."""
        return self.field.partition(":")[2]


@dataclass(frozen=True)
class PlannedPerson:
    """Person in a report. `child` is the child path: under 18, or may be; neither child nor adult: nobody knows.

    `reporter` is the role: another person in a report may have it too. `lives_in` and `found_in` are councils, as GSS
    codes.
    """

    label: str
    reporter: bool = False
    of_concern: bool = False
    accused: bool = False
    child: bool = False
    age_uncertain: bool = False
    adult: bool = False
    in_danger: bool = False
    cares_for_child: bool = False
    lives_in: str | None = None
    found_in: str | None = None

    @property
    def made_report(self) -> bool:
        return self.label == THE_REPORTER


@dataclass(frozen=True)
class AdviserPlan:
    """Plan of what advisers and leads will do about a report, in the order in which they do it."""

    duty_answer: Literal["silence", "confirm", "stand_down"] = "silence"
    """Answer to a sharing duty. If nobody answers in time, it is sent."""
    disclose_to: tuple[str, ...] = ()
    """Recipient kinds to which an adviser authorises what consent permits."""
    withdraw: Literal["", "before", "after"] = ""
    """The reporter withdraws, before or after it was sent."""
    withdraws_in_writing: bool = False
    """By a message, whose writer nobody knows: a person checks it before copies are recalled."""
    own_consent: bool = False
    """A person of concern agrees for themselves."""
    source_decision: SourceDecision = ""
    """Decision of an adviser about the reporter as a source."""
    learn: Literal["", "child", "danger", "adult", "second_reporter"] = ""
    """News on a call-back: somebody is a child, in danger, or an adult; or a second reporter calls."""
    find_place: bool = False
    lose_place: bool = False
    """The place proves wrong, and nobody knows the right one."""
    lead_shares_with: str = ""
    """Recipient kind with which a lead shares without consent."""
    protection_summary: bool = False

    @property
    def needs_people(self) -> bool:
        """Return whether anybody does anything."""
        return self != AdviserPlan(withdraws_in_writing=self.withdraws_in_writing)


@dataclass(frozen=True)
class PlannedReport:
    """One report as it will be sent, and everything that is known about it beforehand."""

    number: int
    hour: float
    classification: str
    body: dict[str, Any]
    people: tuple[PlannedPerson, ...]
    canaries: tuple[Canary, ...]
    place: str | None
    danger_somewhere: bool
    opens_case: bool
    plan: AdviserPlan
    spelling: Spelling = "exact"

    def token(self, field: str) -> str:
        """Return the token of a field that a report has only once."""
        return next(canary.token for canary in self.canaries if canary.field == field)

    @property
    def is_forced(self) -> bool:
        """Return whether something must be shared, whatever anybody chose."""
        people = any(person.child or person.in_danger for person in self.people)
        return self.opens_case and (self.danger_somewhere or people)


def age_of(kind: Literal["child", "uncertain", "adult"], random: Random, today: date) -> dict[str, Any]:
    """Return an age in one of the ways in which people state it.

    These are a date, a number, a guess, a range, or only "adult".
    """
    if kind == "child":
        years = random.randint(8, 16)
        return random.choice(
            ({"years": years}, {"date_of_birth": _born(years, today)}, {"lowest": 12, "highest": 16})
        )
    if kind == "uncertain":
        return random.choice(
            ({"may_be_under_18": True}, {"years": 17, "about": True}, {"lowest": 16, "highest": 19})
        )
    years = random.randint(21, 58)
    return random.choice(
        ({"years": years}, {"date_of_birth": _born(years, today)}, {"surely_adult": True}, {"lowest": 25})
    )


def _born(years: int, today: date) -> str:
    return (today - timedelta(days=round(years * 365.25) + 150)).isoformat()
