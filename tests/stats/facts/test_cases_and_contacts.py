"""Facts of contacts and cases: each counted once, a correction in the place of what it corrects."""

from datetime import timedelta

from shared.db.unit_of_work import outbox_row
from shared.domain.vocabulary import CaseClassification, ExploitationType, Nation
from shared.events import CaseMerged, ReportImported
from shared.messaging.bus.port import BusRecord, EventEnvelope
from tests.stats.event_builders import (
    JANUARY,
    a_case,
    a_classification,
    a_contact,
    a_decline,
    a_duty,
    a_sending,
    an_acknowledgement,
    give,
)
from tests.stats.statistics_client import exact
from tests.support.services import RunningService

LABOUR, SEXUAL, CRIMINAL = ExploitationType.LABOUR, ExploitationType.SEXUAL, ExploitationType.CRIMINAL


async def test_every_event_that_comes_twice_is_counted_once(stats: RunningService) -> None:
    case = a_case()
    everything = [
        a_contact(),
        case,
        a_classification(case),
        a_duty(),
        a_sending(),
        an_acknowledgement(),
        a_decline(),
    ]
    await give(stats, *everything, *reversed(everything))
    for measure in ("contacts", "cases", "potential_victims", "overrides", "referrals", "referrals_declined"):
        assert await exact(stats, measure) == {"2026-01": 1}, measure


async def test_an_event_that_the_bus_delivers_again_is_handled_once(stats: RunningService) -> None:
    event = a_contact()
    row = outbox_row(event, JANUARY)
    envelope = EventEnvelope(
        id=row["id"], type=row["type"], source="intake", key=str(row["key"]), time=JANUARY, body=row["body"]
    )
    consumer = stats.consumer()
    for offset in range(3):
        await consumer._handle(BusRecord("intake", 0, offset, envelope, None))
    assert await exact(stats, "contacts") == {"2026-01": 1}
    assert len(await stats.fetch("SELECT 1 FROM inbox")) == 1


async def test_the_latest_classification_counts_in_whatever_order_two_come(stats: RunningService) -> None:
    for order in (1, -1):
        case = a_case()
        first = a_classification(case, potential_victims=9, exploitation_types=(SEXUAL,))
        second = a_classification(case, classified_at=JANUARY + timedelta(hours=1), potential_victims=2)
        await give(stats, case, *[first, second][::order])
    assert await exact(stats, "potential_victims", "exploitation_type") == {("2026-01", "labour"): 4}


async def test_a_case_that_proves_to_be_no_exploitation_has_no_potential_victims(
    stats: RunningService,
) -> None:
    case = a_case()
    later = a_classification(
        case,
        classified_at=JANUARY + timedelta(days=1),
        classification=CaseClassification.LABOUR_ABUSE,
        potential_victims=4,
    )
    await give(stats, case, a_classification(case, potential_victims=4, children=1), later)
    assert await exact(stats, "potential_victims") == {"2026-01": 0}
    assert await exact(stats, "children") == {"2026-01": 0}
    assert await exact(stats, "cases", "classification") == {("2026-01", "labour_abuse"): 1}


async def test_children_are_some_of_the_potential_victims(stats: RunningService) -> None:
    case = a_case()
    await give(stats, case, a_classification(case, potential_victims=5, children=2))
    assert await exact(stats, "children") == {"2026-01": 2}
    assert await exact(stats, "potential_victims", "under_18") == {
        ("2026-01", "no"): 3,
        ("2026-01", "yes"): 2,
    }


async def test_a_contact_is_counted_under_what_its_case_turned_out_to_be(stats: RunningService) -> None:
    contact = a_contact(nation=None)
    case = a_case(contact_id=contact.contact_id)
    later = a_classification(case, exploitation_types=(CRIMINAL,), nation=Nation.NORTHERN_IRELAND)
    second = a_contact()
    imported = ReportImported(case_id=case.case_id, contact_id=second.contact_id)
    await give(stats, case, later, contact, second, imported)
    assert await exact(stats, "contacts", "exploitation_type", "nation") == {
        ("2026-01", "criminal", "Northern Ireland"): 1,
        ("2026-01", "criminal", "England"): 1,
    }


async def test_several_types_are_one_case_under_multiple_with_its_label_in_nrm_order(
    stats: RunningService,
) -> None:
    case = a_case()
    await give(stats, case, a_classification(case, exploitation_types=(CRIMINAL, LABOUR, SEXUAL)))
    assert await exact(stats, "cases", "exploitation_type", "exploitation_combination") == {
        ("2026-01", "multiple", "sexual+labour+criminal"): 1
    }


async def test_cases_that_were_merged_are_counted_as_one_in_whatever_order_it_is_heard(
    stats: RunningService,
) -> None:
    first, second, third = a_case(), a_case(), a_case()
    contact = a_contact()
    mergings = [
        CaseMerged(case_id=one.case_id, merged_into_case_id=into.case_id, merged_at=JANUARY)
        for one, into in ((first, second), (second, third))
    ]
    imported = ReportImported(case_id=first.case_id, contact_id=contact.contact_id)
    of_third = a_classification(third, exploitation_types=(CRIMINAL,), potential_victims=2)
    for order in (1, -1):
        await stats.fetch("TRUNCATE facts, counted_cases, case_contacts")
        said = [first, second, third, contact, imported, of_third, a_classification(first)]
        await give(stats, *said, *mergings[::order])
        assert await exact(stats, "cases") == {"2026-01": 1}
        assert await exact(stats, "potential_victims") == {"2026-01": 2}
        assert await exact(stats, "contacts", "exploitation_type") == {("2026-01", "criminal"): 1}


async def test_a_case_that_is_merged_before_it_was_heard_of_is_not_counted(stats: RunningService) -> None:
    first, second = a_case(), a_case()
    merged = CaseMerged(case_id=first.case_id, merged_into_case_id=second.case_id, merged_at=JANUARY)
    await give(stats, merged, first, second, a_classification(first))
    assert await exact(stats, "cases") == {"2026-01": 1}
