"""Agencies that answer where no place decides, from the packaged reference data."""

from typing import Final

from case_service.sharing.places import NationalAgencies
from shared.domain.geography import NATIONAL_DESK

AGENCIES: Final = NationalAgencies(NATIONAL_DESK, "police:btp", "police:coastguard")
