"""Acknowledged messages: which messages of a referral an acknowledgement is about."""

from collections.abc import Sequence
from uuid import UUID

from referral_service.deliveries.models import Delivery


def acknowledged_messages(arrived: Sequence[Delivery], disclosure_id: UUID | None) -> list[Delivery]:
    """Return the messages that are meant, of those that arrived or may have.

    Without a `disclosure_id` these are all that were sent, and one more whose answer is not known if nothing else can
    be meant. An agency that answered a message with an error has said that it did not take it.
    """
    if disclosure_id is not None:
        return [one for one in arrived if one.disclosure_id == disclosure_id]
    sent = [one for one in arrived if one.sent_at is not None]
    unsure = [one for one in arrived if one.sent_at is None]
    if not sent:
        return unsure[:1]
    if any(one.acknowledged_at is None for one in sent):
        return list(sent)
    return [*sent, *(one for one in unsure[:1] if one.answer_was_lost)]
