"""Permitted contents of the model: what consent, or a lead's decision, lets go (section 3, and `authorised`)."""

from datetime import date

from tools.simulation.rules_model.consents import agrees, passes_situation
from tools.simulation.rules_model.forced import (
    COUNCIL_ONLY,
    NONE,
    WHOLE,
    Contents,
    Words,
    exploiters_named,
    joined,
)
from tools.simulation.rules_model.world import (
    ADULT_CARE,
    CHILDREN_CARE,
    CONCERN,
    FIRST_RESPONDER,
    KINDS,
    LABOUR,
    POLICE,
    REPORTER,
    AgencyKey,
    Person,
    World,
    names,
)

TOLD_OF_EXPLOITERS = frozenset({POLICE, CHILDREN_CARE, ADULT_CARE, LABOUR, FIRST_RESPONDER})


def contents_by_consent(world: World, kind: str, on: date) -> Contents:
    """Return what may be proposed to an adviser for this kind; nothing leaves by itself."""
    reporters = [one.id for one in world.with_role(REPORTER)]
    passing = {name for name in reporters if passes_situation(world, name, kind, on)}
    agreed = {one.id for one in world.persons if agrees(world, one.id, kind, on)}
    identities = frozenset(name for name in agreed if _has_identity_here(world.person(name)))
    sharing = frozenset(name for name in reporters if name in agreed and world.person(name).identity_held)
    tellers = _tellers(world, reporters)
    whole = bool(tellers) and tellers <= passing
    named = exploiters_named(world, on) if whole and kind in TOLD_OF_EXPLOITERS else NONE
    return Contents(
        situation=_situation(world, passing & tellers, identities, whole=whole),
        accounts=frozenset(n for n in reporters if n in agreed and _words_may_go(world, n, agreed)),
        full=identities,
        reporters=sharing,
        premises=_premises(world, passing, identities | sharing | named, whole=whole),
        exploiters_named=named,
        number=whole,
    )


def _tellers(world: World, reporters: list[str]) -> set[str]:
    """Return the reporters who told something: the choice of each governs what they told, and nothing else.

    Where it is recorded of none, each of them may have told it.
    """
    known = [one.sources for one in world.persons] + [one.sources for one in world.danger_facts()]
    sources = world.premises_sources.union(*known)
    return {n for n in reporters if n in sources or world.person(n).made_report} or set(reporters)


def _has_identity_here(person: Person) -> bool:
    """Return whether this is more than a reporter, so that consent releases them as a person on the case."""
    return person.roles != {REPORTER}


def _situation(world: World, passing: set[str], identities: Words, *, whole: bool) -> Words:
    if whole:
        return frozenset({WHOLE})
    own = {name for name in identities if world.person(name).has(CONCERN)}
    return frozenset({f"said_by:{name}" for name in passing} | {f"own:{name}" for name in own})


def _premises(world: World, passing: set[str], going: Words, *, whole: bool) -> Words:
    """Return how much of the premises goes: of a home of somebody who stays unnamed, only the council."""
    tellers = world.premises_sources & passing if world.premises_sources else whole
    if not world.premises or not tellers:
        return NONE
    homes = {place.name for one in world.persons if one.id not in going for place in one.home}
    is_home = any(place.name in homes for place in world.premises)
    return frozenset({COUNCIL_ONLY if is_home else WHOLE})


def _words_may_go(world: World, reporter: str, agreed: set[str]) -> bool:
    """Return whether everybody of concern agrees; a third party's words need somebody, and nobody unknown."""
    if not world.person(reporter).made_report:
        return False
    of_concern = names(world.with_role(CONCERN))
    if not of_concern - {reporter} <= agreed:
        return False
    return reporter in of_concern or (bool(of_concern) and not world.known_by_number)


def contents_by_authorisation(world: World, agency: AgencyKey) -> Contents:
    """Return what leads decided for this agency, each decision once."""
    decided = [one for one in world.authorisations if one.agency == agency and not one.used]
    return joined(_decided(world, one.groups, one.persons & names(world.persons)) for one in decided)


def _decided(world: World, groups: frozenset[str], persons: Words) -> Contents:
    reporters = frozenset(name for name in persons if world.person(name).has(REPORTER))
    known_by_name = frozenset(name for name in reporters if world.person(name).identity_held)
    tellers = frozenset(name for name in reporters if world.person(name).made_report)
    return Contents(
        situation=frozenset({WHOLE}) if "S" in groups else NONE,
        accounts=tellers if "A" in groups else NONE,
        full=frozenset(n for n in persons if _has_identity_here(world.person(n))) if "P" in groups else NONE,
        reporters=known_by_name if "R" in groups else NONE,
        premises=frozenset({WHOLE}) if "S" in groups and world.premises else NONE,
        number="S" in groups,
    )


def may_propose(world: World, on: date) -> set[str]:
    """Return the kinds for which something may be proposed to an adviser."""
    return {kind for kind in KINDS if not contents_by_consent(world, kind, on).is_nothing}


def may_send_by_consent(key: AgencyKey, registered: set[AgencyKey], stand_ins: set[AgencyKey]) -> bool:
    """Return whether an adviser may choose this agency: registered, and no fallback, candidate or desk."""
    return key in registered and key not in stand_ins


def rests_on(before: Contents, after: Contents) -> Contents:
    """Return what a withdrawal recalls: what went before it and may go no more, and nothing else."""
    return Contents(
        before.situation - after.situation,
        before.accounts - after.accounts,
        before.full - after.full,
        frozenset(),
        before.reporters - after.reporters,
        before.premises - after.premises,
    )
