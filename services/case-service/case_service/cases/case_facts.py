"""Case facts of an opened case file: the value that the sharing rules see, without names."""

from dataclasses import replace
from datetime import date

from case_service.assessment.classification import classify
from case_service.cases.known_places import known_place
from case_service.cases.opened_case import OpenedCase
from case_service.people.models import OpenedPerson
from case_service.proposals.models import TAKES_BACK, ProposalAct
from case_service.sharing.facts import CaseFacts, FactKind, FactRef, Person
from case_service.sharing.people import children
from shared.domain.age import british_date
from shared.domain.vocabulary import PersonRole


def case_facts(case_file: OpenedCase, keep: frozenset[FactRef]) -> CaseFacts:
    """Return the facts of a case; those in `keep` count although two people took them back."""
    case, today = case_file.case, british_date(case_file.uow.now)
    imported = case.report_imported_at is not None
    taken_back = case_file.taken_back() - keep
    facts = CaseFacts(
        persons=tuple(_person(one, case_file, today) for one in case_file.persons),
        consents=tuple(one.as_fact() for one in case_file.consents),
        dangers=tuple(
            one.row.as_fact(known_place(one.place, today))
            for one in case_file.dangers
            if one.row.fact not in taken_back
        ),
        premises=known_place(case_file.situation.place, today),
        last_known_premises=known_place(case_file.situation.last_known_place, today),
        known_by_number_only=case_file.counts_more_than_recorded(),
        source_decisions=tuple(one.as_fact() for one in case_file.case.source_decisions),
        authorisations=tuple(one.as_fact() for one in case_file.case.authorisations),
        stood_down=taken_back,
        redirections=tuple(one.as_fact() for one in case_file.case.redirections),
        proposed=frozenset(
            (fact, one.act is ProposalAct.CORRECT)
            for one in case_file.case.proposals
            if one.act in TAKES_BACK and one.lapsed_at is None
            for fact in one.covers()
        ),
        ended_searches=_ended_searches(case_file),
        kept_children=_kept_children(case_file, keep) - {fact.subject_id for fact in taken_back},
        received_at=case.received_at,
        report_imported=imported,
        is_open=case.is_open,
        content_revision=case.content_revision,
        classification=classify(case, case_file.situation, case_file.persons, case_file.uow.now)
        if imported
        else None,
    )
    return _with_relations(facts, case_file, today)


def _person(person: OpenedPerson, case_file: OpenedCase, today: date) -> Person:
    identity = person.identity
    premises, source = case_file.situation.place, person.row.source_reporter_id
    return Person(
        id=str(person.id),
        roles=person.roles,
        age=identity.age.as_age(),
        made_report=person.row.made_report,
        heard_from=frozenset({str(source)} if source else ()),
        identity_is_held=identity.names_anyone,
        home=known_place(identity.lives_at, today),
        found=known_place(identity.found_at, today),
        last_known=known_place(identity.last_known_at, today),
        exploits=frozenset(person.row.exploits_ids),
        exploits_nobody_in_particular=person.row.exploits_nobody_in_particular,
        coded_concerns=person.row.coded_concerns,
        statements=tuple(one.as_fact() for one in person.row.statements),
        lives_at_premises=identity.lives_at is not None and identity.lives_at.is_same_as(premises),
    )


def _ended_searches(case_file: OpenedCase) -> frozenset[FactRef]:
    signed = [one for one in case_file.case.proposals if one.is_signed and one.act is ProposalAct.END_SEARCH]
    return frozenset(fact for one in signed for fact in one.covers())


def _kept_children(case_file: OpenedCase, keep: frozenset[FactRef]) -> frozenset[str]:
    """Return the persons for whom a child's duty opened: it does not lapse on a birthday."""
    duties = [one.duty.value for one in case_file.recipients if one.duty is not None]
    facts = keep.union(*(duty.facts for duty in duties))
    return frozenset(fact.subject_id for fact in facts if fact.kind is FactKind.CHILD)


def _with_relations(facts: CaseFacts, case_file: OpenedCase, today: date) -> CaseFacts:
    """Add who lives together and who cares for whom, as recorded.

    A household member without a recorded household is of that of the persons of concern: the role says so. What is
    said of everybody on a case is said of those who were recorded on it, not of those of a case merged into it.
    """
    minors = children(facts, today)
    links: dict[str, set[str]] = {str(one.id): set(one.row.lives_with_ids) for one in case_file.persons}
    cares: dict[str, set[str]] = {str(one.id): set(one.row.cares_for_ids) for one in case_file.persons}
    of_concern = {one.id for one in facts.persons if one.is_of_concern}
    for person in case_file.persons:
        own = str(person.id)
        others = _recorded_with(person, case_file)
        if person.row.cares_for_child:
            cares[own] |= minors & others
            links[own] |= minors & others
        if PersonRole.HOUSEHOLD_MEMBER in person.roles and not links[own]:
            links[own] |= of_concern & others
    households = _joined(links)
    persons = tuple(_related(one, households[one.id], frozenset(cares[one.id])) for one in facts.persons)
    return replace(facts, persons=persons)


def _recorded_with(person: OpenedPerson, case_file: OpenedCase) -> set[str]:
    """Return the other persons who were recorded on the same case."""
    case_id = person.row.recorded_on_case_id
    return {str(one.id) for one in case_file.persons if one.row.recorded_on_case_id == case_id} - {
        str(person.id)
    }


def _joined(links: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    """Return everybody with whom each person lives: who lives with one of a household lives with all of it."""
    households: list[set[str]] = []
    for own, others in links.items():
        together = {own, *(others & links.keys())}
        touched = [one for one in households if one & together]
        households = [one for one in households if not one & together]
        households.append(together.union(*touched))
    return {person: frozenset(one) for one in households for person in one}


def _related(person: Person, lives_with: frozenset[str], cares_for: frozenset[str]) -> Person:
    return replace(person, lives_with=lives_with - {person.id}, cares_for=cares_for)
