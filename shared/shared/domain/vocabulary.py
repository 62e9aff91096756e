"""Controlled vocabulary: the closed lists of codes that rules, events and forms share.

A class is a list on which code branches; a test holds each to its list in `reference/codelists.json`, where the other
lists stay (`codes`). The comment beside a class names its origin: NRM is the National Referral Mechanism, "rules" are
the sharing rules.
"""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from pydantic import StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:+-]{0,63}$")]
"""The only text that an event may carry: too short and too plain to hold a sentence."""


@cache
def codes(list_name: str) -> frozenset[str]:
    """Return every code of one controlled list; KeyError for a list that does not exist."""
    lists = json.loads((files("shared.domain") / "reference" / "codelists.json").read_text(encoding="utf-8"))
    return frozenset(entry if isinstance(entry, str) else entry["code"] for entry in lists[list_name])


class PrivacyChoice(StrEnum):  # codelists: privacy_choice; the helpline's own three choices
    SHARE = "share"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class Proximity(StrEnum):  # codelists: caller_type.proximity; how near the caller is to the person
    SELF = "self"
    DIRECT = "direct"
    PROFESSIONAL = "professional"
    INDIRECT = "indirect"
    BUSINESS = "business"
    NONE = "none"
    UNKNOWN = "unknown"


class CallerType(StrEnum):  # codelists: caller_type; the helpline's published caller groups
    POTENTIAL_VICTIM = "potential_victim"
    SURVIVOR = "survivor"
    FRIEND = "friend"
    FAMILY = "family"
    INTIMATE_PARTNER = "intimate_partner"
    COLLEAGUE = "colleague"
    SEX_BUYER = "sex_buyer"
    NGO = "ngo"
    HEALTH = "health"
    EDUCATION = "education"
    LOCAL_AUTHORITY = "local_authority"
    POLICE = "police"
    OTHER_STATUTORY = "other_statutory"
    LEGAL = "legal"
    FAITH = "faith"
    HOUSING = "housing"
    FINANCIAL_SERVICES = "financial_services"
    NEIGHBOUR_OR_COMMUNITY = "neighbour_or_community"
    CUSTOMER = "customer"
    MEMBER_OF_PUBLIC = "member_of_public"
    BUSINESS = "business"
    EMPLOYER_OR_LABOUR_PROVIDER = "employer_or_labour_provider"
    MEDIA = "media"
    STUDENT_OR_ACADEMIC = "student_or_academic"
    UNKNOWN = "unknown"

    @property
    def proximity(self) -> Proximity:
        return _PROXIMITY[self]


_PROXIMITY: Final[Mapping[CallerType, Proximity]] = {
    CallerType(code): proximity
    for proximity, group in (
        (Proximity.SELF, "potential_victim survivor"),
        (Proximity.DIRECT, "friend family intimate_partner colleague sex_buyer"),
        (Proximity.PROFESSIONAL, "ngo health education local_authority police other_statutory legal faith"),
        (Proximity.PROFESSIONAL, "housing financial_services"),
        (Proximity.INDIRECT, "neighbour_or_community customer member_of_public"),
        (Proximity.BUSINESS, "business employer_or_labour_provider"),
        (Proximity.NONE, "media student_or_academic"),
        (Proximity.UNKNOWN, "unknown"),
    )
    for code in group.split()
}


class ContactChannel(StrEnum):  # codelists: contact_channel; the helpline's published channels
    PHONE = "phone"
    WEBFORM = "webform"
    APP = "app"
    EMAIL = "email"
    POST = "post"
    OTHER = "other"


class ContactPurpose(StrEnum):  # the helpline's launch article: what a contact asks for
    ADVICE = "advice"
    REPORTING = "reporting"
    TRAINING_AND_INFORMATION = "training_and_information"
    ACCESS_TO_SUPPORT = "access_to_support"


class CaseClassification(StrEnum):  # codelists: case_classification; the helpline's published case kinds
    MODERN_SLAVERY = "modern_slavery"
    LABOUR_ABUSE = "labour_abuse"
    OTHER_ABUSE = "other_abuse"
    GENERAL_INFORMATION = "general_information"
    INTERNATIONAL = "international"
    NON_ACTIONABLE = "non_actionable"

    @property
    def counts_potential_victims(self) -> bool:
        return self in {CaseClassification.MODERN_SLAVERY, CaseClassification.INTERNATIONAL}


class ExploitationType(StrEnum):  # codelists: exploitation_type; NRM types and two that it does not count
    LABOUR = "labour"
    SEXUAL = "sexual"
    CRIMINAL = "criminal"
    DOMESTIC_SERVITUDE = "domestic_servitude"
    ORGAN_HARVESTING = "organ_harvesting"
    FORCED_SURROGACY = "forced_surrogacy"
    OTHER = "other"
    UNKNOWN = "unknown"


class Sector(StrEnum):  # codelists: sector; where people are made to work, as the helpline publishes it
    CAR_WASH = "car_wash"
    BEAUTY_NAIL_BAR = "beauty_nail_bar"
    CONSTRUCTION = "construction"
    HOSPITALITY = "hospitality"
    AGRICULTURE = "agriculture"
    CARE = "care"
    FACTORY_MANUFACTURING = "factory_manufacturing"
    FOOD_PROCESSING = "food_processing"
    CLEANING = "cleaning"
    TRANSPORT_LOGISTICS = "transport_logistics"
    RECYCLING_WASTE = "recycling_waste"
    RETAIL = "retail"
    LANDSCAPING_PAVING = "landscaping_paving"
    FISHING_MARITIME = "fishing_maritime"
    FOOD_DELIVERY = "food_delivery"
    RELIGIOUS_SITE = "religious_site"
    DOMESTIC_WORK = "domestic_work"
    MINING_ENERGY = "mining_energy"
    TEXTILES = "textiles"
    OTHER = "other"
    UNKNOWN = "unknown"


# An age nobody asked about is absent, not one of these.
class AgeStatus(StrEnum):  # codelists: age_status; rules §2
    ADULT_CONFIRMED = "adult_confirmed"
    ADULT_STATED = "adult_stated"
    CHILD_CONFIRMED = "child_confirmed"
    CHILD_STATED = "child_stated"
    UNCERTAIN_MAY_BE_CHILD = "uncertain_may_be_child"
    UNKNOWN_NO_INDICATION = "unknown_no_indication"

    @property
    def child_path(self) -> bool:
        """Return whether the person is or may be under 18, and so protected as a child (section 51).

        Source: Modern Slavery Act 2015.
        """
        return self in {AgeStatus.CHILD_CONFIRMED, AgeStatus.CHILD_STATED, AgeStatus.UNCERTAIN_MAY_BE_CHILD}


class Gender(StrEnum):  # codelists: gender; NRM form wording
    FEMALE = "female"
    MALE = "male"
    DOES_NOT_IDENTIFY_AS_MALE_OR_FEMALE = "does_not_identify_as_male_or_female"
    UNKNOWN = "unknown"


class Nation(StrEnum):  # codelists: nation; the spelling of the Office for National Statistics
    ENGLAND = "England"
    WALES = "Wales"
    SCOTLAND = "Scotland"
    NORTHERN_IRELAND = "Northern Ireland"

    @property
    def code(self) -> str:
        """Return the code for events, which has no spaces."""
        return self.value.lower().replace(" ", "_")


class OnwardAction(StrEnum):  # codelists: onward_action; the helpline's published next steps
    EMERGENCY_999 = "emergency_999"
    POLICE_REFERRAL = "police_referral"
    POLICE_INTELLIGENCE_REPORT = "police_intelligence_report"
    SAFEGUARDING_REFERRAL_CHILD = "safeguarding_referral_child"
    SAFEGUARDING_REFERRAL_ADULT = "safeguarding_referral_adult"
    LABOUR_ENFORCEMENT_REFERRAL = "labour_enforcement_referral"
    NRM_VIA_FIRST_RESPONDER = "nrm_via_first_responder"
    DTN_VIA_FIRST_RESPONDER = "dtn_via_first_responder"
    SUPPORT_SERVICE_REFERRAL = "support_service_referral"
    SIGNPOST = "signpost"
    ADVICE_ONLY = "advice_only"
    SAFETY_PLAN = "safety_plan"
    CALLBACK_ARRANGED = "callback_arranged"
    NO_ACTION_AT_CALLERS_REQUEST = "no_action_at_callers_request"
    CLOSED_INSUFFICIENT_INFORMATION = "closed_insufficient_information"


class ReferralOutcome(StrEnum):  # codelists: referral_outcome; what agencies tell the helpline afterwards
    PENDING = "pending"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NFA = "nfa"
    VISIT_MADE = "visit_made"
    PERSON_SAFEGUARDED = "person_safeguarded"
    NRM_SUBMITTED = "nrm_submitted"
    NRM_DECLINED_BY_ADULT = "nrm_declined_by_adult"
    CRIME_RECORDED = "crime_recorded"
    ARREST = "arrest"
    NOT_FOUND = "not_found"
    OUTCOME_NOT_SHARED = "outcome_not_shared"
    UNKNOWN = "unknown"


class NotInformedReason(StrEnum):  # codelists: not_informed_reason; rules §4 fact 12
    WOULD_INCREASE_RISK_TO_PERSON = "would_increase_risk_to_person"
    WOULD_INCREASE_RISK_TO_ANOTHER = "would_increase_risk_to_another"
    WOULD_PREJUDICE_POLICE_ACTION = "would_prejudice_police_action"
    NOT_CONTACTABLE = "not_contactable"
    UNSAFE_CONTACT_CHANNEL = "unsafe_contact_channel"
    LINE_DROPPED = "line_dropped"
    NOBODY_HAS_SPOKEN_TO_THE_PERSON = "nobody_has_spoken_to_the_person"


class PlaceSetting(StrEnum):  # rules §4 fact 0; where a place is that no street address tells
    LAND = "land"
    RAILWAY = "railway"
    SEA = "sea"
    ABROAD = "abroad"


class YesNoUnknown(StrEnum):  # this platform's own; an answer that nobody has to know
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class PersonRole(StrEnum):  # rules §1; a self-reporter is both reporter and person of concern
    REPORTER = "reporter"
    PERSON_OF_CONCERN = "person_of_concern"
    HOUSEHOLD_MEMBER = "household_member"
    ALLEGED_EXPLOITER = "alleged_exploiter"


# Immigration enforcement is never a recipient, so it has no code here.
class RecipientKind(StrEnum):  # rules §1
    POLICE = "police"
    CHILDREN_SOCIAL_CARE = "children_social_care"
    ADULT_SOCIAL_CARE = "adult_social_care"
    NRM_FIRST_RESPONDER = "nrm_first_responder"
    SERVICE_PROVIDER = "service_provider"
    LABOUR_ENFORCEMENT = "labour_enforcement"
    HEALTH = "health"


class Ground(StrEnum):  # rules §1; a disclosure without one of these does not exist
    CONSENT = "consent"
    OVERRIDE_DANGER = "override_danger"
    OVERRIDE_CHILD = "override_child"
    AUTHORISED = "authorised"


class AuthorisedReason(StrEnum):  # rules §1; why a named safeguarding lead decided to share
    DURESS = "duress"
    SERIOUS_CRIME = "serious_crime"
    INCAPACITY = "incapacity"


class DisclosureKind(StrEnum):  # this platform's own; a first message, a supplement, or a correction
    INITIAL = "initial"
    SUPPLEMENT = "supplement"
    CORRECTION = "correction"


class FieldGroup(StrEnum):  # rules §1; the parts of a disclosure
    SITUATION = "S"
    ACCOUNT = "A"
    PERSONS = "P"
    REPORTER = "R"
    HANDLING = "H"


class WithheldReason(StrEnum):  # this platform's own; why a whole disclosure was withheld
    RULES_PERMIT_NOTHING = "rules_permit_nothing"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    REROUTED = "rerouted"
    MERGED = "merged"


class StandDownReason(StrEnum):  # rules §4 fact 8; two people sign one of these before anything was sent
    AGE_MISTAKEN = "age_mistaken"
    NO_DANGER = "no_danger"
    NOT_A_REPORT = "not_a_report"
    NO_PERSON_AT_RISK = "no_person_at_risk"
    WITNESS_ONLY = "witness_only"
    DUPLICATE_OF = "duplicate_of"


class EndReason(
    StrEnum
):  # rules §4 facts 9 and 10; two people end a declined duty, or a search, with one of these
    NOBODY_ELSE_RESPONSIBLE = "nobody_else_responsible"
    PERSON_IS_SAFE = "person_is_safe"
    PERSON_NOT_FOUND = "person_not_found"
    TOO_LITTLE_IS_KNOWN = "too_little_is_known"
    DEALT_WITH_ELSEWHERE = "dealt_with_elsewhere"


class CodedConcern(StrEnum):  # rules §4 fact 5; what is said of a child where an adult withholds
    HARMED_OR_EXPLOITED = "harmed_or_exploited"
    LIVES_WITH_SOMEBODY_IN_DANGER = "lives_with_somebody_in_danger"
    LIVES_WHERE_PEOPLE_MAY_BE_EXPLOITED = "lives_where_people_may_be_exploited"
    CARER_MAY_BE_CONTROLLED = "carer_may_be_controlled"
    MISSING = "missing"
    WITNESS = "witness"


class SourceChoice(StrEnum):  # rules §4 fact 3; an adviser's decision about one reporter as a source
    NAME = "name"
    LEAVE_OUT = "leave_out"
    LEAVE_OUT_WITH_WORDS = "leave_out_with_words"


class SourceReason(StrEnum):  # rules §4 fact 3 asks for a coded reason; the codes are our own
    SOURCE_AT_RISK_IF_IDENTIFIED = "source_at_risk_if_identified"
    RECIPIENT_CAN_PROTECT_WITHOUT = "recipient_can_protect_without"
    SOURCE_REFUSED_AND_NOT_NEEDED = "source_refused_and_not_needed"
    NEEDED_TO_FIND_THE_PERSON = "needed_to_find_the_person"
    NEEDED_TO_PROTECT_THE_PERSON = "needed_to_protect_the_person"
    WORDS_WOULD_IDENTIFY_THE_SOURCE = "words_would_identify_the_source"


class AcknowledgementChannel(StrEnum):  # this platform's own; how an agency said that it has a disclosure
    API = "api"
    LINK = "link"


class RecallAnswer(StrEnum):  # rules §4 fact 9; not_held only where nothing proves that the copy arrived
    DESTROYED = "destroyed"
    KEPT = "kept"
    NOT_HELD = "not_held"


class RecallKeptReason(StrEnum):  # rules §4 fact 9 asks for the lawful reason; the codes are our own
    COURT_ORDER = "court_order"
    CRIMINAL_INVESTIGATION = "criminal_investigation"
    SAFEGUARDING_DUTY = "safeguarding_duty"
    STATUTORY_RECORD = "statutory_record"
    LEGAL_CLAIM = "legal_claim"


class RecallAnswerChannel(StrEnum):  # this platform's own; how an agency answered a recall
    API = "api"
    TELEPHONE = "telephone"


class DeclineReason(StrEnum):  # this platform's own; why an agency hands a referral back
    NOT_OUR_AREA = "not_our_area"
    NOT_OUR_REMIT = "not_our_remit"
    INSUFFICIENT_INFORMATION = "insufficient_information"
    DUPLICATE = "duplicate"
    NO_CAPACITY = "no_capacity"
    OTHER = "other"


_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,63}")


def is_code(text: str) -> bool:
    """Return whether a text is short and plain enough to be a code."""
    return _CODE.fullmatch(text) is not None
