"""Immigration enforcement is recognised by codes and names, and nobody else is taken for it."""

import pytest

from shared.domain.geography import agencies
from shared.domain.immigration_enforcement import is_immigration_enforcement

UNITS = [
    "Home Office - UK Border Force UKBF",
    "Home Office - Immigration Enforcement IE - DET Heathrow",
    "Home Office - Immigration Enforcement IE - ICE North",
    "Home Office - Immigration Enforcement IE - Investigation Teams",
    "Home Office - Immigration Enforcement IE - Reporting and Offender Management (ROM)",
    "Home Office - Immigration Enforcement IE - Foreign National Offenders Returns Command (FNORC)",
    "Home Office - Immigration Enforcement IE - National Returns Progression Command (NRPC)",
    "Home Office - Asylum Group - Asylum and HR Casework",
    "Home Office - Asylum Group - Illegal Migration Intake Unit",
    "Immigration Enforcement Competent Authority",
    "Home Office",
    "HOME  OFFICE",
    "HomeOffice",
    "UK Visas and Immigration",
    "UKVI",
    "Border Force",
    "Bórder\u200b Force",
    "\uff22order Force",
    "UK Border Agency",
    "ICE",
    "ICE North",
    "London ICE Team",
    "IE - DET Gatwick",
    "Immigration Compliance and Enforcement, Wales",
    "Yarl's Wood Immigration Removal Centre",
    "Immigration and Customs Enforcement",
    "National Returns Progression Command",
]
CODES = [
    "immigration_enforcement:north",
    "immigration_enforcement",
    "IMMIGRATION-ENFORCEMENT:x",
    "home_office:x",
    "service_provider:home-office",
    "nrm_first_responder:HomeOffice",
    "nrm_first_responder:ukbf",
    "ukvi",
    "service_provider:ukvi-sheffield",
    "border_force",
    "nrm_first_responder:border.force",
    "hoie",
    "ICE",
    "labour_enforcement:ice-south",
    "nrm_first_responder:ie-det",
    "nrm_first_responder:ieca",
]
OTHERS = [
    ("nrm_first_responder:sca", "Single Competent Authority"),
    ("nrm_first_responder:home-office-sca", "Home Office Single Competent Authority"),
    ("service_provider:gmiau", "Greater Manchester Immigration Aid Unit"),
    ("service_provider:bid", "Bail for Immigration Detainees"),
    ("service_provider:jcwi", "Joint Council for the Welfare of Immigrants"),
    ("service_provider:asirt", "Asylum Support and Immigration Resource Team"),
    ("service_provider:breaking-the-ice", "Breaking the Ice"),
    ("service_provider:notice", "Police Office Notice Board"),
    ("service_provider:justice", "JUSTICE"),
    ("service_provider:officers", "Care Home Officers Association"),
    ("labour_enforcement:fwa", "Fair Work Agency"),
    ("service_provider:migrant-help", "Migrant Help"),
    ("service_provider:awb", "Asylum Without Borders"),
]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_of_immigration_enforcement_is_recognised_by_its_name(name: str) -> None:
    assert is_immigration_enforcement(code="service_provider:harbour", name=name)


@pytest.mark.parametrize("code", CODES)
def test_a_unit_of_immigration_enforcement_is_recognised_by_its_code(code: str) -> None:
    assert is_immigration_enforcement(code=code, name="Harbour")


@pytest.mark.parametrize(("code", "name"), OTHERS)
def test_who_decides_about_victims_or_advises_migrants_is_not_taken_for_immigration_enforcement(
    code: str, name: str
) -> None:
    assert not is_immigration_enforcement(code=code, name=name)


def test_no_agency_of_the_reference_data_is_immigration_enforcement() -> None:
    assert [one for one in agencies() if is_immigration_enforcement(code=one.code, name=one.name)] == []
