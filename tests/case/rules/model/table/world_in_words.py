"""Worlds in plain words, for rows that a person reads and writes.

A person: `kid concern child home=leeds found=hull with=mum`; told of by the first reporter, or as `by=rob` says.
A danger: `paul@leeds`, `?` for nobody in particular. A choice: `ruth share`, `ruth +police overheard`.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from tools.simulation.rules_model.world import (
    ABROAD,
    CONCERN,
    EXPLOITER,
    HOUSEHOLD,
    KINDS,
    RAILWAY,
    REPORTER,
    SEA,
    AgeStatement,
    Authorisation,
    Choice,
    Danger,
    Person,
    Place,
    SourceDecision,
    Telling,
    World,
)

ON = date(2026, 11, 4)
NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)
ROLES = {"reporter": REPORTER, "concern": CONCERN, "household": HOUSEHOLD, "exploiter": EXPLOITER}
CHOSEN = {
    "adult": "adult_stated",
    "confirmed-adult": "adult_confirmed",
    "child": "child_stated",
    "confirmed-child": "child_confirmed",
    "may-be-child": "uncertain_may_be_child",
    "no-indication": "unknown_no_indication",
}
FLAGS = ("harmed", "missing")
PLACES = {
    one.name: one
    for one in (
        Place("leeds", ("police:west-yorkshire",), ("council:leeds",)),
        Place("bradford", ("police:west-yorkshire",), ("council:bradford",)),
        Place("york", ("police:north-yorkshire",), ("council:york",)),
        Place("hull", ("police:humberside",), ("council:hull",)),
        Place("glasgow", ("police:scotland",), ("council:glasgow",)),
        Place("westminster", ("police:met",), ("council:westminster",)),
        Place("glossop-or-hyde", ("police:derbyshire", "police:manchester"),
              ("council:derbyshire", "council:tameside")),
        Place("newry-district", ("police:psni",), ("council:southern-trust", "council:down-trust"),
              sure=False),
        Place("perhaps-hull", ("police:humberside",), ("council:hull",), sure=False),
        Place("some-train", setting=RAILWAY),
        Place("york-station", ("police:north-yorkshire",), ("council:york",), setting=RAILWAY),
        Place("some-ship", setting=SEA),
        Place("ship-in-hull", ("police:humberside",), ("council:hull",), setting=SEA),
        Place("lagos", setting=ABROAD),
        Place("unreadable"),
    )
}  # fmt: skip


def place(name: str) -> tuple[Place, ...]:
    return tuple(PLACES[one] for one in name.split(",") if one)


def _words(described: str) -> tuple[str, list[str], dict[str, str]]:
    name, *words = described.split()
    return name, [one for one in words if "=" not in one], dict(one.split("=") for one in words if "=" in one)


def _set(listed: str) -> frozenset[str]:
    return frozenset(one for one in listed.split(",") if one)


def _ages(words: Sequence[str]) -> tuple[AgeStatement, ...]:
    years = [AgeStatement("years", ON, lowest=int(one), highest=int(one)) for one in words if one.isdigit()]
    return (*(AgeStatement("chosen", ON, chosen=CHOSEN[one]) for one in words if one in CHOSEN), *years)


def person(described: str, first_reporter: str = "") -> Person:
    """Return a person from words."""
    name, words, values = _words(described)
    return Person(
        name,
        frozenset(ROLES[one] for one in words if one in ROLES),
        _ages(words),
        home=place(values.get("home", "")),
        found=place(values.get("found", "")),
        last_known=place(values.get("last", "")),
        lives_with=_set(values.get("with", "")),
        cares_for=_set(values.get("cares", "")),
        exploits=_set(values.get("exploits", "")),
        nobodys_in_particular="exploits" not in values,
        harmed="harmed" in words,
        missing="missing" in words,
        identity_held="not-held" not in words,
        made_report="reporter" in words,
        sources=_set(values.get("by", first_reporter)),
        first_said=Telling(NOON),
    )


def choice(described: str) -> Choice:
    """Return an entry of the consent ledger from words."""
    name, words, values = _words(described)
    said = [one for one in words if one not in ("overheard", "understood")]
    kind = next((one for one in said if one[0] in "+-"), "")
    situation = values.get("situation")
    return Choice(
        name,
        privacy=next((one for one in said if one in ("share", "confidential", "anonymous")), None),
        kind=kind[1:] or None,
        agrees=kind[:1] == "+",
        situation=None if situation is None else situation == "yes",
        withdraws="withdraws" in said,
        by=values.get("by"),
        overheard="overheard" in words,
        understood="understood" in words,
    )


def danger(described: str, number: int, first_reporter: str) -> Danger:
    """Return a danger from words such as `paul@leeds by=rob`."""
    who, _, values = _words(described)
    named, _, where = who.partition("@")
    sources = _set(values.get("by", first_reporter))
    return Danger(f"d{number}", None if named == "?" else named, place(where), sources, Telling(NOON))


def authorisation(described: str) -> Authorisation:
    """Return a lead's decision from words such as `police:met S,P paul ruth`."""
    code, groups, *persons = described.split()
    return Authorisation((kind_of(code), code), _set(groups), frozenset(persons))


def kind_of(code: str) -> str:
    """Return the recipient kind of an agency of the rows."""
    if code in KINDS:
        return code
    return "children_social_care" if code.startswith("council") else "police"


def source_decision(described: str) -> SourceDecision:
    """Return an adviser's decision from words such as `ruth left_out` or `ruth added police:met`."""
    source, what, *agency = described.split()
    return SourceDecision(source, what, (kind_of(agency[0]), agency[0]) if agency else None)


def world(
    *persons: str,
    choices: Sequence[str] = (),
    dangers: Sequence[str] = (),
    premises: str = "",
    last_known: str = "",
    sources: Sequence[str] = (),
    authorised: Sequence[str] = (),
    opened: Sequence[str] = (),
    **values: Any,
) -> World:
    """Return a world from words; `opened`: duties such as `kid@council:leeds` that are open already."""
    first = next((one.split()[0] for one in persons if "reporter" in one.split()), "")
    return World(
        persons=tuple(person(one, first) for one in persons),
        dangers=tuple(danger(one, number, first) for number, one in enumerate(dangers)),
        choices=tuple(choice(one) for one in choices),
        premises=place(premises),
        last_known=place(last_known),
        source_decisions=tuple(source_decision(one) for one in sources),
        authorisations=tuple(authorisation(one) for one in authorised),
        premises_sources=frozenset({first} if first and premises else ()),
        open_duties=frozenset(_opened(one) for one in opened),
        **values,
    )


def _opened(described: str) -> tuple[tuple[str, str], tuple[str, str]]:
    who, _, code = described.partition("@")
    ground = "override_danger" if who[0] == "d" and who[1:].isdigit() else "override_child"
    return (ground, who), (kind_of(code), code)
