"""The table and the histories prove themselves: each of these wrong rules, planted in a copy, must be caught."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from tests.shared.sharing_checks import wrong_rows
from tests.shared.sharing_worlds import REAL, Rules

MODULES = ("age", "sharing", "duties", "clocks")
Plant = tuple[str, str, str]

PLANTS: dict[str, Plant] = {
    "a child for one day too long": ("age", "(on < birthday_in", "(on <= birthday_in"),
    "born on 29 February, grown on 28 February": ("age", "date(year, 3, 1)", "date(year, 2, 28)"),
    "the day of UTC, not of the United Kingdom": ("age", "at.astimezone(UNITED_KINGDOM).date()", "at.date()"),
    "no indication taken for a child": (
        "age",
        "status is not None and status.child_path",
        "status is not None and (status.child_path or status is AgeStatus.UNKNOWN_NO_INDICATION)",
    ),
    "perhaps a child taken for an adult": (
        "age",
        "status is not None and status.child_path",
        'status is not None and status.value.startswith("child")',
    ),
    "unasked taken for a child": (
        "age",
        "status is not None and status.child_path",
        "status is None or status.child_path",
    ),
    "17 for ever": ("age", "years + _whole_years_since(age.stated_on or on, on)", "years"),
    "17 said a year ago, already grown": ("age", "if on > birthday_in", "if on >= birthday_in"),
    "about 19 taken for certain": ("age", "ABOUT = 2", "ABOUT = 0"),
    "16-18 taken for an adult": ("age", "age.lowest < ADULT_AT", "age.lowest < 16"),
    "the chosen status before the date of birth": (
        "age",
        "if age.date_of_birth is not None:",
        "if age.date_of_birth is not None and age.chosen is None:",
    ),
    "a younger age said beside a date of birth forgotten": (
        "age",
        "return not fitted and ",
        "return False and ",
    ),
    "a reporter's consent releases another adult": (
        "sharing",
        "if person.is_of_concern and not person.is_reporter and _shares_with(matter, person, recipient, at):",
        "if person.is_of_concern and any(_shares_with(matter, p, recipient, at) for p in matter.persons):",
    ),
    "confidential read as share": (
        "sharing",
        "return said.privacy is PrivacyChoice.SHARE and",
        "return said.privacy is not PrivacyChoice.ANONYMOUS and",
    ),
    "the kind of recipient not looked at": (
        "sharing",
        " and recipient in said.recipients and not",
        " and not",
    ),
    "a withdrawal not read": ("sharing", "        if entry.withdraws:", "        if False:"),
    "a withdrawal keeps the kinds": (
        "sharing",
        "None, False, True\n            recipients.clear()\n",
        "None, False, True\n",
    ),
    "a choice of confidence keeps the kinds": (
        "sharing",
        "            if privacy is not PrivacyChoice.SHARE:\n                recipients.clear()\n",
        "",
    ),
    "a withdrawal forgets an earlier no": ("sharing", "= None, False, True", "= None, None, True"),
    "a withdrawal does not stop the situation": (
        "sharing",
        "    if said.withdrawn:\n        return False\n",
        "    if said.withdrawn:\n        return True\n",
    ),
    "later entries read": ("sharing", " or entry.at > at:", ":"),
    "the first choice kept": (
        "sharing",
        "privacy, withdrawn = entry.privacy, False",
        "privacy, withdrawn = privacy or entry.privacy, False",
    ),
    "a refused kind kept": ("sharing", "recipients.discard(entry.recipient)", "pass"),
    "a self-report's situation passed on unasked": (
        "sharing",
        "return not reporter.is_of_concern",
        "return True",
    ),
    "a third party's situation kept unasked": (
        "sharing",
        "return not reporter.is_of_concern",
        "return False",
    ),
    "the reporter's words part of the situation": (
        "sharing",
        "return {Item(S)} if may_pass_situation",
        "return {Item(S), Item(A)} if may_pass_situation",
    ),
    "one reporter's no overruled by another": ("sharing", "not all(told)", "not any(told)"),
    "everybody's words when one shares": ("sharing", "items.discard(Item(A))", "pass"),
    "handling left behind": (
        "sharing",
        "items |= {Item(P, person.id), Item(H)}\n    return items",
        "items |= {Item(P, person.id)}\n    return items",
    ),
    "danger forgets those not named": (
        "sharing",
        "if any(d.person is None for d in matter.dangers):",
        "if not named:",
    ),
    "danger to one of the household forgotten": (
        "sharing",
        "for d in matter.dangers if d.person is not None}",
        "for d in matter.dangers if any(p.id == d.person and p.is_of_concern for p in matter.persons)}",
    ),
    "the words left out in danger": (
        "sharing",
        "{Item(S), Item(A), Item(H)} | {Item(P",
        "{Item(S), Item(H)} | {Item(P",
    ),
    "the source left out although at risk": (
        "sharing",
        "if p.id in at_risk or p.id in going",
        "if p.id in going",
    ),
    "the source never left out": (
        "sharing",
        "if matter.source_left_out is None else set[str]()",
        "if True else set[str]()",
    ),
    "other reporters go along": ("sharing", "if matter.told_by is None or p.id in matter.told_by", "if True"),
    "the source not protected": ("sharing", "and bool(standing_grounds & OVERRIDES)", "and False"),
    "an override that anonymity stops": (
        "sharing",
        "    at_risk = persons_in_danger(matter)\n    items",
        "    at_risk = persons_in_danger(matter)\n"
        "    if any(e.privacy is PrivacyChoice.ANONYMOUS for e in matter.consents):\n"
        "        return set()\n"
        "    items",
    ),
    "an override that a withdrawal stops": (
        "sharing",
        "    if not young:\n",
        "    if not young or any(e.withdraws for e in matter.consents):\n",
    ),
    "an override of danger without any": (
        "sharing",
        "    if not matter.dangers:\n        return set()\n",
        "",
    ),
    "an override for a child without any": ("sharing", "    if not young:\n        return set()\n", ""),
    "a child who exploits is no child": (
        "sharing",
        "if on_child_path(p.age, on) or",
        "if on_child_path(p.age, on) and PersonRole.ALLEGED_EXPLOITER not in p.roles or",
    ),
    "a child of no concern is no child": (
        "sharing",
        "if on_child_path(p.age, on) or",
        "if on_child_path(p.age, on) and p.is_of_concern or",
    ),
    "a leg lapses on the birthday": ("sharing", " or p.id in matter.opened_for)", ")"),
    "a carer's whole identity": ("sharing", "Item(P, p.id, Extent.TO_PROTECT_CHILD)", "Item(P, p.id)"),
    "a carer forgotten": ("sharing", "if p.id not in young and p.cares_for_child", "if False"),
    "every adult of the case with the child": (
        "sharing",
        "if p.id not in young and p.cares_for_child",
        "if p.id not in young",
    ),
    "the words in spite of an adult's no": (
        "sharing",
        "    if adult_withholds(matter, recipient, at):",
        "    if False:",
    ),
    "one adult's yes for all": (
        "sharing",
        "return not all(_shares_with(matter, adult",
        "return not any(_shares_with(matter, adult",
    ),
    "the council hears of danger": (
        "sharing",
        "(RecipientKind.CHILDREN_SOCIAL_CARE, Ground.OVERRIDE_CHILD): _ALL,",
        "(RecipientKind.CHILDREN_SOCIAL_CARE, Ground.OVERRIDE_CHILD): _ALL,\n"
        "    (RecipientKind.CHILDREN_SOCIAL_CARE, Ground.OVERRIDE_DANGER): _ALL,",
    ),
    "adult social care forced": (
        "sharing",
        "(RecipientKind.CHILDREN_SOCIAL_CARE, Ground.OVERRIDE_CHILD): _ALL,",
        "**{(kind, Ground.OVERRIDE_CHILD): _ALL for kind in RecipientKind},",
    ),
    "the words by authorisation": (
        "sharing",
        "Ground.AUTHORISED): frozenset({S, P, R, H})",
        "Ground.AUTHORISED): _ALL",
    ),
    "an authorisation releases reporters": (
        "sharing",
        "        if person.id in named:",
        "        if person.id in named or person.is_reporter:",
    ),
    "an authorisation for any kind": (
        "sharing",
        "if not any(a.recipient is recipient for a in matter.authorisations):",
        "if not matter.authorisations:",
    ),
    "consent without a ground": (
        "sharing",
        "opened = frozenset(grounds)",
        "opened = frozenset(grounds) | {Ground.CONSENT}",
    ),
    "the child's police forgotten": ("duties", "for duty in (police, *councils):", "for duty in councils:"),
    "the second council forgotten": (
        "duties",
        "for gss in (child.lives_in, found_in)",
        "for gss in (found_in or child.lives_in,)",
    ),
    "the council where the child lives only": (
        "duties",
        "for gss in (child.lives_in, found_in)",
        "for gss in (child.lives_in or found_in,)",
    ),
    "the police of the home, not of the place found": (
        "duties",
        "found_in or child.lives_in, matter",
        "child.lives_in or found_in, matter",
    ),
    "the police of where it happens, not of the danger": (
        "duties",
        "danger.place or found_in or matter.place",
        "matter.place or danger.place or found_in",
    ),
    "somebody's home before where they were last known": (
        "duties",
        "matter.last_known_place or lives_in",
        "lives_in or matter.last_known_place",
    ),
    "anybody's home": ("duties", "if p.id == person_id), (None, None)", "), (None, None)"),
    "a number makes a band narrower": (
        "age",
        "(_chosen_child(age) or _band_reaches_below(age))",
        "_chosen_child(age)",
    ),
    "only the first danger": ("duties", "for danger in matter.dangers:", "for danger in matter.dangers[:1]:"),
    "the last known place forgotten": ("duties", "place = known or last_known", "place = known"),
    "the council of the last known place forgotten": (
        "duties",
        "if not places and last_known is not None:",
        "if not places and last_known is not None and False:",
    ),
    "nowhere dropped": ("duties", "    elif not places:", "    elif False:"),
    "a place to be found is lost behind a known one": (
        "duties",
        "fallback=before.fallback or duty.fallback",
        "fallback=before.fallback and duty.fallback",
    ),
    "one ground forgets the other": ("duties", "before.grounds | duty.grounds", "duty.grounds"),
    "a child in danger has the day": ("duties", "at_once=_may_be_in_danger(child, matter)", "at_once=False"),
    "another's workplace taken for a child's place": (
        "duties",
        "(part_of_it or child.lives_in is None)",
        "True",
    ),
    "the window loosened": ("clocks", "min(longest, tightened_to)", "max(longest, tightened_to)"),
    "the minute loosened": ("clocks", "min(DANGER_TOLD_WITHIN, tightened_to)", "tightened_to"),
    "the day loosened": ("clocks", "min(end_of_day, sent_at + tightened_to)", "sent_at + tightened_to"),
    "an hour for danger": ("clocks", "timedelta(minutes=10)", "timedelta(minutes=60)"),
    "two minutes until told": ("clocks", "timedelta(seconds=60)", "timedelta(seconds=120)"),
    "the child's time for a child in danger": (
        "clocks",
        "if at_once or Ground.OVERRIDE_DANGER in grounds:",
        "if grounds == {Ground.OVERRIDE_DANGER}:",
    ),
    "the end of the day of UTC": (
        "clocks",
        "time(23, 59, 59), tzinfo=UNITED_KINGDOM)",
        "time(23, 59, 59), tzinfo=at.tzinfo)",
    ),
    "a weekend is work": ("clocks", "SATURDAY = 5", "SATURDAY = 7"),
}
"""Name of the wrong rule; its module, the text it replaces (which stands there exactly once), its replacement."""


@contextmanager
def planted(*plants: Plant) -> Iterator[Rules]:
    """The rule modules compiled anew under names of their own, with the wrong rules in them."""
    package = "planted_rules"
    sys.modules[package] = ModuleType(package)
    sys.modules[package].__path__ = []
    try:
        fresh = [_compiled(package, name, [p for p in plants if p[0] == name]) for name in MODULES]
        age, sharing, duties, clocks = fresh
        yield Rules(age, sharing, duties, clocks)
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            del sys.modules[name]


def _compiled(package: str, name: str, plants: list[Plant]) -> ModuleType:
    file = getattr(REAL, name).__file__
    text = Path(file).read_text(encoding="utf-8")
    for _, right, wrong in plants:
        assert text.count(right) == 1, f"{right!r} stands {text.count(right)} times in {name}"
        text = text.replace(right, wrong)
    for other in MODULES:
        text = text.replace(f"from shared.{other} import", f"from {package}.{other} import")
    module = ModuleType(f"{package}.{name}")
    sys.modules[module.__name__] = module
    exec(compile(text, f"{name} with a plant", "exec"), module.__dict__)
    return module


def test_the_copy_without_a_plant_answers_every_row() -> None:
    with planted() as rules:
        assert list(wrong_rows(rules)) == []


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_wrong_rule_is_caught(name: str) -> None:
    with planted(PLANTS[name]) as rules:
        assert next(wrong_rows(rules), None) is not None, f"nobody noticed: {name}"


def test_a_district_taken_for_its_county_is_caught() -> None:
    district = replace(REAL, social_care_of=lambda gss: f"social_care:{gss}")
    assert "recipients: social care of E07000178" in set(wrong_rows(district))
