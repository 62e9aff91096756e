"""Known places: what a recorded place leads to, for the sharing rules."""

from datetime import date

from case_service.cases.content import Place
from case_service.sharing.places import NO_PLACE, KnownPlace
from shared.domain.geography import NORTHERN_IRELAND, UnknownCouncil, police_force_of, social_care_of
from shared.domain.vocabulary import PlaceSetting


def known_place(place: Place | None, on: date) -> KnownPlace:
    """Return the agencies to which a place leads on a day; nothing where it leads to none."""
    if place is None:
        return NO_PLACE
    if place.setting is PlaceSetting.ABROAD:
        return KnownPlace(abroad=True, setting=place.setting)
    area = place.gss
    if area is None:
        return KnownPlace(setting=place.setting)
    try:
        care = () if area == NORTHERN_IRELAND else (social_care_of(area),)
        return KnownPlace((police_force_of(area),), care, area, is_sure=bool(care), setting=place.setting)
    except UnknownCouncil:
        return KnownPlace(setting=place.setting)
