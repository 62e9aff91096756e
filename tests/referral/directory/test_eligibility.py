"""Law of eligibility: what may be registered fits its code, and no body of a place is ever made up."""

import contextlib

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from referral_service.directory import eligibility
from referral_service.directory.eligibility import check_registration, may_receive
from shared.domain.geography import agencies
from shared.domain.vocabulary import RecipientKind
from shared.errors import Invalid

PREFIXES = st.sampled_from(
    ["police", "Police", "POLICE", "police.force", "social_care", "Social-Care", "desk", "council", "hsc_trust",
     "children_social_care", "adult_social_care", "service_provider", "nrm_first_responder", "health",
     "labour_enforcement", "charity", "sample", "x", "home_office", "immigration_enforcement", "ice"]
)  # fmt: skip
REST = st.sampled_from(["", ":x", ":E23000005", ":nca", ":btp", ":fake", ":E99999999", ":hsc-belfast"])
CODES = st.builds(lambda prefix, rest: prefix + rest, PREFIXES, REST)
KINDS = st.sets(st.sampled_from(list(RecipientKind)), min_size=1)
REFERENCE = {one.code for one in agencies()}
OF_A_PLACE = {
    RecipientKind.POLICE,
    RecipientKind.CHILDREN_SOCIAL_CARE,
    RecipientKind.ADULT_SOCIAL_CARE,
}


def is_registered(code: str, kinds: set[RecipientKind]) -> bool:
    with contextlib.suppress(Invalid):
        check_registration(code, "Somebody", kinds)
        return True
    return False


def broken_law(code: str, kinds: set[RecipientKind]) -> str | None:
    """Return the law that an attempt to register this breaks, or None."""
    values = {kind.value for kind in kinds}
    received = {kind for kind in kinds if may_receive(code, "Somebody", kind, values)}
    if is_registered(code, kinds):
        if kinds & OF_A_PLACE or code.casefold().startswith(("police", "social", "desk")):
            return "a body of a place was registered by hand"
        if received != kinds:
            return "what was registered may not receive"
    if received & OF_A_PLACE and code not in REFERENCE:
        return "a body of a place receives that is not in the reference data"
    return None


@settings(max_examples=2000, deadline=None)
@given(CODES, KINDS)
def test_only_agencies_whose_code_fits_are_registered_and_receive(
    code: str, kinds: set[RecipientKind]
) -> None:
    assert broken_law(code, kinds) is None


@pytest.mark.parametrize("one", agencies(), ids=lambda one: one.code)
def test_every_agency_of_the_reference_data_receives_as_its_kinds_and_no_others(one: object) -> None:
    agency = next(known for known in agencies() if known is one)
    kinds = {kind.value for kind in RecipientKind}
    received = {kind for kind in RecipientKind if may_receive(agency.code, agency.name, kind, kinds)}
    assert received == agency.kind.recipient_kinds


@pytest.mark.parametrize("fault", ["_OF_THE_REFERENCE", "_KINDS_OF_PREFIX"])
def test_a_forgotten_rule_is_noticed(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    every = frozenset(RecipientKind)
    planted = ("nothing",) if fault == "_OF_THE_REFERENCE" else dict.fromkeys(["serviceprovider", "x"], every)
    monkeypatch.setattr(eligibility, fault, planted)
    attempts = st.tuples(CODES, KINDS)
    limits = settings(max_examples=5000, database=None, deadline=None)
    try:
        find(attempts, lambda attempt: broken_law(*attempt) is not None, settings=limits)
    except NoSuchExample:
        pytest.fail("nothing notices it")
