"""Consent as it is given, changed and withdrawn, line by line."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from case_service.access import CaseToChange, CaseToRead, CaseToTakeBack
from case_service.anonymity import hold_no_identity
from case_service.consent import Wording, add_line
from case_service.proposals import propose
from case_service.recalls import recall_all_of, recall_what_was_taken_back
from case_service.situations import Kept
from shared.access import Uow
from shared.idempotency import MayBeRetry
from shared.vocabulary import Code, PrivacyChoice, RecipientKind

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["consent"])
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")]


class RecordConsent(Kept):
    """One thing at a time: a privacy choice, or yes or no to one kind of recipient, or whether the situation may go
    without the identity. `wording` names the text that was read out."""

    privacy: PrivacyChoice | None = None
    recipient: RecipientKind | None = None
    agrees: bool | None = None
    situation: bool | None = None
    wording: Code = "spoken-v1"
    language: Language = "en"
    given_how: Code = "phone"

    @model_validator(mode="after")
    def _one_thing(self) -> "RecordConsent":
        said = [self.privacy is not None, self.recipient is not None, self.situation is not None]
        if sum(said) != 1 or (self.recipient is None) != (self.agrees is None):
            raise ValueError("one of privacy, recipient with agrees, or situation")
        return self


class Withdraw(Kept):
    wording: Code = "spoken-v1"
    language: Language = "en"
    given_how: Code = "phone"


class LineOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID
    at: datetime
    privacy: str | None
    recipient: str | None
    agrees: bool | None
    situation: bool | None
    withdraws: bool
    wording: str
    language: str
    given_how: str
    recorded_by: str


class Ledger(BaseModel):
    lines: list[LineOut]


class LineKept(LineOut):
    """`recalled` are the copies that holders were asked to give back, because this line took back what let them go."""

    recalled: list[UUID] = []


class Withdrawn(LineOut):
    """`recalled` are the copies that holders were asked to give back."""

    recalled: list[UUID]


@router.get("/consents", summary="The whole ledger, oldest first; it is never changed")
async def read_ledger(page: CaseToRead, uow: Uow) -> Ledger:
    uow.record("consents.read", page.case.id)
    return Ledger(lines=[LineOut.model_validate(line) for line in page.consents])


@router.post("/persons/{person_id}/consents", status_code=201, summary="Record what somebody agreed to")
async def record(
    person_id: UUID, told: RecordConsent, page: CaseToChange, uow: Uow, retry: MayBeRetry
) -> LineKept:
    if first := await retry.first_answer(LineKept):
        return first
    if told.privacy is PrivacyChoice.ANONYMOUS:
        await hold_no_identity(page, person_id, uow)
    page.person(person_id)
    line = await add_line(
        page.case.id,
        person_id,
        Wording(told.wording, told.language, told.given_how),
        uow,
        privacy=told.privacy,
        recipient=told.recipient,
        agrees=told.agrees,
        situation=told.situation,
    )
    uow.record("consent.recorded", page.case.id, person_id=person_id, line=line.id)
    recalled = await recall_what_was_taken_back(page, uow)
    await propose(page.case, uow)
    kept = LineOut.model_validate(line).model_dump()
    return await retry.keep(LineKept(**kept, recalled=recalled))


@router.post("/persons/{person_id}/withdrawal", status_code=201, summary="Consent is withdrawn, from now on")
async def withdraw(
    person_id: UUID, page: CaseToTakeBack, uow: Uow, told: Withdraw | None = None
) -> Withdrawn:
    """Ends sharing by consent. It neither stops nor recalls what an override sent or must send."""
    page.person(person_id)
    told = told or Withdraw()
    how = Wording(told.wording, told.language, told.given_how)
    line = await add_line(page.case.id, person_id, how, uow, withdraws=True)
    recalled = await recall_all_of(page, str(person_id), uow)
    uow.record("consent.withdrawn", page.case.id, person_id=person_id, recalled=len(recalled))
    if page.case.state == "open":
        await propose(page.case, uow)
    return Withdrawn(**LineOut.model_validate(line).model_dump(), recalled=recalled)
