"""Puts every row of the sharing rules to a `Rules` value and yields the name of each that is answered wrongly."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

from shared.vocabulary import Ground, PersonRole
from tests.shared import sharing_days, sharing_rows
from tests.shared.sharing_worlds import GROUNDS, KINDS, NOON, REAL, Rules, World, decided, duties, leaves

NAMED_ROWS = [
    *sharing_rows.CONSENT_ROWS,
    *sharing_rows.AUTHORISED_ROWS,
    *sharing_rows.DANGER_ROWS,
    *sharing_rows.CHILD_ROWS,
]
Wrong = Iterator[str]


def _cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def consent_table(rules: Rules) -> Wrong:
    """Section 3: every row, for every kind of recipient, and each of them withdrawn."""
    for (privacy, consented, situation, third, own), kind in product(_cells(sharing_rows.SECTION_3), KINDS):
        for who, expected in (("third party", third), ("self-report", own)):
            said = _said(privacy, situation, consented == "yes", kind)
            yield from _consent_row(rules, who, said, kind, expected)


def _said(privacy: str, situation: str, consents: bool, kind: str) -> tuple[str, ...]:
    others = (f"me +{other}" for other in KINDS if other != kind)
    choice = () if privacy == "unasked" else (f"me {privacy}",)
    passed_on = () if situation == "unasked" else (f"me situation={situation}",)
    return (*choice, *((f"me +{kind}",) if consents else others), *passed_on)


def _consent_row(rules: Rules, who: str, said: tuple[str, ...], kind: str, expected: str) -> Wrong:
    people = (
        ("me reporter adult", "paul concern adult")
        if who == "third party"
        else ("me reporter concern adult",)
    )
    named = expected.replace("P", "P:me").replace("R", "R:me")
    if leaves(rules, World(people, said), kind, "consent") != named:
        yield f"consent: {who} {said} to {kind}"
    if leaves(rules, World(people, (*said, "me withdraws")), kind, "consent") != "":
        yield f"withdrawn: {who} {said} to {kind}"
    if (
        leaves(rules, World(people, (*said, "me withdraws")), kind, "consent", minutes=len(said) - 0.5)
        != named
    ):
        yield f"withdrawn later: {who} {said} to {kind}"


def named_rows(rules: Rules) -> Wrong:
    for name, world, kind, grounds, expected in NAMED_ROWS:
        if leaves(rules, world, kind, grounds) != expected:
            yield f"{grounds}: {name}"


def whatever_was_chosen(rules: Rules) -> Wrong:
    """Fact 1: section 4 against every choice of the reporter; and the source is protected whenever it goes."""
    choices = product(("share", "confidential", "anonymous"), ("", "yes", "no"), (True, False), (True, False))
    rows = _cells(sharing_rows.OVERRIDE_WHATEVER_WAS_CHOSEN)
    for (privacy, situation, consents, withdraws), (who, grounds, source, expected) in product(choices, rows):
        base = sharing_rows.WHATEVER_WAS_CHOSEN[who]
        said = _said(privacy, situation or "unasked", consents, "police")
        said = (*said, "me withdraws") if withdraws else said
        name = "ruth" if who == "third party" else "sara"
        told = tuple(line.replace("me ", f"{name} ") for line in said)
        if who == "self-report" and grounds == "child" and consents and privacy == "share" and not withdraws:
            expected = expected.replace("S~", "S A")  # she is the adult of concern, and she shares: fact 5
        world = World(base.people, told, base.dangers, left_out=source == "left out")
        decision = decided(rules, world, "police", grounds)
        if leaves(rules, world, "police", grounds) != expected or decision.protect_source != (
            "R:" in expected
        ):
            yield f"override {grounds} whatever was chosen: {told} {source}"


def minimum_set(rules: Rules) -> Wrong:
    expected = {
        (KINDS[kind], GROUNDS[ground]): frozenset(groups.split())
        for kind, row in sharing_rows.MINIMUM_SET.items()
        for ground, groups in row.items()
    }
    declared = rules.sharing.MINIMUM_SET
    for key, groups in expected.items():
        if frozenset(group.value for group in declared.get(key, ())) != groups:
            yield f"minimum set: {key}"
    if not declared.keys() <= expected.keys():
        yield "minimum set: a cell of which the specification says nothing"


def ages(rules: Rules) -> Wrong:
    for name, said, on, expected in sharing_days.AGE_ROWS:
        known = sharing_days.age(rules, said)
        right_path = rules.age.on_child_path(known, on) is sharing_days.CHILD_PATH[expected]
        if rules.age.age_status(known, on) != expected or not right_path:
            yield f"age: {name}"
    for name, born, at, child in sharing_days.BIRTHDAY_NIGHT:
        kid = rules.sharing.Person(
            "kid", frozenset({PersonRole.PERSON_OF_CONCERN}), age=rules.age.Age(date_of_birth=born)
        )
        decision = rules.sharing.decide(
            rules.sharing.Matter((kid,)), KINDS["police"], [Ground.OVERRIDE_CHILD], at=at
        )
        if decision.has(rules.sharing.P, "kid") is not child:
            yield f"age: {name}"


def recipients(rules: Rules) -> Wrong:
    for name, world, expected in sharing_rows.RECIPIENT_ROWS:
        if duties(rules, world) != expected:
            yield f"recipients: {name}"
    for gss, body in (
        ("E07000178", "social_care:E10000025"),  # a district: its county
        ("E08000035", "social_care:E08000035"),
        ("S12000036", "social_care:S12000036"),
        ("W06000015", "social_care:W06000015"),
        ("N09000003", "social_care:hsc-belfast"),  # a council in Northern Ireland: its trust
    ):
        if rules.social_care_of(gss) != body:
            yield f"recipients: social care of {gss}"


def clocks(rules: Rules) -> Wrong:
    seconds, minutes, hours = (timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1))
    danger, child = Ground.OVERRIDE_DANGER, Ground.OVERRIDE_CHILD
    windows = [
        (danger, None, 10 * minutes),
        (child, None, 60 * minutes),
        (danger, 5 * minutes, 5 * minutes),
        (child, 5 * minutes, 5 * minutes),
        (danger, 11 * minutes, 10 * minutes),
        (child, 61 * minutes, 60 * minutes),
        (danger, timedelta(0), timedelta(0)),
        (child, -minutes, timedelta(0)),
    ]
    for ground, tightened, expected in windows:
        if rules.clocks.confirm_window(ground, tightened) != expected:
            yield f"clocks: {ground} confirmed within {tightened}"
    end = datetime(2026, 11, 4, 23, 59, 59, tzinfo=UTC)
    reminders = [
        ({danger}, None, False, NOON + 60 * seconds),
        ({danger, child}, None, False, NOON + 60 * seconds),
        ({child}, None, True, NOON + 60 * seconds),
        ({danger}, 20 * seconds, False, NOON + 20 * seconds),
        ({danger}, 61 * seconds, False, NOON + 60 * seconds),
        ({child}, None, False, end),
        ({child}, hours, False, NOON + hours),
        ({child}, 13 * hours, False, end),
    ]
    for grounds, tightened, at_once, due in reminders:
        if rules.clocks.first_reminder(grounds, NOON, tightened, at_once=at_once) != due:
            yield f"clocks: reminder of {grounds} within {tightened}"
    for name, at, due in sharing_days.END_OF_DAY:
        if rules.clocks.end_of_british_day(at) != due:
            yield f"clocks: end of the day, {name}"
    for name, at, due in sharing_days.ONE_WORKING_DAY:
        if rules.clocks.second_reminder(at) != due:
            yield f"clocks: one working day, {name}"
    if 24 * hours != rules.clocks.COUNTERSIGN_WITHIN:
        yield "clocks: countersigned within 24 hours"


CHECKS = (consent_table, named_rows, whatever_was_chosen, minimum_set, ages, recipients, clocks)


def wrong_rows(rules: Rules = REAL) -> Wrong:
    for check in CHECKS:
        yield from check(rules)
