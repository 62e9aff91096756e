"""Faults planted into the removal of identities, each with the check that notices it and its words."""

from typing import Any

from case_service.cases import case_change
from case_service.people import anonymity, removals
from case_service.people.models import Person
from case_service.recipients.models import CaseRecipient
from tests.case.people.removal_checks import (
    Check,
    a_call_alone_ends_nothing,
    a_call_and_the_message_end_it_at_once,
    a_decline_keeps_it_until_another_agency_has_acknowledged,
    a_second_danger_keeps_it,
    a_withdrawal_or_a_yes_that_was_overheard_changes_nothing,
    after_the_acknowledgement_the_identity_goes_by_itself,
    one_of_two_duties_keeps_it,
    two_people_who_end_a_declined_duty_end_it_at_once,
    two_signatures_end_it_at_once,
    while_a_duty_is_open_the_override_sends_what_consent_does_not,
    who_shares_again_keeps_their_name,
)
from tests.support.mutants import Mutant, Right, mutant


@mutant(CaseRecipient, "has_open_duty")
def no_duty_keeps_an_identity(_: Right) -> Right:
    return lambda recipient: False


@mutant(CaseRecipient, "has_open_duty")
def every_duty_keeps_an_identity(_: Right) -> Right:
    return lambda recipient: recipient.duty is not None


@mutant(CaseRecipient, "has_open_duty")
def an_identity_waits_only_until_it_was_sent(right: Right) -> Right:
    return lambda recipient: right(recipient) and not recipient.duty.value.was_sent


@mutant(removals, "_cases_to_remove_from")
def nobody_looks_for_what_waits(_: Right) -> Right:
    async def none(*_: Any) -> list[Any]:
        return []

    return none


@mutant(case_change, "remove_waiting_identities")
def a_change_removes_nothing(_: Right) -> Right:
    async def nothing(_: Any) -> bool:
        return False

    return nothing


@mutant(anonymity, "_chose_to_be_anonymous")
def a_choice_to_be_anonymous_is_final(_: Right) -> Right:
    return lambda case_file, person: True


@mutant(anonymity, "newest_privacy_choice")
def an_overheard_yes_counts(_: Right) -> Right:
    def raw(facts: Any, person_id: str, now: Any) -> Any:
        return [one.privacy for one in facts.consents if one.person == person_id and one.privacy][-1]

    return raw


@mutant(anonymity, "_can_reach")
def the_safe_contact_is_forgotten(_: Right) -> Right:
    return lambda account: False


@mutant(anonymity, "_must_be_found")
def nobody_must_be_found(_: Right) -> Right:
    return lambda case_file, person: False


@mutant(Person, "mark_removal")
def the_wait_is_never_recorded(_: Right) -> Right:
    return lambda person, *, waits: None


REMOVAL_FAULTS: tuple[tuple[Mutant, Check, str], ...] = (
    (
        no_duty_keeps_an_identity,
        while_a_duty_is_open_the_override_sends_what_consent_does_not,
        "the name is gone",
    ),
    (no_duty_keeps_an_identity, a_call_alone_ends_nothing, "the name is gone"),
    (no_duty_keeps_an_identity, one_of_two_duties_keeps_it, "the name is gone"),
    (
        an_identity_waits_only_until_it_was_sent,
        a_decline_keeps_it_until_another_agency_has_acknowledged,
        "the name is gone",
    ),
    (
        every_duty_keeps_an_identity,
        after_the_acknowledgement_the_identity_goes_by_itself,
        "the name is still held",
    ),
    (
        every_duty_keeps_an_identity,
        two_people_who_end_a_declined_duty_end_it_at_once,
        "the name is still held",
    ),
    (
        nobody_looks_for_what_waits,
        after_the_acknowledgement_the_identity_goes_by_itself,
        "the name is still held",
    ),
    (a_change_removes_nothing, a_call_and_the_message_end_it_at_once, "the name is still held"),
    (a_change_removes_nothing, two_signatures_end_it_at_once, "the name is still held"),
    (a_choice_to_be_anonymous_is_final, who_shares_again_keeps_their_name, "tell what waits"),
    (
        an_overheard_yes_counts,
        a_withdrawal_or_a_yes_that_was_overheard_changes_nothing,
        "tell what waits",
    ),
    (the_safe_contact_is_forgotten, a_call_and_the_message_end_it_at_once, "safe contact is still held"),
    (
        nobody_must_be_found,
        after_the_acknowledgement_the_identity_goes_by_itself,
        "nobody finds who is in danger",
    ),
    (the_wait_is_never_recorded, a_second_danger_keeps_it, "tell what waits"),
)
"""Each fault with a check that notices it, and the words with which it does."""
