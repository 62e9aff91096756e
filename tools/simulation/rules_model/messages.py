"""Messages of the model: fields that an agency reads, and what of a later message is news.

Facts 4 and 5.
"""

from collections.abc import Iterator

from tools.simulation.rules_model.forced import COUNCIL_ONLY, TO_PROTECT, WHOLE, Contents
from tools.simulation.rules_model.required import RequiredDuty, RequiredSharing
from tools.simulation.rules_model.world import REPORTER, Fact, World

Message = dict[str, str]
"""Words of each field that is sent."""
FRAME = ("protect_source", "not_for_immigration_enforcement", "source_reachable")
"""Fields that say how to treat the others: alone they are no news."""


def message(world: World, contents: Contents) -> Message:
    """Return what the agency reads; the name of a field never says how much was withheld."""
    if contents.is_nothing:
        return {}
    fields = {name: world.word(name) for name in _fields(world, contents)}
    fields["not_for_immigration_enforcement"] = "asked"
    if contents.protect_source:
        fields["protect_source"] = "asked"
    return fields


def _fields(world: World, contents: Contents) -> Iterator[str]:
    yield from _situation(world, contents)
    yield from (f"{name}.account" for name in contents.accounts)
    for name in contents.full:
        yield from (f"{name}.{what}" for what in ("name", "contact", "home", "found", "relation"))
    for name in contents.limited:
        yield from (f"{name}.{what}" for what in ("name", "relation", "home"))
    yield from (f"{name}.{what}" for name in contents.reporters for what in ("name", "contact"))
    yield from (f"{name}.handling" for name in contents.handling)
    yield from (f"{name}.danger.{mark}" for name, mark in _marks(contents))
    if contents.place_risk:
        yield "risk_of_place"


def _marks(contents: Contents) -> Iterator[tuple[str, str]]:
    """Yield the marks: who is in danger may be in danger too, so that a weaker mark is never news."""
    for name, mark in contents.danger:
        yield name, mark
        yield name, "may_be"


def _situation(world: World, contents: Contents) -> Iterator[str]:
    """Yield the fields of the situation; a child's facts and concern go whether it is cut down or not."""
    if WHOLE in contents.situation:
        yield from ("facts", "summary", *(f"facts.{one.id}" for one in world.with_role(REPORTER)))
    yield from (f"facts.{word[8:]}" for word in contents.situation if word.startswith("said_by:"))
    yield from (f"{word[4:]}.own_facts" for word in contents.situation if word.startswith("own:"))
    yield from (f"{name}.concern.{code}" for name, code in contents.concern_codes)
    yield from (f"{name}.facts" for name, _ in contents.concern_codes)
    yield from ("protection_summary",) if contents.protection_summary else ()
    yield from _premises(contents)
    yield from (f"{name}.{what}" for name in contents.exploiters_named for what in ("name", "exploiter"))


def _premises(contents: Contents) -> Iterator[str]:
    yield from ("premises", "premises.council") if WHOLE in contents.premises else ()
    yield from ("premises.council",) if COUNCIL_ONLY in contents.premises else ()
    yield from ("number",) if contents.number else ()


def supplement(sent: Message, now: Message) -> Message | None:
    """Return the news for an agency that has read `sent`; None where nothing was added.

    What goes less is never announced.
    """
    news = {name: text for name, text in now.items() if sent.get(name) != text}
    return news if news.keys() - set(FRAME) else None


def received(sent: Message, now: Message) -> Message:
    """Return everything that an agency has read after a supplement."""
    return sent | (supplement(sent, now) or {})


def told_with(required: RequiredSharing, duty: RequiredDuty) -> dict[Fact, set[str]]:
    """Return which agencies are told of each fact of this duty: the message names them."""
    return {fact: {way.key[1] for way in required.ways if way.fact == fact} for fact in duty.facts}


def is_cut_down(contents: Contents) -> bool:
    return TO_PROTECT in contents.situation and WHOLE not in contents.situation
