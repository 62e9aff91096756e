"""Decision about one disclosure, as a value; and the minimum set.

A decision holds the parts that may be sent, and the reasons why the others are withheld.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from enum import StrEnum

from shared.domain.vocabulary import FieldGroup, Ground, RecipientKind

RULE_VERSION = "2026-11.3"


class Extent(StrEnum):
    """Extent of a group: all, the coded facts about one person, or as a child is protected (fact 5)."""

    FULL = "full"
    OWN = "own"
    TO_PROTECT_CHILD = "to_protect_child"


class GroupWithheldReason(StrEnum):
    """Reason why a group is withheld (section 6, property 7); shown to advisers, never to recipients."""

    NO_CONSENT_TO_RECIPIENT = "no_consent_to_this_kind_of_recipient"
    KEPT_CONFIDENTIAL = "reporter_chose_confidential"
    NO_IDENTITY_HELD = "reporter_is_anonymous"
    SITUATION_NOT_AGREED = "situation_may_not_be_passed_on"
    WITHDRAWN = "consent_was_withdrawn"
    ANOTHER_ADULTS_IDENTITY = "another_adult_has_not_agreed"
    NOT_NEEDED_HERE = "recipient_does_not_need_it"
    NO_GROUND = "nothing_opens_this_to_this_recipient"
    ADULT_WITHHOLDS_ACCOUNT = "an_adult_withholds_consent_to_the_account"
    NOT_ASKED = "nobody_asked"
    NOT_A_SOURCE_HERE = "did_not_tell_of_what_is_shared_here"
    UNNAMED_SOURCE = "source_is_not_named_unless_an_adviser_decides"
    SOURCE_LEFT_OUT = "adviser_left_the_source_out"


@dataclass(frozen=True, order=True)
class Item:
    """One part of a disclosure: a group, its person, and its extent. S as a whole has no person."""

    group: FieldGroup
    person: str = ""
    extent: Extent = Extent.FULL


@dataclass(frozen=True)
class Decision:
    """Decision about one recipient at one moment: the parts that may go, and why the rest is withheld."""

    grounds: frozenset[Ground]
    items: frozenset[Item]
    withheld: frozenset[tuple[FieldGroup, str, GroupWithheldReason]] = field(default_factory=frozenset)
    protect_source: bool = False
    """The recipient must tell nobody who told it (fact 3)."""
    rule_version: str = RULE_VERSION

    @property
    def permits_anything(self) -> bool:
        return bool(self.items)

    def has(self, group: FieldGroup, person: str | None = None) -> bool:
        return any(i.group is group and person in (None, i.person) for i in self.items)

    def persons(self, group: FieldGroup, extent: Extent | None = None) -> frozenset[str]:
        """Return the persons whose part of a group goes, of one extent or of any."""
        return frozenset(i.person for i in self.items if i.group is group and extent in (None, i.extent))


OVERRIDES = frozenset({Ground.OVERRIDE_DANGER, Ground.OVERRIDE_CHILD})
S, A, P, R, H = FieldGroup


def handling_of(items: Set[Item]) -> set[Item]:
    """Return the handling of exactly those whose identity goes as a whole (section 1)."""
    return {Item(H, one.person) for one in items if one.group in (P, R) and one.extent is Extent.FULL}


_ALL = frozenset(FieldGroup)
MINIMUM_SET: dict[tuple[RecipientKind, Ground], frozenset[FieldGroup]] = {
    **{(kind, Ground.CONSENT): _ALL for kind in RecipientKind},
    **{(kind, Ground.AUTHORISED): _ALL for kind in RecipientKind},
    (RecipientKind.POLICE, Ground.OVERRIDE_DANGER): _ALL,
    (RecipientKind.POLICE, Ground.OVERRIDE_CHILD): _ALL,
    (RecipientKind.CHILDREN_SOCIAL_CARE, Ground.OVERRIDE_CHILD): _ALL,
}
"""Table of fact 4: groups that a recipient kind may receive on a ground; without an entry it receives none."""
