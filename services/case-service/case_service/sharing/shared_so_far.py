"""Sharing so far: the recipients of a case with their duties and disclosures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from case_service.sharing.decisions.decision import OVERRIDES, Decision, Item
from case_service.sharing.duties.duty import Duty
from case_service.sharing.duties.required import AgencyKey
from case_service.sharing.effects import AuthoriseDisclosure
from case_service.sharing.facts import FactRef
from shared.domain.vocabulary import DisclosureKind, Ground, RecipientKind


class DisclosureState(StrEnum):
    """States of a disclosure."""

    AUTHORISED = "authorised"
    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    WITHHELD = "withheld"
    RECALLED = "recalled"


UNANSWERED = frozenset({DisclosureState.AUTHORISED, DisclosureState.ISSUED})


@dataclass(frozen=True)
class Issued:
    """Record of one time that something was issued or told by telephone."""

    items: frozenset[Item]
    persons: frozenset[str]
    digest: str
    issued_at: datetime
    attempt: int
    facts: frozenset[FactRef] = frozenset()
    """Facts on which it rested."""
    parts: frozenset[str] = frozenset()
    """Keyed digests of each part of the content; with them it is told what would be news."""


@dataclass(frozen=True)
class DisclosureSoFar:
    """One disclosure, with the records of its content that left; `issued` is in the order of time."""

    id: str
    kind: DisclosureKind
    grounds: frozenset[Ground]
    state: DisclosureState
    authorised_at: datetime
    told_by_phone: bool = False
    issued: tuple[Issued, ...] = ()
    about: frozenset[FactRef] = frozenset()
    """Facts that a correction takes back."""
    recalled_items: frozenset[Item] = frozenset()
    """Parts of it that were recalled."""
    is_of_duplicate: bool = False
    """It carries what a case knows that repeats this one."""

    @property
    def is_forced(self) -> bool:
        return bool(self.grounds & OVERRIDES)

    @property
    def is_unanswered(self) -> bool:
        return self.state in UNANSWERED


@dataclass(frozen=True)
class RecipientSoFar:
    """One case recipient; `id` is empty for one that the effects before have only just opened."""

    recipient_kind: RecipientKind
    agency_code: str
    id: str = ""
    duty: Duty | None = None
    disclosures: tuple[DisclosureSoFar, ...] = ()

    @property
    def key(self) -> AgencyKey:
        return self.recipient_kind, self.agency_code

    @property
    def child_ids(self) -> frozenset[str]:
        return self.duty.child_ids if self.duty else frozenset()

    @property
    def facts(self) -> frozenset[FactRef]:
        """Return the facts on which the sharing with this agency rests."""
        return self.duty.facts if self.duty else frozenset()

    def parts_sent(self) -> frozenset[str]:
        """Return the digests of everything that this agency was sent or told."""
        return frozenset(part for one in self.disclosures for record in one.issued for part in record.parts)

    def with_duty(self, duty: Duty) -> "RecipientSoFar":
        return replace(self, duty=duty)

    def with_authorised(self, effect: AuthoriseDisclosure, at: datetime) -> "RecipientSoFar":
        """Return the same with a disclosure that is authorised in this very change, and has no id yet."""
        authorised = DisclosureSoFar(
            "",
            effect.kind,
            effect.grounds,
            DisclosureState.AUTHORISED,
            at,
            about=frozenset(effect.about),
            is_of_duplicate=effect.duplicate is not None,
        )
        return replace(self, disclosures=(*self.disclosures, authorised))


Part = frozenset[str]
"""One part of a content: its keyed digest on the case, and on each case merged into it."""
ContentParts = Callable[[RecipientSoFar, Decision], frozenset[Part]]
"""Parts of the content that an agency would be sent now, over the opened case file."""


def is_news(parts: frozenset[Part], sent: frozenset[str]) -> bool:
    """Return whether any part was never sent; `sent` are digests of what was."""
    return any(part.isdisjoint(sent) for part in parts)


@dataclass(frozen=True)
class SharedSoFar:
    """Everything shared, and owed about one case."""

    recipients: tuple[RecipientSoFar, ...]
    content_parts: ContentParts = field(default=lambda *_: frozenset(), compare=False)

    def by_key(self) -> dict[AgencyKey, RecipientSoFar]:
        return {recipient.key: recipient for recipient in self.recipients}

    def child_ids(self) -> frozenset[str]:
        """Return the children for whom any duty is open."""
        return frozenset(one for recipient in self.recipients for one in recipient.child_ids)

    def duties(self) -> Iterator[tuple[RecipientSoFar, Duty]]:
        for recipient in self.recipients:
            if recipient.duty is not None:
                yield recipient, recipient.duty

    def replaced(self, changed: RecipientSoFar) -> "SharedSoFar":
        """Return the same with one recipient changed, or added at the end."""
        if changed.key not in self.by_key():
            return replace(self, recipients=(*self.recipients, changed))
        recipients = tuple(changed if one.key == changed.key else one for one in self.recipients)
        return replace(self, recipients=recipients)
