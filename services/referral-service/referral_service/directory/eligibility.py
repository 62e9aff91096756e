"""Eligibility of agencies as recipients: which codes fit which recipient kinds, and who is never a recipient.

Police forces, social care authorities, trusts and national desks are only those of the reference data. Immigration
enforcement is none at all.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

from shared.domain.geography import agencies
from shared.domain.immigration_enforcement import is_immigration_enforcement
from shared.domain.vocabulary import RecipientKind
from shared.errors import Invalid

_VOLUNTARY: Final = frozenset(
    {RecipientKind.SERVICE_PROVIDER, RecipientKind.NRM_FIRST_RESPONDER, RecipientKind.HEALTH}
)
_KINDS_OF_PREFIX: Final[Mapping[str, frozenset[RecipientKind]]] = {
    "labourenforcement": frozenset({RecipientKind.LABOUR_ENFORCEMENT, RecipientKind.NRM_FIRST_RESPONDER}),
    "nrmfirstresponder": frozenset({RecipientKind.NRM_FIRST_RESPONDER, RecipientKind.SERVICE_PROVIDER}),
    "serviceprovider": frozenset({RecipientKind.SERVICE_PROVIDER, RecipientKind.NRM_FIRST_RESPONDER}),
    "health": frozenset({RecipientKind.HEALTH}),
}
"""Recipient kinds that a code may have which begins with a kind; any other beginning is a charity's."""
_OF_THE_REFERENCE: Final = (
    "police",
    "socialcare",
    "childrensocialcare",
    "childrenssocialcare",
    "adultsocialcare",
    "adultssocialcare",
    "council",
    "hsctrust",
    "desk",
)
"""Beginnings of the codes of bodies that a place decides, and of what passes for one."""


class ImmigrationEnforcementRefused(Invalid):
    """The code or the name is one of immigration enforcement, which never receives anything from the helpline."""

    code = "immigration-enforcement-refused"
    title = "Immigration enforcement is never a recipient; register no unit of it, under any name"


class AgencyOfTheReferenceData(Invalid):
    """The code is one of a body that a place decides; these are never registered by hand."""

    code = "agency-of-the-reference-data"
    title = (
        "Police forces, social care authorities, trusts and desks come from the reference data; "
        "find the agency in the directory and set its contact points"
    )


class CodeOfAnotherKind(Invalid):
    """The code begins with a kind that this agency is not, or with one that excludes its other kinds."""

    code = "agency-code-of-another-kind"
    title = "The code does not fit the recipient kinds; begin it with one of them, such as service_provider:"


def check_registration(agency_code: str, name: str, kinds: Collection[RecipientKind]) -> None:
    """Refuse what may not be registered, with what to do instead."""
    if is_immigration_enforcement(code=agency_code):
        raise ImmigrationEnforcementRefused(
            invalid=[{"field": "agency_code", "rule": "immigration_enforcement"}]
        )
    if is_immigration_enforcement(code="", name=name):
        raise ImmigrationEnforcementRefused(invalid=[{"field": "name", "rule": "immigration_enforcement"}])
    if _prefix(agency_code).startswith(_OF_THE_REFERENCE):
        raise AgencyOfTheReferenceData(invalid=[{"field": "agency_code", "rule": "reference_data"}])
    if not _fits(agency_code, kinds):
        raise CodeOfAnotherKind(invalid=[{"field": "recipient_kinds", "rule": "agency_code"}])


def may_receive(agency_code: str, name: str, kind: RecipientKind, kinds: Collection[str]) -> bool:
    """Return whether an agency of the directory is a recipient of this kind, whoever entered it and however."""
    if kind.value not in kinds or is_immigration_enforcement(code=agency_code, name=name):
        return False
    if _prefix(agency_code).startswith(_OF_THE_REFERENCE):
        return any(one.code == agency_code and kind in one.kind.recipient_kinds for one in agencies())
    return _fits(agency_code, {kind}, has_its_own=False)


def _fits(agency_code: str, kinds: Collection[RecipientKind], *, has_its_own: bool = True) -> bool:
    prefix = _prefix(agency_code)
    allowed = _KINDS_OF_PREFIX.get(prefix, _VOLUNTARY)
    own = {one for one in RecipientKind if one.value.replace("_", "") == prefix}
    return allowed.issuperset(kinds) and (not has_its_own or own <= set(kinds))


def _prefix(agency_code: str) -> str:
    """Return the beginning of a code in small letters alone, so that `Police` and `police_x` are police too."""
    return re.sub(r"[^a-z]", "", agency_code.partition(":")[0].casefold())
