"""Teller: the case whose content a message carries, which is the case itself or one that repeats it (fact 8)."""

from dataclasses import dataclass, field, replace
from typing import Any

from case_service.cases.case_file import CaseFile
from case_service.disclosures.json_forms import facts_from_json
from case_service.disclosures.models import Disclosure
from case_service.proposals.models import FactsOfAgencies
from case_service.recipients.models import CaseRecipient
from case_service.sharing.duties.duty import Duty
from case_service.sharing.facts import CaseFacts, FactRef


@dataclass(frozen=True)
class Teller:
    """Case whose content goes to one agency: its file, and why this agency hears of it."""

    case_file: CaseFile
    recipient: CaseRecipient
    """The agency, as a case recipient of the case whose content goes."""
    duty: Duty | None
    """Duty with the facts of which the agency hears."""
    agencies: FactsOfAgencies
    """Every agency that hears of this case, with its facts."""
    keep: frozenset[FactRef] = frozenset()
    """Facts that count although they were stood down: the agency hears of them from the other case."""
    head: dict[str, Any] = field(default_factory=dict)
    """Members of the header that say to which message this one belongs."""

    @property
    def facts(self) -> frozenset[FactRef]:
        return self.duty.facts if self.duty is not None else frozenset()

    def known(self, keep: frozenset[FactRef] = frozenset()) -> CaseFacts:
        """Return the facts of this one agency; those in `keep` count although they were taken back."""
        case_facts = self.case_file.facts(keep=self.keep | keep)
        return case_facts.for_agency(self.recipient.agency_code, self.facts | keep)


def own_teller(recipient: CaseRecipient, case_file: CaseFile) -> Teller:
    """Return a case that tells an agency of itself."""
    earlier = case_file.earlier_messages.get(recipient.key)
    return Teller(
        case_file,
        recipient,
        recipient.duty.value if recipient.duty else None,
        {one.key: one.duty.value.facts for one in case_file.recipients if one.duty is not None},
        head={"may_be_the_same_matter_as": earlier} if earlier is not None else {},
    )


def duplicate_teller(reader: CaseRecipient, facts: frozenset[FactRef], duplicate: CaseFile) -> Teller:
    """Return a duplicate that tells an agency of these of its facts. `reader` is the agency in the other case."""
    recipient = duplicate.records.recipient_of(reader.key)
    duty = recipient.so_far().duty if recipient is not None else None
    assert recipient is not None  # its facts were stood down at this agency
    assert duty is not None
    known = duplicate.facts(keep=facts)
    hears = replace(
        duty,
        facts=facts,
        verified=all(known.is_verified(one) for one in facts),
        handed_over_at=None,
        handed_over_by=None,
    )
    first = _first_message(reader)
    return Teller(
        duplicate,
        recipient,
        hears,
        _agencies_of(reader, duplicate),
        keep=facts,
        head={"supplements": str(first.id)} if first is not None else {},
    )


def teller_of(
    disclosure: Disclosure, recipient: CaseRecipient, case_file: CaseFile, duplicate: CaseFile | None
) -> Teller:
    """Return whose content a disclosure carries. What an agency has is not told again once it proved wrong."""
    if duplicate is None or disclosure.is_correction:
        return own_teller(recipient, case_file)
    facts = facts_from_json(disclosure.facts)
    if not disclosure.is_unanswered:
        facts -= duplicate.corrected()
    return duplicate_teller(recipient, facts, duplicate)


def _agencies_of(reader: CaseRecipient, duplicate: CaseFile) -> FactsOfAgencies:
    """Return the agencies that hear of a duplicate from the other case."""
    found: dict[Any, frozenset[FactRef]] = {}
    for proposal in duplicate.case.proposals:
        if proposal.is_signed and proposal.duplicate_of == reader.case_id:
            for key, facts in proposal.facts_of_agencies().items():
                found[key] = found.get(key, frozenset()) | facts
    return found


def _first_message(recipient: CaseRecipient) -> Disclosure | None:
    """Return the first message that the agency has of the case itself; None where it was told by telephone alone."""
    own = [one for one in recipient.disclosures if one.duplicate_case_id is None and one.is_forced]
    issued = [one for one in own if one.so_far().issued and not one.is_correction]
    return min(issued, key=lambda one: (one.authorised_at, one.id), default=None)
