"""Mutants of the case service: faults, each of which a check must notice."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from case_service.disclosures import api, content
from case_service.disclosures.models import Disclosure
from case_service.disclosures.payload import compose as payload
from case_service.disclosures.payload.message import Message
from case_service.proposals.models import Proposal
from case_service.recipients.models import CaseRecipient
from case_service.sharing import reconcile
from case_service.sharing.decisions import by_override
from case_service.sharing.duties import changes, corrections, required, searches, send_times
from case_service.sharing.duties.changes import Changes
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import Duty, DutyState
from case_service.sharing.facts import CaseFacts, FactKind, FactRef, Person
from case_service.sharing.shared_so_far import RecipientSoFar, SharedSoFar
from case_service.tasks import api as tasks_api
from shared.domain.vocabulary import Ground
from tests.case.builders import LEEDS_CARE
from tests.support.mutants import Right, mutant

# Consent


@mutant(CaseFacts, "decided_at")
def the_senders_clock_decides(decided_at: Right) -> Right:
    return lambda facts, now: now


@mutant(content, "decide")
def withdrawals_are_not_read_at_issue(decide: Right) -> Right:
    def blind(facts: CaseFacts, *values: Any, **named: Any) -> Any:
        kept = tuple(entry for entry in facts.consents if not entry.withdraws)
        return decide(replace(facts, consents=kept), *values, **named)

    return blind


@mutant(payload, "handling")
def handling_tells_of_the_source(handling: Right) -> Right:
    def of_everybody(message: Message) -> list[dict[str, Any]]:
        rules = [one.account.safe_contact for one in message.case_file.accounts if one.account.safe_contact]
        return [*handling(message), *(one.model_dump(mode="json") for one in rules)]

    return of_everybody


@mutant(reconcile, "recalls")
def copies_are_not_recalled(recalls: Right) -> Right:
    return lambda before, after, shared, now: []


@mutant(reconcile, "recalls")
def nobody_checks_a_withdrawal(recalls: Right) -> Right:
    def trusting(before: CaseFacts, after: CaseFacts, shared: SharedSoFar, now: datetime) -> Any:
        entries = tuple(replace(one, own_wish=True, waits_for_check=False) for one in after.consents)
        return recalls(before, replace(after, consents=entries), shared, now)

    return trusting


@mutant(api, "add_disclosure")
def consent_is_sent_as_if_forced(add_disclosure: Right) -> Right:
    """Let a permitted disclosure carry the grounds of the duty beside it."""

    def forced(disclosure: Disclosure, recipient: CaseRecipient, *values: Any, **named: Any) -> None:
        if recipient.duty is not None:
            disclosure.grounds = disclosure.grounds | recipient.duty.value.grounds
        add_disclosure(disclosure, recipient, *values, **named)

    return forced


@mutant(api, "check_agency")
def any_agency_will_do(check_agency: Right) -> Right:
    async def pass_all(code: str, kind: Any, uow: Any) -> None:
        return None

    return pass_all


@mutant(CaseRecipient, "so_far")
def what_was_issued_on_consent_counts_as_forced(so_far: Right) -> Right:
    def mixed(recipient: CaseRecipient) -> RecipientSoFar:
        known: RecipientSoFar = so_far(recipient)
        sent_at = recipient.permission.sent_at if recipient.permission else None
        if known.duty is None or sent_at is None:
            return known
        return known.with_duty(replace(known.duty, sent_at=known.duty.sent_at or sent_at))

    return mixed


@mutant(api, "decide")
def a_reporters_no_stops_everybody(decide: Right) -> Right:
    def stopped(facts: CaseFacts, *values: Any, **named: Any) -> Any:
        reporters = {one.id for one in facts.persons if one.is_reporter}
        kept = tuple(one for one in facts.consents if one.person in reporters)
        return decide(replace(facts, consents=kept), *values, **named)

    return stopped


@mutant(AsyncSession, "get")
def no_lock_is_taken(get: Right) -> Right:
    async def without_its_lock(
        session: AsyncSession, *what: Any, with_for_update: Any = None, **more: Any
    ) -> Any:
        return await get(session, *what, **more)

    return without_its_lock


# Duties


@mutant(Proposal, "propose")
def one_person_stands_down(propose: Right) -> Right:
    def as_another(cls: type[Proposal], *values: Any, by: str, **named: Any) -> Proposal:
        proposal: Proposal = propose(cls, *values, by=f"{by}-1", **named)
        return proposal

    return as_another


@mutant(Duty, "authorised")
def the_clock_of_a_duty_is_dropped(authorised: Right) -> Right:
    return lambda duty, at, deadlines: replace(authorised(duty, at, deadlines), due_at=None)


@mutant(tasks_api, "_ends_by_itself")
def every_task_can_be_ticked_off(ends_by_itself: Right) -> Right:
    return lambda change: False


@mutant(Duty, "hastened")
def danger_hurries_nobody_else(hastened: Right) -> Right:
    return lambda duty, at, deadlines: duty


@mutant(send_times, "_dangers_to")
def no_danger_hastens_a_child(dangers_to: Right) -> Right:
    return lambda fact, facts, now: []


@mutant(send_times, "_of_statement")
def everything_waits_as_a_report_does(of_statement: Right) -> Right:
    def always(fact: FactRef, facts: CaseFacts, now: datetime, deadlines: ShorterDeadlines) -> datetime:
        return (facts.received_at or now) + deadlines.confirm_within(Ground.OVERRIDE_CHILD)

    return always


@mutant(Duty, "authorised")
def every_supplement_starts_the_clock_anew(authorised: Right) -> Right:
    def anew(duty: Duty, at: datetime, deadlines: ShorterDeadlines) -> Duty:
        clocked: Duty = authorised(replace(duty, due_at=None), at, deadlines)
        return clocked

    return anew


@mutant(changes, "_reroute_unsent")
def one_corrected_age_stands_a_duty_down(reroute_unsent: Right) -> Right:
    def alone(known: Changes, *values: Any) -> Changes:
        for recipient, duty in list(known.shared.duties()):
            if recipient.agency_code == LEEDS_CARE and duty.is_unsent and recipient.id:
                known = known.with_duty(recipient, duty.rerouted())
        return reroute_unsent(known, *values)  # type: ignore[no-any-return]  # what is mutated is untyped

    return alone


@mutant(Duty, "handed_over")
def a_call_ends_a_duty_alone(handed_over: Right) -> Right:
    def alone(duty: Duty, *, by: str, at: datetime) -> Duty:
        called: Duty = handed_over(duty, by=by, at=at)
        return replace(called, state=DutyState.HANDED_OVER)

    return alone


@mutant(Duty, "declined")
def a_decline_ends_a_duty(declined: Right) -> Right:
    return lambda duty, at: replace(declined(duty, at), state=DutyState.ENDED, declined_at=None)


@mutant(searches, "_find_places")
def nobody_searches(find_places: Right) -> Right:
    return lambda required, shared, now: []


# News and corrections


@mutant(reconcile, "_has_news")
def every_change_is_news(has_news: Right) -> Right:
    return lambda recipient, facts, shared, now: True


@mutant(Changes, "with_duty")
def what_was_just_authorised_is_forgotten(with_duty: Right) -> Right:
    def forgetful(
        known: Changes, recipient: RecipientSoFar, duty: Duty, *others: Any, **named: Any
    ) -> Changes:
        changed = with_duty(known, recipient, duty, *others, **named)
        return Changes(changed.effects, known.shared.replaced(recipient.with_duty(duty)))

    return forgetful


@mutant(required, "child_facts")
def a_corrected_age_counts_as_a_new_fact(child_facts: Right) -> Right:
    def every(child: Person) -> list[FactRef]:
        return [FactRef(FactKind.CHILD, child.id, one.id) for one in child.statements]

    return every


@mutant(required, "child_facts")
def another_statement_of_an_age_is_no_new_fact(child_facts: Right) -> Right:
    return lambda child: child_facts(child)[:1]


@mutant(reconcile, "correct_informed")
def corrections_are_not_sent(correct_informed: Right) -> Right:
    return lambda facts, shared, now, deadlines: Changes([], shared)


@mutant(corrections, "_must_learn")
def the_telephone_tells_nobody(must_learn: Right) -> Right:
    def in_writing(recipient: RecipientSoFar, fact: FactRef) -> bool:
        issued = any(one.issued for one in recipient.disclosures)
        return issued and bool(must_learn(recipient, fact))

    return in_writing


@mutant(by_override, "is_named")
def every_source_is_named(is_named: Right) -> Right:
    return lambda standing, choice: True
