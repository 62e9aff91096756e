"""The consent ledger: what each person said may be done with what they told, never changed and never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.tables import Base
from shared.database import UnitOfWork
from shared.events import ConsentRecorded, ConsentWithdrawn
from shared.sharing import ConsentEntry
from shared.tables import CodeText
from shared.vocabulary import PrivacyChoice, RecipientKind

ONE_THING = "num_nonnulls(privacy, recipient, situation) + withdraws::int = 1"


class Consent(Base):
    """One line of the ledger. The database refuses to change or delete it."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint(ONE_THING, name="says_one_thing"),
        CheckConstraint("(recipient IS NULL) = (agrees IS NULL)", name="agrees_with_recipient"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime]
    privacy: Mapped[str | None] = mapped_column(CodeText)
    recipient: Mapped[str | None] = mapped_column(CodeText)
    agrees: Mapped[bool | None]
    situation: Mapped[bool | None]
    withdraws: Mapped[bool] = mapped_column(default=False)
    wording: Mapped[str] = mapped_column(CodeText)
    language: Mapped[str] = mapped_column(CodeText)
    given_how: Mapped[str] = mapped_column(CodeText)
    recorded_by: Mapped[str] = mapped_column(CodeText)

    def as_entry(self) -> ConsentEntry:
        return ConsentEntry(
            person=str(self.person_id),
            at=self.at,
            privacy=PrivacyChoice(self.privacy) if self.privacy else None,
            recipient=RecipientKind(self.recipient) if self.recipient else None,
            agrees=bool(self.agrees),
            situation=self.situation,
            withdraws=self.withdraws,
        )

    def recorded(self) -> ConsentRecorded | ConsentWithdrawn:
        """The event that this line causes."""
        if self.withdraws:
            return ConsentWithdrawn(case_id=self.case_id, person_id=self.person_id, withdrawn_at=self.at)
        return ConsentRecorded(
            case_id=self.case_id,
            person_id=self.person_id,
            privacy=PrivacyChoice(self.privacy) if self.privacy else None,
            recipient=RecipientKind(self.recipient) if self.recipient else None,
            agrees=self.agrees,
            situation=self.situation,
        )


@dataclass(frozen=True)
class Wording:
    """How a line of consent came about: which words were used, in which language, and how they were answered."""

    wording: str
    language: str
    given_how: str


async def add_line(
    case_id: UUID,
    person_id: UUID,
    how: Wording,
    uow: UnitOfWork,
    *,
    privacy: PrivacyChoice | None = None,
    recipient: RecipientKind | None = None,
    agrees: bool | None = None,
    situation: bool | None = None,
    withdraws: bool = False,
) -> Consent:
    """Adds a line to the ledger and announces it."""
    line = Consent(
        id=uuid4(),
        case_id=case_id,
        person_id=person_id,
        at=uow.now,
        privacy=privacy.value if privacy else None,
        recipient=recipient.value if recipient else None,
        agrees=agrees,
        situation=situation,
        withdraws=withdraws,
        wording=how.wording,
        language=how.language,
        given_how=how.given_how,
        recorded_by=uow.actor,
    )
    uow.session.add(line)
    await uow.session.flush()
    uow.publish(line.recorded())
    return line


async def ledger_of(case_id: UUID, uow: UnitOfWork) -> Sequence[Consent]:
    found = select(Consent).where(Consent.case_id == case_id).order_by(Consent.number)
    return (await uow.session.scalars(found)).all()
