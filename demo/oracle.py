"""What each partner may have received, worked out from the sharing rules a second time and from nothing else.

It knows what was told and what people then did, with the moments; it asks no service and none of its code decides
in one. Where a moment is uncertain, because a request was under way, what opens counts from when it was asked for and
what closes from when it was answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from demo.told import Canary, Part, Planned, Someone
from shared.geography import NATIONAL_DESK, SOCIAL_CARE_DESK, police_force_of, social_care_of

UNDER_WAY = 2.0
"""Seconds that a message may have been on its way when a withdrawal was answered."""
SITUATION = frozenset({Part.WHERE, Part.SUMMARY})
IDENTITY = frozenset({Part.NAME, Part.ADDRESS, Part.RELATION, Part.DETAIL})
TO_FIND_A_CHILD = frozenset({Part.NAME, Part.ADDRESS, Part.RELATION})
CARE = ("children_social_care", "adult_social_care")

Item = tuple[Part, str]
"""A part, and whose (for what belongs to a person)."""
Recipient = tuple[str, str]
"""A kind of recipient, and the body."""


@dataclass
class World:
    """One report and what became of it, by the demonstration's own clock."""

    report: Planned
    places: list[str | None] = field(default_factory=list)
    dangers: list[tuple[str | None, float]] = field(default_factory=list)
    children: dict[str, float] = field(default_factory=dict)
    authorised: list[tuple[str, float]] = field(default_factory=list)
    decided_by_lead: list[tuple[str, frozenset[str], float]] = field(default_factory=list)
    own_consents: list[tuple[str, str, float]] = field(default_factory=list)
    withdrawn: dict[str, float] = field(default_factory=dict)
    source_left_out: float | None = None
    stood_down: float | None = None

    def __post_init__(self) -> None:
        """What the report says by itself counts from the beginning."""
        self.places.append(self.report.place)
        if self.report.danger_somewhere:
            self.dangers.append((None, 0.0))
        self.dangers += [(person.who, 0.0) for person in self.report.people if person.in_danger]
        self.children |= {person.who: 0.0 for person in self.report.people if person.child}

    def may_have(self, canary: Canary, kind: str, body: str, at: float) -> bool:
        """Whether this word may have reached this body, a recipient of this kind, at this moment."""
        anonymous = self.report.body.get("privacy") == "anonymous"
        if canary.part is Part.REPORTER and anonymous:
            return False
        return (canary.part, canary.who) in self.permitted(kind, body, at)

    def may_hear(self, kind: str, body: str, at: float) -> bool:
        """Whether anything at all may have gone to this body by then."""
        return bool(self.permitted(kind, body, at))

    def permitted(self, kind: str, body: str, at: float) -> set[Item]:
        if not self.report.opens_case:
            return set()
        return {
            *self._by_danger(kind, body, at),
            *self._by_child(kind, body, at),
            *self._by_consent(kind, body, at),
            *self._by_lead(kind, body, at),
        }

    def forced(self) -> set[frozenset[Recipient]]:
        """Every duty by what is known in the end, each with the recipients of whom one must be told: several only
        where no place is known and more than one person's home could stand in for it."""
        if not self.report.opens_case:
            return set()
        place = self.places[-1]
        due = {
            frozenset(("police", _police(gss)) for gss in self._where_danger_is(who, place))
            for who, _ in self.dangers
        }
        for child in (person for person in self.report.people if person.who in self.children):
            due |= set(self._of_child(child, place))
        return due

    def _by_danger(self, kind: str, body: str, at: float) -> Iterator[Item]:
        dangers = [who for who, since in self.dangers if since <= at]
        told = {
            _police(gss)
            for who in dangers
            for place in self.places
            for gss in self._where_danger_is(who, place)
        }
        if kind != "police" or body not in told or self._no_longer(at):
            return
        yield from _every({Part.ACCOUNT, Part.HANDLING, Part.PROTECTION})
        yield from self._situation()
        at_risk = self._in_danger(at)
        yield from ((part, who) for who in at_risk for part in IDENTITY)
        if self._source_goes(at_risk | self._young(at), at):
            yield Part.REPORTER, "reporter"

    def _by_child(self, kind: str, body: str, at: float) -> Iterator[Item]:
        young = self._young(at)
        told = {
            recipient
            for person in self.report.people
            if person.who in young
            for place in self.places
            for recipients in self._of_child(person, place)
            for recipient in recipients
        }
        if (kind, body) not in told or self._no_longer(at):
            return
        yield from _every({Part.HANDLING, Part.PROTECTION, Part.WHERE})
        if not self._an_adult_withholds(kind, young, at):
            yield from _every({Part.ACCOUNT})
            yield from self._situation()
        yield from ((part, who) for who in young for part in IDENTITY)
        carers = [person.who for person in self.report.people if person.cares]
        yield from ((part, who) for who in carers for part in TO_FIND_A_CHILD)
        if self._source_goes(young | self._in_danger(at), at):
            yield Part.REPORTER, "reporter"

    def _by_consent(self, kind: str, body: str, at: float) -> Iterator[Item]:
        asked_for = any(kind == one and since <= at for one, since in self.authorised)
        if not asked_for or body not in self._bodies(kind):
            return
        if self._shares("reporter", kind, at):
            yield from _every({Part.ACCOUNT, Part.HANDLING})
            yield from self._situation()
            yield Part.REPORTER, "reporter"
        elif self._situation_may_go(at):
            yield from self._situation()
        else:
            return
        for who in {who for who, _, _ in self.own_consents if self._shares(who, kind, at)}:
            yield from ((part, who) for part in IDENTITY)
            yield Part.HANDLING, ""

    def _by_lead(self, kind: str, body: str, at: float) -> Iterator[Item]:
        for chosen, persons, since in self.decided_by_lead:
            if chosen != kind or since > at or body not in self._bodies(kind):
                continue
            yield Part.HANDLING, ""
            yield from self._situation()
            yield from ((part, who) for who in persons for part in IDENTITY)
            if "reporter" in persons:
                yield Part.REPORTER, "reporter"

    def _situation(self) -> Iterator[Item]:
        """What, where and how many, an adviser's summary, and of all people only who is accused."""
        yield from _every(SITUATION)
        yield from ((Part.NAME, person.who) for person in self.report.people if person.accused)

    def _no_longer(self, at: float) -> bool:
        return self.stood_down is not None and at > self.stood_down + UNDER_WAY

    def _in_danger(self, at: float) -> set[str]:
        named = {who for who, since in self.dangers if who is not None and since <= at}
        if any(who is None and since <= at for who, since in self.dangers):
            named |= {person.who for person in self.report.people if person.concern}
        return named

    def _young(self, at: float) -> set[str]:
        return {who for who, since in self.children.items() if since <= at}

    def _source_goes(self, at_risk: set[str], at: float) -> bool:
        left_out = self.source_left_out is not None and at > self.source_left_out + UNDER_WAY
        return not left_out or "reporter" in at_risk

    def _an_adult_withholds(self, kind: str, young: set[str], at: float) -> bool:
        adults = [person for person in self.report.people if person.concern and person.who not in young]
        return not all(self._shares(adult.who, kind, at) for adult in adults)

    def _shares(self, who: str, kind: str, at: float) -> bool:
        if who in self.withdrawn and at > self.withdrawn[who] + UNDER_WAY:
            return False
        if who == "reporter":
            told = self.report.body
            return told.get("privacy") == "share" and kind in told.get("share_with", ())
        return any((one, chosen) == (who, kind) and since <= at for one, chosen, since in self.own_consents)

    def _situation_may_go(self, at: float) -> bool:
        if "reporter" in self.withdrawn and at > self.withdrawn["reporter"] + UNDER_WAY:
            return False
        chosen = self.report.body.get("situation_may_be_passed_on")
        about_self = any(person.reporter and person.concern for person in self.report.people)
        return not about_self if chosen is None else bool(chosen)

    def _where_danger_is(self, who: str | None, place: str | None) -> set[str | None]:
        found = next((person.found for person in self.report.people if person.who == who), None)
        return self._or_last_known(found or place)

    def _or_last_known(self, place: str | None) -> set[str | None]:
        """The place. Where it is unknown, the last known one or the national desk, and the rules name both (fact 10):
        anybody's home or whereabouts may stand in, of all whom the report is about."""
        if place is not None:
            return {place}
        concerned = (one for one in self.report.people if one.concern or not one.reporter)
        known: set[str | None] = {gss for one in concerned for gss in (one.found or one.lives,) if gss}
        return known | {None}

    def _of_child(self, child: Someone, place: str | None) -> Iterator[frozenset[Recipient]]:
        """Where the child lives, and where the child is found: the place of the report for whoever it is about."""
        there = place if child.concern or child.accused or child.lives is None else None
        found = child.found or there
        yield frozenset(("police", _police(gss)) for gss in self._or_last_known(found or child.lives))
        homes = {gss for gss in (child.lives, found) if gss is not None}
        for gss in homes:
            yield frozenset({("children_social_care", social_care_of(gss))})
        if not homes:
            yield frozenset(("children_social_care", _care(gss)) for gss in self._or_last_known(None))

    def _bodies(self, kind: str) -> set[str]:
        """Whom consent or a lead's decision can reach: who answers for the place, or the desk where it is unknown."""
        if kind == "police":
            return {_police(place) for place in self.places}
        return {_care(place) for place in self.places} if kind in CARE else set()


def _police(place: str | None) -> str:
    return NATIONAL_DESK if place is None else police_force_of(place)


def _care(place: str | None) -> str:
    return SOCIAL_CARE_DESK if place is None else social_care_of(place)


def _every(parts: set[Part] | frozenset[Part]) -> Iterator[Item]:
    return ((part, "") for part in parts)
