"""Figures of the helpline's contacts: how often each kind of report, caller and person occurs.

Figures without a note are planning figures that follow the helpline's published assessments of 2017 to 2024, quoted in
`reference/national_figures.json`; "assumption" marks those that nobody has published.
"""

import csv
from bisect import bisect
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import TypeVar

from shared.domain.geography import Council, CouncilKind, councils

T = TypeVar("T")

CHANNELS = {"phone": 72, "webform": 24, "app": 4}  # web to app: an assumption
CLASSIFICATIONS = {  # only modern slavery is published; the rest is an assumption
    "modern_slavery": 31,
    "labour_abuse": 8,
    "other_abuse": 26,
    "general_information": 28,
    "non_actionable": 7,
}
TYPES: Mapping[tuple[str, ...], float] = {
    ("labour",): 46,
    ("sexual",): 21,
    ("criminal",): 10,
    ("domestic_servitude",): 5,
    ("labour", "criminal"): 3,
    ("sexual", "labour"): 3,
    ("other",): 2,
    ("unknown",): 7,
    (): 3,
}
CALLERS = {"self": 15, "direct": 35, "professional": 20, "indirect": 22, "business": 5, "unknown": 3}
CALLER_TYPES = {
    "self": ("potential_victim", "potential_victim", "survivor"),
    "direct": ("friend", "family", "colleague", "intimate_partner", "sex_buyer"),
    "professional": ("ngo", "health", "education", "local_authority", "police", "housing"),
    "indirect": ("neighbour_or_community", "customer", "member_of_public"),
    "business": ("business", "employer_or_labour_provider"),
    "unknown": ("unknown",),
}
PRIVACY = {"share": 45, "confidential": 35, "anonymous": 20}  # an assumption
GENDER_UNKNOWN = 0.40
AGE_UNKNOWN = 0.35
NATIONALITY_UNKNOWN = 0.45
AGE_UNCERTAIN = 0.03
CHILD = {"criminal": 0.20, "sexual": 0.15}  # over-weight; together with the next, 6 to 10 % of everybody
CHILD_OTHERWISE = 0.05
PLACE_UNKNOWN = 0.12  # an assumption
DANGER_NOW = 0.07  # an assumption
MISSPELT = 0.15  # an assumption: bodies of old applications and odd clients
TEN_OR_MORE = 0.05
GENDERS = {"female": 50, "male": 49, "does_not_identify_as_male_or_female": 1}

# Nationalities the helpline names most often; the other half is drawn from referrals into the NRM, by type.
FREQUENT_NATIONALITIES = {
    "Romanian": 30,
    "Vietnamese": 15,
    "Indian": 14,
    "UK": 10,
    "Albanian": 9,
    "Chinese": 8,
    "Polish": 7,
    "Bulgarian": 7,
}
NRM_COLUMNS = {
    "labour": "Labour",
    "sexual": "Sexual",
    "criminal": "Criminal",
    "domestic_servitude": "Domestic",
}
LANGUAGES = {
    "UK": "en",
    "Albanian": "sq",
    "Vietnamese": "vi",
    "Sudanese": "ar",
    "Eritrean": "ti",
    "Indian": "hi",
    "Iranian": "fa",
    "Afghan": "ps",
    "Romanian": "ro",
    "Chinese": "zh",
    "Somali": "so",
    "Pakistani": "ur",
    "Syrian": "ar",
    "Iraqi": "ar",
    "Ethiopian": "am",
    "Polish": "pl",
    "Bulgarian": "bg",
}


def one_of(random: Random, weights: Mapping[T, float]) -> T:
    """Return one of the keys, each as often as its weight says."""
    keys = list(weights)
    return random.choices(keys, weights=list(weights.values()))[0]


def caller(random: Random, types: tuple[str, ...]) -> str:
    """Return how near the caller is; in domestic servitude people call for themselves twice as often."""
    weights = dict(CALLERS)
    if "domestic_servitude" in types:
        weights["self"] *= 2
    return one_of(random, weights)


def how_many(random: Random) -> int:
    """Return the number of people concerned in a case: mostly one, sometimes a whole house; 2.4 on average."""
    at = random.random()
    if at < 0.55:
        return 1
    if at < 0.70:
        return 2
    if at < 1 - TEN_OR_MORE:
        return min(9, max(3, round(random.lognormvariate(1.25, 0.35))))
    return 10 + int(random.expovariate(0.4))


def child_share(types: tuple[str, ...]) -> float:
    return max([CHILD.get(one, CHILD_OTHERWISE) for one in types], default=CHILD_OTHERWISE)


def nationality(random: Random, types: tuple[str, ...]) -> str | None:
    if random.random() < NATIONALITY_UNKNOWN:
        return None
    column = next((NRM_COLUMNS[one] for one in types if one in NRM_COLUMNS), "Total")
    return one_of(random, FREQUENT_NATIONALITIES if random.random() < 0.5 else _referred(column))


@cache
def _referred(column: str) -> Mapping[str, float]:
    path = files("tools.simulation.reports") / "reference" / "nrm_2023_nationality_by_expl.csv"
    with path.open(encoding="utf-8") as file:
        return {row["nat"]: float(row[column] or 0) for row in csv.DictReader(file)}


def place(random: Random) -> Council:
    """Return a council of any of the four nations, in proportion to its population; counties are their districts."""
    local, up_to = _population()
    return local[bisect(up_to, random.random() * up_to[-1])]


@cache
def _population() -> tuple[list[Council], list[int]]:
    local = [one for one in councils() if one.kind is not CouncilKind.COUNTY]
    return local, list(accumulate(one.population for one in local))


def hour(random: Random) -> float:
    """Return an hour of the week, from Monday 0:00: mostly by day, and on working days."""
    day = random.choices(range(7), weights=[17, 17, 16, 16, 15, 10, 9])[0]
    at = random.gauss(14.5, 3.2) if random.random() < 0.93 else random.uniform(0, 24)
    return day * 24 + min(23.99, max(0.0, at))
