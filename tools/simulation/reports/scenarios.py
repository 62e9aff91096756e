"""Scenarios that every simulation plays, however few reports it has: the situations that must never go wrong."""

from dataclasses import dataclass, field
from typing import Any

from tools.simulation.reports.planned_report import AdviserPlan, Spelling

DECLINING_PLACE = "E06000047"
"""Council, County Durham, whose agencies decline in every simulation."""
BETWEEN = 4
"""Each report by this number plays no scenario."""


@dataclass(frozen=True)
class Scenario:
    """Facts of a report that are fixed; everything else is drawn at random."""

    title: str = ""
    classification: str = ""
    types: tuple[str, ...] = ()
    caller: str = ""
    privacy: str = ""
    people: int = 0
    child: bool = False
    mixed: bool = False
    carer: bool = False
    accused: bool = False
    child_reporter: bool = False
    other_reporter: bool = False
    danger: bool = False
    person_in_danger: bool = False
    place: str = ""
    """Council where it happens, as a GSS code."""
    place_unknown: bool = False
    lives_elsewhere: bool = False
    gives_identity: bool = False
    spelling: Spelling = "exact"
    plan: AdviserPlan = field(default_factory=AdviserPlan)

    def __bool__(self) -> bool:
        return bool(self.title)


def _scenario(title: str, *, classification: str = "modern_slavery", **fixed: Any) -> Scenario:
    return Scenario(title, classification, **fixed)


SCENARIOS = (
    _scenario(
        "danger, nobody answers",
        danger=True,
        people=2,
        privacy="confidential",
        caller="indirect",
        spelling="leaving_page",
    ),
    _scenario(
        "danger, no place; found by an adviser",
        danger=True,
        people=1,
        place_unknown=True,
        plan=AdviserPlan("confirm", find_place=True),
    ),
    _scenario(
        "danger, no place, nobody answers", danger=True, people=1, place_unknown=True, spelling="old_app"
    ),
    _scenario(
        "a child, no place",
        child=True,
        people=1,
        place_unknown=True,
        types=("criminal",),
        spelling="odd_dates",
    ),
    _scenario(
        "a child reports alone, anonymously, and gives a name all the same",
        caller="self",
        child_reporter=True,
        privacy="anonymous",
        gives_identity=True,
    ),
    _scenario(
        "a child reports alone",
        caller="self",
        child_reporter=True,
        privacy="confidential",
        plan=AdviserPlan("confirm"),
    ),
    _scenario(
        "an adult and a child in one house; the adult does not agree",
        child=True,
        mixed=True,
        people=2,
        privacy="confidential",
        caller="indirect",
        spelling="utf_16",
        plan=AdviserPlan("silence", protection_summary=True),
    ),
    _scenario(
        "a child, and the person who cares for the child",
        child=True,
        carer=True,
        people=1,
        spelling="gzip",
        plan=AdviserPlan("confirm"),
    ),
    _scenario("a child who lives elsewhere", child=True, people=1, lives_elsewhere=True, accused=True),
    _scenario("stood down by two", child=True, people=1, caller="indirect", plan=AdviserPlan("stand_down")),
    _scenario(
        "stood down by two, danger", danger=True, people=1, caller="indirect", plan=AdviserPlan("stand_down")
    ),
    _scenario(
        "anonymous in danger, with a name given by mistake",
        privacy="anonymous",
        gives_identity=True,
        danger=True,
        spelling="twice",
    ),
    _scenario(
        "one person in danger", people=2, person_in_danger=True, privacy="share", plan=AdviserPlan("confirm")
    ),
    _scenario(
        "shared with consent, withdrawn before it was sent",
        caller="self",
        privacy="share",
        plan=AdviserPlan(disclose_to=("police",), withdraw="before"),
    ),
    _scenario(
        "shared with consent, withdrawn afterwards",
        caller="self",
        privacy="share",
        plan=AdviserPlan(
            disclose_to=("police", "adult_social_care"), withdraw="after", withdraws_in_writing=True
        ),
    ),
    _scenario(
        "a lead decides under duress",
        privacy="confidential",
        caller="direct",
        people=1,
        plan=AdviserPlan(lead_shares_with="adult_social_care"),
    ),
    _scenario(
        "an adult turns out to be a child", people=1, caller="indirect", plan=AdviserPlan(learn="child")
    ),
    _scenario(
        "a danger becomes known on the telephone", people=1, caller="direct", plan=AdviserPlan(learn="danger")
    ),
    _scenario("a pupil's school project", classification="general_information", child_reporter=True),
    _scenario(
        "somebody else's own consent",
        privacy="share",
        caller="professional",
        people=2,
        plan=AdviserPlan(own_consent=True, disclose_to=("police",)),
    ),
    _scenario(
        "danger and a child, declined by their agencies",
        danger=True,
        child=True,
        people=1,
        place=DECLINING_PLACE,
    ),
    _scenario(
        "a danger whose place proves wrong",
        danger=True,
        people=1,
        caller="indirect",
        plan=AdviserPlan("confirm", lose_place=True),
    ),
    _scenario(
        "a child whose place proves wrong", child=True, people=1, plan=AdviserPlan("silence", lose_place=True)
    ),
    _scenario(
        "a second reporter tells of a danger; the first is confidential",
        people=1,
        privacy="confidential",
        caller="indirect",
        plan=AdviserPlan(learn="second_reporter"),
    ),
    _scenario(
        "another reporter, whom the maker of the report names",
        danger=True,
        other_reporter=True,
        people=1,
        privacy="share",
        caller="professional",
    ),
    _scenario(
        "a child saw something, and nobody knows where it lives",
        caller="direct",
        child_reporter=True,
        privacy="confidential",
        people=1,
    ),
    _scenario(
        "a child proves to be an adult",
        child=True,
        people=1,
        caller="indirect",
        plan=AdviserPlan("confirm", learn="adult"),
    ),
    _scenario(
        "an adviser names a confidential source",
        danger=True,
        people=1,
        privacy="confidential",
        caller="indirect",
        plan=AdviserPlan("confirm", source_decision="name"),
    ),
)


def scenario_of(number: int) -> Scenario:
    """Return the scenario of a report, by its number; an empty one where everything is drawn at random.

    Three of four reports play one, until all were played once.
    """
    turn = number - number // BETWEEN
    return SCENARIOS[turn - 1] if number % BETWEEN and turn <= len(SCENARIOS) else Scenario()


LAST_SCENARIO = len(SCENARIOS) + (len(SCENARIOS) - 1) // (BETWEEN - 1)
"""Number of the last report that plays one."""
