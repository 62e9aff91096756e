"""Routes of merging and of holding: two cases that are one matter, and who looks after a case (fact 13)."""

from pydantic import ConfigDict

from case_service.access import CasesToMerge, UnchangedCase
from case_service.cases.problems import CaseNeedsHolder
from case_service.merging.joined_situation import PlacesDiffer
from case_service.merging.merge import merge
from case_service.sharing.duties.duty import DutyDeclined
from shared.domain.vocabulary import Code
from shared.http.auth import Uow
from shared.http.idempotency import Idempotent
from shared.http.problems import raises
from shared.http.records import record_router
from shared.http.schemas import Changed, Command

router = record_router(prefix="/v1/cases/{case_id}", tag="cases")


class AssignCase(Command):
    """Person who looks after a case from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"holder": "ada"}]})

    holder: Code | None
    """Name under which the person signs in; null: whoever is on call."""


@router.post("/merged-cases/{other_case_id}", status_code=201, summary="Merge another case into this one")
@raises(PlacesDiffer, DutyDeclined)
async def merge_case(cases: CasesToMerge, uow: Uow, request: Idempotent) -> Changed:
    """Make one case of two that are the same matter; it cannot be undone.

    Persons, words, choices, duties and tasks of the other case are this case's from now on. No duty ends: an agency of
    both has one, with all facts and the earlier clock.
    """

    async def act() -> Changed:
        cases.other.case.check_not_merged()
        await merge(cases.other, cases.change.case_file, cases.change.deadlines)
        return Changed.model_validate(cases.change.case_file.case)

    return await request.once(Changed, act)


@router.put("/holder", summary="Assign the case to a person, with the tasks that the former holder has")
@raises(CaseNeedsHolder)
async def assign_case(body: AssignCase, case_file: UnchangedCase, uow: Uow) -> Changed:
    """Assign the case. While a sharing duty is open, somebody by name looks after it."""
    case_file.assign_to(body.holder)
    uow.record("case.assigned", case_file.case.id, holder=body.holder)
    return Changed.model_validate(case_file.case)
