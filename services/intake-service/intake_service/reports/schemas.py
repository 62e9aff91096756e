"""Report from the public: what somebody saw or lives through, in as much or as little as they can say.

Nothing is required. Unknown and partial answers are normal, and what is not asked for is not kept.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from intake_service.reports.parts import (
    IDENTIFYING_FIELDS,
    Language,
    LongText,
    ReportedAge,
    ReportedPerson,
    ReportedPlace,
    Reporter,
    ReportPart,
    SafeContact,
    ShortText,
)
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

MAX_PERSONS = 201
"""Persons of one report. The salvage keeps any more as they were said, and one stands for what they mean."""
THEMSELVES = frozenset({CallerType.POTENTIAL_VICTIM, CallerType.SURVIVOR})
"""Callers who say that it happens, or happened, to them."""


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
    someone_hurt: YesNoUnknown = YesNoUnknown.UNKNOWN
    """A person is hurt or ill, so that an ambulance may be needed."""
    place: ReportedPlace = ReportedPlace()
    """Place where it happens."""
    how_many: Annotated[int, Field(strict=True, ge=0, le=100_000)] | None = None
    """Number of people it happens to."""
    exploitation_types: Annotated[list[ExploitationType], Field(max_length=10)] = []
    """Types of exploitation."""
    sectors: Annotated[list[Sector], Field(max_length=10)] = []
    """Sectors of the economy."""
    danger_now: YesNoUnknown = YesNoUnknown.UNKNOWN
    """A person is in imminent danger."""
    reporter: Reporter = Reporter()
    """Person who makes the report."""
    persons: Annotated[list[ReportedPerson], Field(max_length=MAX_PERSONS)] = []
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

    @property
    def ages(self) -> list[ReportedAge]:
        return [self.reporter.age, *(person.age for person in self.persons)]

    @property
    def states_danger(self) -> bool:
        persons = [self.reporter.in_danger, *(person.in_danger for person in self.persons)]
        return YesNoUnknown.YES in (self.danger_now, *persons)

    def states_child(self, on: date) -> bool:
        """Return whether anyone in it is or may be under 18, whatever their role."""
        return any(age.may_be_child(on) for age in self.ages)

    def names_a_concern(self, on: date) -> bool:
        """Return False where nobody but the writer is named, and nothing says that it happens to them.

        Somebody in distress must not lose their report because they chose the wrong entry of a menu, and a pupil who
        asks for a school project must not be reported for being under 18. A way to be reached, or a topic that was
        ticked, is a concern only of a writer who is not, and may not be, under 18 (rules §4, fact 7).
        """
        if self._describes_a_concern:
            return True
        return bool(self._can_be_followed_up and not self.reporter.age.may_be_child(on))

    @property
    def _describes_a_concern(self) -> bool:
        reporter = self.reporter
        who = self.persons or self.how_many or reporter.is_person_of_concern or reporter.cares_for_child
        happens = (
            self.states_danger or self.someone_hurt is YesNoUnknown.YES or self.caller_type in THEMSELVES
        )
        what = self.sectors or self.risk_to_approach or self.share_with
        when = self.when_happened or self.still_happening is YesNoUnknown.YES
        where = any(
            place is not None and place.is_said
            for place in (self.place, reporter.lives_at, reporter.found_at)
        )
        return bool(who or happens or what or when or where)

    @property
    def _can_be_followed_up(self) -> bool:
        is_topic_ticked = any(one is not ExploitationType.UNKNOWN for one in self.exploitation_types)
        return self.reporter.can_be_reached or is_topic_ticked or self.safe_contact != SafeContact()

    @property
    def nation(self) -> Nation | None:
        gss = self.place.gss
        return nation_of(gss) if gss is not None else None

    @property
    def shares_against_its_choice(self) -> bool:
        """Return whether kinds of recipient are agreed to beside a more private choice, which counts (rules §1)."""
        return bool(self.share_with) and self.privacy is not PrivacyChoice.SHARE

    def without_identity(self, on: date) -> tuple["Report", list[str]]:
        """Return the report as an anonymous reporter's is kept, and the names of the fields that are not.

        What is not held cannot be sent, lost or asked for. Of the reporter's places the council stays, because it tells
        who protects. `place`, where it happens, is not about the reporter and stays whole; so does the place where the
        reporter can be found who is in danger or may be a child (rules §4, fact 2).
        """
        if self.privacy is not PrivacyChoice.ANONYMOUS:
            return self, []
        households = frozenset(one.household for one in self.persons if one.household)
        reporter = self.reporter.without_identity(self.whole_places(on), households)
        dropped = [
            f"reporter.{name}"
            for name in IDENTIFYING_FIELDS
            if getattr(reporter, name) != getattr(self.reporter, name)
        ]
        if self.safe_contact != SafeContact():
            dropped.append("safe_contact")
        return self.model_copy(update={"reporter": reporter, "safe_contact": SafeContact()}), dropped

    def whole_places(self, on: date) -> frozenset[str]:
        """Return which of the reporter's places are where somebody in danger or a child can be found."""
        reporter, of_child = self.reporter, self._lives_with_child(on)
        found = reporter.found_at is not None and reporter.found_at.is_said
        is_child = reporter.age.may_be_child(on)
        in_danger = reporter.in_danger is YesNoUnknown.YES or self._danger_may_be_theirs
        whole = {"found_at"} if in_danger or is_child else set()
        if of_child or is_child or (in_danger and not found):
            whole.add("lives_at")
        return frozenset(whole)

    @property
    def _danger_may_be_theirs(self) -> bool:
        """Return whether a danger that names nobody may be the reporter's own."""
        is_own = self.reporter.is_person_of_concern or self.caller_type in THEMSELVES or not self.persons
        return self.danger_now is YesNoUnknown.YES and is_own

    def _lives_with_child(self, on: date) -> bool:
        """Return whether a child, or somebody in danger, lives in the reporter's home as far as the report says."""
        household = self.reporter.household
        at_risk = [
            one for one in self.persons if one.age.may_be_child(on) or one.in_danger is YesNoUnknown.YES
        ]
        return any(
            self.reporter.cares_for_child or (household is not None and one.household == household)
            for one in at_risk
        )
