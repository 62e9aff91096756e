"""Model of the sharing rules. The rules once more, as plainly as they can be said, to compare the product with.

The tests of the case service use it, and it shares no code with the case service. Persons, places and agencies are
whatever names they are given. An item of a disclosure is a word: `S`, `A`, `H`, `P:<person>`, `R:<person>`; a `~` at
its end is the part that protects a child. An entry of the consent ledger is a word too: `share`, `+police`, `-police`,
`situation=yes`, `withdraws`.
"""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from shared.domain.vocabulary import Ground, PersonRole, PrivacyChoice, RecipientKind

DANGER, CHILD = Ground.OVERRIDE_DANGER, Ground.OVERRIDE_CHILD
CONFIRM_WITHIN = {DANGER: timedelta(minutes=10), CHILD: timedelta(minutes=60)}
ACKNOWLEDGE_DANGER_WITHIN = timedelta(seconds=60)
ACKNOWLEDGE_PERMITTED_WITHIN = timedelta(hours=72)

AgencyKey = tuple[str, str]
"""Recipient kind and agency code."""


@dataclass
class ModelPerson:
    """Person on a case. A date of birth decides, where there is one; else whether they were taken for a child."""

    roles: Set[str]
    child: bool
    cares_for_child: bool = False
    born: date | None = None
    lives_in: str | None = None
    found_in: str | None = None
    in_report: bool = True
    """The report told of this person, so that the description is in the reporter's words."""


@dataclass
class ModelFacts:
    """Facts recorded on one case, in order, as plain values."""

    persons: dict[str, ModelPerson] = field(default_factory=dict)
    consents: list[tuple[datetime, str, str]] = field(default_factory=list)
    """Time, person, and the word of the entry."""
    dangers: list[tuple[str | None, str | None]] = field(default_factory=list)
    """Person in danger and place of the danger, each None where nobody said."""
    authorisations: list[tuple[str, str | None, frozenset[str]]] = field(default_factory=list)
    """Recipient kind, the agency where one was named, and the persons whom a lead named."""
    source_left_out: bool = False
    source_reporter_ids: set[str] | None = None
    child_ids: set[str] = field(default_factory=set)
    """Children for whom a duty opened, whatever became of their age."""
    place: str | None = None
    last_known_place: str | None = None

    def children(self, at: datetime) -> set[str]:
        return {name for name, one in self.persons.items() if is_child(one, at)} | self.child_ids

    def with_role(self, role: PersonRole) -> set[str]:
        return {name for name, one in self.persons.items() if role in one.roles}

    def shares_with(self, name: str, kind: str, at: datetime) -> bool:
        """Return whether this person's identity may go to this recipient kind."""
        words = self._since_withdrawal(name, at)
        choices = [word for word in words if word in set(PrivacyChoice)]
        more_private = [number for number, word in enumerate(words) if word in {"confidential", "anonymous"}]
        kinds = [word for word in words[max(more_private, default=0) :] if word in (f"+{kind}", f"-{kind}")]
        return choices[-1:] == [PrivacyChoice.SHARE] and kinds[-1:] == [f"+{kind}"]

    def passes_situation(self, name: str, at: datetime) -> bool:
        """Return whether what this reporter said may go without the identity."""
        choices = [word for word in self._since_withdrawal(name, at) if word.startswith("situation=")]
        if choices:
            return choices[-1] == "situation=yes"
        never_withdrew = "withdraws" not in self._words(name, at)
        return never_withdrew and name not in self.with_role(PersonRole.PERSON_OF_CONCERN)

    def chose_anonymity(self, name: str, at: datetime) -> bool:
        """Return whether this is a reporter whose newest privacy choice is to be anonymous."""
        choices = [word for word in self._words(name, at) if word in set(PrivacyChoice)]
        return PersonRole.REPORTER in self.persons[name].roles and choices[-1:] == [PrivacyChoice.ANONYMOUS]

    def _words(self, name: str, at: datetime) -> list[str]:
        return [word for said_at, who, word in self.consents if who == name and said_at <= at]

    def _since_withdrawal(self, name: str, at: datetime) -> list[str]:
        words = self._words(name, at)
        return words[len(words) - words[::-1].index("withdraws") :] if "withdraws" in words else words


def is_child(one: ModelPerson, at: datetime) -> bool:
    if one.born is None:
        return one.child
    today = british_date(at)
    return (today.year, today.month, today.day) < (one.born.year + 18, one.born.month, one.born.day)


def british_date(at: datetime) -> date:
    """Return the day: summer time lasts from the last Sunday of March to that of October, one o'clock UTC."""
    return (at + _summer_time(at)).date()


def _summer_time(at: datetime) -> timedelta:
    begins, ends = (_last_sunday(at, month) for month in (3, 10))
    return timedelta(hours=1 if begins <= at < ends else 0)


def _last_sunday(at: datetime, month: int) -> datetime:
    day = datetime(at.year, month, 31, 1, tzinfo=at.tzinfo)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def acknowledge_by(grounds: Iterable[str], sent_at: datetime, *, at_once: bool) -> datetime:
    """Return when an unacknowledged duty becomes a telephone task: in a minute, or at the end of the British day."""
    if at_once or DANGER in set(grounds):
        return sent_at + ACKNOWLEDGE_DANGER_WITHIN
    end = datetime.combine(british_date(sent_at), time(23, 59, 59), tzinfo=sent_at.tzinfo)
    return end - _summer_time(end)


# What may go (sections 3 and 4, facts 3 to 5)


def items_allowed(
    facts: ModelFacts, kind: str, grounds: Iterable[str], at: datetime, *, agency: str | None = None
) -> set[str]:
    """Return the items that a recipient kind may receive on these grounds.

    `agency` is the one agency that is asked about; left out, a lead's decisions about any agency count.
    """
    opened, items = set(grounds), set[str]()
    if Ground.CONSENT in opened:
        items |= _by_consent(facts, kind, at)
    if Ground.AUTHORISED in opened:
        items |= _by_authorisation(facts, kind, agency)
    if DANGER in opened and facts.dangers and kind == RecipientKind.POLICE:
        items |= _by_danger(facts, at)
    told_of_children = kind in (RecipientKind.POLICE, RecipientKind.CHILDREN_SOCIAL_CARE)
    if CHILD in opened and told_of_children and facts.children(at):
        items |= _by_child(facts, kind, at)
    return {item for item in items if not (item.endswith("~") and item[:-1] in items)}


def _by_consent(facts: ModelFacts, kind: str, at: datetime) -> set[str]:
    reporters = facts.with_role(PersonRole.REPORTER)
    sharing = {name for name in reporters if facts.shares_with(name, kind, at)}
    if not reporters or not all(facts.passes_situation(name, at) for name in reporters - sharing):
        return set()
    agreed = {
        name
        for name in facts.with_role(PersonRole.PERSON_OF_CONCERN)
        if name in sharing or (name not in reporters and facts.shares_with(name, kind, at))
    }
    items = {"S"} | {f"R:{name}" for name in sharing} | {f"P:{name}" for name in agreed}
    items |= {"A"} if sharing == reporters else set()
    return items | ({"H"} if sharing or agreed else set())


def _by_authorisation(facts: ModelFacts, kind: str, agency: str | None) -> set[str]:
    decided = [names for to, about, names in facts.authorisations if to == kind and agency in (None, about)]
    items = {"S"} if decided else set()
    for name in set[str]().union(*decided) & set(facts.persons):
        roles = facts.persons[name].roles
        reports = PersonRole.REPORTER in roles
        items |= {"H"} | ({f"R:{name}"} if reports else set())
        items |= {f"P:{name}"} if PersonRole.PERSON_OF_CONCERN in roles or not reports else set()
    return items


def persons_in_danger(facts: ModelFacts) -> set[str]:
    """Return those named, and every person of concern where a danger names nobody."""
    named = {who for who, _ in facts.dangers if who is not None}
    if any(who is None for who, _ in facts.dangers):
        named |= facts.with_role(PersonRole.PERSON_OF_CONCERN)
    return named


def _sources(facts: ModelFacts, at: datetime) -> set[str]:
    reporters = facts.with_role(PersonRole.REPORTER)
    at_risk = reporters & (persons_in_danger(facts) | facts.children(at))
    sources = reporters if facts.source_reporter_ids is None else reporters & facts.source_reporter_ids
    return {f"R:{name}" for name in at_risk | (set() if facts.source_left_out else sources)}


def _by_danger(facts: ModelFacts, at: datetime) -> set[str]:
    return {"S", "A", "H"} | {f"P:{name}" for name in persons_in_danger(facts)} | _sources(facts, at)


def _by_child(facts: ModelFacts, kind: str, at: datetime) -> set[str]:
    children = facts.children(at)
    carers = {name for name, one in facts.persons.items() if one.cares_for_child} - children
    adults = facts.with_role(PersonRole.PERSON_OF_CONCERN) - children
    agreed = all(facts.shares_with(name, kind, at) for name in adults)
    items = {"H"} | ({"S", "A"} if agreed else {"S~"}) | {f"P:{name}" for name in children}
    return items | {f"P:{name}~" for name in carers} | _sources(facts, at)


# Which fields go with the items


def fields_sent(items: set[str], facts: ModelFacts) -> set[str]:
    """Return the fields that whoever receives these items reads: `account`, `premises`, `name:<person>` and so on."""
    fields = set[str]()
    whole = {item.partition(":")[2] for item in items if item[:2] == "P:" and not item.endswith("~")}
    for name, one in facts.persons.items():
        if f"R:{name}" in items:
            fields |= {f"name:{name}", f"phone:{name}", f"email:{name}"}
        if name in whole:
            fields |= {f"name:{name}", f"home:{name}", f"found:{name}"}
            fields |= {f"description:{name}"} if "A" in items or not one.in_report else set()
        if f"P:{name}~" in items:
            fields |= {f"name:{name}", f"relation:{name}"}
            fields.add(f"home:{name}" if one.lives_in is not None else f"found:{name}")
        if "S" in items and one.roles == {PersonRole.ALLEGED_EXPLOITER} and not one.child:
            fields |= {f"name:{name}"} | ({f"description:{name}"} if "A" in items else set())
    return fields | _fields_of_the_case(items, facts, whole)


def _fields_of_the_case(items: set[str], facts: ModelFacts, whole: set[str]) -> set[str]:
    """Return the fields that are nobody's. `whole`: the persons whose identity goes in full."""
    fields = {"account"} if "A" in items else set()
    if "S" in items:
        fields |= {"summary", "premises"} | ({"when", "described"} if "A" in items else set())
    if "S~" in items:
        elsewhere = all(facts.persons[name].found_in for name in whole)
        fields |= {"protection-summary"} | (set() if elsewhere else {"premises"})
    if "H" in items:
        reporters = facts.with_role(PersonRole.REPORTER)
        made_report = {name for name in reporters if facts.persons[name].in_report}
        fields |= {"risk"} | ({"safe"} if any(f"R:{name}" in items for name in made_report) else set())
    return fields


# Who must be told (section 4, facts 0 and 10)


@dataclass(frozen=True)
class ModelAgencies:
    """Agencies that answer for a place, and the desks for an unknown one."""

    police_of: Callable[[str], str]
    social_care_of: Callable[[str], str]
    police_desk: str
    social_care_desk: str


@dataclass
class ModelRequired:
    """Disclosure that one agency must get: its grounds, whether a place is still to be found, and whether at once."""

    grounds: set[str] = field(default_factory=set)
    place_to_find: bool = False
    at_once: bool = False


def required_agencies(
    facts: ModelFacts, at: datetime, agencies: ModelAgencies
) -> dict[AgencyKey, ModelRequired]:
    """Return each agency that must be told."""
    required: dict[AgencyKey, ModelRequired] = {}
    police, care = RecipientKind.POLICE, RecipientKind.CHILDREN_SOCIAL_CARE

    def add(kind: str, known: str | None, stand_in: str | None, ground: str, *, at_once: bool) -> None:
        code, to_find = _agency_for(kind, known, stand_in, agencies)
        one = required.setdefault((str(kind), code), ModelRequired())
        one.grounds.add(str(ground))
        one.place_to_find, one.at_once = one.place_to_find or to_find, one.at_once or at_once

    for who, place in facts.dangers:
        found, home = (facts.persons[who].found_in, facts.persons[who].lives_in) if who else (None, None)
        known = place or found or facts.place
        add(police, known, facts.last_known_place or home, DANGER, at_once=True)
    for name in facts.children(at) & set(facts.persons):
        one = facts.persons[name]
        in_danger = any(who in (None, name) for who, _ in facts.dangers)
        stands_in = one.lives_in is None or one.roles & {"person_of_concern", "alleged_exploiter"}
        found = one.found_in or (facts.place if stands_in else None)
        add(police, found or one.lives_in, facts.last_known_place, CHILD, at_once=in_danger)
        for council in {one.lives_in, found} - {None} or {None}:
            add(care, council, facts.last_known_place, CHILD, at_once=in_danger)
    return required


def _agency_for(
    kind: str, known: str | None, stand_in: str | None, agencies: ModelAgencies
) -> tuple[str, bool]:
    """Return the agency for a place, and whether somebody must still find the right place."""
    is_police = kind == RecipientKind.POLICE
    desk = agencies.police_desk if is_police else agencies.social_care_desk
    agency_of = agencies.police_of if is_police else agencies.social_care_of
    place = known or stand_in
    code = desk if place is None else agency_of(place)
    return code, known is None or code == desk
