"""What was told in one report, as facts: who is in it, what may be recognised later, and what people will do."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Any


class Part(StrEnum):
    """What a marked word is: it decides to whom it may go."""

    ACCOUNT = "account"  # the reporter's own words, wherever they were written down
    WHERE = "where"  # the premises
    SUMMARY = "summary"  # an adviser's, written to be passed on
    PROTECTION = "protection"  # an adviser's, about what protects a child
    HANDLING = "handling"
    REPORTER = "reporter"
    NAME = "name"
    ADDRESS = "address"
    RELATION = "relation"
    DETAIL = "detail"


@dataclass(frozen=True)
class Canary:
    """A token found nowhere else, what it stands for, and whose it is."""

    token: str
    part: Part
    who: str = ""


@dataclass(frozen=True)
class Someone:
    """A person in a report. `child` is the child path: under 18, or may be. Neither: nobody knows."""

    who: str
    reporter: bool = False
    concern: bool = False
    accused: bool = False
    child: bool = False
    uncertain: bool = False
    adult: bool = False
    in_danger: bool = False
    cares: bool = False
    lives: str | None = None
    found: str | None = None


@dataclass(frozen=True)
class Plan:
    """What advisers and leads will do: confirm, stay silent, or stand down; find the place; what they learn later."""

    answer: str = "silence"
    disclose_to: tuple[str, ...] = ()
    withdraw: str = ""
    own_consent: bool = False
    source_left_out: bool = False
    learns: str = ""
    find_place: bool = False
    lead_shares_with: str = ""
    protection_summary: bool = False

    @property
    def asks_for_people(self) -> bool:
        """False where everybody is absent: then silence shares."""
        return self != Plan()


@dataclass(frozen=True)
class Planned:
    """One report as it will be sent, and everything that is known about it beforehand."""

    number: int
    hour: float
    classification: str
    body: dict[str, Any]
    people: tuple[Someone, ...]
    canaries: tuple[Canary, ...]
    place: str | None
    danger_somewhere: bool
    opens_case: bool
    plan: Plan

    def token(self, part: Part) -> str:
        """The token of a part that a report has only once."""
        return next(canary.token for canary in self.canaries if canary.part is part)

    @property
    def forced(self) -> bool:
        """Whether something must be shared, whatever anybody chose."""
        people = any(person.child or person.in_danger for person in self.people)
        return self.opens_case and (self.danger_somewhere or people)


def age_of(kind: str, random: Random, today: date) -> dict[str, Any]:
    """One of the ways in which people tell an age: a date, a number, a guess, a band, or only "grown up"."""
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
