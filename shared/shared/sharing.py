"""Who may be told what: the one function that every disclosure passes at the moment of leaving.

No I/O, no clock, no settings: facts and time are arguments. Consent permits, an override forces, a named lead may
authorise, and nothing else opens a door. The specification is the sharing rules, printed in `docs/sharing-rules.md`;
section and fact numbers in comments are its numbers.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from shared.age import Age, british_date, on_child_path
from shared.vocabulary import Ground, PersonRole, PrivacyChoice, RecipientKind, SourceLeftOutReason

RULE_VERSION = "2026-11.2"


class FieldGroup(StrEnum):
    """What a disclosure is made of (section 1)."""

    SITUATION = "S"
    ACCOUNT = "A"
    PERSONS = "P"
    REPORTER = "R"
    HANDLING = "H"


class Extent(StrEnum):
    """How much of a group goes: all of it, or only what finds and protects a child (fact 5)."""

    FULL = "full"
    TO_PROTECT_CHILD = "to_protect_child"


class Withheld(StrEnum):
    """Why something stays (section 6, property 7). Printed to advisers, never to recipients."""

    NO_CONSENT_TO_RECIPIENT = "no_consent_to_this_kind_of_recipient"
    KEPT_CONFIDENTIAL = "reporter_chose_confidential"
    NO_IDENTITY_HELD = "reporter_is_anonymous"
    SITUATION_NOT_AGREED = "situation_may_not_be_passed_on"
    WITHDRAWN = "consent_was_withdrawn"
    ANOTHER_ADULTS_IDENTITY = "another_adult_has_not_agreed"
    NOT_NEEDED_HERE = "recipient_does_not_need_it"
    NO_GROUND = "nothing_opens_this_to_this_recipient"
    ADULT_WITHHOLDS_ACCOUNT = "an_adult_withholds_consent_to_the_account"
    SOURCE_LEFT_OUT = "adviser_left_the_source_out"


@dataclass(frozen=True)
class Person:
    """One person on a case, as far as the rules need to know them. Places are GSS codes of councils."""

    id: str
    roles: frozenset[PersonRole]
    age: Age = field(default_factory=Age)
    cares_for_child: bool = False
    """Lives with, or cares for, a child on this case."""
    lives_in: str | None = None
    found_in: str | None = None

    @property
    def is_reporter(self) -> bool:
        return PersonRole.REPORTER in self.roles

    @property
    def is_of_concern(self) -> bool:
        return PersonRole.PERSON_OF_CONCERN in self.roles


@dataclass(frozen=True)
class ConsentEntry:
    """One line of the append-only consent ledger: what one person said, and when.

    Exactly one of the four is said: a privacy choice; consent to a kind of recipient, given or refused; whether the
    situation may go without the identity; or that consent is withdrawn altogether.
    """

    person: str
    at: datetime
    privacy: PrivacyChoice | None = None
    recipient: RecipientKind | None = None
    agrees: bool = False
    situation: bool | None = None
    withdraws: bool = False


@dataclass(frozen=True)
class DangerFact:
    """Imminent danger or a life-threatening emergency. `person` None: it was not recorded who (section 4)."""

    person: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class Authorisation:
    """A safeguarding lead's named decision to share with one kind of recipient, about named persons (section 1)."""

    recipient: RecipientKind
    persons: frozenset[str]


@dataclass(frozen=True)
class Matter:
    """Everything about one case that the rules look at."""

    persons: tuple[Person, ...]
    consents: tuple[ConsentEntry, ...] = ()
    dangers: tuple[DangerFact, ...] = ()
    place: str | None = None
    """Where it happens."""
    last_known_place: str | None = None
    source_left_out: SourceLeftOutReason | None = None
    told_by: frozenset[str] | None = None
    """The reporters who told of the danger or the child: other reporters' identities never go along (fact 4).
    None: it was not recorded who did, so every reporter counts."""
    opened_for: frozenset[str] = frozenset()
    """Those for whom a child's leg has opened: it does not lapse on a birthday (section 2)."""
    authorisations: tuple[Authorisation, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What one person's consent amounts to at a moment."""

    privacy: PrivacyChoice | None
    recipients: frozenset[RecipientKind]
    situation: bool | None
    withdrawn: bool


@dataclass(frozen=True, order=True)
class Item:
    """One thing that leaves: a group, whose (for P and R), and how much of it."""

    group: FieldGroup
    person: str = ""
    extent: Extent = Extent.FULL

    @property
    def code(self) -> str:
        """As it is kept in the record of what left."""
        return f"{self.group}:{self.person}:{self.extent}"


@dataclass(frozen=True)
class Decision:
    """What one recipient may receive at one moment, and why the rest stays."""

    grounds: frozenset[Ground]
    items: frozenset[Item]
    withheld: frozenset[tuple[FieldGroup, str, Withheld]] = field(default_factory=frozenset)
    protect_source: bool = False
    rule_version: str = RULE_VERSION

    @property
    def leaves(self) -> bool:
        return bool(self.items)

    def has(self, group: FieldGroup, person: str | None = None) -> bool:
        return any(i.group is group and person in (None, i.person) for i in self.items)


S, A, P, R, H = FieldGroup

_ALL = frozenset(FieldGroup)
MINIMUM_SET: dict[tuple[RecipientKind, Ground], frozenset[FieldGroup]] = {
    **{(kind, Ground.CONSENT): _ALL for kind in RecipientKind},
    **{(kind, Ground.AUTHORISED): frozenset({S, P, R, H}) for kind in RecipientKind},
    (RecipientKind.POLICE, Ground.OVERRIDE_DANGER): _ALL,
    (RecipientKind.POLICE, Ground.OVERRIDE_CHILD): _ALL,
    (RecipientKind.CHILDREN_SOCIAL_CARE, Ground.OVERRIDE_CHILD): _ALL,
}
"""The declared table of fact 4: recipient kind and ground to the groups that may go at all. No entry: nothing goes."""


def standing(matter: Matter, person: str, at: datetime) -> Standing:
    """What a person's entries up to `at` amount to. Later entries replace earlier ones; a withdrawal ends all of
    them, and only what is said after it counts again: silence about the situation is no longer a third party's yes.
    Whoever chooses to be confidential or anonymous takes back every yes to a recipient: sharing again, they are asked
    again with whom."""
    privacy: PrivacyChoice | None = None
    recipients: set[RecipientKind] = set()
    situation: bool | None = None
    withdrawn = False
    for entry in matter.consents:
        if entry.person != person or entry.at > at:
            continue
        if entry.withdraws:
            privacy, situation, withdrawn = None, False, True
            recipients.clear()
        elif entry.privacy is not None:
            privacy, withdrawn = entry.privacy, False
            if privacy is not PrivacyChoice.SHARE:
                recipients.clear()
        elif entry.situation is not None:
            situation, withdrawn = entry.situation, False
        elif entry.recipient is not None and entry.agrees:
            recipients.add(entry.recipient)
            withdrawn = False
        elif entry.recipient is not None:
            recipients.discard(entry.recipient)
    return Standing(privacy, frozenset(recipients), situation, withdrawn)


def decide(matter: Matter, recipient: RecipientKind, grounds: Iterable[Ground], *, at: datetime) -> Decision:
    """What may leave to a kind of recipient now, on the grounds on which its leg was opened.

    `grounds` are those that were opened and not stood down; consent and authorisation are read again here, so a
    withdrawal that was recorded before `at` wins. An empty decision means: nothing leaves.
    """
    opened = frozenset(grounds)
    allowed: set[Item] = set()
    standing_grounds: set[Ground] = set()
    for ground in opened:
        permitted = _cut_to_minimum(_BY_GROUND[ground](matter, recipient, at), recipient, ground)
        if permitted:
            standing_grounds.add(ground)
            allowed |= permitted
    items = frozenset(_without_doubles(allowed))
    return Decision(
        grounds=frozenset(standing_grounds),
        items=items,
        withheld=_why_withheld(matter, recipient, items, standing_grounds, at),
        protect_source=any(i.group is R for i in items) and bool(standing_grounds & OVERRIDES),
    )


OVERRIDES = frozenset({Ground.OVERRIDE_DANGER, Ground.OVERRIDE_CHILD})


def _cut_to_minimum(items: set[Item], recipient: RecipientKind, ground: Ground) -> set[Item]:
    groups = MINIMUM_SET.get((recipient, ground), frozenset())
    return {i for i in items if i.group in groups}


def _without_doubles(items: set[Item]) -> set[Item]:
    """Where both the whole and a part of the same thing may go, the whole goes."""
    return {i for i in items if i.extent is Extent.FULL or Item(i.group, i.person, Extent.FULL) not in items}


def reporters(matter: Matter) -> tuple[Person, ...]:
    return tuple(p for p in matter.persons if p.is_reporter)


def may_pass_situation(matter: Matter, reporter: Person, at: datetime) -> bool:
    """Whether what this reporter told may go without an identity (section 1, "situation choice")."""
    said = standing(matter, reporter.id, at)
    if said.withdrawn:
        return False
    if said.situation is None:
        return not reporter.is_of_concern
    return said.situation


def _by_consent(matter: Matter, recipient: RecipientKind, at: datetime) -> set[Item]:
    """Section 3, row by row, for each reporter; then other adults' own consent to their own identity.

    What one reporter told may go only as that reporter agreed. Several reporters on one case: S goes when none of
    them forbids it, because what each of them told is one situation by then; A, which is everybody's own words,
    only when each of them shares it.
    """
    items: set[Item] = set()
    told = [_told_by(matter, person, recipient, at) for person in reporters(matter)]
    if not told or not all(told):
        return items
    for part in told:
        items |= part
    if not all(Item(A) in part for part in told):
        items.discard(Item(A))
    for person in matter.persons:
        if person.is_of_concern and not person.is_reporter and _shares_with(matter, person, recipient, at):
            items |= {Item(P, person.id), Item(H)}
    return items


def _shares_with(matter: Matter, person: Person, recipient: RecipientKind, at: datetime) -> bool:
    said = standing(matter, person.id, at)
    return said.privacy is PrivacyChoice.SHARE and recipient in said.recipients and not said.withdrawn


def _told_by(matter: Matter, reporter: Person, recipient: RecipientKind, at: datetime) -> set[Item]:
    if _shares_with(matter, reporter, recipient, at):
        items = {Item(S), Item(A), Item(R, reporter.id), Item(H)}
        return items | {Item(P, reporter.id)} if reporter.is_of_concern else items
    return {Item(S)} if may_pass_situation(matter, reporter, at) else set()


def _by_authorisation(matter: Matter, recipient: RecipientKind, at: datetime) -> set[Item]:
    """A lead's named decision: the situation, and the identity of those it names and nobody else."""
    named = {p for a in matter.authorisations if a.recipient is recipient for p in a.persons}
    if not any(a.recipient is recipient for a in matter.authorisations):
        return set()
    items = {Item(S)}
    for person in matter.persons:
        if person.id in named:
            items |= {Item(R if person.is_reporter and not person.is_of_concern else P, person.id), Item(H)}
            if person.is_reporter and person.is_of_concern:
                items.add(Item(R, person.id))
    return items


def persons_in_danger(matter: Matter) -> frozenset[str]:
    """Those recorded as in danger; every person of concern where one of the facts does not say who."""
    if not matter.dangers:
        return frozenset()
    named = {d.person for d in matter.dangers if d.person is not None}
    if any(d.person is None for d in matter.dangers):
        named |= {p.id for p in matter.persons if p.is_of_concern}
    return frozenset(named)


def children(matter: Matter, on: date) -> frozenset[str]:
    """Everyone on the child path, whatever their role (section 4), and everyone for whom a child's leg is open."""
    return frozenset(p.id for p in matter.persons if on_child_path(p.age, on) or p.id in matter.opened_for)


def _source(matter: Matter, at_risk: frozenset[str]) -> set[Item]:
    """The reporter's identity goes along (fact 3) unless an adviser left it out, who may not for someone at risk."""
    sources = {p.id for p in reporters(matter) if matter.told_by is None or p.id in matter.told_by}
    going = sources if matter.source_left_out is None else set[str]()
    return {Item(R, p.id) for p in reporters(matter) if p.id in at_risk or p.id in going}


def _by_danger(matter: Matter, recipient: RecipientKind, at: datetime) -> set[Item]:
    if not matter.dangers:
        return set()
    at_risk = persons_in_danger(matter)
    items = {Item(S), Item(A), Item(H)} | {Item(P, person) for person in at_risk}
    return items | _source(matter, at_risk | children(matter, british_date(at)))


def _by_child(matter: Matter, recipient: RecipientKind, at: datetime) -> set[Item]:
    """S, the child, those needed to find or protect the child, R and H; A and all of S only as fact 5 allows."""
    young = children(matter, british_date(at))
    if not young:
        return set()
    items = {Item(P, child) for child in young} | {Item(H)}
    items |= {
        Item(P, p.id, Extent.TO_PROTECT_CHILD)
        for p in matter.persons
        if p.id not in young and p.cares_for_child
    }
    if adult_withholds(matter, recipient, at):
        items.add(Item(S, extent=Extent.TO_PROTECT_CHILD))
    else:
        items |= {Item(S), Item(A)}
    return items | _source(matter, young | persons_in_danger(matter))


def adult_withholds(matter: Matter, recipient: RecipientKind, at: datetime) -> bool:
    """Whether an adult person of concern has not agreed that this kind of recipient is told (fact 5); silence is no."""
    young = children(matter, british_date(at))
    adults = [p for p in matter.persons if p.is_of_concern and p.id not in young]
    return not all(_shares_with(matter, adult, recipient, at) for adult in adults)


_BY_GROUND = {
    Ground.CONSENT: _by_consent,
    Ground.AUTHORISED: _by_authorisation,
    Ground.OVERRIDE_DANGER: _by_danger,
    Ground.OVERRIDE_CHILD: _by_child,
}


def _why_withheld(
    matter: Matter, recipient: RecipientKind, items: frozenset[Item], grounds: Set[Ground], at: datetime
) -> frozenset[tuple[FieldGroup, str, Withheld]]:
    """Every group that stays has at least one reason (section 6, property 7), even where no person accounts for it."""
    overriding = bool(grounds & OVERRIDES)
    said = frozenset(_personal_reasons(matter, recipient, items, at, overriding=overriding))
    explained = {group for group, _, _ in said} | {item.group for item in items}
    general = Withheld.NOT_NEEDED_HERE if grounds else Withheld.NO_GROUND
    return said | {(group, "", general) for group in FieldGroup if group not in explained}


def _personal_reasons(
    matter: Matter, recipient: RecipientKind, items: frozenset[Item], at: datetime, *, overriding: bool
) -> Iterable[tuple[FieldGroup, str, Withheld]]:
    sent = {(i.group, i.person) for i in items if i.extent is Extent.FULL}
    for person in reporters(matter):
        why = _reporters_reason(matter, person, recipient, at)
        if (R, person.id) not in sent:
            left_out = matter.source_left_out is not None and overriding
            yield R, person.id, Withheld.SOURCE_LEFT_OUT if left_out else why
        if (A, "") not in sent:
            mixed = (S, "") not in sent and bool(items)
            yield A, person.id, Withheld.ADULT_WITHHOLDS_ACCOUNT if mixed else why
            if mixed:
                yield S, "", Withheld.ADULT_WITHHOLDS_ACCOUNT
        if (S, "") not in sent and not may_pass_situation(matter, person, at):
            yield S, person.id, Withheld.SITUATION_NOT_AGREED
    for person in matter.persons:
        if (P, person.id) not in sent and not person.is_reporter:
            concern = person.is_of_concern
            yield P, person.id, Withheld.ANOTHER_ADULTS_IDENTITY if concern else Withheld.NOT_NEEDED_HERE
        elif (P, person.id) not in sent and person.is_of_concern:
            yield P, person.id, _reporters_reason(matter, person, recipient, at)


def _reporters_reason(matter: Matter, reporter: Person, recipient: RecipientKind, at: datetime) -> Withheld:
    said = standing(matter, reporter.id, at)
    if said.withdrawn:
        return Withheld.WITHDRAWN
    if said.privacy is PrivacyChoice.ANONYMOUS:
        return Withheld.NO_IDENTITY_HELD
    if said.privacy is PrivacyChoice.CONFIDENTIAL:
        return Withheld.KEPT_CONFIDENTIAL
    if recipient in said.recipients:
        return Withheld.NOT_NEEDED_HERE
    return Withheld.NO_CONSENT_TO_RECIPIENT
