"""Faults planted into what a duplicate passes on."""

from dataclasses import replace
from typing import Any

from case_service import access
from case_service.disclosures import content, issue
from case_service.proposals import pass_on, reopen
from case_service.proposals.models import Proposal
from case_service.recipients.apply_effects import apply_effects
from case_service.sharing.duties.duty import Duty
from case_service.sharing.shared_so_far import DisclosureState, RecipientSoFar
from tests.case.builders import (
    LEEDS_CARE,
    LEEDS_POLICE,
)
from tests.support.mutants import Right, mutant


@mutant(reopen, "pass_on")
def nothing_is_passed_on(_: Right) -> Right:
    return lambda *values: False


@mutant(pass_on, "_has_news")
def everything_is_news(_: Right) -> Right:
    return lambda *values: True


@mutant(content, "named")
def persons_are_told_apart_by_their_ids(_: Right) -> Right:
    return lambda payload: payload


@mutant(content, "_named_parts_of")
def two_cases_are_compared_under_two_keys(right: Right) -> Right:
    return lambda message, case_id: right(message, message.case_file.case.id)


@mutant(pass_on, "_may_be_told_more")
def it_waits_for_no_first_message(_: Right) -> Right:
    return lambda recipient: not any(one.is_of_duplicate for one in recipient.disclosures)


@mutant(RecipientSoFar, "parts_sent")
def what_was_told_is_forgotten(_: Right) -> Right:
    return lambda recipient: frozenset()


@mutant(Proposal, "facts_of_agencies")
def every_agency_of_the_other_case_is_told(right: Right) -> Right:
    def everywhere(proposal: Proposal) -> Any:
        found = dict(right(proposal))
        leeds = {"police": LEEDS_POLICE, "children_social_care": LEEDS_CARE}
        return found | {(kind, leeds[kind]): proposal.covers() for kind, _ in found}

    return everywhere


@mutant(issue, "teller_of")
def its_own_content_is_sent(right: Right) -> Right:
    return lambda disclosure, recipient, case_file, duplicate: right(disclosure, recipient, case_file, None)


@mutant(issue, "teller_of")
def every_fact_of_the_duplicate_is_told(right: Right) -> Right:
    def told_all(disclosure: Any, recipient: Any, case_file: Any, duplicate: Any) -> Any:
        teller = right(disclosure, recipient, case_file, duplicate)
        if duplicate is None:
            return teller
        facts = teller.facts | {one.row.fact for one in duplicate.dangers}
        return replace(teller, duty=replace(teller.duty, facts=facts))

    return told_all


@mutant(Duty, "authorised")
def its_clock_does_not_run(right: Right) -> Right:
    def still(duty: Duty, *values: Any) -> Duty:
        return duty if duty.acknowledged_at is not None else right(duty, *values)

    return still


@mutant(access, "lock_cases")
def the_duplicate_is_not_locked(_: Right) -> Right:
    async def unlocked(case_ids: Any, uow: Any) -> None:
        return None

    return unlocked


@mutant(pass_on, "_apply")
def a_closed_case_stays_closed(_: Right) -> Right:
    return lambda effects, duplicate, other: apply_effects(effects, other.records)


@mutant(reopen, "correct_passed_on")
def what_was_passed_on_is_never_corrected(_: Right) -> Right:
    return lambda *values: False


@mutant(pass_on, "correct_informed")
def it_is_corrected_again_and_again(right: Right) -> Right:
    def forgetful(facts: Any, shared: Any, *values: Any) -> Any:
        kept = [
            replace(
                one,
                disclosures=tuple(
                    each
                    for each in one.disclosures
                    if not each.about or each.state is DisclosureState.AUTHORISED
                ),
            )
            for one in shared.recipients
        ]
        return right(facts, replace(shared, recipients=tuple(kept)), *values)

    return forgetful
