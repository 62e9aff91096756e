"""Case recipients: one agency on one case, with its sharing duty and its sharing permission.

Facts that must be shared later go to the same case recipient. Each of its clocks runs by itself: the duty's until the
agency acknowledged or two people stood it down, the permission's until the agency acknowledged (section 4).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_service.db import Base
from case_service.disclosures.models import Disclosure
from case_service.permissions.models import PermissionState, SharingPermission
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import Duty, DutyState
from case_service.sharing.duties.leads import LeadKind
from case_service.sharing.duties.required import AgencyKey
from case_service.sharing.facts import FactKind, FactRef
from case_service.sharing.shared_so_far import RecipientSoFar
from shared.db.columns import CodeText, code_of
from shared.domain.vocabulary import RecipientKind
from shared.ids import new_id

SCHEDULER_CHANNEL = "sharing_deadlines"
DUTY_ENDED_CHANNEL = "duty_ended"


class CaseRecipient(Base):
    """One agency on one case."""

    __tablename__ = "case_recipients"
    __table_args__ = (UniqueConstraint("case_id", "recipient_kind", "agency_code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    recipient_kind: Mapped[RecipientKind] = mapped_column(code_of(RecipientKind, name="recipient_kind_known"))
    agency_code: Mapped[str] = mapped_column(CodeText)
    version: Mapped[int]
    added_at: Mapped[datetime]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_recipients.id"), index=True)
    """Case recipient of the case that this one's was merged into; it has the duty and the disclosures now."""

    duty: Mapped["SharingDuty | None"] = relationship(lazy="raise")
    permission: Mapped["SharingPermission | None"] = relationship(lazy="raise")
    disclosures: Mapped[list[Disclosure]] = relationship(
        lazy="raise", order_by=(Disclosure.authorised_at, Disclosure.id)
    )

    @classmethod
    def new(cls, case_id: UUID, key: AgencyKey, at: datetime) -> "CaseRecipient":
        kind, agency_code = key
        return cls(
            id=new_id(),
            case_id=case_id,
            recipient_kind=kind,
            agency_code=agency_code,
            version=1,
            added_at=at,
            duty=None,
            permission=None,
            disclosures=[],
        )

    @property
    def key(self) -> AgencyKey:
        return self.recipient_kind, self.agency_code

    @property
    def has_open_duty(self) -> bool:
        return self.duty is not None and self.duty.value.is_open

    @property
    def was_sent(self) -> bool:
        """Return whether the agency received anything, in writing or by telephone."""
        by_duty = self.duty is not None and self.duty.value.was_sent
        return by_duty or (self.permission is not None and self.permission.sent_at is not None)

    def add_disclosure(self, disclosure: Disclosure) -> None:
        self.disclosures.append(disclosure)

    def changed(self) -> None:
        self.version += 1

    def change_duty(self, duty: Duty) -> None:
        """Keep a duty that was worked out."""
        if self.duty is None:
            self.duty = SharingDuty(recipient_id=self.id, facts=[])
        self.duty.store(duty)
        self.changed()

    def permit(self, at: datetime, deadlines: ShorterDeadlines) -> None:
        """Let something be sent on consent or on a lead's decision, and start the clock to an acknowledgement."""
        if self.permission is None:
            self.permission = SharingPermission(recipient_id=self.id, state=PermissionState.AUTHORISED)
        self.permission.authorise(at, deadlines)
        self.changed()

    def mark_permission_sent(self, at: datetime) -> None:
        if self.permission is not None:
            self.permission.mark_sent(at)
            self.changed()

    def acknowledge_permission(self, at: datetime) -> None:
        if self.permission is not None:
            self.permission.acknowledge(at)
            self.changed()

    def withhold_permission(self) -> None:
        if self.permission is not None:
            self.permission.withhold()
            self.changed()

    def move_to(self, case_id: UUID) -> None:
        """Put it on another case, with everything that was sent to the agency."""
        self.case_id = case_id
        for disclosure in self.disclosures:
            disclosure.move_to(case_id)
        self.changed()

    def give_disclosures(self) -> list[Disclosure]:
        """Give away what was sent to the agency."""
        given, self.disclosures = list(self.disclosures), []
        return given

    def become_part_of(self, whole: "CaseRecipient") -> None:
        """Give all that was sent, and what may be sent, to another case recipient."""
        whole.take_in(self.give_disclosures(), self.permission)
        if self.permission is not None:
            self.permission.set_deadline(None)
        self.follow(whole)

    def follow(self, whole: "CaseRecipient") -> None:
        self.merged_into_id = whole.id
        self.changed()

    def take_in(self, disclosures: list[Disclosure], permission: SharingPermission | None) -> None:
        """Have what another case sent to this agency, and may send."""
        for disclosure in disclosures:
            disclosure.move_to(self.case_id)
        self.disclosures = sorted(
            [*self.disclosures, *disclosures], key=lambda one: (one.authorised_at, one.id)
        )
        if permission is not None:
            self.permission = self.permission or permission.copy_for(self.id)
            self.permission.join(permission)
        self.changed()

    def so_far(self) -> RecipientSoFar:
        return RecipientSoFar(
            recipient_kind=self.recipient_kind,
            agency_code=self.agency_code,
            id=str(self.id),
            duty=self.duty.value if self.duty else None,
            disclosures=tuple(one.so_far() for one in self.disclosures),
        )


class DutyFact(Base):
    """Fact on which a duty rests, or did until it moved or two people took it back."""

    __tablename__ = "duty_facts"

    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("sharing_duties.recipient_id"), primary_key=True)
    kind: Mapped[FactKind] = mapped_column(code_of(FactKind, name="kind_known"), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    fact_id: Mapped[UUID] = mapped_column(primary_key=True)
    relied_on: Mapped[bool]

    @property
    def reference(self) -> FactRef:
        return FactRef(self.kind, str(self.subject_id), str(self.fact_id))

    def mark(self, *, relied_on: bool) -> None:
        self.relied_on = relied_on


class SharingDuty(Base):
    """Row of a sharing duty; `Duty` has its rules, and every change goes through it."""

    __tablename__ = "sharing_duties"
    __table_args__ = (
        CheckConstraint(
            "state <> 'acknowledged' OR acknowledged_at IS NOT NULL", name="acknowledged_at_known"
        ),
    )

    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("case_recipients.id"), primary_key=True)
    state: Mapped[DutyState] = mapped_column(code_of(DutyState, name="state_known"))
    lead: Mapped[LeadKind] = mapped_column(code_of(LeadKind, name="lead_known"))
    place_gss: Mapped[str | None] = mapped_column(CodeText)
    fallback: Mapped[bool]
    acknowledge_at_once: Mapped[bool]
    verified: Mapped[bool]
    opened_at: Mapped[datetime]
    send_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    authorised_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    undeliverable_at: Mapped[datetime | None]
    escalations: Mapped[int]
    handed_over_at: Mapped[datetime | None]
    handed_over_by: Mapped[str | None] = mapped_column(CodeText)

    facts: Mapped[list[DutyFact]] = relationship(lazy="raise")

    @property
    def value(self) -> Duty:
        """Return the duty as the rules see it."""
        return Duty(
            state=self.state,
            opened_at=self.opened_at,
            send_at=self.send_at,
            due_at=self.due_at,
            facts=frozenset(fact.reference for fact in self.facts if fact.relied_on),
            lead=self.lead,
            place=self.place_gss,
            fallback=self.fallback,
            acknowledge_at_once=self.acknowledge_at_once,
            verified=self.verified,
            authorised_at=self.authorised_at,
            sent_at=self.sent_at,
            acknowledged_at=self.acknowledged_at,
            declined_at=self.declined_at,
            undeliverable_at=self.undeliverable_at,
            escalations=self.escalations,
            handed_over_at=self.handed_over_at,
            handed_over_by=self.handed_over_by,
        )

    def store(self, duty: Duty) -> None:
        """Write the duty to the row."""
        self.state, self.lead = duty.state, duty.lead
        self.place_gss, self.fallback = duty.place, duty.fallback
        self.acknowledge_at_once, self.verified = duty.acknowledge_at_once, duty.verified
        self.opened_at, self.send_at, self.due_at = duty.opened_at, duty.send_at, duty.due_at
        self.authorised_at, self.sent_at = duty.authorised_at, duty.sent_at
        self.acknowledged_at, self.declined_at = duty.acknowledged_at, duty.declined_at
        self.undeliverable_at, self.escalations = duty.undeliverable_at, duty.escalations
        self.handed_over_at, self.handed_over_by = duty.handed_over_at, duty.handed_over_by
        self._store_facts(duty)

    def _store_facts(self, duty: Duty) -> None:
        rows = {row.reference: row for row in self.facts}
        for fact in sorted(duty.facts):
            if fact not in rows:
                rows[fact] = _new_fact(fact)
                self.facts.append(rows[fact])
        for fact, row in rows.items():
            row.mark(relied_on=fact in duty.facts)


def _new_fact(fact: FactRef) -> DutyFact:
    return DutyFact(kind=fact.kind, subject_id=UUID(fact.subject_id), fact_id=UUID(fact.id))
