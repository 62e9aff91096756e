"""Product's rules, asked the questions of the model's rows."""

from collections.abc import Iterable
from datetime import date

from case_service.sharing.decisions.decide import decide
from case_service.sharing.decisions.decision import Decision, Extent
from case_service.sharing.decisions.details import (
    PremisesExtent,
    exploiters_named,
    premises_extent,
    shown_in_danger,
)
from case_service.sharing.duties.required import required_disclosures
from case_service.sharing.facts import CaseFacts
from case_service.sharing.people import InDanger, concerns_of, own_children
from case_service.sharing.places import NationalAgencies
from shared.domain.age import age_status, is_contradiction, is_known_adult, on_child_path
from shared.domain.vocabulary import FieldGroup, Ground, RecipientKind
from tests.case.rules.model.table.rules_under_test import BOOK, GROUNDS
from tests.case.rules.model.table.world_in_words import NOON, ON, kind_of
from tests.case.rules.product.translation import age_of, facts_of
from tools.simulation.rules_model.world import Person, World

AGENCIES = NationalAgencies(BOOK.police_desk, BOOK.railway, BOOK.coastguard)
MARKS = {InDanger.YES: "!", InDanger.MAY_BE: "?"}


class ProductRules:
    """Answers of the product."""

    def required(self, case: World) -> dict[str, tuple[set[str], bool]]:
        """Return the facts that lead to each agency, and whether its place is to be found or checked."""
        found = required_disclosures(facts_of(case), AGENCIES, ON)
        return {
            code: ({f"{fact.kind} {fact.subject_id}" for fact in one.facts}, one.fallback)
            for (_, code), one in found.items()
        }

    def forced(self, case: World, code: str, grounds: str) -> str:
        facts, kind = facts_of(case), RecipientKind(kind_of(code))
        opened = {Ground(GROUNDS[one]) for one in grounds.split()}
        one = required_disclosures(facts, AGENCIES, ON)[kind, code]
        own = facts.for_agency(code, frozenset(fact for fact in one.facts if fact.ground in opened))
        return self._in_words(case, own, kind, decide(own, kind, opened, at=NOON))

    def by_consent(self, case: World, kind: str) -> str:
        facts = facts_of(case).for_agency("", frozenset())
        wanted = RecipientKind(kind)
        return self._in_words(case, facts, wanted, decide(facts, wanted, [Ground.CONSENT], at=NOON))

    def authorised(self, case: World, code: str) -> str:
        facts, kind = facts_of(case).for_agency(code, frozenset()), RecipientKind(kind_of(code))
        return self._in_words(case, facts, kind, decide(facts, kind, [Ground.AUTHORISED], at=NOON))

    def age(self, person: Person, on: date) -> str:
        age = age_of(person)
        words = ["contradiction"] if is_contradiction(age, on) else []
        if on_child_path(age, on):
            return " ".join(["child", *words])
        if is_known_adult(age, on):
            return " ".join(["adult", *words])
        return "unasked" if age_status(age, on) is None else "no indication"

    def _in_words(self, case: World, facts: CaseFacts, kind: RecipientKind, decision: Decision) -> str:
        """Return the items as words, in the order of the specification."""
        forced = decision.grounds & {Ground.OVERRIDE_CHILD, Ground.OVERRIDE_DANGER}
        held = {one.id for one in case.persons if one.identity_held}
        situation = {
            Extent.FULL: "S",
            Extent.TO_PROTECT_CHILD: "S~",
        }
        words = sorted(
            situation.get(item.extent, f"S(own:{item.person})")
            for item in decision.items
            if item.group is FieldGroup.SITUATION
        )
        persons = decision.persons(FieldGroup.PERSONS, Extent.FULL)
        reporters = decision.persons(FieldGroup.REPORTER) & held
        accounts = decision.persons(FieldGroup.ACCOUNT)
        accounts = accounts if forced else accounts & held
        words += _listed("A", accounts) + _listed("P", persons)
        cut_down = decision.persons(FieldGroup.PERSONS, Extent.TO_PROTECT_CHILD)
        words += [f"P:{name}~" for name in sorted(cut_down)]
        words += _listed("R", reporters) + _listed(
            "H", decision.persons(FieldGroup.HANDLING) & (persons | reporters)
        )
        words += _premises(case, facts, decision, kind)
        shown = shown_in_danger(facts, decision, ON)
        words += sorted(f"{name}{MARKS[how]}" for name, how in shown.items()) if forced else []
        words += _concerns(facts, decision)
        words += [f"names:{name}" for name in sorted(exploiters_named(facts, decision, kind, ON))]
        protect = reporters or accounts
        return " ".join([*words, *(["protect"] if protect else [])])


PRODUCT = ProductRules()


def _premises(case: World, facts: CaseFacts, decision: Decision, kind: RecipientKind) -> list[str]:
    extent = premises_extent(facts, decision, kind, ON)
    if not case.premises or extent is PremisesExtent.NONE:
        return []
    return ["at"] if extent is PremisesExtent.WHOLE else ["at~"]


def _concerns(facts: CaseFacts, decision: Decision) -> list[str]:
    if Ground.OVERRIDE_CHILD not in decision.grounds:
        return []
    return sorted(
        f"{name}={code}"
        for name in own_children(facts, ON)
        for code in concerns_of(facts, facts.person(name))
    )


def _listed(group: str, named: Iterable[str]) -> list[str]:
    return [f"{group}:{name}" for name in sorted(named)]
