"""Change of a case: lock it, read its file once, and write the effects of what was recorded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from case_service.agencies.national import AGENCIES
from case_service.cases.case_file import CaseFile, read_case_file
from case_service.disclosures.content import content_parts
from case_service.people.anonymity import remove_waiting_identities
from case_service.proposals.models import DUPLICATES_CHANNEL
from case_service.proposals.pass_on import hears_of_change, propose_mistaken_ages_passed_on
from case_service.proposals.sign import end_task_to_sign
from case_service.recipients.apply_effects import apply_effects
from case_service.recipients.sharing_records import lock_case
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.facts import CaseFacts
from case_service.sharing.reconcile import reconcile
from shared.db.unit_of_work import UnitOfWork


@dataclass
class CaseChange:
    """Change of one case in one unit of work."""

    case_file: CaseFile
    deadlines: ShorterDeadlines
    before: CaseFacts

    def write_effects(self) -> list[UUID]:
        """Work out and write the effects of what was recorded so far. Return the ids of recalled disclosures.

        The guard calls it when the endpoint returns. An endpoint calls it only to answer with an effect.
        """
        after = self.case_file.facts()
        effects = reconcile(
            self.before,
            after,
            self.case_file.records.so_far(content_parts(self.case_file)),
            self.case_file.uow.now,
            agencies=AGENCIES,
            deadlines=self.deadlines,
        )
        effects += propose_mistaken_ages_passed_on(self.case_file)
        recalled = apply_effects(effects, self.case_file.records)
        end_task_to_sign(self.case_file)
        if after != self.before and hears_of_change(self.case_file):
            self.case_file.uow.notify(DUPLICATES_CHANNEL)
        self.before = self.case_file.facts()
        return recalled


@asynccontextmanager
async def change_case(
    case_id: UUID, uow: UnitOfWork, deadlines: ShorterDeadlines
) -> AsyncIterator[CaseChange]:
    """Yield a case to change, locked until the commit; NotFound where there is none, CaseIsMerged for part of another.

    The effects are written when the block ends, and identities are removed that only an open duty kept. Where it
    raises, nothing is kept.
    """
    case = await lock_case(case_id, uow)
    case.check_not_merged()
    case_file = await read_case_file(case, uow)
    end_task_to_sign(case_file)  # an agency's answer, which reads no case file, may have overtaken it
    change = CaseChange(case_file, deadlines, before=case_file.facts())
    version = case_file.case.version
    yield change
    change.write_effects()
    if await remove_waiting_identities(case_file):
        change.write_effects()
        if case_file.case.version == version:  # otherwise the caller was told the new one
            case_file.case.changed()
