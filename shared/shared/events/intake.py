"""Events of the topic intake: contacts."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.domain.vocabulary import CallerType, Code, ContactChannel, ContactPurpose, Nation, PrivacyChoice
from shared.events.base import Event


class ContactEvent(Event):
    topic: ClassVar[str] = "intake"
    subject_field: ClassVar[str] = "contact_id"
    contact_id: UUID


class ContactReceived(ContactEvent):
    """A contact was received. `opens_case` is false for a question that names no concern about anyone.

    `same_words_as` is the contact that said the same a moment before: likely one press of a button too many.
    `recorded_by_adviser`: an adviser entered it, so that what it says counts as recorded by an adviser.
    """

    type: ClassVar[str] = "contact.received.v1"
    received_at: datetime
    channel: ContactChannel
    purpose: ContactPurpose
    caller_type: CallerType
    privacy: PrivacyChoice | None
    language: Code
    nation: Nation | None
    opens_case: bool
    danger_stated: bool
    child_stated: bool
    same_words_as: UUID | None = None
    recorded_by_adviser: bool = False
