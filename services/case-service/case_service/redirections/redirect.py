"""Act of redirecting: the facts of a declined duty are told to another agency of the same kind."""

from case_service.cases.case_file import CaseFile
from case_service.recipients.models import CaseRecipient
from case_service.redirections.models import Redirection
from case_service.sharing.duties.duty import Duty
from shared.errors import Conflict
from shared.ids import new_id


class AlreadyInformed(Conflict):
    """The agency has these facts already, so that choosing it changes nothing."""

    code = "agency-already-informed"
    title = "This agency has the same already; choose another one"


def redirect_to(agency_code: str, duty: Duty, recipient: CaseRecipient, case_file: CaseFile) -> Redirection:
    """Let another agency of the same kind be told of the facts that one has declined."""
    other = case_file.records.recipient_of((recipient.recipient_kind, agency_code))
    if agency_code == recipient.agency_code or (other is not None and duty.facts <= other.so_far().facts):
        raise AlreadyInformed
    redirection = Redirection(
        id=new_id(),
        case_id=recipient.case_id,
        recipient_kind=recipient.recipient_kind,
        from_agency=recipient.agency_code,
        to_agency=agency_code,
        facts=[
            {"kind": one.kind.value, "subject_id": one.subject_id, "id": one.id} for one in sorted(duty.facts)
        ],
        chosen_by=case_file.uow.actor,
        chosen_at=case_file.uow.now,
    )
    case_file.add_redirection(redirection)
    return redirection
