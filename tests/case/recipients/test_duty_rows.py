"""A sharing duty written to its rows and read again is the same duty."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_service.permissions.models import PERMISSION_TRANSITIONS, PermissionState, SharingPermission
from case_service.recipients.models import CaseRecipient, SharingDuty
from case_service.recipients.sharing_records import lock_sharing_records
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import Duty, DutyState
from case_service.sharing.duties.leads import LeadKind
from case_service.sharing.facts import FactKind, FactRef
from shared.domain.vocabulary import RecipientKind
from tests.case.conftest import CaseWork

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
DEADLINES = ShorterDeadlines()
times = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
maybe_times = st.one_of(st.none(), times)
fact_refs = st.builds(
    FactRef,
    kind=st.sampled_from(FactKind),
    subject_id=st.sampled_from([str(UUID(int=number)) for number in range(4)]),
    id=st.sampled_from([str(UUID(int=number)) for number in range(4)]),
)
duties = st.builds(
    Duty,
    state=st.sampled_from(DutyState),
    opened_at=times,
    send_at=times,
    due_at=maybe_times,
    facts=st.frozensets(fact_refs, max_size=4),
    lead=st.sampled_from(LeadKind),
    place=st.sampled_from([None, "E08000035"]),
    fallback=st.booleans(),
    acknowledge_at_once=st.booleans(),
    verified=st.booleans(),
    authorised_at=maybe_times,
    sent_at=maybe_times,
    acknowledged_at=times,
    declined_at=maybe_times,
    undeliverable_at=maybe_times,
    escalations=st.integers(0, 3),
    handed_over_at=maybe_times,
    handed_over_by=st.sampled_from([None, "user:ada"]),
)


@given(duties)
def test_a_duty_comes_back_from_a_row_as_it_was(duty: Duty) -> None:
    row = SharingDuty(recipient_id=uuid4(), facts=[])
    row.store(duty)
    assert row.value == duty


@given(st.lists(duties, min_size=2, max_size=4))
def test_a_row_holds_the_newest_duty_and_each_fact_once(several: list[Duty]) -> None:
    row = SharingDuty(recipient_id=uuid4(), facts=[])
    for duty in several:
        row.store(duty)
        assert row.value == duty
    references = [fact.reference for fact in row.facts]
    assert len(references) == len(set(references))


@given(duties)
def test_a_recipient_shows_the_rules_the_duty_of_its_rows(duty: Duty) -> None:
    recipient = CaseRecipient.new(uuid4(), (RecipientKind.POLICE, "police:E23000010"), NOW)
    recipient.change_duty(duty)
    so_far = recipient.so_far()
    assert (so_far.key, so_far.id, so_far.duty) == (recipient.key, str(recipient.id), duty)
    assert recipient.version == 2


async def test_duties_come_back_from_the_database_as_they_were(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    stored: dict[str, Duty] = {}
    await _store(cases, case_id, stored)
    async with cases.service.unit_of_work() as uow:
        records = await lock_sharing_records(case_id, uow)
        read = {one.agency_code: one.duty.value for one in records.recipients if one.duty}
    assert {agency: read[agency] for agency in stored} == stored
    assert len(stored) == len(DutyState)


async def _store(cases: CaseWork, case_id: UUID, stored: dict[str, Duty]) -> None:
    """Store a duty in each state, first as another duty and then as this one."""
    facts = frozenset(FactRef(FactKind.CHILD, str(uuid4()), str(uuid4())) for _ in range(3))
    for number, state in enumerate(DutyState):
        duty = Duty(
            state=state,
            opened_at=NOW,
            send_at=NOW + timedelta(minutes=number),
            due_at=NOW + timedelta(hours=number),
            facts=frozenset(sorted(facts)[:2]),
            lead=LeadKind.CARERS_HOME,
            place="E08000035",
            authorised_at=NOW,
            sent_at=NOW,
            acknowledged_at=NOW,
            declined_at=NOW,
            undeliverable_at=NOW,
            escalations=number,
            handed_over_at=NOW,
            handed_over_by="user:ada",
        )
        agency = f"police:E230000{number + 20}"
        for one in (duty.without(sorted(facts)[:1]), duty):
            async with cases.service.unit_of_work() as uow:
                records = await lock_sharing_records(case_id, uow)
                records.recipient_or_new((RecipientKind.POLICE, agency)).change_duty(one)
        stored[agency] = duty


# Permissions


def permission(state: PermissionState, **more: Any) -> SharingPermission:
    return SharingPermission(recipient_id=uuid4(), state=state, authorised_at=NOW, **more)


ALLOWED = {
    PermissionState.AUTHORISED: set(PermissionState),
    PermissionState.SENT: set(PermissionState),
    PermissionState.ACKNOWLEDGED: {PermissionState.AUTHORISED},
    PermissionState.WITHHELD: {PermissionState.AUTHORISED},
}
"""States that may follow each state, a second time."""


@pytest.mark.parametrize("after", PermissionState)
@pytest.mark.parametrize("before", PermissionState)
def test_a_permission_changes_only_as_the_table_says(before: PermissionState, after: PermissionState) -> None:
    assert PERMISSION_TRANSITIONS[before] == ALLOWED[before]
    row = permission(before)
    if after in ALLOWED[before]:
        row._to(after)
        assert row.state is after
    else:
        with pytest.raises(ValueError, match="cannot become"):
            row._to(after)


def test_a_permission_that_is_unanswered_keeps_its_earlier_deadline() -> None:
    row = permission(PermissionState.AUTHORISED)
    row.authorise(NOW, DEADLINES)
    assert row.due_at == NOW + timedelta(hours=72)
    row.mark_sent(NOW)
    row.authorise(NOW + timedelta(hours=1), DEADLINES)
    assert row.due_at == NOW + timedelta(hours=72)
    row.acknowledge(NOW)
    assert not row.is_open
    assert [row.state.value, row.due_at] == ["acknowledged", None]
    row.authorise(NOW + timedelta(hours=1), DEADLINES)
    assert row.due_at == NOW + timedelta(hours=73)
