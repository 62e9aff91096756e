"""Route of decisions about sources: an adviser names a reporter, or leaves them out, with a coded reason (fact 3)."""

from uuid import UUID

from case_service.access import UnchangedCase
from case_service.cases.case_file import CaseFile
from case_service.sharing.decisions.sources import (
    SourceStanding,
    choice_about,
    sources_of_children,
    sources_of_dangers,
    standing_of,
)
from case_service.sharing.facts import CaseFacts, Person
from case_service.sharing.people import counted_in_danger, own_children
from case_service.sources.models import SourceDecision
from case_service.sources.schemas import DecideAboutSource, SourceDecided
from shared.domain.age import british_date
from shared.domain.vocabulary import SourceChoice
from shared.errors import Conflict, NotFound
from shared.http.auth import Uow
from shared.http.problems import raises
from shared.http.records import record_router

router = record_router(prefix="/v1/cases/{case_id}", tag="sources")


class NoSourceHere(Conflict):
    """This reporter told of nothing that is shared under an override: a decision about them has no effect."""

    code = "not-a-source"
    title = "This reporter told of nothing that must be shared"


class SourceGoesAnyway(Conflict):
    """The source is at risk, or needed to find the place: nobody can leave them out."""

    code = "source-goes-anyway"
    title = "This source is at risk or needed to find the place, and cannot be left out"


class DecisionHasNoEffect(Conflict):
    """The same decision stands already."""

    code = "decision-has-no-effect"
    title = "This is decided already"


@router.put(
    "/persons/{person_id}/source-decision", summary="Name a reporter to the agencies, or leave them out"
)
@raises(NoSourceHere, SourceGoesAnyway, DecisionHasNoEffect)
async def decide_about_source(
    person_id: UUID, body: DecideAboutSource, case_file: UnchangedCase, uow: Uow
) -> SourceDecided:
    """A source who shares, or is at risk, goes by itself; any other stays unnamed until you decide."""
    _check_effect(case_file, person_id, body.choice)
    decision = SourceDecision(
        case_id=case_file.case.id,
        reporter_id=person_id,
        choice=body.choice,
        reason=body.reason,
        decided_by=uow.actor,
        decided_at=uow.now,
    )
    case_file.add_source_decision(decision)
    uow.record(
        "source.decided", case_file.case.id, person_id=person_id, choice=body.choice, reason=body.reason
    )
    return SourceDecided(id=person_id, version=case_file.case.version)


def _check_effect(case_file: CaseFile, person_id: UUID, choice: SourceChoice) -> None:
    if not case_file.person(person_id).row.is_reporter:
        raise NotFound
    whole = case_file.facts()
    source = whole.person(str(person_id))
    standings = _standings(whole, source, case_file)
    if not standings:
        raise NoSourceHere
    if choice is not SourceChoice.NAME and standings == {SourceStanding.AT_RISK}:
        raise SourceGoesAnyway
    if choice_about(whole, source.id) is choice:
        raise DecisionHasNoEffect


def _standings(whole: CaseFacts, source: Person, case_file: CaseFile) -> set[SourceStanding]:
    """Return why the source is named, or not, at each agency for whose facts it is one."""
    found: set[SourceStanding] = set()
    now = case_file.uow.now
    today = british_date(now)
    for recipient in case_file.recipients:
        facts = whole.for_agency(recipient.agency_code, recipient.so_far().facts)
        children = own_children(facts, today)
        if source.id in sources_of_dangers(facts.own_dangers) | sources_of_children(facts, children):
            at_risk = frozenset(counted_in_danger(facts, facts.own_dangers, today))
            kind = recipient.recipient_kind
            found.add(standing_of(facts, source, kind, at_risk=at_risk, child_ids=children, at=now))
    return found
