"""Who must be told: the recipients that an override forces, one duty per body (sharing rules, section 4)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from shared.age import british_date
from shared.sharing import Matter, Person, children
from shared.vocabulary import Ground, PersonRole, RecipientKind

PoliceForceOf = Callable[[str], str]
SocialCareOf = Callable[[str], str]


@dataclass(frozen=True)
class Duty:
    """One body that must be told, on which grounds, and whether the place that led to it is only a fallback."""

    recipient: RecipientKind
    body: str
    grounds: frozenset[Ground]
    place: str | None
    """GSS code of the council whose area led here; None when no place at all is known."""
    fallback: bool = False
    """A place is only the last known one (for somebody in danger, else their home), or it leads to nobody but a
    national desk: a person must find the right one, now (fact 10)."""
    at_once: bool = False
    """Someone is in danger, so that this body must acknowledge at once, whatever its grounds (section 4, "due")."""


@dataclass(frozen=True)
class Bodies:
    """Which body answers for a place: functions of the reference data, and the desks for "place unknown"."""

    police_force_of: PoliceForceOf
    social_care_of: SocialCareOf
    police_desk: str
    social_care_desk: str


def forced_duties(matter: Matter, bodies: Bodies, *, at: datetime) -> tuple[Duty, ...]:
    """Every duty that the facts open at this moment, strictest grounds joined per body, in a fixed order.

    Facts only add duties: danger and a child each bring their own recipients and never remove another's (property 5).
    """
    found = [*_danger_duties(matter, bodies), *_child_duties(matter, bodies, at)]
    return tuple(_one_per_body(found))


def _danger_duties(matter: Matter, bodies: Bodies) -> Iterable[Duty]:
    for danger in matter.dangers:
        found_in, lives_in = _whereabouts(matter, danger.person)
        known = danger.place or found_in or matter.place
        yield _police(bodies, known, matter.last_known_place or lives_in, Ground.OVERRIDE_DANGER)


def _whereabouts(matter: Matter, person_id: str | None) -> tuple[str | None, str | None]:
    """Where this person, and nobody else, is found and lives."""
    return next(((p.found_in, p.lives_in) for p in matter.persons if p.id == person_id), (None, None))


def _child_duties(matter: Matter, bodies: Bodies, at: datetime) -> Iterable[Duty]:
    young = children(matter, british_date(at))
    for child in (p for p in matter.persons if p.id in young):
        found_in = _where_child_is_found(child, matter)
        police = _police(bodies, found_in or child.lives_in, matter.last_known_place, Ground.OVERRIDE_CHILD)
        councils = _councils(bodies, child, found_in, matter.last_known_place)
        for duty in (police, *councils):
            yield replace(duty, at_once=_may_be_in_danger(child, matter))


def _where_child_is_found(child: Person, matter: Matter) -> str | None:
    """Where it happens stands in for an unrecorded place, but not for a child with a home who is no part of it: a
    reporter's or a household's council is not the one of somebody else's workplace."""
    part_of_it = bool(child.roles & {PersonRole.PERSON_OF_CONCERN, PersonRole.ALLEGED_EXPLOITER})
    if child.found_in is None and (part_of_it or child.lives_in is None):
        return matter.place
    return child.found_in


def _may_be_in_danger(child: Person, matter: Matter) -> bool:
    return any(danger.person in (None, child.id) for danger in matter.dangers)


def _councils(bodies: Bodies, child: Person, found_in: str | None, last_known: str | None) -> Iterable[Duty]:
    places = {gss for gss in (child.lives_in, found_in) if gss is not None}
    for gss in sorted(places):
        body = bodies.social_care_of(gss)
        yield _care(body, gss, fallback=body == bodies.social_care_desk)
    if not places and last_known is not None:
        yield _care(bodies.social_care_of(last_known), last_known, fallback=True)
    elif not places:
        yield _care(bodies.social_care_desk, None, fallback=True)


def _care(body: str, place: str | None, *, fallback: bool) -> Duty:
    grounds = frozenset({Ground.OVERRIDE_CHILD})
    return Duty(RecipientKind.CHILDREN_SOCIAL_CARE, body, grounds, place, fallback)


def _police(bodies: Bodies, known: str | None, last_known: str | None, ground: Ground) -> Duty:
    place = known or last_known
    body = bodies.police_force_of(place) if place is not None else bodies.police_desk
    danger = ground is Ground.OVERRIDE_DANGER
    fallback = known is None or body == bodies.police_desk
    return Duty(RecipientKind.POLICE, body, frozenset({ground}), place, fallback=fallback, at_once=danger)


def _one_per_body(duties: Iterable[Duty]) -> Iterable[Duty]:
    """One leg per recipient body: grounds are a set, the strictest time counts, a known place is named before a
    fallback, and a place that is still to be found stays to be found (fact 10: never dropped)."""
    joined: dict[tuple[RecipientKind, str], Duty] = {}
    for duty in duties:
        before = joined.get((duty.recipient, duty.body), duty)
        known = duty if before.fallback and not duty.fallback else before
        joined[duty.recipient, duty.body] = replace(
            before,
            grounds=before.grounds | duty.grounds,
            place=known.place or duty.place,
            fallback=before.fallback or duty.fallback,
            at_once=before.at_once or duty.at_once,
        )
    return [joined[key] for key in sorted(joined)]
