"""Routes of disclosures: the explanation, what advisers and leads authorise, and the list with its records."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from case_service.access import CaseToChange, CaseToDecide, CaseToRead
from case_service.agencies.registered import AgencyOfAnotherKind, AgencyRefused, AgencyUnknown, check_agency
from case_service.cases.case_change import CaseChange
from case_service.cases.case_file import CaseFile
from case_service.disclosures.authorisations import Authorisation
from case_service.disclosures.content import content_parts, is_verified
from case_service.disclosures.json_forms import included_as_json, withheld_as_json
from case_service.disclosures.models import (
    Disclosure,
    NothingMayBeShared,
)
from case_service.disclosures.schemas import (
    AuthoriseDisclosure,
    DecideToShare,
    DisclosureAuthorised,
    DisclosureOut,
    DisclosurePage,
    Explanation,
    ForcedRecipient,
    IncludedGroup,
    WithheldGroup,
)
from case_service.recipients.apply_effects import add_disclosure
from case_service.recipients.models import SCHEDULER_CHANNEL, CaseRecipient
from case_service.recipients.schemas import RecipientOut
from case_service.sharing.decisions.decide import decide
from case_service.sharing.decisions.decision import Decision
from case_service.sharing.duties.duty import Duty
from case_service.sharing.shared_so_far import DisclosureState, is_news
from shared.domain.vocabulary import DisclosureKind, Ground, RecipientKind
from shared.errors import Conflict
from shared.http import pagination
from shared.http.auth import Uow
from shared.http.idempotency import Idempotent
from shared.http.problems import raises
from shared.http.records import record_router
from shared.ids import new_id

router = record_router(prefix="/v1/cases/{case_id}", tag="disclosures")


class NothingNewToShare(Conflict):
    """Everything that may go to this agency went there before: sending it again has no effect."""

    code = "nothing-new-to-share"
    title = "This agency was sent everything that may go to it"


@router.get("/explanation", summary="Explain what would go to a recipient kind now, and what not")
async def explain_sharing(
    case_file: CaseToRead,
    uow: Uow,
    recipient_kind: Annotated[RecipientKind, Query(description="Recipient kind to explain")],
) -> Explanation:
    facts = case_file.facts()
    decision = decide(facts, recipient_kind, [Ground.CONSENT], at=facts.decided_at(uow.now))
    uow.record("explanation.read", case_file.case.id, recipient_kind=recipient_kind)
    forced = [
        (one, one.duty.value)
        for one in case_file.recipients
        if one.recipient_kind is recipient_kind and one.duty is not None and one.duty.value.is_forced
    ]
    return Explanation(
        recipient_kind=recipient_kind,
        rule_version=decision.rule_version,
        included=_included(decision),
        withheld=_withheld(decision),
        forced=[_forced(recipient, duty, case_file) for recipient, duty in forced],
    )


def _forced(recipient: CaseRecipient, duty: Duty, case_file: CaseFile) -> ForcedRecipient:
    facts = case_file.facts().for_agency(recipient.agency_code, duty.facts)
    at = facts.decided_at(case_file.uow.now)
    decision = decide(facts, recipient.recipient_kind, duty.grounds, at=at)
    return ForcedRecipient(
        **RecipientOut.of(recipient).model_dump(),
        included=_included(decision),
        withheld=_withheld(decision),
    )


def _included(decision: Decision) -> list[IncludedGroup]:
    return [IncludedGroup.model_validate(one) for one in included_as_json(decision)]


def _withheld(decision: Decision) -> list[WithheldGroup]:
    return [WithheldGroup.model_validate(one) for one in withheld_as_json(decision.withheld)]


@router.post("/disclosures", status_code=201, summary="Authorise what consent permits")
@raises(NothingMayBeShared, NothingNewToShare, AgencyUnknown, AgencyOfAnotherKind, AgencyRefused)
async def authorise_disclosure(
    body: AuthoriseDisclosure, change: CaseToChange, uow: Uow, request: Idempotent
) -> DisclosureAuthorised:
    async def authorise() -> DisclosureAuthorised:
        await check_agency(body.agency_code, body.recipient_kind, uow)
        return _authorise(body, Ground.CONSENT, change)

    return await request.once(DisclosureAuthorised, authorise)


@router.post("/authorisations", status_code=201, summary="Decide as a lead to share without consent")
@raises(NothingMayBeShared, NothingNewToShare, AgencyUnknown, AgencyOfAnotherKind, AgencyRefused)
async def decide_to_share(
    body: DecideToShare, change: CaseToDecide, uow: Uow, request: Idempotent
) -> DisclosureAuthorised:
    async def authorise() -> DisclosureAuthorised:
        case_file = change.case_file
        for person_id in body.person_ids:
            case_file.person(person_id)
        await check_agency(body.agency_code, body.recipient_kind, uow)
        authorisation = Authorisation(
            id=new_id(),
            case_id=case_file.case.id,
            recipient_kind=body.recipient_kind,
            agency_code=body.agency_code,
            groups=frozenset(body.groups),
            person_ids=[str(one) for one in body.person_ids],
            reason=body.reason,
            decided_by=uow.actor,
            decided_at=uow.now,
        )
        case_file.add_authorisation(authorisation)
        uow.record(
            "sharing.authorised",
            case_file.case.id,
            recipient_kind=body.recipient_kind,
            agency=body.agency_code,
            reason=body.reason,
        )
        return _authorise(body, Ground.AUTHORISED, change)

    return await request.once(DisclosureAuthorised, authorise)


def _authorise(body: AuthoriseDisclosure, ground: Ground, change: CaseChange) -> DisclosureAuthorised:
    case_file = change.case_file
    recipient = case_file.records.recipient_or_new((body.recipient_kind, body.agency_code))
    facts = case_file.facts().for_agency(body.agency_code, recipient.so_far().facts)
    decision = decide(facts, body.recipient_kind, [ground], at=facts.decided_at(case_file.uow.now))
    if not decision.permits_anything:
        raise NothingMayBeShared(withheld=withheld_as_json(decision.withheld))
    disclosure = _unissued(recipient, ground)
    if disclosure is None:
        parts = content_parts(case_file)(recipient.so_far(), decision)
        if not is_news(parts, _parts_sent(recipient, ground)):
            raise NothingNewToShare
        disclosure = _new_disclosure(recipient, ground, change)
    case_file.case.changed()
    return DisclosureAuthorised(id=disclosure.id, version=disclosure.version, recipient_id=recipient.id)


def _parts_sent(recipient: CaseRecipient, ground: Ground) -> frozenset[str]:
    """Return the digests of what was sent on a ground and was not recalled."""
    sent = [one for one in recipient.disclosures if ground in one.grounds and not one.recalled_items]
    return frozenset(part for one in sent for record in one.records for part in record.parts)


def _unissued(recipient: CaseRecipient, ground: Ground) -> Disclosure | None:
    """Return one that was authorised on the same ground and not issued yet; what it carries is decided then."""
    wanted = frozenset({ground})
    return next(
        (
            one
            for one in recipient.disclosures
            if one.state is DisclosureState.AUTHORISED and one.grounds == wanted
        ),
        None,
    )


def _new_disclosure(recipient: CaseRecipient, ground: Ground, change: CaseChange) -> Disclosure:
    uow = change.case_file.uow
    duty = recipient.duty.value if recipient.duty else None
    disclosure = Disclosure.authorise(
        case_id=recipient.case_id,
        recipient_id=recipient.id,
        kind=DisclosureKind.SUPPLEMENT if recipient.was_sent else DisclosureKind.INITIAL,
        grounds=frozenset({ground}),
        by=uow.actor,
        at=uow.now,
    )
    recipient.permit(uow.now, change.deadlines)
    verified = is_verified(disclosure.is_forced, duty)
    add_disclosure(disclosure, recipient, change.case_file.records, urgent=False, verified=verified)
    uow.notify(SCHEDULER_CHANNEL)
    return disclosure


@router.get("/disclosures", summary="List everything that was issued or withheld, with the reasons")
@raises(pagination.InvalidCursor)
async def list_disclosures(
    case_file: CaseToRead,
    uow: Uow,
    cursor: pagination.Cursor = None,
    limit: pagination.PageLimit = pagination.DEFAULT_LIMIT,
) -> DisclosurePage:
    uow.record("disclosures.read", case_file.case.id)
    found = [
        (_sort_key(one), one, recipient)
        for recipient in case_file.recipients
        for one in recipient.disclosures
    ]
    found.sort(key=lambda row: row[0])
    if cursor is not None:
        after = tuple(pagination.decode(cursor, datetime, UUID))
        found = [row for row in found if row[0] > after]
    rows, following = pagination.cut(found, limit, lambda row: row[0])
    return DisclosurePage(
        items=[DisclosureOut.of(one, recipient) for _, one, recipient in rows], next=following
    )


def _sort_key(disclosure: Disclosure) -> tuple[datetime, UUID]:
    return disclosure.authorised_at, disclosure.id
