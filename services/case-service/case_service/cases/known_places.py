"""Known places: what a recorded place leads to, for the sharing rules."""

from datetime import date

from case_service.agencies.national import AGENCIES
from case_service.cases.content import Place
from case_service.sharing.places import NO_PLACE, KnownPlace
from shared.domain.places import PlaceReading
from shared.domain.vocabulary import PlaceSetting


def known_place(place: Place | None, on: date) -> KnownPlace:
    """Return the agencies to which a place leads on a day; nothing where it leads to none.

    The railway's and the sea's own agencies are the rules' to add.
    """
    if place is None:
        return NO_PLACE
    reading = place.reading(on)
    own = (AGENCIES.railway_police, AGENCIES.coastguard)
    return KnownPlace(
        police=tuple(code for code in reading.police if code not in own),
        social_care=reading.social_care,
        area=reading.areas[0] if reading.areas else None,
        is_sure=reading.is_sure,
        contradicted=reading.contradiction,
        abroad=reading.outside is not None and not reading.areas,
        setting=_setting(reading),
    )


def _setting(reading: PlaceReading) -> PlaceSetting | None:
    """Return the setting; a railway of Northern Ireland is land, where its police answer alone."""
    elsewhere = reading.setting is PlaceSetting.RAILWAY and AGENCIES.railway_police not in reading.police
    return PlaceSetting.LAND if elsewhere else reading.setting
