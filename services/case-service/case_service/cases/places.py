"""Places in request bodies: a council that does not exist is refused and named, and not guessed around."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from case_service.cases.content import Place, ShortText
from shared.domain.geography import UnknownCouncil, council
from shared.http.schemas import Command


def _known_council(gss: str) -> str:
    try:
        council(gss)
    except UnknownCouncil:
        raise PydanticCustomError("unknown_council", "no council has this GSS code") from None
    return gss


CouncilCode = Annotated[ShortText, AfterValidator(_known_council)]
"""GSS code of a council that exists."""


class PlaceCommand(Command):
    """Place as an adviser knows it. It replaces the whole place that was known before."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"council": "E08000025", "address": "12 High Street"}]}
    )

    postcode: ShortText | None = None
    """Postcode; a full one tells the council, one of Northern Ireland at least the nation."""
    council: CouncilCode | None = None
    """Council as a GSS code."""
    address: ShortText | None = None
    """Address."""
    description: ShortText | None = None
    """Directions to the place."""

    @model_validator(mode="after")
    def _says_something(self) -> "PlaceCommand":
        if not self.model_fields_set:
            raise PydanticCustomError("nothing_said", "name a field; null says that it is not known")
        return self

    def place(self) -> Place:
        return Place.model_validate(self.model_dump())
