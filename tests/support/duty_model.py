"""Model of a sharing duty by property 2: how each fact stands at one agency, and who ended it.

Written from the sharing rules (facts 8 and 9, property 2) and not from the product: each fact is told, called about and
answered for by itself, and nothing is derived that the rules do not name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum


class FactState(StrEnum):
    """Ways in which a fact stands at an agency; it is in exactly one."""

    WAITING = "waiting"
    TOLD = "told"
    ACKNOWLEDGED = "acknowledged"
    HANDED_OVER = "handed over"
    ELSEWHERE = "elsewhere"
    ENDED_BY_TWO = "ended by two"


OPEN = frozenset({FactState.WAITING, FactState.TOLD})


@dataclass(frozen=True)
class ModelFact:
    """One fact at one agency, and what happened to it there."""

    on_its_way: bool = False
    """The message about it may go: the window is over, or somebody called."""
    issued: bool = False
    called: bool = False
    undeliverable: bool = False
    countersigned: bool = False
    acknowledged: bool = False
    declined: bool = False
    elsewhere: bool = False
    ended: bool = False

    @property
    def standing(self) -> FactState:
        if self.ended:
            return FactState.ENDED_BY_TWO
        if self.elsewhere:
            return FactState.ELSEWHERE
        if self.declined:
            return FactState.TOLD
        if self.acknowledged:
            return FactState.ACKNOWLEDGED
        if self.called and (self.countersigned or (self.issued and not self.undeliverable)):
            return FactState.HANDED_OVER
        return FactState.TOLD if self.on_its_way else FactState.WAITING


@dataclass(frozen=True)
class ModelDuty:
    """Every fact that one agency must be told of."""

    facts: dict[str, ModelFact] = field(default_factory=dict)

    def add(self, name: str) -> "ModelDuty":
        """Add a fact. Where the agency has been told of others, the message about it may go at once."""
        known = self.facts.values()
        new = ModelFact(
            on_its_way=any(one.on_its_way for one in known),
            undeliverable=any(one.undeliverable and one.standing in OPEN for one in known),
            declined=any(one.declined for one in known),
        )
        return replace(self, facts={**self.facts, name: self.facts.get(name, new)})

    def _each(self, change: Callable[[ModelFact], ModelFact]) -> "ModelDuty":
        return replace(self, facts={name: change(one) for name, one in self.facts.items()})

    def authorise(self) -> "ModelDuty":
        """Let the messages go: the window is over."""
        return self._each(lambda one: one if one.ended else replace(one, on_its_way=True))

    def issue(self) -> "ModelDuty":
        """Issue everything that may go: there is a way to the agency, until it proves again that there is none."""
        return self._each(
            lambda one: replace(one, issued=True, undeliverable=False) if one.on_its_way else one
        )

    def call(self) -> "ModelDuty":
        """Tell the agency of every fact by telephone; it never replaces the message, which may go at once."""

        def informed(one: ModelFact) -> ModelFact:
            return one if one.declined or one.ended else replace(one, called=True, on_its_way=True)

        return self._each(informed)

    def fail(self) -> "ModelDuty":
        """Find that nothing written can go, also after a call and a message that did not arrive."""

        def failed(one: ModelFact) -> ModelFact:
            waits = one.standing in (FactState.TOLD, FactState.HANDED_OVER) and not one.declined
            return replace(one, undeliverable=True) if waits else one

        return self._each(failed)

    def countersign(self) -> "ModelDuty":
        """Countersign a call where nothing written can go, as a lead who did not make it."""
        return self._each(
            lambda one: replace(one, countersigned=True) if one.called and one.undeliverable else one
        )

    def acknowledge(self) -> "ModelDuty":
        """Acknowledge what may have been received; after a decline it answers for nothing."""
        return self._each(
            lambda one: replace(one, acknowledged=True) if one.on_its_way and not one.declined else one
        )

    def decline(self) -> "ModelDuty":
        """Hand it back: what was received is open again, and a call before it is void."""

        def handed_back(one: ModelFact) -> ModelFact:
            is_over = one.elsewhere or one.ended or not one.on_its_way
            return one if is_over else replace(one, declined=True, called=False)

        return self._each(handed_back)

    def answer_elsewhere(self) -> "ModelDuty":
        """Acknowledge at another agency, after a decline."""
        return self._each(lambda one: replace(one, elsewhere=True, declined=False) if one.declined else one)

    def end_by_two(self) -> "ModelDuty":
        """End what was declined, by two people."""
        return self._each(lambda one: replace(one, ended=True, declined=False) if one.declined else one)

    def stand_down(self, name: str) -> "ModelDuty":
        """Stand one fact down, by two people, before anybody was told."""
        one = self.facts.get(name, ModelFact())
        if one.on_its_way or name not in self.facts:
            return self
        return replace(self, facts={**self.facts, name: replace(one, ended=True)})

    @property
    def is_open(self) -> bool:
        """Return whether any fact still waits for somebody."""
        return any(one.standing in OPEN for one in self.facts.values())
