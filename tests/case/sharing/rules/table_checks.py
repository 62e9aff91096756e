"""Checks of the truth table: put every row to the rules and yield the name of each wrong answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from shared.domain.vocabulary import AgeStatus, Ground, PersonRole
from tests.case.sharing.rules import age_and_deadline_rows, agency_rows, consent_rows, override_rows
from tests.case.sharing.rules.case_in_words import GROUNDS, KINDS, NOON, REAL, Answers, Case, Rules

NAMED_ROWS = [
    *consent_rows.CONSENT_ROWS,
    *consent_rows.AUTHORISED_ROWS,
    *override_rows.DANGER_ROWS,
    *override_rows.CHILD_ROWS,
]
Wrong = Iterator[str]


def _cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def consent_table(rules: Answers) -> Wrong:
    """Section 3: every row, for every recipient kind, and each of them withdrawn."""
    for (privacy, consented, situation, third, own), kind in product(_cells(consent_rows.SECTION_3), KINDS):
        for who, expected in (("third party", third), ("self-report", own)):
            said = _said(privacy, situation, consented == "yes", kind)
            yield from _consent_row(rules, who, said, kind, expected)


def _said(privacy: str, situation: str, consents: bool, kind: str) -> tuple[str, ...]:
    others = (f"me +{other}" for other in KINDS if other != kind)
    choice = () if privacy == "unasked" else (f"me {privacy}",)
    passed_on = () if situation == "unasked" else (f"me situation={situation}",)
    return (*choice, *((f"me +{kind}",) if consents else others), *passed_on)


def _consent_row(rules: Answers, who: str, said: tuple[str, ...], kind: str, expected: str) -> Wrong:
    third_party = ("me reporter adult", "paul concern adult")
    persons = third_party if who == "third party" else ("me reporter concern adult",)
    named = expected.replace("P", "P:me").replace("R", "R:me")
    withdrawn = Case(persons, (*said, "me withdraws"))
    if rules.items(Case(persons, said), kind, "consent") != named:
        yield f"consent: {who} {said} to {kind}"
    if rules.items(withdrawn, kind, "consent") != "":
        yield f"withdrawn: {who} {said} to {kind}"
    if rules.items(withdrawn, kind, "consent", minutes=len(said) - 0.5) != named:
        yield f"withdrawn later: {who} {said} to {kind}"


def named_rows(rules: Answers) -> Wrong:
    for name, case, kind, grounds, expected in NAMED_ROWS:
        if rules.items(case, kind, grounds) != expected:
            yield f"{grounds}: {name}"


def whatever_was_chosen(rules: Answers) -> Wrong:
    """Fact 1: section 4 against every choice of the reporter; and the source is protected whenever it goes."""
    choices = product(("share", "confidential", "anonymous"), ("", "yes", "no"), (True, False), (True, False))
    rows = _cells(override_rows.OVERRIDE_WHATEVER_WAS_CHOSEN)
    for (privacy, situation, consents, withdraws), (who, grounds, source, expected) in product(choices, rows):
        said = _said(privacy, situation or "unasked", consents, "police")
        said = (*said, "me withdraws") if withdraws else said
        if who == "self-report" and grounds == "child" and consents and privacy == "share" and not withdraws:
            expected = expected.replace("S~", "S A")  # she is the adult of concern, and she shares: fact 5
        case = _chosen_case(who, said, left_out=source == "left out")
        if rules.items(case, "police", grounds) != expected:
            yield f"override {grounds} whatever was chosen: {said} {source}"
        elif isinstance(rules, Rules):
            protected = rules.decision(case, "police", grounds).protect_source
            if protected != ("R:" in expected):
                yield f"protected source, {grounds} whatever was chosen: {said} {source}"


def _chosen_case(who: str, said: tuple[str, ...], *, left_out: bool) -> Case:
    base = override_rows.WHATEVER_WAS_CHOSEN[who]
    name = "ruth" if who == "third party" else "sara"
    entries = tuple(line.replace("me ", f"{name} ") for line in said)
    return Case(base.persons, entries, base.dangers, left_out=left_out)


def minimum_set(rules: Rules) -> Wrong:
    expected = {
        (KINDS[kind], GROUNDS[ground]): frozenset(groups.split())
        for kind, row in consent_rows.MINIMUM_SET.items()
        for ground, groups in row.items()
    }
    declared = rules.rules.MINIMUM_SET
    for key, groups in expected.items():
        if frozenset(group.value for group in declared.get(key, ())) != groups:
            yield f"minimum set: {' '.join(key)}"
    if not declared.keys() <= expected.keys():
        yield "minimum set: a cell of which the specification says nothing"


def age(rules: Rules, said: dict[str, Any]) -> Any:
    chosen = said.get("chosen")
    return rules.age.Age(**{**said, "chosen": None if chosen is None else AgeStatus(chosen)})


def ages(rules: Rules) -> Wrong:
    for name, said, on, expected in age_and_deadline_rows.AGE_ROWS:
        known = age(rules, said)
        right_path = rules.age.on_child_path(known, on) is age_and_deadline_rows.CHILD_PATH[expected]
        if rules.age.age_status(known, on) != expected or not right_path:
            yield f"age: {name}"
    for name, born, at, is_child in age_and_deadline_rows.BIRTHDAY_NIGHT:
        kid = rules.facts.Person(
            "kid", frozenset({PersonRole.PERSON_OF_CONCERN}), age=rules.age.Age(date_of_birth=born)
        )
        decision = rules.rules.decide(
            rules.facts.CaseFacts((kid,)), KINDS["police"], [Ground.OVERRIDE_CHILD], at=at
        )
        if decision.has(rules.rules.P, "kid") is not is_child:
            yield f"age: {name}"


def agencies(rules: Answers) -> Wrong:
    for name, case, expected in agency_rows.AGENCY_ROWS:
        if rules.agencies(case) != expected:
            yield f"agencies: {name}"


def social_care(rules: Rules) -> Wrong:
    for gss, agency in (
        ("E07000178", "social_care:E10000025"),  # a district: its county
        ("E08000035", "social_care:E08000035"),
        ("S12000036", "social_care:S12000036"),
        ("W06000015", "social_care:W06000015"),
        ("N09000003", "social_care:hsc-belfast"),  # a council in Northern Ireland: its trust
    ):
        if rules.social_care_of(gss) != agency:
            yield f"agencies: social care of {gss}"


SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DANGER, CHILD = Ground.OVERRIDE_DANGER, Ground.OVERRIDE_CHILD
END = datetime(2026, 11, 4, 23, 59, 59, tzinfo=UTC)
CONFIRM_ROWS = [
    (DANGER, None, 10 * MINUTE),
    (CHILD, None, 60 * MINUTE),
    (DANGER, 5 * MINUTE, 5 * MINUTE),
    (CHILD, 5 * MINUTE, 5 * MINUTE),
    (DANGER, 11 * MINUTE, 10 * MINUTE),
    (CHILD, 61 * MINUTE, 60 * MINUTE),
    (DANGER, timedelta(0), timedelta(0)),
    (CHILD, -MINUTE, timedelta(0)),
]
"""Ground, the operator's time, and the time that an adviser has to confirm."""
ACKNOWLEDGE_ROWS = [
    ({DANGER}, None, False, NOON + 60 * SECOND),
    ({DANGER, CHILD}, None, False, NOON + 60 * SECOND),
    ({CHILD}, None, True, NOON + 60 * SECOND),
    ({DANGER}, 20 * SECOND, False, NOON + 20 * SECOND),
    ({DANGER}, 61 * SECOND, False, NOON + 60 * SECOND),
    ({CHILD}, None, False, END),
    ({CHILD}, HOUR, False, NOON + HOUR),
    ({CHILD}, 13 * HOUR, False, END),
]
"""Grounds, the operator's time, whether at once, and when an unacknowledged duty is a telephone task."""
PERMITTED_ROWS = [(None, 72 * HOUR), (4 * HOUR, 4 * HOUR), (73 * HOUR, 72 * HOUR)]
"""The operator's time, and the time that an agency has to acknowledge what was only permitted."""


def times(rules: Rules) -> Wrong:
    for ground, shorter, expected in CONFIRM_ROWS:
        name = "confirm_danger" if ground is DANGER else "confirm_child"
        if rules.deadlines.ShorterDeadlines(**{name: shorter}).confirm_within(ground) != expected:
            yield f"deadlines: {ground} confirmed within {shorter}"
    for grounds, shorter, at_once, due in ACKNOWLEDGE_ROWS:
        both = {"escalate_danger": shorter, "escalate_child": shorter}
        known = rules.deadlines.ShorterDeadlines(**both)
        if known.acknowledge_by(grounds, NOON, acknowledge_at_once=at_once) != due:
            yield f"deadlines: {' '.join(sorted(grounds))} acknowledged within {shorter}, at once: {at_once}"
    for shorter, within in PERMITTED_ROWS:
        known = rules.deadlines.ShorterDeadlines(escalate_permitted=shorter)
        if known.acknowledge_permitted_by(NOON) != NOON + within:
            yield f"deadlines: permitted, acknowledged within {shorter}"
    if 24 * HOUR != rules.deadlines.COUNTERSIGN_WITHIN:
        yield "deadlines: countersigned within 24 hours"


def days(rules: Rules) -> Wrong:
    for name, at, due in age_and_deadline_rows.END_OF_DAY:
        if rules.deadlines.end_of_british_day(at) != due:
            yield f"deadlines: end of the day, {name}"
    for name, at, due in age_and_deadline_rows.ONE_WORKING_DAY:
        if rules.deadlines.escalate_again_at(at) != due:
            yield f"deadlines: one working day, {name}"


CHECKS = (
    consent_table,
    named_rows,
    whatever_was_chosen,
    minimum_set,
    ages,
    agencies,
    social_care,
    times,
    days,
)


def wrong_rows(rules: Rules = REAL) -> Wrong:
    for check in CHECKS:
        yield from check(rules)
