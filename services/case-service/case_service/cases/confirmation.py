"""Confirmation: an adviser stands behind facts of the report, each by itself (sharing rules, fact 7)."""

from case_service.cases.case_file import CaseFile
from case_service.cases.schemas import ConfirmFacts
from case_service.sharing.facts import FactKind
from shared.errors import NotFound


def confirm_facts(case_file: CaseFile, body: ConfirmFacts | None) -> None:
    """Record that an adviser confirmed the named facts; every fact of the report where none is named."""
    named = None if body is None else {(one.kind, one.subject_id) for one in body.facts}
    by, at = case_file.uow.actor, case_file.uow.now
    found = set()
    for danger in case_file.dangers:
        key = (FactKind.DANGER, danger.row.id)
        if named is None or key in named:
            danger.row.confirm(by=by, at=at)
            found.add(key)
    for person in case_file.persons:
        key = (FactKind.CHILD, person.id)
        if named is None or key in named:
            for statement in person.row.statements:
                statement.confirm(by=by, at=at)
            found.add(key)
    if named is not None and named - found:
        raise NotFound
