"""Material of a message: the decision, the case file, and the facts of one agency."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from case_service.cases.case_file import CaseFile
from case_service.cases.content import Account
from case_service.cases.opened_case import OpenedAccount
from case_service.people.models import OpenedPerson
from case_service.sharing.decisions.decision import Decision, Extent
from case_service.sharing.decisions.details import shown_in_danger
from case_service.sharing.facts import CaseFacts
from case_service.sharing.people import InDanger, own_children
from shared.domain.vocabulary import AgeStatus, FieldGroup, Ground, RecipientKind


@dataclass(frozen=True)
class Message:
    """Material of one message to one agency on one day; `facts` are those of that agency."""

    decision: Decision
    case_file: CaseFile
    facts: CaseFacts
    recipient_kind: RecipientKind
    today: date
    keeps_struck: bool = False
    """Struck passages stand where they stood: so is told what would be news, and a strike is none (fact 5)."""

    def goes_whole(self, group: FieldGroup, person: OpenedPerson) -> bool:
        return str(person.id) in self.decision.persons(group, Extent.FULL)

    def words_go(self, contact_id: UUID) -> bool:
        """Return whether the account goes of who made a contact's report, and with it their words in other fields."""
        maker = self.case_file.maker_of(contact_id)
        return maker is not None and self.goes_whole(FieldGroup.ACCOUNT, maker)

    def accounts(self) -> list[OpenedAccount]:
        """Return the accounts that go."""
        return [one for one in self.case_file.accounts if self.words_go(one.row.contact_id)]

    def words_in(self, field: Callable[[Account], str | None]) -> list[str]:
        """Return the words of one field of each account that goes."""
        said = [self.words_of(one.row.contact_id, field(one.account)) for one in self.accounts()]
        return [words for words in said if words]

    def words_of(self, contact_id: UUID, words: str | None) -> str | None:
        """Return words from a contact's report as they may go, in whichever field they stand (section 1, A)."""
        if not self.words_go(contact_id):
            return None
        if not self.keeps_struck:
            for account in self.case_file.accounts:
                words = account.account.without_struck(words)
        return words

    def words_about(self, person: OpenedPerson, words: str | None) -> str | None:
        """Return words about a person: an adviser's go, the reporter's where their account goes."""
        contact_id = person.row.contact_id
        return words if contact_id is None else self.words_of(contact_id, words)

    @property
    def is_about_children(self) -> bool:
        return Ground.OVERRIDE_CHILD in self.decision.grounds

    def children(self) -> list[OpenedPerson]:
        """Return the children on whose facts the message rests."""
        own = own_children(self.facts, self.today) if self.is_about_children else frozenset[str]()
        return [one for one in self.case_file.persons if str(one.id) in own]

    def age_to_show(self, person: OpenedPerson) -> AgeStatus | None:
        """Return the status of an age; None for whom a child's duty runs although one person says adult by now.

        Only the correction, which two people sign, says so (fact 8).
        """
        status = person.age_status(self.today)
        mistaken = status is not None and not status.child_path and str(person.id) in self.facts.kept_children
        return None if mistaken else status

    def in_danger(self) -> dict[str, InDanger]:
        return shown_in_danger(self.facts, self.decision, self.today)
