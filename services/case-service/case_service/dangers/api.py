"""Routes of dangers."""

from uuid import UUID

from pydantic import ConfigDict

from case_service.access import AnyCaseToChange
from case_service.cases.content import Place
from case_service.cases.places import CouncilCode
from shared.http.auth import Uow
from shared.http.idempotency import Idempotent
from shared.http.records import record_router
from shared.http.schemas import Command, Created

router = record_router(prefix="/v1/cases/{case_id}/dangers", tag="dangers")


class RecordDanger(Command):
    """Imminent danger, or a life-threatening emergency."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"council": "E08000025"}]})

    person_id: UUID | None = None
    """Person on the case who is in danger; null if it is not known who."""
    source_reporter_id: UUID | None = None
    """Reporter on the case who said so; null: whoever made the report."""
    council: CouncilCode | None = None
    """Council where the danger is, as a GSS code; null: where the case is."""


class DangerCreated(Created):
    """Danger that was recorded; `version` is the case's."""


@router.post("", status_code=201, summary="Record imminent danger; it takes effect now")
async def record_danger(
    body: RecordDanger, change: AnyCaseToChange, uow: Uow, request: Idempotent
) -> DangerCreated:
    async def record() -> DangerCreated:
        case_file = change.case_file
        danger = case_file.add_danger(
            person_id=body.person_id,
            place_gss=Place(council=body.council).gss,
            source_reporter_id=body.source_reporter_id,
        )
        uow.record("danger.recorded", case_file.case.id, person_id=body.person_id)
        return DangerCreated(id=danger.id, version=case_file.case.version)

    return await request.once(DangerCreated, record)
