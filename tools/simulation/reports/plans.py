"""Plans of reports: what people will do about each, and how its body is written."""

from random import Random
from typing import Any

from tools.simulation.reports import figures
from tools.simulation.reports.planned_report import AdviserPlan, SourceDecision, Spelling
from tools.simulation.reports.scenarios import Scenario

SPELLINGS: tuple[Spelling, ...] = ("old_app", "odd_dates", "leaving_page", "gzip", "utf_16", "twice")
SOURCE_DECISIONS: tuple[SourceDecision, ...] = ("name", "leave_out", "leave_out_with_words")
RECIPIENT_KINDS = ("police", "adult_social_care", "children_social_care")


def spelling_of(random: Random, scenario: Scenario, body: dict[str, Any]) -> Spelling:
    """Return how it is written; to name the privacy choice twice, there must be one.

    A question is not written by an old app: the codes that only this app knows make it a concern.
    """
    if scenario or random.random() >= figures.MISSPELT:
        return scenario.spelling
    spelling = random.choice(SPELLINGS)
    is_question = body.get("purpose") == "training_and_information"
    impossible = (spelling == "twice" and not body.get("privacy")) or (spelling == "old_app" and is_question)
    return "exact" if impossible else spelling


def plan_of(random: Random, scenario: Scenario, body: dict[str, Any]) -> AdviserPlan:
    """Return what people will do about it; scenarios have plans of their own."""
    if scenario:
        return scenario.plan
    shared, draw = bool(body.get("share_with")), random.random
    withdraws = shared and draw() < 0.2
    return AdviserPlan(
        duty_answer="confirm" if draw() < 0.6 else "silence",
        disclose_to=tuple(kind for kind in RECIPIENT_KINDS[:2] if draw() < 0.45),
        withdraw=("before" if draw() < 0.5 else "after") if withdraws else "",
        withdraws_in_writing=draw() < 0.5,
        own_consent=draw() < 0.05,
        source_decision=random.choice(SOURCE_DECISIONS) if draw() < 0.08 else "",
        lose_place=draw() < 0.03,
        learn="child" if draw() < 0.02 else "danger" if draw() < 0.02 else "",
    )
