"""Random histories of one case, told to the real service and to the model; a seed tells one."""

import random
from typing import Any

from tests.case.conftest import CaseWork
from tests.case.histories.acting_steps import ActingSteps
from tests.case.histories.recording_steps import AGES, REASONS
from tests.case.histories.towns import TOWNS
from tools.simulation.rules_model.world import CONCERN, EXPLOITER, HOUSEHOLD, REPORTER, Person

STEPS = 12
ROLES = (CONCERN, CONCERN, HOUSEHOLD, EXPLOITER)
WORDS = ("share", "share", "confidential", "situation=yes", "situation=no", "+police", "+police", "-police",
         "+children_social_care")  # fmt: skip
MINUTES = (1, 11, 16, 61, 1440)


class History:
    """One history: the report, then so many random steps, each compared."""

    def __init__(self, cases: CaseWork, seed: int) -> None:
        self.chance = random.Random(seed)
        self.case = ActingSteps(cases)
        self.taken: list[str] = []

    async def run(self, steps: int = STEPS) -> int:
        """Take the steps; an assertion names the seed's steps up to it."""
        await self._take("report", self._report())
        for _ in range(steps):
            name, values = self._next()
            if name:
                await self._take(name, values)
        return len(self.taken)

    async def _take(self, name: str, values: dict[str, Any]) -> None:
        self.taken.append(f"{name} {values}")
        try:
            await getattr(self.case, name)(**values)
            await self.case.compare()
        except AssertionError as error:
            history = "\n".join(self.taken)
            raise AssertionError(f"{error}\n{history}") from error

    def _report(self) -> dict[str, Any]:
        privacy = self.chance.choice((None, "share", "share", "confidential"))
        return {
            "role": self.chance.choice(ROLES), "age": self.chance.choice([*AGES]), "privacy": privacy,
            "share": privacy == "share" and self.chance.random() < 0.7, "danger": self.chance.random() < 0.3,
            "named": self.chance.random() < 0.3, "home": self._town(), "found": self._town(),
            "place": self._town(), "household": self.chance.random() < 0.2,
        }  # fmt: skip

    def _town(self) -> str | None:
        return self.chance.choice((None, *TOWNS))

    def _persons(self, *roles: str) -> list[Person]:
        return [one for one in self.case.model.world.persons if not roles or any(one.has(r) for r in roles)]

    def _anyone(self, *roles: str) -> str | None:
        found = self._persons(*roles)
        return self.chance.choice(found).id if found else None

    def _perhaps(self, likely: float = 0.3) -> str | None:
        return self._anyone() if self.chance.random() < likely else None

    def _next(self) -> tuple[str, dict[str, Any]]:
        """Return a step that can be taken now, or none."""
        name = self.chance.choice(STEPS_TO_TAKE)
        source = self._anyone(REPORTER)
        if name == "add_person":
            role = self.chance.choice((*ROLES, REPORTER))
            return name, {
                "role": role, "age": self.chance.choice([*AGES]), "home": self._town(), "found": self._town(),
                "source": source, "complete": self.chance.random() < 0.7, "lives_with": self._perhaps(),
                "cares_for": self._perhaps(),
            }  # fmt: skip
        if name == "danger":
            return name, {"who": self._perhaps(0.6), "place": self._town(), "source": source}
        if name == "age":
            unasked = [one.id for one in self._persons() if not one.ages]
            values = {"age": self.chance.choice(("adult", "fifteen", "sixteen to twenty")), "source": source}
            return (name, {"who": self.chance.choice(unasked), **values}) if unasked else ("", {})
        return self._about_what_is_there(name)

    def _about_what_is_there(self, name: str) -> tuple[str, dict[str, Any]]:
        who = self._anyone() or ""
        if name == "places":
            return name, {"who": who, "home": self._town(), "found": self._town()}
        if name == "premises":
            return name, {"town": self._town()}
        if name == "relations":
            others = [None, *(one.id for one in self._persons() if one.id != who)]
            return name, {
                "who": who,
                "lives_with": self.chance.choice(others),
                "cares_for": self.chance.choice(others),
            }
        if name == "choose":
            word = self.chance.choice(WORDS)
            roles = (REPORTER, CONCERN) if word[0] in "+-" else (REPORTER,)
            return name, {"who": self._anyone(*roles), "word": word}
        if name == "withdraw":
            return name, {"who": self._anyone(REPORTER)}
        if name == "source_decision":
            return name, {"who": self._anyone(REPORTER), "choice": self.chance.choice([*REASONS])}
        if name == "let_pass":
            return name, {"minutes": self.chance.choice(MINUTES)}
        return self._about_duties(name)

    def _about_duties(self, name: str) -> tuple[str, dict[str, Any]]:
        keys = sorted(self.case.model.keys())
        if name in ("confirm", "close"):
            return name, {}
        if not keys:
            return "", {}
        if name == "take_back":
            return name, {"fact": self.chance.choice(sorted(fact for fact, _ in self.case.model.lives))}
        key = self.chance.choice(keys)
        if name == "redirect":
            declined = [
                k for k in keys if k[0] == "police" and any(x.declined for x in self.case.model.lives_at(k))
            ]
            key = self.chance.choice(declined) if declined else key
            return (
                (name, {"key": key, "number": self.chance.randrange(9)}) if key[0] == "police" else ("", {})
            )
        return name, {"key": key}


STEPS_TO_TAKE = (
    *("add_person", "add_person", "danger", "danger", "age", "places", "places", "premises", "relations"),
    *("confirm", "source_decision", "choose", "choose", "withdraw", "let_pass", "let_pass", "let_pass"),
    *(
        "acknowledge",
        "acknowledge",
        "decline",
        "decline",
        "redirect",
        "redirect",
        "call",
        "call",
        "take_back",
    ),
    "close",
)


async def run(cases: CaseWork, *, histories: int, start: int) -> int:
    """Run so many histories from one seed on; return how many steps were compared."""
    return sum([await History(cases, seed).run() for seed in range(start, start + histories)])
