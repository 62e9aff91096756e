"""Classification of a case: codes and counts for statistics, worked out from what is recorded."""

from collections.abc import Iterable
from datetime import datetime

from case_service.cases.content import Situation
from case_service.cases.models import Case
from case_service.people.models import OpenedPerson
from case_service.sharing.facts import Classification
from shared.domain.age import british_date
from shared.domain.vocabulary import PersonRole


def classify(
    case: Case, situation: Situation, persons: Iterable[OpenedPerson], at: datetime
) -> Classification:
    """Return the classification at a moment.

    Potential victims are those indicated, with or without names: the larger of the number told and the persons.
    """
    concerned = [one for one in persons if PersonRole.PERSON_OF_CONCERN in one.row.roles]
    statuses = [status for one in concerned if (status := one.age_status(british_date(at))) is not None]
    return Classification(
        classification=case.classification,
        exploitation_types=tuple(situation.exploitation_types),
        sectors=tuple(situation.sectors),
        place=case.place_gss,
        potential_victims=max(situation.how_many or 0, len(concerned)),
        children=sum(1 for status in statuses if status.child_path),
        age_statuses=tuple(statuses),
    )
