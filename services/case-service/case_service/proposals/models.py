"""Proposals: two people stand facts down, correct them, end a declined duty or a search (facts 8, 9 and 10)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.disclosures.json_forms import facts_as_json, facts_from_json
from case_service.sharing.duties.required import AgencyKey
from case_service.sharing.facts import FactRef
from shared.db.columns import Codes, CodeText, code_of
from shared.domain.vocabulary import RecipientKind
from shared.errors import Conflict
from shared.ids import new_id

DUPLICATES_CHANNEL = "standing_duplicates"
FactsOfAgencies = Mapping[AgencyKey, frozenset[FactRef]]
"""Agencies, each with the facts of which it hears."""


class SignedByTheSamePerson(Conflict):
    """The first and the second signature are two people's."""

    code = "second-signature-by-the-same-person"
    title = "Another person than the first must sign"


class AlreadySigned(Conflict):
    """The proposal has both signatures."""

    code = "proposal-already-signed"
    title = "This proposal was signed before"


class AlreadySent(Conflict):
    """An agency was told of this fact: a mistake is now corrected with a correction (sharing rules, fact 8)."""

    code = "already-sent"
    title = "An agency was told of this; after that there is only a correction"


class NewFactSinceFirstSignature(Conflict):
    """A fact became known after the first signature, which did not cover it."""

    code = "new-fact-since-first-signature"
    title = "A new fact came in after the first signature; read it, and propose anew"


class ProposalAct(StrEnum):
    """Acts that take two people."""

    STAND_DOWN = "stand_down"
    """No agency was told of these facts, and none is to be told."""
    CORRECT = "correct"
    """These facts prove wrong: whoever was told of them gets a correction."""
    END_DECLINED = "end_declined"
    """The agency declined, and no other one is responsible."""
    END_SEARCH = "end_search"
    """The place cannot be found, and the fallback has acknowledged."""


TAKES_BACK = frozenset({ProposalAct.STAND_DOWN, ProposalAct.CORRECT})


class Proposal(Base):
    """One proposal with its signatures. Until the second person has signed, every clock runs."""

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint("second_signed_by IS NULL OR second_signed_by <> first_signed_by", name="two_people"),
        CheckConstraint("(second_signed_by IS NULL) = (second_signed_at IS NULL)", name="signed_once"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    recipient_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_recipients.id"))
    """Agency that declined; None for an act about facts at every agency."""
    version: Mapped[int]
    act: Mapped[ProposalAct] = mapped_column(code_of(ProposalAct, name="act_known"))
    reason: Mapped[str] = mapped_column(CodeText)
    facts: Mapped[list[dict[str, str]]] = mapped_column(Codes)
    """Facts that the signatures cover."""
    duplicate_of: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    agencies: Mapped[list[dict[str, Any]]] = mapped_column(Codes)
    """Agencies that must hear of it from the case that this one repeats, each with its own of the facts."""
    first_signed_by: Mapped[str] = mapped_column(CodeText)
    first_signed_at: Mapped[datetime]
    second_signed_by: Mapped[str | None] = mapped_column(CodeText)
    second_signed_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    """Time at which the case that this one repeats ended otherwise, so that these facts count again."""
    compared: Mapped[str | None] = mapped_column(CodeText)
    """Versions of both cases when they were last compared; nothing follows until one of them changes."""

    @classmethod
    def propose(
        cls,
        case_id: UUID,
        act: ProposalAct,
        reason: str,
        facts: Iterable[FactRef],
        *,
        by: str,
        at: datetime,
        recipient_id: UUID | None = None,
        duplicate_of: UUID | None = None,
        agencies: FactsOfAgencies | None = None,
    ) -> "Proposal":
        """Return a proposal with its first signature."""
        return cls(
            id=new_id(),
            case_id=case_id,
            recipient_id=recipient_id,
            version=1,
            act=act,
            reason=reason,
            facts=facts_as_json(facts),
            duplicate_of=duplicate_of,
            agencies=_agencies_as_json(agencies or {}),
            first_signed_by=by,
            first_signed_at=at,
        )

    def move_to(self, case_id: UUID, recipient_id: UUID | None) -> None:
        """Put it on another case, with the case recipient that it is about there."""
        self.case_id, self.recipient_id = case_id, recipient_id

    def follow(self, case_id: UUID) -> None:
        """Repeat the case that the other one is part of now."""
        self.duplicate_of = case_id
        self.version += 1

    @property
    def is_signed(self) -> bool:
        return self.second_signed_at is not None

    @property
    def takes_back(self) -> bool:
        """Return whether its facts do not count: it is signed, takes facts back and has not lapsed."""
        return self.is_signed and self.lapsed_at is None and self.act in TAKES_BACK

    def lapse(self, at: datetime) -> None:
        """Let its facts count again."""
        self.lapsed_at = at
        self.version += 1

    def covers(self) -> frozenset[FactRef]:
        return facts_from_json(self.facts)

    def hear_of_it(self, agencies: FactsOfAgencies) -> None:
        """Keep the agencies that must hear of it from the other case, as of the second signature."""
        self.agencies = _agencies_as_json(agencies)

    def facts_of_agencies(self) -> FactsOfAgencies:
        """Return the agencies that must hear of it from the other case, each with its own of the facts."""
        return {
            (RecipientKind(one["recipient_kind"]), one["agency_code"]): facts_from_json(one["facts"])
            for one in self.agencies
        }

    def check_may_sign(self, by: str) -> None:
        """Pass where the second signature is missing, and this is another person than the first."""
        if self.is_signed:
            raise AlreadySigned
        if by == self.first_signed_by:
            raise SignedByTheSamePerson

    def sign(self, *, by: str, at: datetime) -> None:
        """Add the second signature."""
        self.check_may_sign(by)
        self.second_signed_by, self.second_signed_at = by, at
        self.version += 1

    def mark_compared(self, versions: str) -> None:
        """Remember at which versions both cases were compared."""
        self.compared = versions


def _agencies_as_json(agencies: FactsOfAgencies) -> list[dict[str, Any]]:
    return [
        {"recipient_kind": kind, "agency_code": code, "facts": facts_as_json(agencies[kind, code])}
        for kind, code in sorted(agencies)
    ]
