"""Consent ledger: choices of each person about what they told, never changed and never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from case_service.db import Base
from case_service.people.models import Person
from case_service.sharing import facts
from shared.db.columns import CodeText, code_of
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import PrivacyChoice, RecipientKind
from shared.events import ConsentRecorded, ConsentWithdrawn
from shared.ids import new_id

CALLS = frozenset({"phone", "call", "in_person"})
"""Ways of answering in which the person speaks to an adviser."""
ONE_CHOICE = "num_nonnulls(privacy, recipient_kind, situation) + withdraws::int = 1"


class ConsentEntry(Base):
    """One entry of the ledger. The database refuses to change or delete it."""

    __tablename__ = "consent_entries"
    __table_args__ = (
        CheckConstraint(ONE_CHOICE, name="one_choice"),
        CheckConstraint("(recipient_kind IS NULL) = (agrees IS NULL)", name="agrees_to_a_kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime]
    privacy: Mapped[PrivacyChoice | None] = mapped_column(code_of(PrivacyChoice, name="privacy_known"))
    recipient_kind: Mapped[RecipientKind | None] = mapped_column(
        code_of(RecipientKind, name="recipient_kind_known")
    )
    agrees: Mapped[bool | None]
    situation: Mapped[bool | None]
    withdraws: Mapped[bool]
    overheard: Mapped[bool]
    """Overheard: somebody may have been listening."""
    relayed: Mapped[bool]
    """Another person said so."""
    understood: Mapped[bool]
    """An adviser recorded that the child understands it."""
    in_call: Mapped[bool]
    """The person said so in a call: copies are recalled at once."""
    wording: Mapped[str] = mapped_column(CodeText)
    language: Mapped[str] = mapped_column(CodeText)
    given_how: Mapped[str] = mapped_column(CodeText)
    recorded_by: Mapped[str] = mapped_column(CodeText)

    check: Mapped["WithdrawalCheck | None"] = relationship(lazy="raise")

    def as_fact(self) -> facts.ConsentEntry:
        entry = facts.ConsentEntry(
            person=str(self.person_id),
            at=self.at,
            privacy=self.privacy,
            recipient_kind=self.recipient_kind,
            agrees=bool(self.agrees),
            situation=self.situation,
            withdraws=self.withdraws,
            overheard=self.overheard,
            relayed=self.relayed,
            understood=self.understood,
            id=str(self.id),
            own_wish=self.in_call or (self.check is not None and self.check.own_wish),
        )
        return replace(entry, waits_for_check=entry.takes_back and not self.in_call and self.check is None)

    def add_check(self, *, own_wish: bool, by: str, at: datetime) -> None:
        """Record that an adviser checked it."""
        self.check = WithdrawalCheck(
            entry_id=self.id, case_id=self.case_id, own_wish=own_wish, checked_by=by, checked_at=at
        )

    def event(self) -> ConsentRecorded | ConsentWithdrawn:
        """Return the event that announces this entry."""
        if self.withdraws:
            return ConsentWithdrawn(case_id=self.case_id, person_id=self.person_id, withdrawn_at=self.at)
        return ConsentRecorded(
            case_id=self.case_id,
            person_id=self.person_id,
            privacy=self.privacy,
            recipient_kind=self.recipient_kind,
            agrees=self.agrees,
            situation=self.situation,
        )


@dataclass(frozen=True)
class ConsentTaken:
    """Way in which a choice was taken: wording, language, and how it was answered."""

    wording: str
    language: str
    given_how: str
    overheard: bool = False
    relayed: bool = False
    understood: bool = False

    @property
    def in_call(self) -> bool:
        return self.given_how in CALLS and not self.relayed


class WithdrawalCheck(Base):
    """Adviser's check that a withdrawal is the person's own wish, before copies are recalled. Written once."""

    __tablename__ = "withdrawal_checks"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("consent_entries.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    own_wish: Mapped[bool]
    checked_by: Mapped[str] = mapped_column(CodeText)
    checked_at: Mapped[datetime]


async def add_entry(
    case_id: UUID,
    person_id: UUID,
    how: ConsentTaken,
    uow: UnitOfWork,
    *,
    privacy: PrivacyChoice | None = None,
    recipient_kind: RecipientKind | None = None,
    agrees: bool | None = None,
    situation: bool | None = None,
    withdraws: bool = False,
) -> ConsentEntry:
    """Add an entry to the ledger and announce it."""
    entry = ConsentEntry(
        id=new_id(),
        case_id=case_id,
        person_id=person_id,
        at=uow.now,
        privacy=privacy,
        recipient_kind=recipient_kind,
        agrees=agrees,
        situation=situation,
        withdraws=withdraws,
        overheard=how.overheard,
        relayed=how.relayed,
        understood=how.understood,
        in_call=how.in_call,
        check=None,
        wording=how.wording,
        language=how.language,
        given_how=how.given_how,
        recorded_by=uow.actor,
    )
    uow.session.add(entry)
    await uow.session.flush()
    uow.publish(entry.event())
    return entry


async def ledger_of(case_id: UUID, uow: UnitOfWork) -> Sequence[ConsentEntry]:
    """Return what the persons of a case chose, also on a case that was merged into it; the oldest first."""
    persons = select(Person.id).where(Person.case_id == case_id)
    found = (
        select(ConsentEntry)
        .where(ConsentEntry.person_id.in_(persons))
        .order_by(ConsentEntry.number)
        .options(joinedload(ConsentEntry.check))
    )
    return (await uow.session.scalars(found)).all()
