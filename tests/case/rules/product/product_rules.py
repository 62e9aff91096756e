"""Product's rules, asked the questions of the model's rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from case_service.sharing.decisions.decide import decide
from case_service.sharing.decisions.decision import Decision, Extent
from case_service.sharing.decisions.details import (
    PremisesExtent,
    exploiters_named,
    premises_extent,
    shown_in_danger,
)
from case_service.sharing.duties.changes import Changes, open_duties
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import Duty, DutyState
from case_service.sharing.duties.required import AgencyKey, required_disclosures
from case_service.sharing.duties.searches import search
from case_service.sharing.effects import OpenTaskFor, TaskKind
from case_service.sharing.facts import CaseFacts, FactRef
from case_service.sharing.people import InDanger, concerns_of, own_children
from case_service.sharing.places import NationalAgencies
from case_service.sharing.shared_so_far import RecipientSoFar, SharedSoFar
from shared.domain.age import age_status, is_contradiction, is_known_adult, on_child_path
from shared.domain.vocabulary import FieldGroup, Ground, RecipientKind
from tests.case.rules.model.table.rules_under_test import BOOK, GROUNDS
from tests.case.rules.model.table.world_in_words import NOON, ON, kind_of
from tests.case.rules.product.translation import age_of, fact_of, facts_of
from tools.simulation.rules_model.world import Person, World

AGENCIES = NationalAgencies(BOOK.police_desk, BOOK.railway, BOOK.coastguard)
MARKS = {InDanger.YES: "!", InDanger.MAY_BE: "?"}


@dataclass(frozen=True)
class Required:
    """One agency that must be told, as the product keeps it: one kind of place, and one search."""

    facts: frozenset[str]
    led: str
    searched: bool
    verified: bool
    minutes: str


class ProductRules:
    """Answers of the product."""

    def required(self, case: World) -> dict[str, Required]:
        """Return each agency that must be told, by its code."""
        _, shared = self._opened(case)
        required = required_disclosures(facts_of(case), AGENCIES, ON)
        return {one.agency_code: _in_words(duty, known=one.key in required) for one, duty in shared.duties()}

    def looks_at_witness(self, case: World) -> bool:
        """Return whether an adviser must look for the place of a witness."""
        facts, shared = self._opened(case)
        found = search(facts, required_disclosures(facts, AGENCIES, ON), Changes([], shared), NOON)
        tasks = [one for one in found.effects if isinstance(one, OpenTaskFor)]
        return any(one.kind is TaskKind.LOOK_AT_WITNESS for one in tasks)

    def _opened(self, case: World) -> tuple[CaseFacts, SharedSoFar]:
        facts, shared = facts_of(case), SharedSoFar(tuple(_open_already(case)))
        required = required_disclosures(facts, AGENCIES, ON)
        return facts, open_duties(facts, required, shared, NOON, ShorterDeadlines()).shared

    def minutes(self, case: World, code: str) -> str:
        return self.required(case)[code].minutes

    def forced(self, case: World, code: str, grounds: str) -> str:
        kind, opened = RecipientKind(kind_of(code)), {Ground(GROUNDS[one]) for one in grounds.split()}
        facts, shared = self._opened(case)
        here = shared.by_key()[kind, code].facts
        own = facts.for_agency(code, frozenset(fact for fact in here if fact.ground in opened))
        return self._decided(case, own, kind, decide(own, kind, opened, at=NOON))

    def by_consent(self, case: World, kind: str) -> str:
        facts = facts_of(case).for_agency("", frozenset())
        wanted = RecipientKind(kind)
        return self._decided(case, facts, wanted, decide(facts, wanted, [Ground.CONSENT], at=NOON))

    def authorised(self, case: World, code: str) -> str:
        facts, kind = facts_of(case).for_agency(code, frozenset()), RecipientKind(kind_of(code))
        return self._decided(case, facts, kind, decide(facts, kind, [Ground.AUTHORISED], at=NOON))

    def age(self, person: Person, on: date) -> str:
        age = age_of(person)
        words = ["contradiction"] if is_contradiction(age, on) else []
        if on_child_path(age, on):
            return " ".join(["child", *words])
        if is_known_adult(age, on):
            return " ".join(["adult", *words])
        return "unasked" if age_status(age, on) is None else "no indication"

    def _decided(self, case: World, facts: CaseFacts, kind: RecipientKind, decision: Decision) -> str:
        """Return the items as words, in the order of the specification."""
        forced = decision.grounds & {Ground.OVERRIDE_CHILD, Ground.OVERRIDE_DANGER}
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
        reporters = decision.persons(FieldGroup.REPORTER)
        accounts = decision.persons(FieldGroup.ACCOUNT)
        words += _listed("A", accounts) + _listed("P", persons)
        cut_down = decision.persons(FieldGroup.PERSONS, Extent.TO_PROTECT_CHILD)
        words += [f"P:{name}~" for name in sorted(cut_down)]
        words += _listed("R", reporters) + _listed("H", decision.persons(FieldGroup.HANDLING))
        words += _premises(case, facts, decision, kind)
        shown = shown_in_danger(facts, decision, ON)
        words += sorted(f"{name}{MARKS[how]}" for name, how in shown.items()) if forced else []
        words += _coded_concerns(facts, decision)
        words += [f"names:{name}" for name in sorted(exploiters_named(facts, decision, kind, ON))]
        return " ".join([*words, *(["protect"] if decision.protect_source else [])])


PRODUCT = ProductRules()


def _open_already(case: World) -> Iterable[RecipientSoFar]:
    """Yield the recipients that were told before of what the world says is open there."""
    known, told_at, opened = facts_of(case), NOON - timedelta(hours=1), dict[AgencyKey, set[FactRef]]()
    for fact, (kind, code) in case.open_duties:
        opened.setdefault((RecipientKind(kind), code), set()).add(fact_of(fact))
    for key, facts in sorted(opened.items()):
        duty = Duty(DutyState.SENT, told_at, told_at, None, facts=frozenset(facts), sent_at=told_at)
        verified = all(known.is_verified(fact) for fact in facts)
        yield RecipientSoFar(*key, duty=replace(duty, verified=verified))


def _in_words(duty: Duty, *, known: bool) -> Required:
    led = str(duty.lead).replace("carers_", "") if known else "open"
    urgent = " urgent" if duty.is_urgent else ""
    minutes = (duty.send_at - NOON).total_seconds() / 60
    facts = frozenset(f"{fact.kind} {fact.subject_id}" for fact in duty.facts)
    return Required(facts, led, duty.fallback, duty.verified, f"{max(minutes, 0):g}{urgent}")


def _premises(case: World, facts: CaseFacts, decision: Decision, kind: RecipientKind) -> list[str]:
    extent = premises_extent(facts, decision, kind, ON)
    if not case.premises or extent is PremisesExtent.NONE:
        return []
    return ["at"] if extent is PremisesExtent.WHOLE else ["at~"]


def _coded_concerns(facts: CaseFacts, decision: Decision) -> list[str]:
    if Ground.OVERRIDE_CHILD not in decision.grounds:
        return []
    return sorted(
        f"{name}={code}"
        for name in own_children(facts, ON)
        for code in concerns_of(facts, facts.person(name))
    )


def _listed(group: str, named: Iterable[str]) -> list[str]:
    return [f"{group}:{name}" for name in sorted(named)]
