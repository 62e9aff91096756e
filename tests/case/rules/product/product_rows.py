"""Rows of the truth table for the product, and the few that it holds otherwise, with reasons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.case.rules.model.table.age_rows import AGE_ROWS, AgeRow, somebody
from tests.case.rules.model.table.consent_rows import AUTHORISED_ROWS, CONSENT_ROWS
from tests.case.rules.model.table.content_rows import CONTENT_ROWS
from tests.case.rules.model.table.life_rows import MINUTE_ROWS
from tests.case.rules.model.table.place_rows import PLACE_ROWS
from tests.case.rules.product.product_rules import ProductRules
from tools.simulation.rules_model.world import World

Asked = Callable[[ProductRules], object]
DESK = "police:desk"
"""Code of the national desk; the agency for who is abroad has the same in the product."""

STAND_INS = frozenset({"last_known"})


@dataclass(frozen=True)
class ProductRow:
    """One row: what is asked of the product, and the answer of the sentence."""

    answer: Asked
    expected: object


@dataclass(frozen=True)
class LeftOut:
    """Row that the product answers by a coarser reading, or cannot hold."""

    row: ProductRow
    reason: str


LEFT_OUT = {
    "consent: each reporter's choice governs what that reporter told": (
        "the situation is held once for the case: it goes whole where every reporter who told it lets it"
    ),
    "contents: added for one agency only": "an adviser decides about a source for the case, not for one agency",
    "agencies: all places of the first rank that is known are told": "one place of a danger is held",
    "agencies: a home abroad only where no place here is known": "one home of a person is held",
}


def _every_row() -> Iterator[tuple[str, ProductRow]]:
    for row in AGE_ROWS:
        yield f"age: {row[0]}", ProductRow(_age(row), row[3])
    for name, case, agencies in PLACE_ROWS:
        yield f"agencies: {name}", ProductRow(_agencies(case, agencies), agencies_in(agencies))
    for name, case, code, grounds, expected in CONTENT_ROWS:
        yield f"contents: {name}", ProductRow(_forced(case, code, grounds), expected)
    for name, case, kind, expected in CONSENT_ROWS:
        yield f"consent: {name}", ProductRow(_by_consent(case, kind), expected)
    for name, case, code, expected in AUTHORISED_ROWS:
        yield f"lead: {name}", ProductRow(_authorised(case, code), expected)
    for name, case, code, minutes in MINUTE_ROWS:
        yield f"minutes: {name}", ProductRow(_minutes(case, code), minutes)


def _age(row: AgeRow) -> Asked:
    _, said, on, _ = row
    return lambda rules: rules.age(somebody(*said), on)


def _forced(case: World, code: str, grounds: str) -> Asked:
    return lambda rules: rules.forced(case, code, grounds)


def _by_consent(case: World, kind: str) -> Asked:
    return lambda rules: rules.by_consent(case, kind)


def _authorised(case: World, code: str) -> Asked:
    return lambda rules: rules.authorised(case, code)


def _minutes(case: World, code: str) -> Asked:
    return lambda rules: rules.minutes(case, code)


@dataclass(frozen=True)
class AgencyOfRow:
    """One agency of a row as the product keeps it: one code for desk and abroad, one task."""

    grounds: frozenset[str]
    led: frozenset[str]
    searched: bool


def agencies_in(row: list[str]) -> dict[str, AgencyOfRow]:
    """Return the agencies of a row; a search and a check are one task."""
    found: dict[str, AgencyOfRow] = {}
    for one in row:
        code, grounds, *words = one.replace("police:nca", DESK).split()
        led = frozenset(words[0].split(",") if words else [])
        before = found.get(code, AgencyOfRow(frozenset(), frozenset(), searched=False))
        searched = before.searched or bool({"find", "check"} & set(words))
        found[code] = AgencyOfRow(before.grounds | set(grounds.split("+")), before.led | led, searched)
    return found


def _agencies(case: World, row: list[str]) -> Asked:
    """Return the agencies as in the row. The product names one kind of place of those of the row, the better one."""
    expected = agencies_in(row)

    def answer(rules: ProductRules) -> dict[str, AgencyOfRow]:
        found = {}
        for code, one in rules.required(case).items():
            grounds = frozenset(fact.split()[0] for fact in one.facts)
            led = expected[code].led if code in expected else frozenset[str]()
            led = led if one.led in (led - STAND_INS or led) else frozenset({one.led})
            found[code] = AgencyOfRow(grounds, led, one.searched)
        unplaced = {"kim": AgencyOfRow(frozenset({"witness"}), frozenset(), searched=False)}
        return found | (unplaced if rules.looks_at_witness(case) else {})

    return answer


_ROWS = dict(_every_row())
HELD_OTHERWISE = {name: LeftOut(_ROWS[name], reason) for name, reason in LEFT_OUT.items()}
ROWS = {name: row for name, row in _ROWS.items() if name not in LEFT_OUT}
