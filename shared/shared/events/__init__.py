"""Events that one service announces to the others: ids, codes, times and counts, never free text.

One module per topic. `EVENTS` is the registry from which schemas and AsyncAPI are generated. A field is an id, a
code, an entry of a closed list, a time, a count or a yes or no, so that nothing a person said fits into an event; a
test walks every field.
"""

from collections.abc import Iterator

from shared.events.audit import AuditHeadAnnounced
from shared.events.base import Count, Digest, Event, Length
from shared.events.case import (
    CaseClassified,
    CaseClosed,
    CaseEvent,
    CaseMerged,
    CaseOpened,
    CaseReopened,
    ConsentRecorded,
    ConsentWithdrawn,
    DisclosureAuthorised,
    DisclosureIssued,
    DisclosureRecalled,
    DisclosureWithheld,
    OverrideEscalated,
    OverrideOpened,
    OverrideStoodDown,
    PhoneHandoverRecorded,
    ReportImported,
)
from shared.events.intake import ContactEvent, ContactReceived
from shared.events.referral import (
    AgencyRegistered,
    RecallAnswered,
    RecallNotNeeded,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
    ReferralOutcomeReported,
    ReferralSent,
    ReferralUndeliverable,
)

__all__ = [
    "BY_TYPE",
    "EVENTS",
    "TOPICS",
    "AgencyRegistered",
    "AuditHeadAnnounced",
    "CaseClassified",
    "CaseClosed",
    "CaseEvent",
    "CaseMerged",
    "CaseOpened",
    "CaseReopened",
    "ConsentRecorded",
    "ConsentWithdrawn",
    "ContactEvent",
    "ContactReceived",
    "Count",
    "Digest",
    "DisclosureAuthorised",
    "DisclosureIssued",
    "DisclosureRecalled",
    "DisclosureWithheld",
    "Event",
    "Length",
    "OverrideEscalated",
    "OverrideOpened",
    "OverrideStoodDown",
    "PhoneHandoverRecorded",
    "RecallAnswered",
    "RecallNotNeeded",
    "ReferralAccepted",
    "ReferralAcknowledged",
    "ReferralDeclined",
    "ReferralEvent",
    "ReferralOutcomeReported",
    "ReferralSent",
    "ReferralUndeliverable",
    "ReportImported",
    "UnknownEvent",
    "read",
]


def _declared(kind: type[Event]) -> Iterator[type[Event]]:
    """Yield the classes below `kind` that have a type of their own, in the order of their declaration."""
    for one in kind.__subclasses__():
        if "type" in vars(one):
            yield one
        yield from _declared(one)


EVENTS: tuple[type[Event], ...] = tuple(_declared(Event))
BY_TYPE: dict[str, type[Event]] = {event.type: event for event in EVENTS}


TOPICS = tuple(sorted({event.topic for event in EVENTS}))


class UnknownEvent(Exception):
    """Type or version that this code does not know; kept for replay after an upgrade."""


def read(type_: str, body: bytes) -> Event:
    """Return the event of this type in an envelope's body; UnknownEvent or ValidationError where it is none."""
    event = BY_TYPE.get(type_)
    if event is None:
        raise UnknownEvent(type_)
    return event.model_validate_json(body)
