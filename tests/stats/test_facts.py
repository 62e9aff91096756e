"""Counting: every fact once, corrections in the place of what they correct, and never a number that drifts."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.bus import Message, Received
from shared.database import outbox_row
from shared.events import (
    CaseAssessed,
    CaseOpened,
    ContactReceived,
    DisclosureAuthorised,
    DisclosureWithheld,
    Event,
    OverrideHandedOver,
    ReferralAccepted,
    ReportTakenOver,
)
from shared.vocabulary import (
    CaseClassification,
    ContactChannel,
    ExploitationType,
    Ground,
    Nation,
    RecipientKind,
)
from tests.running import RunningService
from tests.stats.asking import exact
from tests.stats.happenings import (
    JANUARY,
    POLICE,
    a_case,
    a_contact,
    a_duty,
    a_refusal,
    a_sending,
    an_acknowledgement,
    an_assessment,
)

LABOUR, SEXUAL, CRIMINAL = ExploitationType.LABOUR, ExploitationType.SEXUAL, ExploitationType.CRIMINAL


async def heard(stats: RunningService, *events: Event) -> None:
    for event in events:
        await stats.given(event)


async def test_everything_heard_twice_is_counted_once(stats: RunningService) -> None:
    case = a_case()
    everything = [
        a_contact(),
        case,
        an_assessment(case),
        a_duty(),
        a_sending(),
        an_acknowledgement(),
        a_refusal(),
    ]
    await heard(stats, *everything, *reversed(everything))
    for measure in ("contacts", "cases", "potential_victims", "overrides", "referrals", "referrals_declined"):
        assert await exact(stats, measure) == {"2026-01": 1}, measure


async def test_an_event_delivered_again_by_the_bus_is_met_once(stats: RunningService) -> None:
    event = a_contact()
    row = outbox_row(event, JANUARY)
    message = Message(
        id=row["id"], type=row["type"], source="intake", key=str(row["key"]), time=JANUARY, body=row["body"]
    )
    consumer = stats.consumer()
    for offset in range(3):
        await consumer._handle(Received("intake", 0, offset, message, None))
    assert await exact(stats, "contacts") == {"2026-01": 1}
    assert len(await stats.fetch("SELECT 1 FROM inbox")) == 1


async def test_the_latest_assessment_counts_in_whatever_order_two_are_heard(stats: RunningService) -> None:
    for order in (1, -1):
        case = a_case()
        first = an_assessment(case, potential_victims=9, exploitation_types=(SEXUAL,))
        second = an_assessment(case, assessed_at=JANUARY + timedelta(hours=1), potential_victims=2)
        await heard(stats, case, *[first, second][::order])
    assert await exact(stats, "potential_victims", "exploitation_type") == {("2026-01", "labour"): 4}


async def test_a_case_that_proves_to_be_no_exploitation_has_no_potential_victims(
    stats: RunningService,
) -> None:
    case = a_case()
    later = an_assessment(
        case,
        assessed_at=JANUARY + timedelta(days=1),
        classification=CaseClassification.LABOUR_ABUSE,
        potential_victims=4,
    )
    await heard(stats, case, an_assessment(case, potential_victims=4, children=1), later)
    assert await exact(stats, "potential_victims") == {"2026-01": 0}
    assert await exact(stats, "children") == {"2026-01": 0}
    assert await exact(stats, "cases", "classification") == {("2026-01", "labour_abuse"): 1}


async def test_children_are_some_of_the_potential_victims(stats: RunningService) -> None:
    case = a_case()
    await heard(stats, case, an_assessment(case, potential_victims=5, children=2))
    assert await exact(stats, "children") == {"2026-01": 2}
    assert await exact(stats, "potential_victims", "under_18") == {
        ("2026-01", "no"): 3,
        ("2026-01", "yes"): 2,
    }


async def test_a_contact_is_counted_under_what_its_case_turned_out_to_be(stats: RunningService) -> None:
    contact = a_contact(nation=None)
    case = a_case(contact_id=contact.contact_id)
    later = an_assessment(case, exploitation_types=(CRIMINAL,), nation=Nation.NORTHERN_IRELAND)
    second = a_contact()
    further = ReportTakenOver(case_id=case.case_id, contact_id=second.contact_id)
    await heard(stats, case, later, contact, second, further)
    assert await exact(stats, "contacts", "exploitation_type,nation") == {
        ("2026-01", "criminal", "Northern Ireland"): 1,
        ("2026-01", "criminal", "England"): 1,
    }


async def test_several_types_are_one_case_under_multiple_with_its_label_in_nrm_order(
    stats: RunningService,
) -> None:
    case = a_case()
    await heard(stats, case, an_assessment(case, exploitation_types=(CRIMINAL, LABOUR, SEXUAL)))
    assert await exact(stats, "cases", "exploitation_type,exploitation_combination") == {
        ("2026-01", "multiple", "sexual+labour+criminal"): 1
    }


async def test_a_duty_with_two_grounds_is_one_duty(stats: RunningService) -> None:
    await heard(stats, a_duty(), a_duty(grounds=(Ground.OVERRIDE_DANGER, Ground.OVERRIDE_CHILD)))
    assert await exact(stats, "overrides") == {"2026-01": 2}
    assert await exact(stats, "overrides", "ground") == {
        ("2026-01", "multiple"): 1,
        ("2026-01", "override_child"): 1,
    }


async def test_a_duty_that_opens_again_on_another_ground_stays_one_duty(stats: RunningService) -> None:
    child = a_duty()
    both = child.model_copy(update={"grounds": (Ground.OVERRIDE_CHILD, Ground.OVERRIDE_DANGER)})
    danger_of_another = a_duty(grounds=(Ground.CONSENT, Ground.OVERRIDE_DANGER))
    await heard(stats, child, both, child, danger_of_another, danger_of_another)
    assert await exact(stats, "overrides", "ground") == {
        ("2026-01", "multiple"): 1,
        ("2026-01", "override_danger"): 1,
    }


async def test_a_ground_that_joins_later_is_seen_when_it_lets_something_leave(stats: RunningService) -> None:
    duty = a_duty()
    authorised = DisclosureAuthorised(
        case_id=duty.case_id,
        disclosure_id=uuid4(),
        leg_id=duty.leg_id,
        kind="supplement",
        grounds=(Ground.OVERRIDE_CHILD, Ground.OVERRIDE_DANGER),
        recipient=duty.recipient,
        body=duty.body,
        urgent=True,
        verified=True,
        authorised_at=JANUARY,
    )
    on_consent = authorised.model_copy(update={"leg_id": uuid4(), "grounds": (Ground.CONSENT,)})
    await heard(stats, duty, authorised, on_consent)
    assert await exact(stats, "overrides", "ground") == {("2026-01", "multiple"): 1}


async def test_referrals_are_counted_at_each_step_by_kind_of_recipient(stats: RunningService) -> None:
    sent = a_sending(recipient=RecipientKind.CHILDREN_SOCIAL_CARE)
    step = sent.model_dump()
    accepted = ReferralAccepted(**{**step, "referral_id": sent.referral_id})
    await heard(stats, sent, a_sending(), an_acknowledgement(**step), accepted, a_refusal())
    assert await exact(stats, "referrals", "recipient") == {
        ("2026-01", "children_social_care"): 1,
        ("2026-01", "police"): 1,
    }
    assert await exact(stats, "referrals_acknowledged", "recipient,by") == {
        ("2026-01", "children_social_care", "api"): 1
    }
    assert await exact(stats, "referrals_accepted") == {"2026-01": 1}
    assert await exact(stats, "referrals_declined", "reason") == {("2026-01", "not_our_area"): 1}


async def test_what_was_handed_over_by_telephone_and_what_was_withheld_is_counted(
    stats: RunningService,
) -> None:
    case_id, leg_id = uuid4(), uuid4()
    told = OverrideHandedOver(case_id=case_id, leg_id=leg_id, handed_over_at=JANUARY)
    kept = DisclosureWithheld(
        case_id=case_id,
        disclosure_id=uuid4(),
        leg_id=leg_id,
        recipient=RecipientKind.HEALTH,
        body="health:nhs",
        reason="no-ground",
        withheld_at=JANUARY,
    )
    await heard(stats, told, kept)
    assert await exact(stats, "handed_over") == {"2026-01": 1}
    assert await exact(stats, "withheld", "reason") == {("2026-01", "no-ground"): 1}


@pytest.mark.parametrize(
    ("received_at", "month"),
    [
        ("2026-03-31T22:59:59Z", "2026-03"),  # 23:59:59 in British Summer Time
        ("2026-03-31T23:00:00Z", "2026-04"),  # midnight in British Summer Time
        ("2026-10-31T23:59:59Z", "2026-10"),  # Greenwich time again
        ("2026-11-01T00:00:00Z", "2026-11"),
        ("2026-01-01T00:30:00+01:00", "2025-12"),
    ],
)
async def test_a_month_ends_at_midnight_in_the_united_kingdom(
    stats: RunningService, received_at: str, month: str
) -> None:
    await heard(stats, a_contact(received_at=datetime.fromisoformat(received_at.replace("Z", "+00:00"))))
    counted = await exact(stats, "contacts", **{"from": "2025-12", "to": "2026-12"})
    assert [name for name, number in counted.items() if number] == [month]


async def test_quarters_and_years_are_the_sums_of_their_months(stats: RunningService) -> None:
    for month in (1, 3, 4, 12):
        await heard(stats, a_contact(received_at=datetime(2026, month, 2, tzinfo=UTC)))
    whole = {"from": "2026-01", "to": "2026-12"}
    assert await exact(stats, "contacts", period="quarter", **whole) == {
        "2026-Q1": 2, "2026-Q2": 1, "2026-Q3": 0, "2026-Q4": 1,
    }  # fmt: skip
    assert await exact(stats, "contacts", period="year", **{"from": "2026-05", "to": "2026-05"}) == {
        "2026": 4
    }


SEVERAL = st.lists(st.sampled_from([LABOUR, SEXUAL, CRIMINAL, ExploitationType.UNKNOWN]), max_size=3)
MOMENTS = st.integers(0, 363 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """What several services announce of some matters: interleaved, repeated, assessed again and again."""
    told: list[Event] = []
    for _ in range(draw(st.integers(0, 6))):
        contact = a_contact(
            received_at=draw(MOMENTS),
            channel=draw(st.sampled_from(ContactChannel)),
            contact_id=draw(st.uuids()),
        )
        case = a_case(case_id=draw(st.uuids()), contact_id=contact.contact_id, opened_at=contact.received_at)
        told += [contact, case]
        for hours in range(draw(st.integers(0, 3))):
            victims = draw(st.integers(0, 30))
            told.append(
                an_assessment(
                    case,
                    assessed_at=case.opened_at + timedelta(hours=hours),
                    exploitation_types=tuple(draw(SEVERAL)),
                    potential_victims=victims,
                    children=draw(st.integers(0, victims)),
                )
            )
    repeated = draw(st.lists(st.sampled_from(told), max_size=10)) if told else []
    return draw(st.permutations(told + repeated))


def recomputed(told: list[Event]) -> tuple[Counter[str], Counter[tuple[str, str]], Counter[str]]:
    """Contacts by channel, victims by month and type, children by month: counted by hand from the events alone."""
    contacts = {e.contact_id: e for e in told if isinstance(e, ContactReceived)}
    latest: dict[UUID, CaseAssessed] = {}
    for event in told:
        if isinstance(event, CaseAssessed):
            known = latest.get(event.case_id, event)
            latest[event.case_id] = max(known, event, key=lambda e: e.assessed_at)
    opened = {e.case_id: e.opened_at for e in told if isinstance(e, CaseOpened)}
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
@given(told=histories())
async def test_exact_figures_equal_a_recomputation_from_the_events(
    stats: RunningService, told: list[Event]
) -> None:
    await stats.platform.database.pool.execute("TRUNCATE facts, counted_cases, case_contacts")
    await heard(stats, *told)
    whole = {"from": "2026-01", "to": "2026-12"}
    contacts, victims, children = recomputed(told)
    by_channel = await exact(stats, "contacts", "channel", period="year", **whole)
    assert {channel: number for (_, channel), number in by_channel.items()} == contacts
    assert await exact(stats, "potential_victims", "exploitation_type", **whole) == +victims
    assert Counter(await exact(stats, "children", **whole)) == +children
    assert POLICE not in str(await stats.fetch("SELECT * FROM facts"))
