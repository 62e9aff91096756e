"""Request bodies and answers about consent."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from case_service.consent.models import ConsentTaken
from shared.domain.vocabulary import Code, PrivacyChoice, RecipientKind
from shared.http.pagination import Page
from shared.http.schemas import Answer, Command, Created, Flag

Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")]


class Withdraw(Command):
    """Way in which a choice was taken."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"given_how": "phone"}]})

    wording: Code = "spoken-v1"
    """Code of the wording that was used."""
    language: Language = "en"
    """Language of the conversation, as a BCP 47 tag."""
    given_how: Code = "phone"
    """Code of the way by which the person answered; `phone`, `call` or `in_person`: they spoke to you."""
    overheard: Flag = False
    """Overheard, perhaps: a yes counts as unasked until it is repeated in safety."""
    relayed: Flag = False
    """Said by another person: it is not the person's own yes."""
    understood: Flag = False
    """The person is a child who understands what they agree to."""

    def how(self) -> ConsentTaken:
        return ConsentTaken(
            self.wording,
            self.language,
            self.given_how,
            overheard=self.overheard,
            relayed=self.relayed,
            understood=self.understood,
        )


class RecordConsent(Withdraw):
    """One choice at a time: a privacy choice, yes or no to a recipient kind, or about the situation."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"privacy": "share"}, {"recipient_kind": "police", "agrees": True}]}
    )

    privacy: PrivacyChoice | None = None
    """Privacy choice."""
    recipient_kind: RecipientKind | None = None
    """Recipient kind that the person agrees to, or not."""
    agrees: Flag | None = None
    """Yes or no to that recipient kind."""
    situation: Flag | None = None
    """The situation may be passed on without the identity."""

    @model_validator(mode="after")
    def _is_one_choice(self) -> "RecordConsent":
        choices = [self.privacy, self.recipient_kind, self.situation]
        if sum(one is not None for one in choices) != 1:
            raise PydanticCustomError("one_choice", "give one of privacy, recipient_kind or situation")
        if (self.recipient_kind is None) != (self.agrees is None):
            raise PydanticCustomError("agrees_to_a_kind", "give recipient_kind and agrees together")
        return self

    def choice(self) -> dict[str, Any]:
        return {
            "privacy": self.privacy,
            "recipient_kind": self.recipient_kind,
            "agrees": self.agrees,
            "situation": self.situation,
        }


class CheckWithdrawal(Command):
    """Check that a withdrawal is the person's own wish."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"own_wish": True}]})

    own_wish: Flag
    """True: copies are recalled now. False: nothing is recalled, and nothing more is sent either."""


class WithdrawalCheckOut(Answer):
    """Check of a withdrawal."""

    own_wish: bool
    """It is the person's own wish."""
    checked_by: str
    """Person who checked it."""
    checked_at: datetime
    """Time of the check."""


class ConsentEntryOut(Answer):
    """One entry of the consent ledger: exactly one of privacy, recipient_kind, situation and withdraws is given."""

    id: UUID
    """Id of the entry."""
    person_id: UUID
    """Person whose choice it is."""
    at: datetime
    """Time at which it was recorded."""
    privacy: PrivacyChoice | None
    """Privacy choice."""
    recipient_kind: RecipientKind | None
    """Recipient kind that the person agreed to, or not."""
    agrees: bool | None
    """Yes or no to that recipient kind."""
    situation: bool | None
    """The situation may be passed on without the identity."""
    withdraws: bool
    """The person withdrew everything."""
    wording: str
    """Code of the wording that was used."""
    language: str
    """Language of the conversation, as a BCP 47 tag."""
    given_how: str
    """Code of the way by which the person answered."""
    overheard: bool
    """Overheard, perhaps: a yes does not count."""
    relayed: bool
    """Said by another person: a yes does not count."""
    understood: bool
    """An adviser recorded that the child understands it."""
    in_call: bool
    """The person said so in a call: copies are recalled at once."""
    check: WithdrawalCheckOut | None
    """Check that it is the person's own wish, before copies are recalled; null where nobody checked."""
    recorded_by: str
    """Person who recorded it."""


class ConsentLedgerPage(Page[ConsentEntryOut]):
    """Consent ledger, the oldest entry first; no entry is ever changed."""


class ConsentEntryCreated(Created, ConsentEntryOut):
    """Entry that was recorded; `version` is the case's."""

    recalled: list[UUID]
    """Disclosures that were recalled because this entry took back what let them go."""
