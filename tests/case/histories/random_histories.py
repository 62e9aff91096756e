"""Random histories of one case, told to the real service and to the model; a seed tells one."""

import random
from typing import Any

from tests.case.conftest import CaseWork
from tests.case.histories.consented_steps import ConsentedSteps
from tests.case.histories.recording_steps import AGES, REASONS
from tests.case.histories.towns import AGENCIES, TOWNS
from tools.simulation.rules_model.world import CONCERN, EXPLOITER, HOUSEHOLD, REPORTER, AgencyKey, Person

STEPS = 12
ROLES = (CONCERN, CONCERN, HOUSEHOLD, EXPLOITER)
WORDS = ("share", "share", "confidential", "situation=yes", "situation=no", "+police", "+police", "-police",
         "+children_social_care")  # fmt: skip
MINUTES = (1, 11, 16, 61, 1440)


class History:
    """One history: the report, then so many random steps, each compared."""

    def __init__(self, cases: CaseWork, seed: int, about: str | None = None) -> None:
        self.chance = random.Random(seed)
        self.about = about or [*STEPS_ABOUT][seed % len(STEPS_ABOUT)]
        self.case = ConsentedSteps(cases)
        self.taken: list[str] = []

    async def run(self, steps: int = STEPS) -> int:
        """Take the steps; an assertion names the seed's steps up to it."""
        await self.case.outbox.start(self.case.cases)
        await self._take("report", self._report())
        for first in [*FIRST_STEPS.get(self.about, ()), *[""] * steps]:
            name, values = self._next(first)
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
        """Return a report: of an adult by somebody who shares, or of a danger, where it is about that."""
        report = self._any_report()
        if self.about == ROUTES:
            return report | {"danger": True}
        return report | (self._shared() if self.about == CONSENT else {})

    def _shared(self) -> dict[str, Any]:
        shares = self.chance.random() < 0.8
        return {
            "role": CONCERN, "age": "adult", "privacy": "share" if shares else None, "share": shares,
            "danger": self.chance.random() < 0.15, "named": False,
        }  # fmt: skip

    def _any_report(self) -> dict[str, Any]:
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

    def _next(self, first: str = "") -> tuple[str, dict[str, Any]]:
        """Return a step that can be taken now, or none."""
        name = first or self.chance.choice(STEPS_ABOUT[self.about])
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
        if name == "source_decision":
            return name, {"who": self._anyone(REPORTER), "choice": self.chance.choice([*REASONS])}
        if name == "let_pass":
            return name, {"minutes": self.chance.choice(MINUTES)}
        if name in ABOUT_CONSENT:
            return self._about_consent(name)
        return self._about_duties(name)

    def _about_consent(self, name: str) -> tuple[str, dict[str, Any]]:
        if name == "choose":
            word = self.chance.choice(WORDS)
            roles = (REPORTER, CONCERN) if word[0] in "+-" else (REPORTER,)
            return name, {"who": self._anyone(*roles), "word": word, "in_call": self._in_call()}
        if name == "withdraw":
            roles = (REPORTER, CONCERN) if self.about == CONSENT else (REPORTER,)
            return name, {"who": self._anyone(*roles), "in_call": self._in_call()}
        if name == "authorise":
            kind = self.chance.choice(("police", "police", "children_social_care"))
            return name, {"kind": kind, "code": self.chance.choice(AGENCIES[kind])}
        waiting = {
            "send_consented": self.case.consented,
            "acknowledge_consented": self.case.issued_on_consent,
        }
        if name in waiting:
            return (name, {"number": self.chance.randrange(9)}) if waiting[name] else ("", {})
        return self._about_recalls(name)

    def _in_call(self) -> bool:
        """Return whether something is said in a call, as advisers hear most."""
        return self.about != CONSENT or self.chance.random() < 0.6

    def _about_recalls(self, name: str) -> tuple[str, dict[str, Any]]:
        if name == "check_withdrawal":
            unchecked = sorted(self.case.entries)
            own_wish = self.chance.random() < 0.6
            if not unchecked:
                return "", {}
            return name, {"number": self.chance.choice(unchecked), "own_wish": own_wish}
        recalled = self.case.consent.open_recalls()
        if not recalled:
            return "", {}
        values = {"answer": self.chance.choice(("destroyed", "kept"))} if name == "answer_recall" else {}
        return name, {"name": self.chance.choice(recalled), **values}

    def _about_duties(self, name: str) -> tuple[str, dict[str, Any]]:
        keys = sorted(self.case.model.keys())
        if name in ("confirm", "close"):
            return name, {}
        if not keys:
            return "", {}
        if name in ("find_route", "countersign_call"):
            return self._about_routes(name, keys)
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
        if name == "lose_route":
            return name, {"key": key, "failing": self.chance.random() < 0.4}
        return name, {"key": key}

    def _about_routes(self, name: str, keys: list[AgencyKey]) -> tuple[str, dict[str, Any]]:
        """Prefer the agencies to which there is no way."""
        cut_off = [key for key in sorted(self.case.routes) if key in keys]
        return (name, {"key": self.chance.choice(cut_off or keys)}) if keys else ("", {})


ABOUT_CONSENT = ("choose", "withdraw", "authorise", "send_consented", "acknowledge_consented",
                 "check_withdrawal", "fail_recall", "answer_recall")  # fmt: skip
DUTIES, CONSENT, ROUTES = "duties", "consent", "routes"
STEPS_ABOUT = {
    DUTIES: (
        *("add_person", "add_person", "danger", "danger", "age", "places", "places", "premises", "relations"),
        *("confirm", "source_decision", "choose", "choose", "withdraw", "let_pass", "let_pass", "let_pass"),
        *("acknowledge", "acknowledge", "decline", "decline", "redirect", "redirect", "call", "call"),
        *("take_back", "close"),
    ),
    CONSENT: (
        *("add_person", "choose", "choose", "choose", "choose", "withdraw", "withdraw", "let_pass"),
        *("authorise", "authorise", "authorise", "send_consented", "send_consented", "send_consented"),
        *("acknowledge_consented", "check_withdrawal", "check_withdrawal", "check_withdrawal"),
        *("fail_recall", "fail_recall", "answer_recall", "danger", "age", "acknowledge"),
    ),
    ROUTES: (
        *("lose_route", "lose_route", "lose_route", "find_route", "call", "call", "call"),
        *("countersign_call", "countersign_call", "countersign_call", "acknowledge", "decline", "redirect"),
        *("add_person", "danger", "danger", "places", "premises", "confirm", "let_pass", "let_pass"),
        *("take_back", "close", "choose", "authorise", "send_consented"),
    ),
}
"""Steps from which a history takes its own, by what it is most about."""


FIRST_STEPS = {CONSENT: ("authorise", "send_consented"), ROUTES: ("lose_route", "call")}
"""Steps after the report, without which little of this could follow."""


async def run(cases: CaseWork, *, histories: int, start: int) -> int:
    """Run so many histories from one seed on; return how many steps were compared."""
    return sum([await History(cases, seed).run() for seed in range(start, start + histories)])
