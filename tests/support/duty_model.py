"""Model of sharing duties: what must be shared with whom and by when, from what is recorded on one case.

Which agencies must be told of a fact, and what may go, is in `sharing_model`. Here is the life of a duty: the facts on
which it rests, what two people stood down, what a corrected place rerouted, and by when it must be sent.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from tests.support.sharing_model import (
    CHILD,
    CONFIRM_WITHIN,
    DANGER,
    AgencyKey,
    ModelAgencies,
    ModelFacts,
    ModelPerson,
    british_date,
    items_allowed,
    required_agencies,
)

Fact = tuple[str, str, int]
"""Ground, danger or person, and number of the statement: another statement of an age is another fact."""


@dataclass(frozen=True)
class ModelAge:
    """Statement of an age: whether it takes the child path, and whether it says that the person is an adult."""

    said: str
    child: bool
    adult: bool = False


@dataclass
class ModelDuty:
    """Duty to tell one agency. It is `forced` while a fact requires it, and must be sent by `send_by`."""

    key: AgencyKey
    send_by: datetime
    facts: set[Fact] = field(default_factory=set)
    stood_down_facts: set[Fact] = field(default_factory=set)
    child_ids: set[str] = field(default_factory=set)
    grounds: set[str] = field(default_factory=set)
    forced: bool = False
    waiting: bool = True
    sent: bool = False
    telephoned: bool = False
    acknowledged: bool = False
    handed_over: bool = False
    rerouted: bool = False
    at_once_since: datetime | None = None
    """Time since when somebody is in danger, so that it must be acknowledged at once."""

    @property
    def kind(self) -> str:
        return self.key[0]

    @property
    def was_sent(self) -> bool:
        """Return whether the agency was told by force, in writing or by telephone."""
        return self.sent or self.telephoned

    def end(self) -> None:
        """End it unsent: two people stood it down, or another agency is told instead."""
        self.facts, self.child_ids, self.grounds = set(), set(), set()
        self.forced, self.waiting = False, False


def subjects(facts: set[Fact]) -> set[tuple[str, str]]:
    return {(ground, subject) for ground, subject, _ in facts}


class ModelCase:
    """Everything recorded on one case, and the duties that follow from it."""

    def __init__(self, agencies: ModelAgencies) -> None:
        self.agencies = agencies
        self.facts = ModelFacts()
        self.duties: dict[AgencyKey, ModelDuty] = {}
        self.dangers: dict[Fact, tuple[str | None, str | None]] = {}
        self.ages: dict[str, tuple[ModelAge, date]] = {}
        self.statements: dict[str, int] = {}
        self.send_by: dict[Fact, datetime] = {}
        """Time by which each fact must have been sent."""
        self.earliest: datetime | None = None
        """Time before which nothing is sent by force."""

    # What is recorded

    def add_person(self, name: str, person: ModelPerson, age: ModelAge, at: datetime) -> None:
        self.facts.persons[name] = person
        self.ages[name], self.statements[name] = (age, british_date(at)), 0
        self.send_by[self.age_fact(name)] = at + (CONFIRM_WITHIN[CHILD] if person.in_report else timedelta(0))

    def add_danger(self, who: str | None, place: str | None, at: datetime, *, in_report: bool) -> None:
        fact = (str(DANGER), f"danger-{len(self.send_by)}", 0)
        self.send_by[fact] = at + (CONFIRM_WITHIN[DANGER] if in_report else timedelta(0))
        self.dangers[fact] = (who, place)

    def state_age(self, name: str, age: ModelAge, at: datetime) -> list[AgencyKey]:
        """Record another age. Return the agencies that must be told that it is no child after all."""
        stated, taken_back = (age, british_date(at)), self.age_fact(name)
        if stated != self.ages[name] or any(
            taken_back in duty.stood_down_facts for duty in self.duties.values()
        ):
            self.statements[name] += 1
            self.send_by[self.age_fact(name)] = at
        self.ages[name], self.facts.persons[name].child = stated, age.child
        informed = [duty for duty in self.duties.values() if duty.forced and duty.was_sent]
        return [key for duty in informed for key in self.correct(duty)]

    def correct(self, duty: ModelDuty) -> list[AgencyKey]:
        """Take back each child who is known to be an adult by what was said since; one correction for each."""
        adults = {name for name in duty.child_ids if self.ages[name][0].adult}
        adults = {name for name in adults if self.age_fact(name) not in duty.facts}
        mistaken = {fact for fact in duty.facts if fact[0] == CHILD and fact[1] in adults}
        duty.child_ids -= adults
        duty.facts, duty.stood_down_facts = duty.facts - mistaken, duty.stood_down_facts | mistaken
        return [duty.key for _ in adults]

    def confirm(self, at: datetime) -> None:
        """Let everything that waits be sent now."""
        self.send_by = {fact: min(due, at) for fact, due in self.send_by.items()}
        for duty in self.duties.values():
            duty.send_by = min(duty.send_by, at)
        self.earliest = min(self.earliest or at, at)

    def stand_down(self, duty: ModelDuty) -> None:
        """Stop counting the facts of this duty here, and a danger that only led here, everywhere."""
        duty.stood_down_facts |= duty.facts
        duty.end()
        elsewhere = {fact for other in self.duties.values() for fact in other.facts}
        for fact in duty.stood_down_facts - elsewhere:
            self.dangers.pop(fact, None)

    # What must be told

    def age_fact(self, name: str) -> Fact:
        return str(CHILD), name, self.statements[name]

    def facts_for(self, child_ids: set[str]) -> ModelFacts:
        return replace(self.facts, dangers=list(self.dangers.values()), child_ids=child_ids)

    def all_facts(self) -> ModelFacts:
        return self.facts_for({child for duty in self.duties.values() for child in duty.child_ids})

    def agencies_by_fact(self, at: datetime) -> dict[Fact, set[AgencyKey]]:
        """Return every fact that forces something, with the agencies that it alone would force."""
        adults = {name: replace(one, child=False) for name, one in self.facts.persons.items()}
        found: dict[Fact, set[AgencyKey]] = {}
        for fact, danger in self.dangers.items():
            alone = replace(self.facts, persons=adults, dangers=[danger], child_ids=set())
            found[fact] = set(required_agencies(alone, at, self.agencies))
        for child in self.all_facts().children(at):
            alone = replace(self.facts, persons=adults, dangers=[], child_ids={child})
            for fact in self._facts_about_child(child):
                found[fact] = set(required_agencies(alone, at, self.agencies))
        return found

    def _facts_about_child(self, child: str) -> set[Fact]:
        """Return the statement that counts; of somebody who is an adult by now, those on which open duties rest."""
        if self.facts.persons[child].child:
            return {self.age_fact(child)}
        known = {fact for duty in self.duties.values() for fact in duty.facts | duty.stood_down_facts}
        return {fact for fact in known if fact[:2] == (CHILD, child)} or {self.age_fact(child)}

    def settle(self, at: datetime) -> None:
        """Let duties follow from everything that is recorded."""
        required, facts = required_agencies(self.all_facts(), at, self.agencies), self.agencies_by_fact(at)
        assert set(required) == {key for keys in facts.values() for key in keys}
        facts = {fact: keys & self._may_be_told(fact, set(required)) for fact, keys in facts.items()}
        for key, one in required.items():
            duty = self.duties.get(key)
            kept = duty is not None and not duty.rerouted
            known = duty.facts | duty.stood_down_facts if duty and kept else self._stood_down_for(key[0])
            new = {fact for fact, keys in facts.items() if key in keys} - known
            if new:
                duty = self._join(key, new)
            if duty is not None and one.at_once:
                duty.at_once_since = duty.at_once_since or at
                theirs = [fact for fact, (who, _) in self.dangers.items() if who in {None, *duty.child_ids}]
                duty.send_by = min([duty.send_by, *(self.send_by[fact] for fact in theirs)])
        times = [self.send_by[fact] for fact in facts] + ([self.earliest] if self.earliest else [])
        self.earliest = min(times, default=None)
        self._reroute(set(required))

    def _may_be_told(self, fact: Fact, required: set[AgencyKey]) -> set[AgencyKey]:
        """Return who may be told of a fact.

        Of somebody who is no child any more, only those whose duties opened for them. Where such a duty is unsent at
        a wrong place, those of the right one too.
        """
        ground, child, _ = fact
        if ground == DANGER or self.facts.persons[child].child:
            return required
        named = [duty for duty in self.duties.values() if child in duty.child_ids]
        moving = {one.kind for one in named if one.forced and not one.was_sent and one.key not in required}
        return {duty.key for duty in named} | {key for key in required if key[0] in moving}

    def _stood_down_for(self, kind: str) -> set[Fact]:
        same = [duty for duty in self.duties.values() if duty.kind == kind]
        alive = {fact for duty in same for fact in duty.facts}
        return {fact for duty in same for fact in duty.stood_down_facts} - alive

    def _join(self, key: AgencyKey, new: set[Fact]) -> ModelDuty:
        send_by = min(self.send_by[fact] for fact in new)
        duty = self.duties.setdefault(key, ModelDuty(key, send_by))
        if not duty.forced:
            duty.waiting, duty.rerouted, duty.sent, duty.send_by = True, False, False, send_by
        duty.forced, duty.send_by = True, min(duty.send_by, send_by)
        duty.acknowledged = duty.handed_over = False
        duty.facts |= new
        duty.grounds |= {ground for ground, _, _ in new}
        duty.child_ids |= {subject for ground, subject, _ in new if ground == CHILD}
        return duty

    def _reroute(self, required: set[AgencyKey]) -> None:
        """End unsent duties at agencies that nothing requires, where others of the kind carry their facts."""
        for duty in self.duties.values():
            if duty.forced and not duty.was_sent and duty.key not in required:
                others = [
                    one for one in self.duties.values() if one.kind == duty.kind and one.key in required
                ]
                if subjects(duty.facts) <= {one for other in others for one in subjects(other.facts)}:
                    duty.end()
                    duty.rerouted = True

    # What may go

    def items_for(
        self, key: AgencyKey, grounds: list[str], at: datetime, *, forced_for: frozenset[str] = frozenset()
    ) -> set[str]:
        """Return the items that an agency may receive on these grounds.

        `forced_for`: the children for whom it was forced, while the agency has not answered.
        """
        duty = self.duties.get(key)
        facts = self.facts_for((duty.child_ids if duty else set()) | forced_for)
        kind, agency = key
        return items_allowed(facts, kind, grounds, at, agency=agency)


@dataclass
class ModelPermission:
    """Permission to tell one agency, on consent or on a lead's decision."""

    state: str = "authorised"

    @property
    def is_open(self) -> bool:
        return self.state in ("authorised", "sent")

    def authorise(self) -> None:
        self.state = "authorised"

    def mark_sent(self) -> None:
        if self.state == "authorised":
            self.state = "sent"

    def end(self, state: str) -> None:
        """End it where it is open: everything permitted was acknowledged, or withheld."""
        if self.is_open:
            self.state = state
