"""Events of the topic audit: heads of the services' audit chains."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.domain.vocabulary import Code
from shared.events.base import Digest, Event, Length


class AuditHeadAnnounced(Event):
    """The newest link of one service's audit chain, which the other services remember."""

    type: ClassVar[str] = "audit.head.v1"
    topic: ClassVar[str] = "audit"
    subject_field: ClassVar[str] = "chain_id"
    chain_id: UUID
    service: Code
    length: Length
    head: Digest
    announced_at: datetime
