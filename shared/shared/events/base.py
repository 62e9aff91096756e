"""Base class of events, and the types that a field of an event may have."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0, le=1_000_000)]
Length = Annotated[int, Field(ge=0)]
"""Length of an audit chain, which only ever grows."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Event(BaseModel):
    """Fact that has happened. `subject_field` names the id that keys it on the bus, so one case stays in order."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str]
    topic: ClassVar[str]
    subject_field: ClassVar[str]

    @property
    def subject(self) -> UUID:
        subject: UUID = getattr(self, self.subject_field)
        return subject
