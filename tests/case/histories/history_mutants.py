"""Mutants of the kind that harms somebody, each with the words of the assertions with which histories notice it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from case_service.cases import case_change, case_file
from case_service.cases.case_file import OpenedAccount
from case_service.cases.models import Case, ReportedAccount
from case_service.disclosures import payload
from case_service.recipients import scheduler
from case_service.recipients.models import CaseRecipient
from case_service.sharing import duty_changes, reconcile, rules
from case_service.sharing.decisions.decide import EffectiveConsent
from case_service.sharing.duties.duty import Duty
from case_service.sharing.duties.required import ResponsibleAgencies
from case_service.sharing.facts import CaseFacts
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import PrivacyChoice
from tests.case.checks.check_mutants import (
    consent_is_sent_as_if_forced,
    copies_are_not_recalled,
    handling_tells_of_the_source,
    what_was_just_authorised_is_forgotten,
)
from tests.support.mutants import Mutant, Right, mutant


@mutant(rules, "effective_consent")
def withdrawals_are_not_read(effective_consent: Right) -> Right:
    def blind(facts: CaseFacts, person: str, at: datetime) -> EffectiveConsent:
        kept = tuple(entry for entry in facts.consents if not entry.withdraws)
        return effective_consent(replace(facts, consents=kept), person, at)  # type: ignore[no-any-return]

    return blind


@mutant(rules, "may_pass_situation")
def silence_is_consent(may_pass_situation: Right) -> Right:
    return lambda facts, reporter, at: True


@mutant(case_change, "reconcile")
def every_police_force_is_one_force(reconcile: Right) -> Right:
    def one_force(*values: Any, agencies: ResponsibleAgencies, **named: Any) -> Any:
        everywhere = replace(agencies, police_force_of=lambda gss: "police:E23000012")
        return reconcile(*values, agencies=everywhere, **named)

    return one_force


@mutant(duty_changes, "_subjects")
def what_is_rerouted_is_dropped(subjects: Right) -> Right:
    return lambda facts: set()


@mutant(duty_changes, "_confirm_until")
def nobody_has_time_to_confirm(confirm_until: Right) -> Right:
    return lambda required, facts, now, deadlines: facts.received_at


@mutant(scheduler, "_duty_is_due")
def silence_withholds(duty_is_due: Right) -> Right:
    def never(recipient: CaseRecipient, records: Any, deadlines: Any) -> None:
        duty = recipient.duty.value if recipient.duty else None
        assert duty is not None
        recipient.change_duty(replace(duty, due_at=None))

    return never


@mutant(case_file, "_accounts_of")
def reports_of_others_are_opened_here(accounts_of: Right) -> Right:
    async def every_account(case: Case, uow: UnitOfWork) -> list[OpenedAccount]:
        rows = (await uow.session.scalars(select(ReportedAccount))).all()
        return [OpenedAccount(row, await row.open(uow.keys)) for row in rows]

    return every_account


@mutant(payload, "_whole_situation")
def own_words_go_with_the_situation(whole_situation: Right) -> Right:
    return lambda case_file, today, *, own_words: whole_situation(case_file, today, own_words=True)


@mutant(rules, "_shares_with")
def the_kind_of_recipient_is_not_looked_at(shares_with: Right) -> Right:
    return lambda facts, person, recipient_kind, at: (
        rules.effective_consent(facts, person.id, at).privacy is PrivacyChoice.SHARE
    )


@mutant(reconcile, "_recorded")
def a_recorded_age_forces_nothing(recorded: Right) -> Right:
    def unless_an_age(before: CaseFacts, after: CaseFacts, *values: Any) -> Iterator[Any]:
        ages = [{person.id: person.age_statement for person in facts.persons} for facts in (before, after)]
        if ages[0].keys() != ages[1].keys() or ages[0] == ages[1]:
            yield from recorded(before, after, *values)

    return unless_an_age


@mutant(scheduler, "_escalate")
def silence_of_an_agency_is_nobodys_task(escalate: Right) -> Right:
    return lambda recipient, duty, records: recipient.change_duty(replace(duty, due_at=None))


@mutant(scheduler, "_permission_is_due")
def silence_about_what_is_permitted_is_nobodys_task(permission_is_due: Right) -> Right:
    return lambda recipient, records, deadlines: recipient.permission.set_deadline(None)


@mutant(CaseFacts, "for_agency")
def a_leads_decision_names_everybody(for_agency: Right) -> Right:
    def everybody(facts: CaseFacts, agency_code: str, child_ids: frozenset[str]) -> CaseFacts:
        own: CaseFacts = for_agency(facts, agency_code, child_ids)
        names = frozenset(person.id for person in facts.persons)
        return replace(own, authorisations=tuple(replace(one, persons=names) for one in own.authorisations))

    return everybody


@mutant(Duty, "acknowledged")
def an_acknowledgement_is_not_heard(acknowledged: Right) -> Right:
    return lambda duty, at: duty


HISTORY_MUTANTS: tuple[tuple[Mutant, tuple[str, ...]], ...] = (
    (withdrawals_are_not_read, ("issued wrongly", "permitted or refused wrongly", "read {", "not recalled")),
    (silence_is_consent, ("permitted or refused wrongly", "issued wrongly")),
    (every_police_force_is_one_force, ("other duties than in the model",)),
    (what_is_rerouted_is_dropped, ("other duties than in the model",)),
    (nobody_has_time_to_confirm, ("sent too early",)),
    (silence_withholds, ("not sent in time",)),
    (reports_of_others_are_opened_here, ("read {",)),
    (own_words_go_with_the_situation, ("read {",)),
    (handling_tells_of_the_source, ("read {",)),
    (the_kind_of_recipient_is_not_looked_at, ("permitted or refused wrongly", "read {", "issued wrongly")),
    (copies_are_not_recalled, ("a copy that is not recalled",)),
    (a_recorded_age_forces_nothing, ("other duties than in the model", "corrected nowhere")),
    (silence_of_an_agency_is_nobodys_task, ("silent",)),
    (silence_about_what_is_permitted_is_nobodys_task, ("permitted and silent",)),
    (consent_is_sent_as_if_forced, ("sent on another ground", "sent although nothing forces it")),
    (a_leads_decision_names_everybody, ("read {",)),
    (what_was_just_authorised_is_forgotten, ("the same news was sent twice",)),
    (an_acknowledgement_is_not_heard, ("answered, and not ended",)),
)
