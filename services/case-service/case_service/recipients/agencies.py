"""Responsible agencies of the United Kingdom, from the packaged reference data."""

from case_service.sharing.duties import ResponsibleAgencies
from shared.domain.geography import (
    NATIONAL_DESK,
    SOCIAL_CARE_DESK,
    UnknownCouncil,
    police_force_of,
    social_care_of,
)


def _police_of(gss: str) -> str:
    """Return the police force; a council that the reference data no longer knows leads to the national desk."""
    try:
        return police_force_of(gss)
    except UnknownCouncil:
        return NATIONAL_DESK


def _social_care_of(gss: str) -> str:
    try:
        return social_care_of(gss)
    except UnknownCouncil:
        return SOCIAL_CARE_DESK


AGENCIES = ResponsibleAgencies(_police_of, _social_care_of, NATIONAL_DESK, SOCIAL_CARE_DESK)
