"""Mutants of the case service, each with the check that must notice it and the words with which it does."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from case_service.recipients.stand_down import StandDown
from sqlalchemy.ext.asyncio import AsyncSession

from case_service.disclosures import api, issue, payload
from case_service.disclosures.models import Disclosure
from case_service.recipients.models import CaseRecipient
from case_service.sharing import corrections, duty_changes, reconcile, required_facts
from case_service.sharing.duties.changes import Changes, SendTime
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import Duty
from case_service.sharing.facts import CaseFacts
from case_service.sharing.shared_so_far import RecipientSoFar
from case_service.tasks import api as tasks_api
from shared.domain.age import Age
from tests.case.builders import LEEDS_CARE
from tests.case.checks import consent_checks, duty_checks, news_checks
from tests.case.checks.all_checks import Check
from tests.case.conftest import CaseWork
from tests.support.mutants import Mutant, Right, mutant


@mutant(CaseFacts, "decided_at")
def the_senders_clock_decides(decided_at: Right) -> Right:
    return lambda facts, now: now


@mutant(issue, "decide")
def withdrawals_are_not_read_at_issue(decide: Right) -> Right:
    def blind(facts: CaseFacts, *values: Any, **named: Any) -> Any:
        kept = tuple(entry for entry in facts.consents if not entry.withdraws)
        return decide(replace(facts, consents=kept), *values, **named)

    return blind


@mutant(payload, "_handled")
def handling_tells_of_the_source(handled: Right) -> Right:
    return lambda account, *, reporter_included: handled(account, reporter_included=True)


@mutant(StandDown, "sign")
def one_person_stands_down(sign: Right) -> Right:
    return lambda proposal, recipient, *, by, at: sign(proposal, recipient, by=f"{by}-2", at=at)


@mutant(Duty, "authorised")
def the_clock_of_a_duty_is_dropped(authorised: Right) -> Right:
    return lambda duty, at, deadlines: replace(authorised(duty, at, deadlines), due_at=None)


@mutant(tasks_api, "_ends_by_itself")
def every_task_can_be_ticked_off(ends_by_itself: Right) -> Right:
    return lambda change: False


@mutant(reconcile, "_has_news")
def every_change_is_news(has_news: Right) -> Right:
    return lambda recipient, facts, shared, now: True


@mutant(Changes, "with_duty")
def what_was_just_authorised_is_forgotten(with_duty: Right) -> Right:
    def forgetful(
        changes: Changes, recipient: RecipientSoFar, duty: Duty, *others: Any, **named: Any
    ) -> Changes:
        changed = with_duty(changes, recipient, duty, *others, **named)
        return Changes(changed.effects, changes.shared.replaced(recipient.with_duty(duty)))

    return forgetful


@mutant(reconcile, "recalls")
def copies_are_not_recalled(recalls: Right) -> Right:
    return lambda before, after, new_entries, shared, now: []


@mutant(required_facts, "_facts_about_child")
def a_corrected_age_counts_as_a_new_fact(facts_about_child: Right) -> Right:
    return lambda person, shared, today: [person.age_fact]


@mutant(corrections, "mistaken_children")
def corrections_are_not_sent(mistaken_children: Right) -> Right:
    return lambda duty, facts, now: []


@mutant(Duty, "followed")
def danger_hurries_nobody_else(followed: Right) -> Right:
    return lambda duty, required, at, deadlines, *, vouched: duty


@mutant(AsyncSession, "get")
def no_lock_is_taken(get: Right) -> Right:
    async def without_its_lock(
        session: AsyncSession, *what: Any, with_for_update: Any = None, **more: Any
    ) -> Any:
        return await get(session, *what, **more)

    return without_its_lock


@mutant(required_facts, "_facts_about_child")
def another_statement_of_an_age_is_no_new_fact(facts_about_child: Right) -> Right:
    return lambda person, shared, today: facts_about_child(replace(person, age=Age()), shared, today)


@mutant(Duty, "authorised")
def every_supplement_starts_the_clock_anew(authorised: Right) -> Right:
    def anew(duty: Duty, at: datetime, deadlines: ShorterDeadlines) -> Duty:
        clocked: Duty = authorised(replace(duty, due_at=None), at, deadlines)
        return clocked

    return anew


@mutant(duty_changes, "_reroute_unsent")
def one_corrected_age_stands_a_duty_down(reroute_unsent: Right) -> Right:
    def alone(changes: Changes, required: Any) -> Changes:
        for recipient, duty in list(changes.shared.duties()):
            if recipient.agency_code == LEEDS_CARE and duty.is_unsent and recipient.id:
                changes = changes.with_duty(recipient, duty.rerouted())
        return reroute_unsent(changes, required)  # type: ignore[no-any-return]  # what is mutated is untyped

    return alone


@mutant(api, "add_disclosure")
def consent_is_sent_as_if_forced(add_disclosure: Right) -> Right:
    """Let a permitted disclosure carry the grounds of the duty beside it."""

    def forced(disclosure: Disclosure, recipient: CaseRecipient, *values: Any, **named: Any) -> None:
        if recipient.duty is not None:
            disclosure.grounds = disclosure.grounds | recipient.duty.value.grounds
        add_disclosure(disclosure, recipient, *values, **named)

    return forced


@mutant(api, "_agency_of")
def any_agency_will_do(agency_of: Right) -> Right:
    return lambda body, case_file: body.agency_code or agency_of(body, case_file)


@mutant(Duty, "was_sent")
def the_telephone_tells_nobody(was_sent: Right) -> Right:
    return lambda duty: duty.sent_at is not None


@mutant(duty_changes, "_adviser_recorded_danger")
def nobody_vouches(adviser_recorded_danger: Right) -> Right:
    return lambda duty, facts: False


@mutant(duty_changes, "_send_time")
def everything_waits_as_a_report_does(send_time: Right) -> Right:
    def always(
        required: Any, facts: CaseFacts, shared: Any, now: datetime, deadlines: Any, *, said_by_report: bool
    ) -> SendTime:
        until = duty_changes._confirm_until(required.disclosure, facts, now, deadlines)
        return SendTime(until, verified=False)

    return always


@mutant(CaseRecipient, "so_far")
def what_was_issued_on_consent_counts_as_forced(so_far: Right) -> Right:
    def mixed(recipient: CaseRecipient) -> RecipientSoFar:
        known: RecipientSoFar = so_far(recipient)
        sent_at = recipient.permission.sent_at if recipient.permission else None
        if known.duty is None or sent_at is None:
            return known
        return known.with_duty(replace(known.duty, sent_at=known.duty.sent_at or sent_at))

    return mixed


async def races_are_fair(cases: CaseWork) -> None:
    await consent_checks.withdrawals_race(cases, races=200)


FAULTS: tuple[tuple[Mutant, Check, str], ...] = (
    (
        the_senders_clock_decides,
        consent_checks.nothing_is_issued_after_a_withdrawal,
        "issued after a withdrawal",
    ),
    (
        withdrawals_are_not_read_at_issue,
        consent_checks.nothing_is_issued_after_a_withdrawal,
        "issued after a withdrawal",
    ),
    (
        handling_tells_of_the_source,
        news_checks.handling_of_a_source_stays_where_the_source_stays,
        "how to reach the source went along",
    ),
    (
        one_person_stands_down,
        duty_checks.standing_down_takes_two,
        "one person stood a duty down",
    ),
    (
        the_clock_of_a_duty_is_dropped,
        duty_checks.silence_is_followed_by_a_task,
        "silence is nobody's task",
    ),
    (
        every_task_can_be_ticked_off,
        duty_checks.tasks_of_a_duty_are_not_ticked_off,
        "ticked off",
    ),
    (
        every_change_is_news,
        news_checks.one_supplement_for_news_and_none_for_anything_else,
        "an agency was told that there is more than it may know",
    ),
    (
        what_was_just_authorised_is_forgotten,
        news_checks.a_new_fact_is_announced_once_to_each_agency,
        "the same news was sent twice",
    ),
    (
        a_corrected_age_counts_as_a_new_fact,
        news_checks.an_age_corrected_before_sending_sends_nothing_early,
        "a corrected age was sent as a new fact",
    ),
    (
        another_statement_of_an_age_is_no_new_fact,
        news_checks.a_child_again_is_a_new_fact,
        "a child again is told to nobody",
    ),
    (
        every_supplement_starts_the_clock_anew,
        duty_checks.a_supplement_never_postpones_the_telephone,
        "the telephone was postponed",
    ),
    (
        one_corrected_age_stands_a_duty_down,
        duty_checks.a_ground_is_taken_away_by_two_people_only,
        "one person took a ground away",
    ),
    (
        consent_is_sent_as_if_forced,
        consent_checks.consent_and_override_have_clocks_of_their_own,
        "consent sends by force",
    ),
    (
        any_agency_will_do,
        consent_checks.an_agency_of_another_kind_is_told_nothing,
        "an agency of another kind",
    ),
    (
        the_telephone_tells_nobody,
        news_checks.a_correction_reaches_those_who_were_telephoned,
        "an agency that was telephoned is not corrected",
    ),
    (
        nobody_vouches,
        duty_checks.a_danger_that_an_adviser_records_waits_for_nobody,
        "the council waits although an adviser vouched for the danger",
    ),
    (
        everything_waits_as_a_report_does,
        duty_checks.a_child_whom_an_adviser_adds_waits_for_no_reports_clock,
        "an adviser's child waits for the report's clock",
    ),
    (
        what_was_issued_on_consent_counts_as_forced,
        consent_checks.a_wrong_force_told_on_consent_is_not_told_by_force,
        "told by force at the wrong place",
    ),
    (
        handling_tells_of_the_source,
        consent_checks.one_reporters_consent_tells_nobody_how_to_reach_another,
        "how to reach another reporter went along",
    ),
    (
        corrections_are_not_sent,
        news_checks.a_correction_reaches_those_who_were_told,
        "an agency that was told is not corrected",
    ),
    (no_lock_is_taken, races_are_fair, "a copy that was issued and not recalled"),
    (
        danger_hurries_nobody_else,
        duty_checks.danger_hurries_the_childs_council_too,
        "the council waits although the child is in danger",
    ),
    (
        copies_are_not_recalled,
        consent_checks.a_withdrawal_recalls_what_was_issued,
        "a copy that was issued and not recalled",
    ),
)
"""Each fault, the check that must notice it, and the words of its assertion."""
