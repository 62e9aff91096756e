"""Events of disclosures: authorised, issued, withheld."""

from datetime import datetime

from case_service.disclosures.models import Disclosure
from case_service.sharing.decisions.decision import Decision
from case_service.sharing.duties.required import AgencyKey
from shared.domain.vocabulary import WithheldReason
from shared.events import DisclosureAuthorised, DisclosureIssued, DisclosureWithheld


def authorised_event(
    disclosure: Disclosure, key: AgencyKey, *, urgent: bool, verified: bool
) -> DisclosureAuthorised:
    kind, agency_code = key
    return DisclosureAuthorised(
        case_id=disclosure.case_id,
        disclosure_id=disclosure.id,
        recipient_id=disclosure.recipient_id,
        kind=disclosure.kind,
        grounds=tuple(sorted(disclosure.grounds)),
        recipient_kind=kind,
        agency_code=agency_code,
        urgent=urgent and disclosure.is_forced,
        verified=verified,
        authorised_at=disclosure.authorised_at,
    )


def issued_event(
    disclosure: Disclosure, key: AgencyKey, decision: Decision, digest: str, at: datetime
) -> DisclosureIssued:
    kind, agency_code = key
    return DisclosureIssued(
        case_id=disclosure.case_id,
        disclosure_id=disclosure.id,
        recipient_id=disclosure.recipient_id,
        recipient_kind=kind,
        agency_code=agency_code,
        grounds=tuple(sorted(decision.grounds)),
        field_groups=tuple(sorted({item.group for item in decision.items})),
        issued_at=at,
        digest=digest,
    )


def withheld_event(
    disclosure: Disclosure, key: AgencyKey, reason: WithheldReason, at: datetime
) -> DisclosureWithheld:
    kind, agency_code = key
    return DisclosureWithheld(
        case_id=disclosure.case_id,
        disclosure_id=disclosure.id,
        recipient_id=disclosure.recipient_id,
        recipient_kind=kind,
        agency_code=agency_code,
        reason=reason,
        withheld_at=at,
    )
