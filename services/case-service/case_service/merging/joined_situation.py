"""Situations of two cases joined: every coded fact of both, and one place where it happens."""

from case_service.cases.content import Place, Situation
from case_service.cases.opened_case import OpenedCase
from shared.domain.vocabulary import YesNoUnknown
from shared.errors import Conflict


class PlacesDiffer(Conflict):
    """The two cases say different places where it happens; which is right, a person decides before."""

    code = "places-differ"
    title = "Correct where it happens in one of the cases first, so that both say the same place"


def joined_place(one: Place, other: Place) -> Place:
    """Return one place with what either says of it. PlacesDiffer where they contradict each other."""
    if one.gss and other.gss and one.gss != other.gss:
        raise PlacesDiffer
    here, there = (place.model_dump(exclude_none=True) for place in (one, other))
    both = {name: _longer(here[name], there[name]) for name in here.keys() & there.keys()}
    return Place.model_validate({**there, **here, **both})


def _longer(one: str, other: str) -> str:
    """Return the one that says more, where it says all that the other does, spelling aside."""
    longer, shorter = sorted((one, other), key=lambda text: len(_plain(text)), reverse=True)
    if _plain(shorter) not in _plain(longer):
        raise PlacesDiffer
    return longer


def _plain(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def joined_situation(case: OpenedCase, other: OpenedCase) -> Situation:
    """Return the situation of both cases.

    The same people may be counted in both: the larger number counts, and people known by number only stay so.
    """
    here, there = case.situation, other.situation
    counted = [one.how_many for one in (here, there) if one.how_many is not None]
    return Situation(
        still_happening=_either(here.still_happening, there.still_happening),
        how_many=max(counted, default=None),
        more_than_recorded=case.counts_more_than_recorded() or other.counts_more_than_recorded(),
        exploitation_types=list(dict.fromkeys([*here.exploitation_types, *there.exploitation_types])),
        sectors=list(dict.fromkeys([*here.sectors, *there.sectors])),
        place=joined_place(here.place, there.place),
        last_known_place=here.last_known_place or there.last_known_place,
        risk_to_approach=_both(here.risk_to_approach, there.risk_to_approach),
        summary=_both(here.summary, there.summary),
        protection_summary=_both(here.protection_summary, there.protection_summary),
    )


def _either(one: YesNoUnknown, other: YesNoUnknown) -> YesNoUnknown:
    """Return yes where either says so, then no, then unknown."""
    said = {one, other}
    return next(
        answer for answer in (YesNoUnknown.YES, YesNoUnknown.NO, YesNoUnknown.UNKNOWN) if answer in said
    )


def _both(one: str | None, other: str | None) -> str | None:
    """Return the texts of both, each once."""
    return "\n\n".join(dict.fromkeys(text for text in (one, other) if text)) or None
