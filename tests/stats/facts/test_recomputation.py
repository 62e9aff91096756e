"""Exact figures: equal to a count by hand from the events, in whatever order and however often these come."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.vocabulary import ContactChannel, ExploitationType
from shared.events import CaseClassified, CaseOpened, ContactReceived, Event
from tests.stats.event_builders import POLICE, a_case, a_classification, a_contact, give
from tests.stats.statistics_client import exact
from tests.support.services import RunningService

TYPES = [
    ExploitationType.LABOUR,
    ExploitationType.SEXUAL,
    ExploitationType.CRIMINAL,
    ExploitationType.UNKNOWN,
]
SEVERAL = st.lists(st.sampled_from(TYPES), max_size=3)
MOMENTS = st.integers(0, 363 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Draw what several services announce of some cases: interleaved, repeated, classified again and again."""
    events: list[Event] = []
    for _ in range(draw(st.integers(0, 6))):
        contact = a_contact(
            received_at=draw(MOMENTS),
            channel=draw(st.sampled_from(ContactChannel)),
            contact_id=draw(st.uuids()),
        )
        case = a_case(case_id=draw(st.uuids()), contact_id=contact.contact_id, opened_at=contact.received_at)
        events += [contact, case]
        for hours in range(draw(st.integers(0, 3))):
            victims = draw(st.integers(0, 30))
            events.append(
                a_classification(
                    case,
                    classified_at=case.opened_at + timedelta(hours=hours),
                    exploitation_types=tuple(draw(SEVERAL)),
                    potential_victims=victims,
                    children=draw(st.integers(0, victims)),
                )
            )
    repeated = draw(st.lists(st.sampled_from(events), max_size=10)) if events else []
    return draw(st.permutations(events + repeated))


def recomputed(events: list[Event]) -> tuple[Counter[str], Counter[tuple[str, str]], Counter[str]]:
    """Count by hand from the events: contacts by channel, victims by month and type, children by month."""
    contacts = {e.contact_id: e for e in events if isinstance(e, ContactReceived)}
    latest: dict[UUID, CaseClassified] = {}
    for event in events:
        if isinstance(event, CaseClassified):
            known = latest.get(event.case_id, event)
            latest[event.case_id] = max(known, event, key=lambda e: e.classified_at)
    opened = {e.case_id: e.opened_at for e in events if isinstance(e, CaseOpened)}
    victims: Counter[tuple[str, str]] = Counter()
    children: Counter[str] = Counter()
    for case_id, event in latest.items():
        kinds = set(event.exploitation_types) - {ExploitationType.UNKNOWN}
        kind = "multiple" if len(kinds) > 1 else next(iter(kinds), ExploitationType.UNKNOWN).value
        month = month_in_london(opened[case_id])
        victims[month, kind] += event.potential_victims
        children[month] += event.children
    return Counter(e.channel.value for e in contacts.values()), victims, children


def month_in_london(at: datetime) -> str:
    summer = datetime(2026, 3, 29, 1, tzinfo=UTC) <= at < datetime(2026, 10, 25, 1, tzinfo=UTC)
    return (at + timedelta(hours=summer)).strftime("%Y-%m")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=histories())
async def test_exact_figures_equal_a_recomputation_from_the_events(
    stats: RunningService, events: list[Event]
) -> None:
    await stats.context.database.pool.execute("TRUNCATE facts, counted_cases, case_contacts")
    await give(stats, *events)
    whole = {"from": "2026-01", "to": "2026-12"}
    contacts, victims, children = recomputed(events)
    by_channel = await exact(stats, "contacts", "channel", period="year", **whole)
    assert {channel: number for (_, channel), number in by_channel.items()} == contacts
    assert await exact(stats, "potential_victims", "exploitation_type", **whole) == +victims
    assert Counter(await exact(stats, "children", **whole)) == +children
    assert POLICE not in str(await stats.fetch("SELECT * FROM facts"))
