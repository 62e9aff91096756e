"""Case service: its routes, event handlers and loops."""

from pathlib import Path

from case_service.cases.api import router as cases
from case_service.consent.api import router as consent
from case_service.dangers.api import router as dangers
from case_service.db import Base
from case_service.disclosures.api import router as disclosures
from case_service.disclosures.issue_api import router as issue
from case_service.event_handlers import EVENT_HANDLERS
from case_service.merging.api import router as merging
from case_service.people.api import router as people
from case_service.people.removals import remove_identities
from case_service.proposals.api import router as proposals
from case_service.proposals.models import DUPLICATES_CHANNEL
from case_service.proposals.reopen import reopen_duplicates
from case_service.recipients.api import router as recipients
from case_service.recipients.models import DUTY_ENDED_CHANNEL, SCHEDULER_CHANNEL
from case_service.recipients.scheduler import run_scheduler
from case_service.report_import.import_reports import import_reports
from case_service.report_import.open_case import REPORT_IMPORT_CHANNEL
from case_service.settings import CaseSettings
from case_service.sources.api import router as sources
from case_service.tasks.api import router as tasks
from case_service.tasks.blocked_events import open_blocked_event_tasks
from shared.http.idempotency import delete_expired_responses
from shared.service.spec import BackgroundLoop, ServiceSpec

SERVICE = ServiceSpec(
    name="case",
    title="Helpline cases",
    summary="Cases, consent, overrides and disclosures.",
    routers=(
        cases,
        merging,
        people,
        dangers,
        consent,
        disclosures,
        issue,
        recipients,
        proposals,
        sources,
        tasks,
    ),
    tags={
        "cases": "Cases: the list, the case file, and what is recorded about a case as a whole.",
        "persons": "Persons on a case: names, ages and places.",
        "dangers": "Imminent danger and life-threatening emergencies.",
        "consent": "Consent ledger: what each person said may be shared.",
        "disclosures": "What may be shared and why, what was issued, and what was withheld.",
        "case-recipients": "One agency on one case: phone handover, redirection and reviews.",
        "proposals": "Acts that two people sign: stand-down, correction, end of a declined duty or of a search.",
        "sources": "Reporters who are named to agencies that must be told, or left out.",
        "tasks": "What a named person must do by a time, and who is on call.",
    },
    event_handlers=EVENT_HANDLERS,
    loops=(
        BackgroundLoop("import_reports", import_reports, every=1.0, channel=REPORT_IMPORT_CHANNEL),
        BackgroundLoop("run_scheduler", run_scheduler, every=0.5, channel=SCHEDULER_CHANNEL),
        BackgroundLoop("remove_identities", remove_identities, every=5.0, channel=DUTY_ENDED_CHANNEL),
        BackgroundLoop("reopen_duplicates", reopen_duplicates, every=5.0, channel=DUPLICATES_CHANNEL),
        BackgroundLoop("open_blocked_event_tasks", open_blocked_event_tasks, every=5.0),
        BackgroundLoop("delete_expired_responses", delete_expired_responses, every=3600.0),
    ),
    migrations=Path(__file__).parent / "migrations",
    metadata=Base.metadata,
    settings=CaseSettings,
)
