"""Rules under test: the questions that every row asks, and how the model answers them in words."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from tests.case.rules.model.table.world_in_words import NOON, ON, kind_of
from tools.simulation.rules_model import ages
from tools.simulation.rules_model.duties.deadlines import duty_at, is_urgent
from tools.simulation.rules_model.forced import Contents, forced_contents
from tools.simulation.rules_model.permitted import contents_by_authorisation, contents_by_consent
from tools.simulation.rules_model.required import RequiredDuty, RequiredSharing, required
from tools.simulation.rules_model.world import AgencyBook, Person, World

BOOK = AgencyBook("police:desk", "police:nca", "police:btp", "police:coastguard")
GROUNDS = {"danger": "override_danger", "child": "override_child"}


class RulesUnderTest(Protocol):
    """Rules that answer for a world: the model, or the product through an adapter."""

    def agencies(self, case: World) -> list[str]:
        """Return each agency that must be told, as in `council:leeds child home` or `police:desk danger desk find`.

        Its grounds, what led there, `candidate` and the tasks that open; a witness without a place is `kid witness`.
        """
        ...

    def forced(self, case: World, code: str, grounds: str) -> str:
        """Return what goes to an agency by overrides, as in `S A:ruth P:kid P:mum~ R:ruth H:kid H:ruth`."""
        ...

    def by_consent(self, case: World, kind: str) -> str:
        """Return what consent lets go to a recipient kind."""
        ...

    def authorised(self, case: World, code: str) -> str:
        """Return what leads decided for one agency."""
        ...

    def age(self, person: Person, on: date) -> str:
        """Return `child`, `adult`, `no indication` or `unasked`, with `contradiction` where there is one."""
        ...

    def minutes(self, case: World, code: str) -> str:
        """Return after how many minutes an agency is told, and `urgent` where a missing answer is one."""
        ...


class ModelRules:
    """The model's answers."""

    def required(self, case: World) -> RequiredSharing:
        return required(case, ON, BOOK)

    def duty(self, case: World, code: str, grounds: str) -> RequiredDuty:
        """Return the duty toward an agency, with only what these grounds led there."""
        opened = {GROUNDS[one] for one in grounds.split()}
        ways = self.required(case).duties[kind_of(code), code].ways
        return RequiredDuty((kind_of(code), code), frozenset(way for way in ways if way.fact[0] in opened))

    def agencies(self, case: World) -> list[str]:
        found = self.required(case)
        without_place = [f"{name} witness" for (_, name), _ in found.tasks]
        return sorted([*(_agency_in_words(one) for one in found.duties.values()), *without_place])

    def forced(self, case: World, code: str, grounds: str) -> str:
        return contents_in_words(forced_contents(case, self.duty(case, code, grounds), ON))

    def by_consent(self, case: World, kind: str) -> str:
        return contents_in_words(contents_by_consent(case, kind, ON))

    def authorised(self, case: World, code: str) -> str:
        return contents_in_words(contents_by_authorisation(case, (kind_of(code), code)))

    def age(self, person: Person, on: date) -> str:
        words = ["contradiction"] if ages.contradiction(person, on) else []
        if ages.child_path(person, on):
            return " ".join(["child", *words])
        if ages.known_adult(person, on):
            return " ".join(["adult", *words])
        return "unasked" if ages.is_unasked(person, on) else "no indication"

    def minutes(self, case: World, code: str) -> str:
        duty = self.required(case).duties[kind_of(code), code]
        at = duty_at(case, duty, ON)
        assert at is not None
        urgent = " urgent" if is_urgent(case, duty, ON) else ""
        return f"{(at - NOON).total_seconds() / 60:g}{urgent}"


MODEL = ModelRules()


def _agency_in_words(duty: RequiredDuty) -> str:
    grounds = "+".join(sorted(ground.removeprefix("override_") for ground in duty.grounds))
    led = ",".join(sorted({way.known_as for way in duty.ways}))
    candidate = [" candidate"] if any(way.candidate for way in duty.ways) else []
    tasks = sorted(f" {task}" for task in duty.tasks)
    return "".join([duty.key[1], f" {grounds} {led}", *candidate, *tasks])


def contents_in_words(contents: Contents) -> str:
    """Return the items as words, in the order of the specification."""
    situation = {"whole": "S", "to_protect_child": "S~"}
    words = sorted(situation.get(one, f"S({one})") for one in contents.situation)
    words += _listed("A", contents.accounts) + _listed("P", contents.full)
    words += [f"P:{name}~" for name in sorted(contents.limited)]
    words += _listed("R", contents.reporters) + _listed("H", contents.handling)
    words += sorted({"whole": "at", "council_only": "at~"}[one] for one in contents.premises)
    marks = {"in_danger": "!", "may_be": "?"}
    words += sorted(f"{name}{marks[mark]}" for name, mark in contents.danger)
    words += [f"{name}={code}" for name, code in sorted(contents.concern_codes)]
    words += [f"names:{name}" for name in sorted(contents.exploiters_named)]
    return " ".join([*words, *(["protect"] if contents.protect_source else [])])


def _listed(group: str, named: Iterable[str]) -> list[str]:
    return [f"{group}:{name}" for name in sorted(named)]
