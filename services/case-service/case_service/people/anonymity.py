"""Anonymity: no details are held of a reporter who chose it; those held before are removed, and none are added."""

from uuid import UUID

from case_service.cases.case_file import CaseFile
from case_service.cases.content import Account, Place
from case_service.people.identity import Identity
from case_service.people.models import OpenedPerson
from case_service.sharing.consent import newest_privacy_choice
from case_service.sharing.people import children, counted_in_danger
from shared.domain.age import british_date
from shared.domain.vocabulary import PrivacyChoice
from shared.errors import Conflict

IDENTIFYING_FIELDS = ("name", "phone", "email", "description")


class ChoseToBeAnonymous(Conflict):
    """The reporter's newest choice is to be anonymous. A withdrawal is no choice, and allows nothing."""

    code = "chose-to-be-anonymous"
    title = "This person chose to be anonymous: no name is held unless they choose otherwise"


def let_identity_be_removed(case_file: CaseFile, person_id: UUID) -> None:
    """Have the identity of a reporter removed, who has chosen to be anonymous, when this change ends or later."""
    person = case_file.person(person_id)
    person.row.mark_removal(waits=person.row.is_reporter)


def waits_for_removal(person: OpenedPerson, case_file: CaseFile) -> bool:
    return person.row.removal_waits and _chose_to_be_anonymous(case_file, person)


async def remove_waiting_identities(case_file: CaseFile) -> bool:
    """Carry out the choices to be anonymous that wait; return whether there were any.

    Not while a duty is open, which may carry an identity (sharing rules, section 4, facts 1, 2 and 13). Whoever has
    chosen otherwise meanwhile keeps theirs.
    """
    waiting = [one for one in case_file.persons if one.row.removal_waits]
    if not waiting or any(recipient.has_open_duty for recipient in case_file.recipients):
        return False
    anonymous = [one for one in waiting if _chose_to_be_anonymous(case_file, one)]
    for person in anonymous:
        await _remove_identity(case_file, person)
    for person in waiting:
        person.row.mark_removal(waits=False)
    return bool(anonymous)


async def _remove_identity(case_file: CaseFile, person: OpenedPerson) -> None:
    """Remove everything that names or reaches a reporter, as intake does where they chose it at once.

    It is no content to send anybody.
    """
    anonymous = _without_identity(person.identity, keep=_must_be_found(case_file, person))
    own = [one for one in case_file.accounts if person.row.is_maker_of(one.row.contact_id)]
    reachable = any(_can_reach(one.account) for one in own)
    if anonymous == person.identity and not reachable:
        return
    await person.write(anonymous, case_file.uow.keys)
    if reachable:
        for opened in own:
            await opened.write(opened.account.model_copy(update={"safe_contact": None}), case_file.uow)
    case_file.uow.record("identity.removed", case_file.case.id, person_id=person.id)


def check_may_be_placed(case_file: CaseFile, person: OpenedPerson) -> None:
    """Pass for a person who may be named, or who must be found: in danger, or a child (fact 2)."""
    if not _must_be_found(case_file, person):
        check_may_be_named(case_file, person)


def check_may_be_named(case_file: CaseFile, person: OpenedPerson) -> None:
    """Pass for anyone whose newest choice is not to be anonymous."""
    if person.row.is_reporter and _chose_to_be_anonymous(case_file, person):
        raise ChoseToBeAnonymous


def _chose_to_be_anonymous(case_file: CaseFile, person: OpenedPerson) -> bool:
    newest = newest_privacy_choice(case_file.facts(), str(person.id), case_file.uow.now)
    return newest is PrivacyChoice.ANONYMOUS


def _must_be_found(case_file: CaseFile, person: OpenedPerson) -> bool:
    """Return whether somebody is in danger, or may be a child: where they are found is no identity (fact 2)."""
    today = british_date(case_file.uow.now)
    facts = case_file.facts()
    return str(person.id) in children(facts, today) | counted_in_danger(facts, facts.dangers, today).keys()


def _without_identity(identity: Identity, *, keep: bool) -> Identity:
    """Return what stays: of a place the council, because it tells who protects; the whole where it must be found."""
    names = ("lives_at", "found_at", "last_known_at")
    kept = (
        next((name for name in ("found_at", "lives_at") if getattr(identity, name)), None) if keep else None
    )
    places = {name: _council_of(getattr(identity, name)) for name in names if name != kept}
    removed = dict.fromkeys(IDENTIFYING_FIELDS)
    return identity.model_copy(update={**removed, "languages": [], **places})


def _council_of(place: Place | None) -> Place | None:
    return Place(council=place.gss) if place else None


def _can_reach(account: Account) -> bool:
    return account.safe_contact is not None and account.safe_contact.says_anything
