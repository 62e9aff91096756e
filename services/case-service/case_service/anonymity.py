"""Anonymous means that no details are held: whoever chooses it later has theirs removed then, and none are added."""

from uuid import UUID

from case_service.pages import AccountTold, Page, account_place
from case_service.persons import Person, write_identity
from case_service.situations import Account, Identity, PlaceKnown
from shared.database import UnitOfWork
from shared.errors import Conflict
from shared.vocabulary import PrivacyChoice


class IdentityStillNeeded(Conflict):
    code = "identity-still-needed"
    title = (
        "A forced disclosure is open: record confidential now, and anonymous when it has been acknowledged"
    )


class ChoseToBeAnonymous(Conflict):
    code = "chose-to-be-anonymous"
    title = "This person chose to be anonymous: no name is held unless they choose otherwise"


async def hold_no_identity(page: Page, person_id: UUID, uow: UnitOfWork) -> None:
    """Removes what names or reaches a reporter, as the front door does where they chose it at once; not while a forced
    leg is open, from which nothing may be taken away (sharing rules, section 4, facts 1, 2 and 13)."""
    person, identity = page.person(person_id)
    nameless = _nameless(identity)
    reachable = page.made_the_report(person) and any(map(_says_how_to_reach, page.accounts))
    if not person.is_reporter or (nameless == identity and not reachable):
        return
    if any(leg.open_duty for leg in page.legs):
        raise IdentityStillNeeded
    await write_identity(person, nameless, uow)
    if reachable:
        await _forget_how_to_reach(page, uow)
    uow.record("identity.removed", page.case.id, person_id=person_id)


def refuse_a_name_for_the_anonymous(page: Page, person: Person) -> None:
    """The newest choice counts; a withdrawal is none, and allows nothing."""
    chosen = [line.privacy for line in page.consents if line.person_id == person.id and line.privacy]
    if person.is_reporter and chosen[-1:] == [PrivacyChoice.ANONYMOUS.value]:
        raise ChoseToBeAnonymous


def _nameless(identity: Identity) -> Identity:
    """Of where somebody lives and is found, the council stays: it tells who protects."""
    silent = dict.fromkeys(("name", "phone", "email", "description"))
    places = {"lives_at": _council_of(identity.lives_at), "found_at": _council_of(identity.found_at)}
    return identity.model_copy(update={**silent, "languages": [], **places})


def _council_of(place: PlaceKnown | None) -> PlaceKnown | None:
    return PlaceKnown(council=place.gss) if place else None


def _says_how_to_reach(account: Account) -> bool:
    return any(said not in (None, "", [], "unknown") for said in account.safe_contact.values())


async def _forget_how_to_reach(page: Page, uow: UnitOfWork) -> None:
    row = await uow.session.get_one(AccountTold, page.case.contact_id)
    place = account_place(row.contact_id)
    account = Account.model_validate(await uow.keys.open(page.case.id, place, row.content))
    silent = account.model_copy(update={"safe_contact": {}})
    row.content = await uow.keys.seal(page.case.id, place, silent.model_dump(mode="json"))
