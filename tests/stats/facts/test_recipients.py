"""Facts of case recipients: sharing duties by ground, referrals by step, phone handovers, withheld disclosures."""

from uuid import uuid4

from shared.domain.vocabulary import Ground, RecipientKind
from shared.events import DisclosureAuthorised, DisclosureWithheld, PhoneHandoverRecorded, ReferralAccepted
from tests.stats.event_builders import JANUARY, a_decline, a_duty, a_sending, an_acknowledgement, give
from tests.stats.statistics_client import exact
from tests.support.services import RunningService


async def test_a_duty_with_two_grounds_is_one_duty(stats: RunningService) -> None:
    await give(stats, a_duty(), a_duty(grounds=(Ground.OVERRIDE_DANGER, Ground.OVERRIDE_CHILD)))
    assert await exact(stats, "overrides") == {"2026-01": 2}
    assert await exact(stats, "overrides", "ground") == {
        ("2026-01", "multiple"): 1,
        ("2026-01", "override_child"): 1,
    }


async def test_a_duty_that_opens_again_on_another_ground_stays_one_duty(stats: RunningService) -> None:
    child = a_duty()
    both = child.model_copy(update={"grounds": (Ground.OVERRIDE_CHILD, Ground.OVERRIDE_DANGER)})
    danger_of_another = a_duty(grounds=(Ground.CONSENT, Ground.OVERRIDE_DANGER))
    await give(stats, child, both, child, danger_of_another, danger_of_another)
    assert await exact(stats, "overrides", "ground") == {
        ("2026-01", "multiple"): 1,
        ("2026-01", "override_danger"): 1,
    }


async def test_a_ground_that_joins_later_is_counted_once_a_disclosure_on_it_is_authorised(
    stats: RunningService,
) -> None:
    duty = a_duty()
    authorised = DisclosureAuthorised(
        case_id=duty.case_id,
        disclosure_id=uuid4(),
        recipient_id=duty.recipient_id,
        kind="supplement",
        grounds=(Ground.OVERRIDE_CHILD, Ground.OVERRIDE_DANGER),
        recipient_kind=duty.recipient_kind,
        agency_code=duty.agency_code,
        urgent=True,
        verified=True,
        authorised_at=JANUARY,
    )
    on_consent = authorised.model_copy(update={"recipient_id": uuid4(), "grounds": (Ground.CONSENT,)})
    await give(stats, duty, authorised, on_consent)
    assert await exact(stats, "overrides", "ground") == {("2026-01", "multiple"): 1}


async def test_referrals_are_counted_at_each_step_by_kind_of_recipient(stats: RunningService) -> None:
    sent = a_sending(recipient_kind=RecipientKind.CHILDREN_SOCIAL_CARE)
    step = sent.model_dump()
    accepted = ReferralAccepted(**{**step, "referral_id": sent.referral_id})
    await give(stats, sent, a_sending(), an_acknowledgement(**step), accepted, a_decline())
    assert await exact(stats, "referrals", "recipient_kind") == {
        ("2026-01", "children_social_care"): 1,
        ("2026-01", "police"): 1,
    }
    assert await exact(stats, "referrals_acknowledged", "recipient_kind", "acknowledged_by") == {
        ("2026-01", "children_social_care", "api"): 1
    }
    assert await exact(stats, "referrals_accepted") == {"2026-01": 1}
    assert await exact(stats, "referrals_declined", "reason") == {("2026-01", "not_our_area"): 1}


async def test_phone_handovers_and_withheld_disclosures_are_counted(
    stats: RunningService,
) -> None:
    case_id, recipient_id = uuid4(), uuid4()
    handover = PhoneHandoverRecorded(case_id=case_id, recipient_id=recipient_id, handed_over_at=JANUARY)
    withheld = DisclosureWithheld(
        case_id=case_id,
        disclosure_id=uuid4(),
        recipient_id=recipient_id,
        recipient_kind=RecipientKind.HEALTH,
        agency_code="health:nhs",
        reason="rules_permit_nothing",
        withheld_at=JANUARY,
    )
    await give(stats, handover, withheld)
    assert await exact(stats, "phone_handovers") == {"2026-01": 1}
    assert await exact(stats, "withheld", "reason") == {("2026-01", "rules_permit_nothing"): 1}
