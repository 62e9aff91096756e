"""Ages in words: what was said of a person, for tables that people read."""

import re
from datetime import date

from shared.domain.age import Age
from shared.domain.vocabulary import AgeStatus

CHOSEN = {"chosen " + status.value.replace("_", " "): status for status in AgeStatus}
UNSAID_DAY = "?"


def age_of(words: str, said_on: str) -> Age:
    """Return the age that words tell: statements of several people are parted by `//`, the newest first."""
    newest, *others = [_statement(one, said_on) for one in words.split("//")]
    return Age(**{**vars(newest), "earlier": tuple(others)})


def _statement(words: str, said_on: str) -> Age:
    """Return one statement: `born 2008-02-29`, `17`, `16-18`, `18+`, `-17`, `about`, joined by `and`.

    A statement that ends with `@2020-01-01` was said on that day.
    """
    said, _, other_day = words.partition("@")
    day = other_day.strip() or said_on
    known: dict[str, object] = {"stated_on": None if day == UNSAID_DAY else date.fromisoformat(day)}
    for one in said.split(" and "):
        known |= _part(one.strip())
    return Age(**known)  # type: ignore[arg-type]  # a field's own type is read from its words


def _part(words: str) -> dict[str, object]:
    if words.startswith("about "):
        return {"about": True, **_part(words.removeprefix("about "))}
    if words.startswith("born "):
        return {"date_of_birth": date.fromisoformat(words.removeprefix("born "))}
    if words in CHOSEN:
        return {"chosen": CHOSEN[words]}
    if found := re.fullmatch(r"(\d*)([-+])(\d*)", words):
        low, _, high = found.groups()
        return {"lowest": int(low) if low else None, "highest": int(high) if high else None}
    if words.isdecimal():
        return {"stated_years": int(words)}
    return {words.replace(" ", "_"): True} if words != "an adult" else {"surely_adult": True}
