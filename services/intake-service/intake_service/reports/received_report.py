"""Received report: a report as it was read, with what nobody understood, before anything of it is stored."""

from dataclasses import dataclass, field
from datetime import date

from intake_service.reports.schemas import Report
from intake_service.salvage.reading import NO_FIELD, NotUnderstood, is_within
from shared.domain.vocabulary import PrivacyChoice

_NO_CONCERN = (
    *(
        "channel",
        "purpose",
        "language",
        "caller_type",
        "privacy",
        "what_happened",
        "exploitation_types",
        "safe_contact",
    ),
    *(
        "situation_may_be_passed_on",
        "reporter.name",
        "reporter.phone",
        "reporter.email",
        "reporter.age",
        "body",
    ),
)
"""Fields that tell of no concern by themselves, whatever stands in them."""
_KEPT_OF_REPORTER = ("in_danger", "is_person_of_concern", "age", "cares_for_child")
_NAMES_OF_IDENTITY = (
    *(
        "name",
        "phone",
        "tel",
        "mobile",
        "mail",
        "contact",
        "user",
        "login",
        "account",
        "device",
        "ip",
        "imei",
        "token",
    ),
    *(
        "session",
        "reporter",
        "sender",
        "caller",
        "whatsapp",
        "facebook",
        "instagram",
        "telegram",
        "viber",
        "skype",
    ),
    *("address", "signature", "safe", "from", "author", "profile", "handle", "nick"),
)
"""Parts of the names under which an unknown field may say who the reporter is."""


@dataclass(frozen=True)
class ReceivedReport:
    """Report and what could not be understood of it. One that is unread was written by no program that we know."""

    report: Report
    not_understood: list[NotUnderstood] = field(default_factory=list)
    is_unread: bool = False

    def names_a_concern(self, on: date) -> bool:
        """Return whether it opens a case. A value that nobody understood is a concern where its field tells of one."""
        fields = Report.model_fields
        return self.report.names_a_concern(on) or any(
            one.field.split(".")[0] in fields and not any(is_within(one.field, path) for path in _NO_CONCERN)
            for one in self.not_understood
        )

    def must_be_looked_at(self, on: date) -> bool:
        """Return whether an adviser looks at it soon where it opens no case: a child may ask."""
        return self.is_unread or self.report.reporter.age.may_be_child(on)

    def may_be_urgent(self, on: date) -> bool:
        """Return whether it may tell of a danger or a child; it is then taken however busy the door is."""
        return self.is_unread or self.report.states_danger or self.report.states_child(on)

    def as_kept(self, on: date) -> tuple["ReceivedReport", list[str]]:
        """Return what is stored of it, and the names of the fields that are not: an anonymous reporter's identity."""
        received = self._with_the_more_private_choice() if self.report.shares_against_its_choice else self
        if received.report.privacy is not PrivacyChoice.ANONYMOUS:
            return received, []
        kept, dropped = received.report.without_identity(on)
        whole = received.report.whole_places(on)
        notes = [one for one in received.not_understood if not _tells_who(one, whole)]
        unkept = [one.field for one in received.not_understood if _tells_who(one, whole)]
        others = [path for path in unkept if not any(is_within(path, name) for name in dropped)]
        return ReceivedReport(kept, notes, received.is_unread), list(dict.fromkeys([*dropped, *others]))

    def _with_the_more_private_choice(self) -> "ReceivedReport":
        """Return it without a yes that its privacy choice contradicts; an adviser sees the yes."""
        said = ", ".join(kind.value for kind in self.report.share_with)
        report = self.report.model_copy(update={"share_with": []})
        return ReceivedReport(
            report, [*self.not_understood, NotUnderstood(field="share_with", said=said)], self.is_unread
        )


def _tells_who(note: NotUnderstood, whole_places: frozenset[str]) -> bool:
    """Return whether a value that was not understood may tell who an anonymous reporter is."""
    path = note.field if note.field != NO_FIELD else note.said.partition(":")[0]
    first, _, rest = path.partition(".")
    if first == "reporter":
        return rest.split(".")[0] not in {*_KEPT_OF_REPORTER, *whole_places}
    if first in Report.model_fields:
        return first == "safe_contact"
    return any(part in first.casefold() for part in _NAMES_OF_IDENTITY)
