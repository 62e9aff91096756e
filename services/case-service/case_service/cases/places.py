"""Places in request bodies: a postcode or council that leads nowhere is refused and named, and not guessed around."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from case_service.cases.content import Place, ShortText
from shared.domain.places import PlaceReading, read_place
from shared.domain.vocabulary import PlaceSetting
from shared.http.schemas import Command


def _known_postcode(text: str) -> str:
    if text.strip() and not _leads_somewhere(read_place(postcode=text, on=date.min)):
        raise PydanticCustomError("unknown_postcode", "no place has this postcode, or this part of one")
    return text


Postcode = Annotated[ShortText, AfterValidator(_known_postcode)]
"""Postcode, or a part of one, that leads to a place."""


def _leads_somewhere(reading: PlaceReading) -> bool:
    return reading.is_known or reading.outside is not None


def _checked_council(council: str, postcode: str | None = None) -> str:
    """Refuse a council that leads nowhere, or to several where no postcode decides between them."""
    if not council.strip():
        return council
    # No day is known here: a code is good that leads to one council before the changes to come, or after them.
    readings = [read_place(council=council, on=day) for day in (date.min, date.max)]
    if not any(_leads_somewhere(reading) for reading in readings):
        raise PydanticCustomError("unknown_council", "no council has this GSS code")
    if all(len(reading.areas) > 1 for reading in readings) and not _decides(postcode, council):
        raise PydanticCustomError("several_councils", "several councils may be meant: choose one")
    return council


def _decides(postcode: str | None, council: str) -> bool:
    together = read_place(postcode=postcode, council=council, on=date.min)
    return bool(postcode) and (len(together.areas) == 1 or together.contradiction)


CouncilCode = Annotated[ShortText, AfterValidator(_checked_council)]
"""Council that exists, by its GSS code."""


class PlaceCommand(Command):
    """Place as an adviser knows it. It replaces the whole place that was known before."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"council": "E08000025", "address": "12 High Street"}]}
    )

    postcode: Postcode | None = None
    """Postcode; a full one tells the council, a part of one the likeliest."""
    council: ShortText | None = None
    """Council as a GSS code, or Northern Ireland as a whole (`N92000002`)."""
    address: ShortText | None = None
    """Address."""
    description: ShortText | None = None
    """Directions to the place."""
    setting: PlaceSetting | None = None
    """Setting: land, railway, sea or abroad."""
    country: ShortText | None = None
    """Country, where it is abroad."""

    @field_validator("council")
    @classmethod
    def _known_council(cls, council: str | None, info: ValidationInfo) -> str | None:
        return None if council is None else _checked_council(council, info.data.get("postcode"))

    @model_validator(mode="after")
    def _says_something(self) -> "PlaceCommand":
        if not self.model_fields_set:
            raise PydanticCustomError("nothing_said", "name a field; null says that it is not known")
        return self

    def place(self) -> Place:
        return Place.model_validate(self.model_dump())
