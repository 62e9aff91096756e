"""Report from the public: what somebody saw or lives through, in as much or as little as they can say.

Nothing is required. Unknown and partial answers are normal, and what is not asked for is not kept.
"""

from datetime import date
from typing import Annotated, Any

from pydantic import Field, model_validator

from intake_service.reports.parts import (
    IDENTIFYING_FIELDS,
    Language,
    LongText,
    ReportedPerson,
    ReportedPlace,
    Reporter,
    ReportPart,
    SafeContact,
    ShortText,
)
from shared.domain.age import on_child_path
from shared.domain.geography import nation_of
from shared.domain.vocabulary import (
    CallerType,
    ContactChannel,
    ContactPurpose,
    ExploitationType,
    Nation,
    PrivacyChoice,
    RecipientKind,
    Sector,
    YesNoUnknown,
)


class Report(ReportPart):
    """Everything that one report may say."""

    channel: ContactChannel = ContactChannel.WEBFORM
    """Way by which the report comes."""
    purpose: ContactPurpose = ContactPurpose.REPORTING
    """Purpose: the kind of help that is asked for."""
    caller_type: CallerType = CallerType.UNKNOWN
    """Type of caller: the reporter's relation to what is reported."""
    language: Language = "en"
    """Language of the reporter, as a BCP 47 tag."""
    what_happened: LongText | None = None
    """Events, in the reporter's words."""
    when_happened: ShortText | None = None
    """Time at which it happened, in the reporter's words."""
    still_happening: YesNoUnknown = YesNoUnknown.UNKNOWN
    """Still happening: yes, no or unknown."""
    place: ReportedPlace = ReportedPlace()
    """Place where it happens."""
    how_many: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """Number of people it happens to."""
    exploitation_types: Annotated[list[ExploitationType], Field(max_length=10)] = []
    """Types of exploitation."""
    sectors: Annotated[list[Sector], Field(max_length=10)] = []
    """Sectors of the economy."""
    danger_now: YesNoUnknown = YesNoUnknown.UNKNOWN
    """A person is in imminent danger."""
    reporter: Reporter = Reporter()
    """Person who makes the report."""
    persons: Annotated[list[ReportedPerson], Field(max_length=50)] = []
    """People the report is about."""
    privacy: PrivacyChoice | None = None
    """Privacy choice: use that the helpline may make of the reporter's details."""
    share_with: Annotated[list[RecipientKind], Field(max_length=10)] = []
    """Recipient kinds that may have the reporter's details."""
    situation_may_be_passed_on: bool | None = None
    """The situation may be passed on without saying who told it."""
    safe_contact: SafeContact = SafeContact()
    """Safe contact: ways to reach the reporter without harm."""
    risk_to_approach: ShortText | None = None
    """Risk of approaching the place, in the reporter's words."""

    @model_validator(mode="before")
    @classmethod
    def _repaired(cls, value: Any) -> Any:
        """Replace halves of surrogate pairs, which broken devices send, so that they cost nobody their report."""
        try:
            return repaired(value)
        except RecursionError:
            raise ValueError("nested deeper than any report is") from None

    @property
    def states_danger(self) -> bool:
        persons = [self.reporter.in_danger, *(person.in_danger for person in self.persons)]
        return YesNoUnknown.YES in (self.danger_now, *persons)

    def states_child(self, on: date) -> bool:
        """Return whether anyone in it is or may be under 18, whatever their role."""
        ages = [self.reporter.age, *(person.age for person in self.persons)]
        return any(on_child_path(age.as_age(on), on) for age in ages)

    @property
    def names_a_concern(self) -> bool:
        """Return False only for a plain request for information: a pupil's school project opens no case.

        Words alone, and the age of the writer, are a question. Anything else that is reported is a concern:
        somebody in distress must not lose their report because they chose the wrong entry of a menu.
        """
        asks_for_information = self.purpose is ContactPurpose.TRAINING_AND_INFORMATION
        return self._describes_a_concern or not asks_for_information

    @property
    def _describes_a_concern(self) -> bool:
        who = self.persons or self.how_many or self.reporter.is_person_of_concern or self.states_danger
        what = self.exploitation_types or self.sectors or self.risk_to_approach
        when = self.when_happened or self.still_happening is YesNoUnknown.YES
        return bool(who or what or when or any(self.place.model_dump().values()))

    @property
    def nation(self) -> Nation | None:
        gss = self.place.gss
        return nation_of(gss) if gss is not None else None

    def without_identity(self) -> tuple["Report", list[str]]:
        """Return the report as an anonymous reporter's is kept, and the names of the fields that are not.

        What is not held cannot be sent, lost or asked for. Of the reporter's places the council stays, because it tells
        who protects. `place`, where it happens, is not about the reporter and stays whole.
        """
        if self.privacy is not PrivacyChoice.ANONYMOUS:
            return self, []
        reporter = self.reporter.without_identity()
        dropped = [
            f"reporter.{name}"
            for name in IDENTIFYING_FIELDS
            if getattr(reporter, name) != getattr(self.reporter, name)
        ]
        if self.safe_contact != SafeContact():
            dropped.append("safe_contact")
        return self.model_copy(update={"reporter": reporter, "safe_contact": SafeContact()}), dropped


def repaired(value: Any) -> Any:
    """Return the same values, with halves of surrogate pairs replaced by the replacement character."""
    if isinstance(value, str):
        if value.isascii():
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {name: repaired(one) for name, one in value.items()}
    return [repaired(one) for one in value] if isinstance(value, list) else value
