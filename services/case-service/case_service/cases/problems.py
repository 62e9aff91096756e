"""Problems of cases: what their state does not allow."""

from shared.errors import Conflict


class CaseAlreadyClosed(Conflict):
    """The case is closed. Danger, a person, an age or a place can still be recorded, and opens it again."""

    code = "case-already-closed"
    title = "This case is closed"


class CaseCannotBeClosed(Conflict):
    """Duties are open, places are to be found, or ages were not asked about; the members count them."""

    code = "case-cannot-be-closed"
    title = "Something on this case is still open"


class CaseNeedsHolder(Conflict):
    """A sharing duty is open: somebody by name looks after the case until it ends (fact 13)."""

    code = "case-needs-holder"
    title = "A sharing duty is open; assign the case to a person by name"


class CaseIsMerged(Conflict):
    """The case is part of another one; `merged_into` says which."""

    code = "case-is-merged"
    title = "This case is part of another one; work on that one"


class ReportNotImportedYet(Conflict):
    """The case waits for its report, which is being fetched from intake."""

    code = "report-not-imported-yet"
    title = "The report has not reached this case yet; try again in a moment"
