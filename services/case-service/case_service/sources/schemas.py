"""Request bodies and answers about sources."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from shared.domain.vocabulary import SourceChoice, SourceReason
from shared.http.schemas import Answer, Changed, Command

REASONS: dict[SourceChoice, frozenset[SourceReason]] = {
    SourceChoice.NAME: frozenset(
        {SourceReason.NEEDED_TO_FIND_THE_PERSON, SourceReason.NEEDED_TO_PROTECT_THE_PERSON}
    ),
    SourceChoice.LEAVE_OUT: frozenset(
        {
            SourceReason.SOURCE_AT_RISK_IF_IDENTIFIED,
            SourceReason.RECIPIENT_CAN_PROTECT_WITHOUT,
            SourceReason.SOURCE_REFUSED_AND_NOT_NEEDED,
        }
    ),
    SourceChoice.LEAVE_OUT_WITH_WORDS: frozenset(
        {
            SourceReason.SOURCE_AT_RISK_IF_IDENTIFIED,
            SourceReason.RECIPIENT_CAN_PROTECT_WITHOUT,
            SourceReason.SOURCE_REFUSED_AND_NOT_NEEDED,
            SourceReason.WORDS_WOULD_IDENTIFY_THE_SOURCE,
        }
    ),
}
"""Reasons that fit each choice."""


class DecideAboutSource(Command):
    """Decision to name a reporter to the agencies that are told under an override, or to leave them out."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"choice": "name", "reason": "needed_to_find_the_person"}]}
    )

    choice: SourceChoice
    """Name the reporter, leave them out, or leave them out with their words."""
    reason: SourceReason
    """Reason that fits the choice."""

    @model_validator(mode="after")
    def _reason_fits(self) -> "DecideAboutSource":
        if self.reason not in REASONS[self.choice]:
            raise PydanticCustomError("reason_fits_choice", "give a reason that fits the choice")
        return self


class SourceDecided(Changed):
    """Reporter about whom it was decided; `version` is the case's."""


class SourceDecisionOut(Answer):
    """One decision about a reporter; the newest counts."""

    reporter_id: UUID
    """Reporter on the case."""
    choice: SourceChoice
    """Choice that was made."""
    reason: SourceReason
    """Reason."""
    decided_by: str
    """Person who decided."""
    decided_at: datetime
    """Time of the decision."""
