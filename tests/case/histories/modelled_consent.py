"""Model of what agencies hold on consent in one case: copies, choices in doubt, and recalls with their answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from tools.simulation.rules_model.duties.duty_life import Act, Recall, after_recall
from tools.simulation.rules_model.recalls import (
    Copy,
    Doubt,
    Parts,
    permitted_parts,
    recalled,
    takes_back,
    waits_for_check,
)
from tools.simulation.rules_model.world import AgencyKey, World


@dataclass
class ModelledConsent:
    """Copies on consent by the name of their disclosure. Worlds are those in which households are complete."""

    copies: dict[str, Copy] = field(default_factory=dict)
    holders: dict[str, AgencyKey] = field(default_factory=dict)
    doubt: Doubt = field(default_factory=Doubt)
    news: dict[str, Parts] = field(default_factory=dict)
    """Recalls of this step: what of which copy."""
    recalls: dict[str, list[Recall]] = field(default_factory=dict)
    by_telephone: set[str] = field(default_factory=set)
    """Disclosures whose recall cannot go in writing."""

    def hold(self, name: str, key: AgencyKey, world: World, on: date) -> None:
        self.copies[name], self.holders[name] = Copy(key[0], world, on), key

    def said(self, world: World, on: date, *, in_call: bool) -> None:
        """Take over the newest choice of the ledger: recall at once what was taken back in a call, else wait."""
        number = len(world.choices) - 1
        if not takes_back(world.choices[number]):
            return
        if in_call:
            self._recall(number, world, on)
        else:
            self.doubt = Doubt(self.doubt.unchecked | {number}, self.doubt.not_own_wish)

    def check(self, number: int, world: World, on: date, *, own_wish: bool) -> None:
        self.doubt = self.doubt.heard(number, own_wish=own_wish)
        if own_wish:
            self._recall(number, world, on)

    def _recall(self, number: int, world: World, on: date) -> None:
        for name, copy in self.copies.items():
            lost = recalled(copy, number, world, self.doubt, on)
            if lost:
                self.news[name] = lost
                self.copies[name] = replace(copy, recalled=copy.recalled | lost)
                self.recalls.setdefault(name, []).append(Recall())

    def must_check(self, world: World, on: date) -> bool:
        return any(waits_for_check(copy, world, self.doubt, on) for copy in self.copies.values())

    def answer(self, name: str, answer: str) -> None:
        act = Act(answer, reason="criminal_investigation" if answer == "kept" else "")
        self.recalls[name] = [after_recall(one, act) for one in self.recalls[name]]

    def open_recalls(self) -> list[str]:
        """Return the disclosures of which a recall has no answer yet."""
        return sorted(name for name, found in self.recalls.items() if any(one.is_open for one in found))

    def telephoned(self) -> set[AgencyKey]:
        """Return the agencies that somebody must telephone about a recall."""
        return {self.holders[name] for name in self.open_recalls() if name in self.by_telephone}

    def held_at(self, key: AgencyKey) -> Iterable[Copy]:
        return (copy for name, copy in self.copies.items() if self.holders[name] == key)


def permitted(world: World, kind: str, on: date) -> Parts:
    return permitted_parts(world, kind, on)
