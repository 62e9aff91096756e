"""Mutants for the canaries: services with leaks planted in their code, each of which the search must find.

As a program this starts a service with its mutants: `python -m tests.privacy.canaries.canary_mutants case all`. What
each mutant did is written to the file that HELPLINE_MUTANTS_REPORT names: that it was reached, or how it broke.
"""

import functools
import gzip
import inspect
import os
import runpy
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.privacy.canaries.search import Hit

REPORT = "HELPLINE_MUTANTS_REPORT"
Leak = Callable[..., Any]


@dataclass(frozen=True)
class Mutant:
    """Leak in one function, and where the search must find which words in which encoding."""

    name: str
    service: str
    plant: Callable[["Mutant"], None]
    words: str
    """Beginning of where the words were sent that it leaks."""
    sink: str
    encoding: str = "utf-8"

    def wrap(self, target: Any, attribute: str, leak: Leak) -> None:
        """Let `leak` see the arguments of each call; a result of it that is not None replaces the call."""
        right = inspect.getattr_static(target, attribute)
        function = right.__func__ if isinstance(right, classmethod) else right
        leaking = _leaking(function, functools.partial(self._run, leak))
        setattr(target, attribute, classmethod(leaking) if isinstance(right, classmethod) else leaking)

    def _run(self, leak: Leak, *values: Any, **named: Any) -> Any:
        try:
            result = leak(*values, **named)
        except Exception as error:  # the service must go on, so that this is reported as what it is
            self._report(f"broke with {type(error).__name__}")
            return None
        self._report("reached")
        return result

    def _report(self, what: str) -> None:
        with Path(os.environ[REPORT]).open("a") as report:
            report.write(f"{self.name}: {what}\n")

    def is_noticed(self, hits: Iterable[Hit], sent: Mapping[str, str]) -> bool:
        return any(
            sent.get(hit.value, "").startswith(self.words)
            and hit.sink.startswith(self.sink)
            and hit.encoding == self.encoding
            for hit in hits
        )


def _leaking(function: Callable[..., Any], run: Leak) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def leaking_async(*values: Any, **named: Any) -> Any:
            replaced = run(*values, **named)
            return replaced if replaced is not None else await function(*values, **named)

        return leaking_async

    @functools.wraps(function)
    def leaking(*values: Any, **named: Any) -> Any:
        replaced = run(*values, **named)
        return replaced if replaced is not None else function(*values, **named)

    return leaking


def print_reports(mutant: Mutant) -> None:
    from intake_service.reports import api

    def leak(_context: Any, received: Any, *_rest: Any) -> None:
        print(received.report.what_happened, flush=True)  # noqa: T201  planted

    mutant.wrap(api, "submit_report", leak)


def keep_paths_in_metrics(mutant: Mutant) -> None:
    from shared.http import app

    def leak(scope: Any) -> str:
        return str(scope["path"])

    mutant.wrap(app, "route_of", leak)


def record_who_was_spoken_to(mutant: Mutant) -> None:
    from case_service.recipients.phone_handover import PhoneHandover

    def leak(_class: Any, recipient: Any, uow: Any, *, spoken_to: str, reference: str) -> None:
        uow.record("handover.sealed", recipient.case_id, spoken_to=spoken_to)

    mutant.wrap(PhoneHandover, "seal", leak)


def cache_imported_reports(mutant: Mutant) -> None:
    from case_service.report_import import import_reports

    def leak(_case_file: Any, handed: Any) -> None:
        cache = Path(os.environ["HELPLINE_KEYRING"]).with_name("reports.cache")
        with cache.open("ab") as file:
            file.write(gzip.compress(handed.model_dump_json().encode()))

    mutant.wrap(import_reports, "import_report", leak)


def announce_names(mutant: Mutant) -> None:
    from intake_service.contacts.models import contact_received
    from intake_service.reports import submit_report

    def leak(contact_id: Any, report: Any, *values: Any, **named: Any) -> Any:
        event = contact_received(contact_id, report, *values, **named)
        name = report.reporter.name
        return event.model_copy(update={"language": name}) if name and name.isalnum() else event

    mutant.wrap(submit_report, "contact_received", leak)


def keep_copies_unsealed(mutant: Mutant) -> None:
    from referral_service.access_links import link_access

    def leak(_referral: Any, delivery: Any, content: Any, _uow: Any) -> bool:
        delivery.keep_copy(bytes.fromhex(content.digest), content.text.encode())
        return True

    mutant.wrap(link_access, "keep_copy", leak)


MUTANTS = (
    Mutant("print_reports", "intake", print_reports, "report ", "home/logs/intake.log"),
    Mutant("announce_names", "intake", announce_names, "report ", "rows of stats"),
    Mutant("record_who_was_spoken_to", "case", record_who_was_spoken_to, "spoken to", "rows of case"),
    Mutant("cache_imported_reports", "case", cache_imported_reports, "report ", "home/keys/", "packed"),
    Mutant("keep_copies_unsealed", "referral", keep_copies_unsealed, "report ", "rows of referral", "hex"),
    Mutant("keep_paths_in_metrics", "stats", keep_paths_in_metrics, "stats ", "pages"),
)


def verdict(mutant: Mutant, report: str, hits: Iterable[Hit], sent: Mapping[str, str]) -> str:
    """Return "noticed" where the search found the leak for its own reason, else what is wrong with the mutant."""
    said = [
        line.removeprefix(f"{mutant.name}: ")
        for line in report.splitlines()
        if line.startswith(f"{mutant.name}:")
    ]
    if broken := [one for one in said if one != "reached"]:
        return broken[0]
    if not said:
        return "never reached"
    return "noticed" if mutant.is_noticed(hits, sent) else "not noticed"


if __name__ == "__main__":
    service, *verbs = sys.argv[1:]
    for one in MUTANTS:
        if one.service == service:
            one.plant(one)
    sys.argv = [service, *verbs]
    runpy.run_module(f"{service}_service", run_name="__main__", alter_sys=True)
