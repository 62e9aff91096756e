"""Exceptions of the API style: operations and properties that a rule does not hold for, each with the reason."""

NOT_CODED = {
    "FigureOut.period": "the name of a month, quarter or year, such as 2026-Q1",
    "CompleteTask.outcome": "a code that advisers choose; a closed list per kind of task comes with the console",
    "TaskOut.outcome": "as CompleteTask.outcome",
}
"""Properties with such a name that hold something else, each with the reason."""
OWN_RETRY = {
    "POST /v1/disclosures/{disclosure_id}/issue": "each attempt is decided anew, under its own number",
    "POST /v1/tasks/{task_id}/claim": "whoever holds a task holds it",
    "POST /v1/tasks/{task_id}/completion": "the same end by the same person changes nothing",
    "POST /v1/contacts/{contact_id}/concern": "a contact that names a concern names it",
    "POST /v1/contacts/{contact_id}/no-concern": "a contact that names no concern names none",
    "POST /v1/cases/{case_id}/unknown-ages": "for whom it was chosen already, nothing changes",
    "POST /v1/responsible-agencies": "a question, which changes nothing; its place is in no address",
    "POST /v1/referrals/{referral_id}/acknowledgement": "what is acknowledged stays acknowledged",
    "POST /v1/referrals/{referral_id}/acceptance": "the same decision changes nothing",
    "POST /v1/referrals/{referral_id}/decline": "the same decision changes nothing",
    "POST /v1/referrals/{referral_id}/recall-answer": "the first answer stands",
    "POST /v1/referrals/{referral_id}/phone-recall-answer": "the first answer stands",
}
"""POSTs without Idempotency-Key that answer the same when they are repeated, each with the reason."""
FORMS_OF_A_PAGE = {
    "POST /v1/access-links/{token}/open": "shows the content again, and counts it",
    "POST /v1/access-links/{token}/acknowledgement": "the link is used up; the page of a repetition says so",
}
"""POSTs that a browser sends, and with them no header of ours."""
REFUSED_AGAIN = {
    "POST /v1/cases/{case_id}/confirmation": "nothing that the report says waits for a confirmation any more",
    "POST /v1/cases/{case_id}/closure": "the case is closed",
    "POST /v1/cases/{case_id}/persons/{person_id}/completed-entry": "the entry is complete",
    "POST /v1/cases/{case_id}/proposals/{proposal_id}/signature": "the proposal has both signatures",
    "POST /v1/case-recipients/{recipient_id}/phone-handover": "the call is recorded",
    "POST /v1/case-recipients/{recipient_id}/phone-handover/countersignature": "the call is countersigned",
}
"""POSTs that refuse a repetition with 409, because an act without effect says so; each with what it then says."""
TAKES_EVERYTHING = {"POST /v1/reports": "the public door refuses no report"}
"""Requests of which no body is refused, so that they answer neither 400 nor 422, each with the reason."""
NOWHERE_TO_READ = {
    "POST /v1/reports": "the public reads no contact back: nobody has an address for it, only the receipt in the answer"
}
"""Creations whose record has no address for whoever created it, each with the reason."""
OF_OPERATIONS = (OWN_RETRY, FORMS_OF_A_PAGE, REFUSED_AGAIN, TAKES_EVERYTHING, NOWHERE_TO_READ)
