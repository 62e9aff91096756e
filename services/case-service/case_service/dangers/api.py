"""Routes of dangers."""

from uuid import UUID

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from case_service.access import CaseInDanger
from case_service.cases.content import Place
from case_service.cases.places import CouncilCode, PlaceCommand
from shared.http.auth import Uow
from shared.http.idempotency import Idempotent
from shared.http.records import record_router
from shared.http.schemas import Command, Created, Flag

router = record_router(prefix="/v1/cases/{case_id}/dangers", tag="dangers")


class RecordDanger(Command):
    """Imminent danger, or a life-threatening emergency."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"council": "E08000025"}]})

    person_id: UUID | None = None
    """Person on the case who is in danger; null if it is not known who."""
    source_reporter_id: UUID | None = None
    """Reporter on the case who said so; null: the only reporter, or nobody where there are several."""
    council: CouncilCode | None = None
    """Council where the danger is, as a GSS code; `place` says more."""
    place: PlaceCommand | None = None
    """Place where the danger is; left out: not known apart from the other places of the case."""
    someone_hurt: Flag = False
    """A person is hurt or ill: an ambulance may be needed."""

    @model_validator(mode="after")
    def _one_place(self) -> "RecordDanger":
        if self.council is not None and self.place is not None:
            raise PydanticCustomError("one_place", "give council or place")
        return self

    def where(self) -> Place | None:
        if self.place is not None:
            return self.place.place()
        return Place(council=self.council) if self.council is not None else None


class DangerCreated(Created):
    """Danger that was recorded; `version` is the case's."""


@router.post("", status_code=201, summary="Record imminent danger; it takes effect now")
async def record_danger(
    body: RecordDanger, change: CaseInDanger, uow: Uow, request: Idempotent
) -> DangerCreated:
    async def record() -> DangerCreated:
        case_file = change.case_file
        danger = await case_file.add_danger(
            person_id=body.person_id,
            place=body.where(),
            source_reporter_id=body.source_reporter_id,
            someone_hurt=body.someone_hurt,
        )
        uow.record("danger.recorded", case_file.case.id, person_id=body.person_id)
        return DangerCreated(id=danger.row.id, version=case_file.case.version)

    return await request.once(DangerCreated, record)
