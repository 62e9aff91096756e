"""Request bodies and answers about proposals."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from case_service.proposals.models import Proposal, ProposalAct
from case_service.recipients.schemas import FactOut
from case_service.sharing.facts import FactKind
from shared.domain.vocabulary import EndReason, StandDownReason
from shared.http.schemas import Changed, Command, Created

FITS: dict[StandDownReason, frozenset[FactKind]] = {
    StandDownReason.AGE_MISTAKEN: frozenset({FactKind.CHILD}),
    StandDownReason.WITNESS_ONLY: frozenset({FactKind.CHILD}),
    StandDownReason.NO_DANGER: frozenset({FactKind.DANGER}),
    StandDownReason.NOT_A_REPORT: frozenset(FactKind),
    StandDownReason.NO_PERSON_AT_RISK: frozenset(FactKind),
    StandDownReason.DUPLICATE_OF: frozenset(FactKind),
}
"""Kinds of fact that each reason may be about (sharing rules, fact 8)."""


class FactNamed(Command):
    """Fact that a proposal is about: a danger, or every statement by which a person is a child."""

    kind: FactKind
    """Kind of fact."""
    subject_id: UUID
    """Danger, or person whose age it is."""


class ProposeAboutFacts(Command):
    """First signature to stand facts down before anybody was told of them, or to correct them afterwards."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "act": "stand_down",
                    "reason": "no_danger",
                    "facts": [{"kind": "danger", "subject_id": "3f1d6f0e-6c1b-4a52-9d53-1b0f9a4d2c11"}],
                }
            ]
        }
    )

    act: ProposalAct
    """Act that is proposed: stand_down, correct, or end_search."""
    reason: StandDownReason | EndReason
    """Reason; it must fit the act and the facts."""
    facts: Annotated[list[FactNamed], Field(min_length=1)]
    """Facts that it is about."""
    duplicate_of: UUID | None = None
    """Case that this one repeats, where the reason is duplicate_of."""

    @model_validator(mode="after")
    def _fits(self) -> "ProposeAboutFacts":
        if self.act is ProposalAct.END_DECLINED:
            raise PydanticCustomError("act", "end a declined duty at its case recipient")
        if (self.act is ProposalAct.END_SEARCH) != isinstance(self.reason, EndReason):
            raise PydanticCustomError("reason_fits_act", "give a reason of this act")
        if isinstance(self.reason, StandDownReason):
            if not {one.kind for one in self.facts} <= FITS[self.reason]:
                raise PydanticCustomError("reason_fits_facts", "give a reason that fits the facts")
            if (self.reason is StandDownReason.DUPLICATE_OF) != (self.duplicate_of is not None):
                raise PydanticCustomError("duplicate_of", "name the case that this one repeats")
        return self


class EndDeclinedDuty(Command):
    """First signature to end a duty that the agency declined."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "nobody_else_responsible"}]})

    reason: EndReason
    """Reason."""


class ProposalCreated(Created):
    """Proposal that waits for its second signature."""


class ProposalOut(Changed):
    """One proposal with its signatures."""

    recipient_id: UUID | None
    """Case recipient that declined; null for an act about facts at every agency."""
    act: ProposalAct
    """Act that is proposed."""
    reason: StandDownReason | EndReason
    """Reason of the first signatory."""
    facts: list[FactOut]
    """Facts that the signatures cover."""
    duplicate_of: UUID | None
    """Case that this one repeats."""
    first_signed_by: str
    """Person who proposed it."""
    first_signed_at: datetime
    """Time of the first signature."""
    second_signed_by: str | None
    """Safeguarding lead who signed it; null while it waits."""
    second_signed_at: datetime | None
    """Time of the second signature."""

    @classmethod
    def of(cls, proposal: Proposal) -> "ProposalOut":
        facts = [FactOut.model_validate(fact) for fact in sorted(proposal.covers())]
        return cls.model_validate({**_columns(proposal), "facts": facts})


def _columns(proposal: Proposal) -> dict[str, object]:
    names = (*Changed.model_fields, *ProposalOut.model_fields)
    return {name: getattr(proposal, name) for name in names if name != "facts"}
