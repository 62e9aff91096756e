"""The sharing rules once more, as plainly as they can be said, for histories to be compared with (sections 1 to 4)."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.shared.sharing_worlds import CARE_OF, POLICE_OF


@dataclass
class Someone:
    """One person in the plain model: a date of birth decides, else whether they were taken for a child."""

    roles: set[str]
    child: bool
    carer: bool = False
    born: date | None = None
    lives: str | None = None
    found: str | None = None


@dataclass
class Plain:
    """One case: what was recorded, in order, as plain values."""

    people: dict[str, Someone] = field(default_factory=dict)
    said: list[tuple[datetime, str, str]] = field(default_factory=list)
    dangers: list[tuple[str | None, str | None]] = field(default_factory=list)
    authorised: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    left_out: bool = False
    told_by: set[str] | None = None
    opened_for: set[str] = field(default_factory=set)
    place: str | None = None
    last_known: str | None = None

    def children(self, now: datetime) -> set[str]:
        return {name for name, one in self.people.items() if _is_child(one, now)} | self.opened_for

    def those(self, role: str) -> set[str]:
        return {name for name, one in self.people.items() if role in one.roles}

    def shares(self, name: str, kind: str, now: datetime) -> bool:
        words = self._since_withdrawal(name, now)
        choices = [word for word in words if word in {"share", "confidential", "anonymous"}]
        closed = [number for number, word in enumerate(words) if word in {"confidential", "anonymous"}]
        kinds = [word for word in words[max(closed, default=0) :] if word[1:] == kind and word[0] in "+-"]
        return choices[-1:] == ["share"] and kinds[-1:] == [f"+{kind}"]

    def passes_on(self, name: str, now: datetime) -> bool:
        choices = [word for word in self._since_withdrawal(name, now) if word.startswith("situation=")]
        if choices:
            return choices[-1] == "situation=yes"
        never_withdrew = "withdraws" not in self._words(name, now)
        return never_withdrew and name not in self.those("concern")

    def _words(self, name: str, now: datetime) -> list[str]:
        return [word for at, who, word in self.said if who == name and at <= now]

    def _since_withdrawal(self, name: str, now: datetime) -> list[str]:
        words = self._words(name, now)
        return words[len(words) - words[::-1].index("withdraws") :] if "withdraws" in words else words


def _is_child(one: Someone, now: datetime) -> bool:
    if one.born is None:
        return one.child
    today = british(now)
    return (today.year, today.month, today.day) < (one.born.year + 18, one.born.month, one.born.day)


def british(now: datetime) -> date:
    """Summer time from the last Sunday of March to the last Sunday of October, both at one o'clock UTC."""
    begins, ends = (_last_sunday(now, month) for month in (3, 10))
    return (now + timedelta(hours=1 if begins <= now < ends else 0)).date()


def _last_sunday(now: datetime, month: int) -> datetime:
    day = datetime(now.year, month, 31, 1, tzinfo=now.tzinfo)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def leaves(case: Plain, kind: str, grounds: list[str], now: datetime) -> set[str]:
    going: set[str] = set()
    if "consent" in grounds:
        going |= _by_consent(case, kind, now)
    if "authorised" in grounds:
        going |= _by_authorisation(case, kind)
    if "danger" in grounds and case.dangers and kind == "police":
        going |= _by_danger(case, now)
    if "child" in grounds and case.children(now) and kind in ("police", "children_social_care"):
        going |= _by_child(case, kind, now)
    return {word for word in going if not (word.endswith("~") and word[:-1] in going)}


def _by_consent(case: Plain, kind: str, now: datetime) -> set[str]:
    told = case.those("reporter")
    sharing = {name for name in told if case.shares(name, kind, now)}
    if not told or not all(case.passes_on(name, now) for name in told - sharing):
        return set()
    concern = {
        n for n in case.those("concern") if n in sharing or (n not in told and case.shares(n, kind, now))
    }
    going = {"S"} | {f"R:{name}" for name in sharing} | {f"P:{name}" for name in concern}
    going |= {"A"} if sharing == told else set()
    return going | ({"H"} if sharing or concern else set())


def _by_authorisation(case: Plain, kind: str) -> set[str]:
    decisions = [names for to, names in case.authorised if to == kind]
    going = {"S"} if decisions else set()
    for name in set[str]().union(*decisions) & set(case.people):
        roles = case.people[name].roles
        going |= {"H"} | ({f"R:{name}"} if "reporter" in roles else set())
        going |= {f"P:{name}"} if "concern" in roles or "reporter" not in roles else set()
    return going


def in_danger(case: Plain) -> set[str]:
    named = {who for who, _ in case.dangers if who is not None}
    return named | (case.those("concern") if any(who is None for who, _ in case.dangers) else set())


def _source(case: Plain, now: datetime) -> set[str]:
    told = case.those("reporter")
    must = told & (in_danger(case) | case.children(now))
    may = set() if case.left_out else told if case.told_by is None else told & case.told_by
    return {f"R:{name}" for name in must | may}


def _by_danger(case: Plain, now: datetime) -> set[str]:
    return {"S", "A", "H"} | {f"P:{name}" for name in in_danger(case)} | _source(case, now)


def _by_child(case: Plain, kind: str, now: datetime) -> set[str]:
    young = case.children(now)
    carers = {name for name, one in case.people.items() if one.carer} - young
    agreed = all(case.shares(name, kind, now) for name in case.those("concern") - young)
    going = {"H"} | ({"S", "A"} if agreed else {"S~"})
    return going | {f"P:{name}" for name in young} | {f"P:{name}~" for name in carers} | _source(case, now)


Told = dict[str, tuple[set[str], bool, bool]]


def told(case: Plain, now: datetime) -> Told:
    """Each body that must be told: on which grounds, whether a place is still to be found, and whether at once."""
    bodies: Told = {}
    for who, place in case.dangers:
        found, home = (case.people[who].found, case.people[who].lives) if who else (None, None)
        _add(bodies, "police", place or found or case.place, case.last_known or home, "danger", at_once=True)
    for name in case.children(now) & set(case.people):
        one = case.people[name]
        urgent = any(who in (None, name) for who, _ in case.dangers)
        stands_in = one.lives is None or one.roles & {"concern", "exploiter"}
        found = one.found or (case.place if stands_in else None)
        _add(bodies, "police", found or one.lives, case.last_known, "child", at_once=urgent)
        for council in {one.lives, found} - {None} or {None}:
            _add(bodies, "care", council, case.last_known, "child", at_once=urgent)
    return bodies


def _add(bodies: Told, what: str, known: str | None, last: str | None, ground: str, *, at_once: bool) -> None:
    place = known or last
    table = POLICE_OF if what == "police" else CARE_OF
    body = f"{what}:desk" if place is None else table[place]
    grounds, to_find, urgent = bodies.get(body, (set(), False, False))
    bodies[body] = (grounds | {ground}, to_find or known is None, urgent or at_once)
