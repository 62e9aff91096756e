"""Random histories for pairs of cases: one step for each round."""

import random
from typing import Any

from tests.case.histories.towns_and_ages import AGES, TOWNS

Step = tuple[str, dict[str, Any]]
PAUSES = (1, 60, 541, 61, 3600, 1)
"""Seconds after each round."""


def a_history(chance: random.Random) -> list[Step]:
    """Return what happens on one case."""
    people = [_somebody(chance) for _ in range(chance.randrange(3))]
    names = [f"p{number}" for number in range(len(people) + 1)]
    steps: list[Step] = [("report", _a_report(chance, people, names))]
    while len(steps) < len(PAUSES) - 1:
        step = _a_step(chance, names)
        steps.append(step)
        if step[0] == "add_person":
            names.append(f"p{len(names)}")
    return [*steps, ("issue_everything", {})]


def _somebody(chance: random.Random) -> dict[str, Any]:
    town = [None, *TOWNS]
    return {
        "role": chance.choice(["concern", "concern", "household", "exploiter"]),
        "age": chance.choice(sorted(AGES)),
        "carer": chance.random() < 0.5,
        "lives": chance.choice(town),
        "found": chance.choice(town),
    }


def _a_report(chance: random.Random, people: list[Any], names: list[str]) -> dict[str, Any]:
    return {
        "privacy": chance.choice([None, "share", "confidential", "confidential", "anonymous"]),
        "share_with": chance.sample(["police", "children_social_care", "health"], chance.randrange(3)),
        "situation": chance.choice([None, None, True, False]),
        "self_report": chance.random() < 0.3,
        "danger": chance.choice(["no", "no", "yes", *names]),
        "people": people,
        "place": chance.choice([None, *TOWNS]),
        "age": chance.choice(["adult", "adult", "unasked", "fifteen"]),
    }


def _a_step(chance: random.Random, names: list[str]) -> Step:
    who, town = chance.choice(names), chance.choice([None, *TOWNS])
    kind = chance.choice(["police", "police", "children_social_care", "health"])
    said = chance.choice(["share", "confidential", f"+{kind}", f"+{kind}", f"-{kind}", "situation=no"])
    somebody = _somebody(chance)
    roles = [chance.choice([somebody.pop("role"), "reporter"])]
    choices: list[Step] = [
        ("danger", {"who": chance.choice([None, who]), "place": town}),
        ("age", {"who": who, "age": chance.choice(sorted(AGES))}),
        ("name", {"who": who}),
        ("consent", {"who": who, "word": said}),
        ("consent", {"who": "p0", "word": said}),
        ("withdraw", {"who": who}),
        ("add_person", {**somebody, "roles": roles}),
        ("summary", {"protection": chance.random() < 0.5}),
        ("source", {"left_out": chance.random() < 0.7}),
        ("place", {"town": town}),
        ("authorise", {"who": who, "kind": kind}),
        *([("permit", {"kind": kind}), ("confirm", {}), ("issue_everything", {})] * 2),
        *([("source", {"left_out": True})] * 2),
    ]
    return chance.choice(choices)
