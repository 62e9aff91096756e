"""Anonymity: no details are held of a reporter who chose it; those held before are removed, and none are added."""

from uuid import UUID

from case_service.cases.case_file import CaseFile
from case_service.cases.content import Account, Place
from case_service.people.identity import Identity
from case_service.people.models import OpenedPerson
from case_service.sharing.people import children, counted_in_danger
from shared.domain.age import british_date
from shared.domain.vocabulary import PrivacyChoice
from shared.errors import Conflict

IDENTIFYING_FIELDS = ("name", "phone", "email", "description")


class IdentityStillNeeded(Conflict):
    """A duty is open, from which nothing may be taken away until the agency has answered."""

    code = "identity-still-needed"
    title = (
        "A forced disclosure is open: record confidential now, and anonymous when it has been acknowledged"
    )


class ChoseToBeAnonymous(Conflict):
    """The reporter's newest choice is to be anonymous. A withdrawal is no choice, and allows nothing."""

    code = "chose-to-be-anonymous"
    title = "This person chose to be anonymous: no name is held unless they choose otherwise"


async def remove_identity(case_file: CaseFile, person_id: UUID) -> None:
    """Remove everything that names or reaches a reporter, as intake does where they chose it at once.

    Not while a duty is open (sharing rules, section 4, facts 1, 2 and 13). It is no content to send anybody.
    """
    person = case_file.person(person_id)
    anonymous = _without_identity(person.identity, keep=_must_be_found(case_file, person))
    own = [one for one in case_file.accounts if person.row.is_maker_of(one.row.contact_id)]
    reachable = any(_can_reach(one.account) for one in own)
    if not person.row.is_reporter or (anonymous == person.identity and not reachable):
        return
    if any(recipient.has_open_duty for recipient in case_file.recipients):
        raise IdentityStillNeeded
    await person.write(anonymous, case_file.uow.keys)
    if reachable:
        for opened in own:
            await opened.write(opened.account.model_copy(update={"safe_contact": None}), case_file.uow)
    case_file.uow.record("identity.removed", case_file.case.id, person_id=person_id)


def check_may_be_placed(case_file: CaseFile, person: OpenedPerson) -> None:
    """Pass for a person who may be named, or who must be found: in danger, or a child (fact 2)."""
    if not _must_be_found(case_file, person):
        check_may_be_named(case_file, person)


def check_may_be_named(case_file: CaseFile, person: OpenedPerson) -> None:
    """Pass for anyone whose newest choice is not to be anonymous."""
    choices = [one.privacy for one in case_file.consents if one.person_id == person.id and one.privacy]
    if person.row.is_reporter and choices[-1:] == [PrivacyChoice.ANONYMOUS]:
        raise ChoseToBeAnonymous


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
