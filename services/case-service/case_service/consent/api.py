"""Routes of consent: choices as they are made, changed and withdrawn, entry by entry."""

from uuid import UUID

from case_service.access import AnyCaseToChange, CaseToChange, CaseToRead
from case_service.cases.case_change import CaseChange
from case_service.cases.case_file import CaseFile
from case_service.consent.models import ConsentEntry
from case_service.consent.schemas import (
    CheckWithdrawal,
    ConsentEntryCreated,
    ConsentEntryOut,
    ConsentLedgerPage,
    RecordConsent,
    Withdraw,
)
from case_service.people.anonymity import let_identity_be_removed
from case_service.sharing.consent import effective_consent
from shared.domain.vocabulary import PrivacyChoice
from shared.errors import Conflict, Invalid, NotFound
from shared.http import pagination
from shared.http.auth import Uow
from shared.http.idempotency import Idempotent
from shared.http.problems import raises
from shared.http.records import record_router

router = record_router(prefix="/v1/cases/{case_id}", tag="consent")


class NothingToCheck(Conflict):
    """The entry was made in a call or checked before, so that a check changes nothing."""

    code = "nothing-to-check"
    title = "This entry needs no check"


class PrivacyChoiceForbids(Invalid):
    """A yes to a recipient kind beside a privacy choice that is not to share."""

    code = "privacy-choice-forbids"
    title = "Record the privacy choice share first: a yes to a recipient does not fit the choice that stands"


def check_fits_privacy(case_file: CaseFile, person_id: UUID, body: RecordConsent) -> None:
    """Pass unless a reporter says yes to a recipient kind while another choice than to share stands (section 1)."""
    person = case_file.person(person_id)
    if not person.row.is_reporter or not body.agrees:
        return
    consent = effective_consent(case_file.facts(), str(person_id), case_file.uow.now)
    if consent.privacy is not PrivacyChoice.SHARE:
        raise PrivacyChoiceForbids(invalid=[{"field": "agrees", "rule": "privacy_choice_forbids"}])


@router.get("/consents", summary="List the consent ledger, the oldest entry first")
@raises(pagination.InvalidCursor)
async def list_consents(
    case_file: CaseToRead,
    uow: Uow,
    cursor: pagination.Cursor = None,
    limit: pagination.PageLimit = pagination.DEFAULT_LIMIT,
) -> ConsentLedgerPage:
    uow.record("consents.read", case_file.case.id)
    after = pagination.decode(cursor, int)[0] if cursor is not None else 0
    entries = [one for one in case_file.consents if one.number > after]
    rows, following = pagination.cut(entries, limit, lambda one: [one.number])
    return ConsentLedgerPage(items=[ConsentEntryOut.model_validate(one) for one in rows], next=following)


@router.post("/persons/{person_id}/consents", status_code=201, summary="Record what a person agreed to")
@raises(PrivacyChoiceForbids)
async def record_consent(
    person_id: UUID, body: RecordConsent, change: CaseToChange, uow: Uow, request: Idempotent
) -> ConsentEntryCreated:
    """Record one choice. A reporter who chooses to be anonymous loses the identity held.

    It waits while a duty is open, which may have to send it, and is removed by itself afterwards (section 1).
    """

    async def record() -> ConsentEntryCreated:
        case_file = change.case_file
        check_fits_privacy(case_file, person_id, body)
        entry = await case_file.add_consent(person_id, body.how(), **body.choice())
        if body.privacy is PrivacyChoice.ANONYMOUS:
            let_identity_be_removed(case_file, person_id)
        uow.record("consent.recorded", case_file.case.id, person_id=person_id, entry=entry.id)
        return _created(entry, change)

    return await request.once(ConsentEntryCreated, record)


@router.post("/persons/{person_id}/withdrawal", status_code=201, summary="Withdraw consent, from now on")
async def withdraw_consent(
    person_id: UUID, change: AnyCaseToChange, uow: Uow, request: Idempotent, body: Withdraw | None = None
) -> ConsentEntryCreated:
    """End sharing by consent. What an override sent, or must send, is neither stopped nor recalled."""

    async def withdraw() -> ConsentEntryCreated:
        case_file = change.case_file
        entry = await case_file.add_consent(person_id, (body or Withdraw()).how(), withdraws=True)
        created = _created(entry, change)
        uow.record(
            "consent.withdrawn", case_file.case.id, person_id=person_id, recalled=len(created.recalled)
        )
        return created

    return await request.once(ConsentEntryCreated, withdraw)


@router.post(
    "/consents/{entry_id}/check", status_code=201, summary="Check that a withdrawal is the person's wish"
)
@raises(NothingToCheck)
async def check_withdrawal(
    entry_id: UUID, body: CheckWithdrawal, change: AnyCaseToChange, uow: Uow, request: Idempotent
) -> ConsentEntryCreated:
    """Let copies be recalled, or not: the holder of a telephone must not be able to destroy help."""

    async def check() -> ConsentEntryCreated:
        case_file = change.case_file
        entry = next((one for one in case_file.consents if one.id == entry_id), None)
        if entry is None:
            raise NotFound
        if not entry.as_fact().waits_for_check:
            raise NothingToCheck
        entry.add_check(own_wish=body.own_wish, by=uow.actor, at=uow.now)
        case_file.case.changed()
        created = _created(entry, change)
        uow.record("withdrawal.checked", case_file.case.id, entry=entry.id, own_wish=body.own_wish)
        return created

    return await request.once(ConsentEntryCreated, check)


def _created(entry: ConsentEntry, change: CaseChange) -> ConsentEntryCreated:
    recalled = change.write_effects()
    return ConsentEntryCreated(
        **ConsentEntryOut.model_validate(entry).model_dump(),
        version=change.case_file.case.version,
        recalled=recalled,
    )
