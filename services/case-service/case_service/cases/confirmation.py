"""Confirmation: an adviser stands behind facts of the report, each by itself (sharing rules, fact 7)."""

from uuid import UUID

from case_service.cases.case_file import CaseFile
from case_service.cases.schemas import ConfirmFacts
from case_service.dangers.models import Danger
from case_service.people.age_statements import AgeStatementRow
from case_service.sharing.facts import FactKind
from shared.errors import Conflict, NotFound


class NothingToConfirm(Conflict):
    """Nothing waits to be confirmed: it is confirmed, or two people took it back."""

    code = "nothing-to-confirm"
    title = "Nothing that the report says waits for a confirmation"


def confirm_facts(case_file: CaseFile, body: ConfirmFacts | None) -> None:
    """Record that an adviser confirmed the named facts; every fact of the report where none is named.

    NothingToConfirm where all of them are confirmed, or were taken back.
    """
    every = _unconfirmed(case_file)
    named = every.keys() if body is None else {(one.kind, one.subject_id) for one in body.facts}
    for kind, subject_id in named - every.keys():
        _check_exists(kind, subject_id, case_file)
    if not named & every.keys():
        raise NothingToConfirm
    for key in named & every.keys():
        for row in every[key]:
            row.confirm(by=case_file.uow.actor, at=case_file.uow.now)


def _unconfirmed(case_file: CaseFile) -> dict[tuple[FactKind, UUID], list[Danger | AgeStatementRow]]:
    """Return the facts of the report that nobody confirmed or took back, by kind and subject."""
    found: dict[tuple[FactKind, UUID], list[Danger | AgeStatementRow]] = {}
    for danger in case_file.counting_dangers():
        if not danger.is_verified:
            found.setdefault((FactKind.DANGER, danger.id), []).append(danger)
    taken_back = {UUID(fact.id) for fact in case_file.taken_back()}
    for person in case_file.persons:
        for statement in person.row.statements:
            if statement.says_child and not statement.is_verified and statement.id not in taken_back:
                found.setdefault((FactKind.CHILD, person.id), []).append(statement)
    return found


def _check_exists(kind: FactKind, subject_id: UUID, case_file: CaseFile) -> None:
    """Pass for a danger or a person of this case; NotFound otherwise."""
    if kind is FactKind.CHILD:
        case_file.person(subject_id)
    elif all(one.row.id != subject_id for one in case_file.dangers):
        raise NotFound
