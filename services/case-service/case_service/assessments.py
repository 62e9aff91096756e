"""What is known of a matter as a whole, as codes and counts for the other services."""

from datetime import datetime

from case_service.pages import Page
from case_service.persons import status_or_none
from shared.age import british_date
from shared.events import CaseAssessed
from shared.geography import nation_of, police_force_of
from shared.vocabulary import CaseClassification, PersonRole


def assessed(page: Page, at: datetime) -> CaseAssessed:
    """Potential victims are those indicated, with or without names: the larger of the count told and the persons."""
    case = page.case
    concerned = [(p, i) for p, i in page.persons if PersonRole.PERSON_OF_CONCERN.value in p.roles]
    statuses = [status_or_none(identity, british_date(at)) for _, identity in concerned]
    return CaseAssessed(
        case_id=case.id,
        assessed_at=at,
        classification=CaseClassification(case.classification),
        exploitation_types=tuple(page.situation.exploitation_types),
        sectors=tuple(page.situation.sectors),
        nation=nation_of(case.place_gss) if case.place_gss else None,
        police_force=police_force_of(case.place_gss) if case.place_gss else None,
        potential_victims=max(page.situation.how_many or 0, len(concerned)),
        children=sum(1 for status in statuses if status is not None and status.child_path),
        age_statuses=tuple(status for status in statuses if status is not None),
    )
