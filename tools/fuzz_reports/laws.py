"""Laws of the public door: what must be true of a report that was read, whatever was done to it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from intake_service.reports.parts import ReportedAge
from intake_service.reports.received_report import ReceivedReport
from intake_service.reports.schemas import Report
from shared.domain.age import age_status
from shared.domain.vocabulary import AgeStatus, PrivacyChoice, YesNoUnknown
from tools.fuzz_reports.bodies import Body
from tools.fuzz_reports.meanings import PRIVACY
from tools.fuzz_reports.whole_reports import Tree

ADULT = (AgeStatus.ADULT_STATED, AgeStatus.ADULT_CONFIRMED)
TOKEN = re.compile(r"w\d+q\d+z")


@dataclass(frozen=True)
class Case:
    """One body with what it means at the least, and the report that was read from it."""

    body: Body
    meant: Report | None
    read: ReceivedReport
    on: date
    tokens: frozenset[str] = frozenset()
    junk: tuple[Any, ...] = ()


def report_of(meaning: Tree) -> Report:
    """Return what is meant as a report, with empty lists' items left out."""
    return Report.model_validate(_without_nothing(meaning))


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nothing(one) for name, one in value.items() if one is not None}
    return [_without_nothing(one) for one in value if one is not None] if isinstance(value, list) else value


def danger_is_kept(meant: Report, read: Report, on: date) -> bool:
    """No danger is lost: neither the general one nor one that names a person."""
    of_persons = zip(meant.persons, read.persons, strict=False)
    pairs = [
        (meant.reporter.in_danger, read.reporter.in_danger),
        *((a.in_danger, b.in_danger) for a, b in of_persons),
    ]
    kept = all(after is YesNoUnknown.YES for before, after in pairs if before is YesNoUnknown.YES)
    general = meant.danger_now is not YesNoUnknown.YES or read.danger_now is YesNoUnknown.YES
    return kept and general and (read.states_danger or not meant.states_danger)


def child_is_kept(meant: Report, read: Report, on: date) -> bool:
    """No child is lost, and nobody who may be one."""
    return len(read.ages) >= len(meant.ages) and all(
        after.may_be_child(on)
        for before, after in zip(meant.ages, read.ages, strict=False)
        if before.may_be_child(on)
    )


def nobody_becomes_adult(meant: Report, read: Report, on: date) -> bool:
    """No person is an adult whom the report does not call one."""
    ages = zip(meant.ages, read.ages, strict=False)
    return all(_is_adult(before, on) or not _is_adult(after, on) for before, after in ages)


def _is_adult(age: ReportedAge, on: date) -> bool:
    return age_status(age.as_age(on), on) in ADULT


def privacy_is_kept(meant: Report, read: Report, on: date) -> bool:
    """No choice is read as a less private one."""
    if meant.privacy is None:
        return read.privacy is not PrivacyChoice.SHARE
    return read.privacy is not None and PRIVACY.index(read.privacy) >= PRIVACY.index(meant.privacy)


def consent_is_not_invented(meant: Report, read: Report, on: date) -> bool:
    """No kind of recipient is agreed to, and no situation may be passed on, that was not."""
    situation = read.situation_may_be_passed_on is not True or meant.situation_may_be_passed_on is True
    asked = meant.situation_may_be_passed_on is not False or read.situation_may_be_passed_on is False
    contact = (
        meant.safe_contact.may_contact is YesNoUnknown.YES
        or read.safe_contact.may_contact is not YesNoUnknown.YES
    )
    return set(read.share_with) <= set(meant.share_with) and situation and asked and contact


def place_is_kept(meant: Report, read: Report, on: date) -> bool:
    """No place is lost that leads somewhere, nor one of a person."""
    pairs = [(meant.place, read.place)]
    people = [(meant.reporter, read.reporter), *zip(meant.persons, read.persons, strict=False)]
    for before, after in people:
        pairs += [(getattr(before, name), getattr(after, name)) for name in ("lives_at", "found_at")]
    return all(
        after is not None and after.gss for before, after in pairs if before is not None and before.gss
    )


def concern_is_kept(meant: Report, read: Report, on: date) -> bool:
    """No concern becomes a question."""
    return read.names_a_concern(on) or not meant.names_a_concern(on)


OF_MEANING: tuple[Callable[[Report, Report, date], bool], ...] = (
    *(danger_is_kept, child_is_kept, nobody_becomes_adult, privacy_is_kept, consent_is_not_invented),
    *(place_is_kept, concern_is_kept),
)


def broken(case: Case) -> Iterator[str]:
    """Yield the names of the laws that a case breaks."""
    if case.meant is not None:
        for law in OF_MEANING:
            if not law(case.meant, case.read.report, case.on):
                yield law.__name__
    if not nothing_is_lost(case):
        yield nothing_is_lost.__name__
    if not anonymous_is_kept(case):
        yield anonymous_is_kept.__name__
    if not whereabouts_are_kept(case):
        yield whereabouts_are_kept.__name__


def nothing_is_lost(case: Case) -> bool:
    """Every word, and everything that nobody could understand, is in the report or beside it."""
    everything = text_of(case.read)
    junk = all(_shown(one) in everything for one in case.junk)
    return junk and all(token in everything for token in case.tokens)


def text_of(read: ReceivedReport) -> str:
    said = [one.said for one in read.not_understood]
    return "\n".join([json.dumps(read.report.model_dump(mode="json"), ensure_ascii=False), *said])


def _shown(junk: Any) -> str:
    """Return a part of junk that is still recognised, whatever it stands in."""
    if isinstance(junk, str):
        return "".join(one for one in junk.strip() if one.isprintable())[:40]
    return "zzqx" if isinstance(junk, list | dict) else str(junk)


def anonymous_is_kept(case: Case) -> bool:
    """Nothing is stored by which an anonymous reporter is known."""
    if case.read.report.privacy is not PrivacyChoice.ANONYMOUS:
        return True
    kept, _ = case.read.as_kept(case.on)
    reporter = case.read.report.reporter
    identity = [one for one in (reporter.name, reporter.phone, reporter.email) if one and TOKEN.search(one)]
    stored = text_of(kept)
    return not any(TOKEN.search(one).group() in stored for one in identity)  # type: ignore[union-attr]


def whereabouts_are_kept(case: Case) -> bool:
    """Stored reports still have the danger, the child, and where somebody in danger or a child can be found."""
    read = case.read.report
    kept, _ = case.read.as_kept(case.on)
    facts = (read.states_danger, read.states_child(case.on))
    at_risk = read.reporter.in_danger is YesNoUnknown.YES or read.reporter.age.may_be_child(case.on)
    found = kept.report.reporter.found_at == read.reporter.found_at
    same_facts = facts == (kept.report.states_danger, kept.report.states_child(case.on))
    return same_facts and kept.report.place == read.place and (found or not at_risk)
