"""Sharing records: the rows of one case that say what is shared, owed and to be done. They hold no personal data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from case_service.cases.models import Case
from case_service.disclosures.models import Disclosure
from case_service.recipients.models import CaseRecipient, SharingDuty
from case_service.sharing.duties.required import AgencyKey
from case_service.sharing.effects import TELEPHONE_TASKS, TaskKind, TaskOutcome
from case_service.sharing.shared_so_far import ContentParts, SharedSoFar
from case_service.tasks.models import Task, tasks_of
from shared.db.unit_of_work import UnitOfWork
from shared.errors import NotFound


@dataclass
class SharingRecords:
    """Case, recipients with their duties and disclosures, and tasks, in one unit of work."""

    case: Case
    recipients: list[CaseRecipient]
    tasks: list[Task]
    on_call: str
    """Person who holds new tasks."""
    uow: UnitOfWork

    def recipient(self, recipient_id: UUID) -> CaseRecipient:
        for one in self.recipients:
            if one.id == recipient_id:
                return one
        raise NotFound

    def recipient_of(self, key: AgencyKey) -> CaseRecipient | None:
        return next((one for one in self.recipients if one.key == key), None)

    def recipient_or_new(self, key: AgencyKey) -> CaseRecipient:
        """Return the one case recipient of this agency, made if there is none yet."""
        recipient = self.recipient_of(key)
        if recipient is None:
            recipient = CaseRecipient.new(self.case.id, key, self.uow.now)
            self.uow.session.add(recipient)
            self.recipients.append(recipient)
        return recipient

    def disclosure(self, disclosure_id: UUID) -> tuple[CaseRecipient, Disclosure]:
        for recipient in self.recipients:
            for disclosure in recipient.disclosures:
                if disclosure.id == disclosure_id:
                    return recipient, disclosure
        raise NotFound

    def task(self, task_id: UUID) -> Task:
        for one in self.tasks:
            if one.id == task_id:
                return one
        raise NotFound

    def open_tasks(self, kinds: Iterable[TaskKind], recipient_id: UUID | None) -> list[Task]:
        """Return open tasks about one recipient, or about the case as a whole (None)."""
        wanted = set(kinds)
        return [
            one
            for one in self.tasks
            if one.is_open and one.kind in wanted and one.recipient_id == recipient_id
        ]

    def open_task(self, kind: TaskKind, due_at: datetime, recipient_id: UUID | None = None) -> None:
        """Open a task for the person on call; one that is open already is made due no later."""
        for task in self.open_tasks([kind], recipient_id):
            task.make_due(due_at)
            return
        task = Task.open(
            self.case.id,
            kind,
            holder=self.on_call,
            due_at=due_at,
            at=self.uow.now,
            recipient_id=recipient_id,
        )
        self.uow.session.add(task)
        self.tasks.append(task)

    def end_tasks(
        self, kinds: Iterable[TaskKind], outcome: TaskOutcome, recipient_id: UUID | None = None
    ) -> None:
        """Complete tasks that have become needless, with the reason."""
        for task in self.open_tasks(kinds, recipient_id):
            task.complete(outcome, by=self.uow.actor, at=self.uow.now)

    def telephoned_at(self, recipient_id: UUID) -> datetime | None:
        """Return when a person last completed a telephone task; one that an acknowledgement ended does not count."""
        times = [
            task.completed_at
            for task in self.tasks
            if task.recipient_id == recipient_id
            and task.kind in TELEPHONE_TASKS
            and task.completed_at is not None
            and task.outcome != TaskOutcome.ACKNOWLEDGED
        ]
        return max(times, default=None)

    def so_far(self, content_parts: ContentParts) -> SharedSoFar:
        """Return the same as a value for the rules."""
        return SharedSoFar(tuple(one.so_far() for one in self.recipients), content_parts)


async def lock_case(case_id: UUID, uow: UnitOfWork) -> Case:
    """Return the case, held until the commit.

    The case is locked first and its rows are read afterwards, so that two changes cannot deadlock. Rows of other
    cases may refer to it meanwhile, so that whoever names a case waits for nobody.
    """
    case = await uow.session.get(Case, case_id, with_for_update={"key_share": True})
    if case is None:
        raise NotFound
    return case


async def lock_cases(case_ids: Iterable[UUID], uow: UnitOfWork) -> None:
    """Hold several cases until the commit, in the order of their ids: two cannot wait for each other."""
    for case_id in sorted(case_ids):
        await lock_case(case_id, uow)


async def lock_sharing_records(case_id: UUID, uow: UnitOfWork) -> SharingRecords:
    """Return the sharing records of a case, locked."""
    return await read_sharing_records(await lock_case(case_id, uow), uow)


async def read_sharing_records(case: Case, uow: UnitOfWork) -> SharingRecords:
    on_call, tasks = await tasks_of(case.id, uow)
    recipients = await _recipients_of(case.id, uow)
    return SharingRecords(case, list(recipients), tasks, on_call, uow)


async def _recipients_of(case_id: UUID, uow: UnitOfWork) -> Sequence[CaseRecipient]:
    found = (
        select(CaseRecipient)
        .where(CaseRecipient.case_id == case_id)
        .order_by(CaseRecipient.added_at, CaseRecipient.id)
        .options(
            joinedload(CaseRecipient.duty).joinedload(SharingDuty.facts),
            joinedload(CaseRecipient.permission),
            selectinload(CaseRecipient.disclosures).joinedload(Disclosure.records),
        )
    )
    return (await uow.session.scalars(found)).unique().all()
