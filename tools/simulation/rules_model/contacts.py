"""Contacts of the model: which open a case, and reports that tell many at once (facts 7 and 15)."""

from collections.abc import Iterable
from dataclasses import dataclass

from tools.simulation.rules_model.world import AgencyKey

CASE, WITHIN_THE_HOUR, IN_TURN = "case", "looked_at_within_60_minutes", "in_turn"
MANY_AGENCIES = 10


@dataclass(frozen=True)
class Contact:
    """Everything of a contact that decides whether it opens a case, whatever menu entry it came by."""

    names_others: bool = False
    place: bool = False
    danger: bool = False
    whereabouts: bool = False
    agrees_to_a_kind: bool = False
    happens_to_writer: bool = False
    writer_may_be_child: bool = False
    way_to_be_reached: bool = False
    topic: bool = False


def route(contact: Contact) -> str:
    """Return what becomes of a contact: a case, a look within the hour, or a look in turn.

    A way to be reached and a topic that was ticked change nothing.
    """
    concern = (
        contact.names_others
        or contact.place
        or contact.danger
        or contact.whereabouts
        or contact.agrees_to_a_kind
        or contact.happens_to_writer
    )
    if concern:
        return CASE
    return WITHIN_THE_HOUR if contact.writer_may_be_child else IN_TURN


def is_mass_notification(agencies: Iterable[AgencyKey], *, verified: bool) -> bool:
    """Return whether one report, which nobody verified, forces more than ten agencies."""
    return len(set(agencies)) > MANY_AGENCIES and not verified
