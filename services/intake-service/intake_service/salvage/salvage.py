"""Salvage of one body: whatever was sent becomes a report, with what was not understood beside it."""

import re
from dataclasses import dataclass, field
from datetime import date
from email.message import Message
from typing import Any
from urllib.parse import unquote_plus

import structlog
from pydantic import ValidationError

from intake_service.reports.schemas import Report
from intake_service.salvage.body.body_text import text_of
from intake_service.salvage.body.forms import is_form, read_form, read_lines, read_multipart
from intake_service.salvage.body.tolerant_json import Parsed, parse
from intake_service.salvage.body.values import Members, is_blank
from intake_service.salvage.reading import NotUnderstood, Reading
from intake_service.salvage.signals import note_unknown
from intake_service.salvage.whole_report import count_signals, holds_report, read_whole
from shared.domain.vocabulary import PrivacyChoice, YesNoUnknown
from shared.errors import ContentTooLarge

log = structlog.get_logger()
LONGEST_ACCOUNT = 15_000
_BARE_MEMBER = re.compile(r'"\w{1,60}"\s*:')
_CODED_WORDS = re.compile(
    r"\b(danger_now|in_danger|may_be_under_18|date_of_birth|years)\b[\"'\s:=>\\]{1,12}([\w/-]{1,20})",
    re.IGNORECASE,
)
BROKEN_OFF = "… (the report breaks off here)"


@dataclass(frozen=True)
class SentBody:
    """Body as it was sent, with what its headers say of it."""

    body: bytes
    content_type: str = ""
    content_encoding: str = ""


@dataclass(frozen=True)
class Salvaged:
    """Report that was read, and what could not be understood."""

    report: Report
    not_understood: list[NotUnderstood] = field(default_factory=list)
    is_unread: bool = False
    """The body was no report that a program wrote, or broke off: a person must look at it soon."""
    by_last_resort: bool = False


def salvage(sent: SentBody, *, on: date, max_bytes: int) -> Salvaged:
    """Return the report in a body; ContentTooLarge where it is larger than the limit once unpacked."""
    head = Message()
    head["content-type"] = sent.content_type.encode("ascii", "ignore").decode()
    charset = str(head.get_param("charset") or "")
    text = text_of(sent.body, encoding=sent.content_encoding.lower(), charset=charset, max_bytes=max_bytes)
    try:
        return _read(text.strip("\x00 \t\r\n\ufeff"), head, on)
    except Exception as error:  # nobody is refused for a fault of ours
        log.error("a report was not salvaged", error=type(error).__name__)
        return _words_alone(text)


def _read(text: str, head: Message, on: date) -> Salvaged:
    reading = Reading(on)
    parsed, is_unread = _parsed(text, head)
    found = read_whole(reading, parsed.value)
    for stray in parsed.stray:
        if any(one.isalnum() for one in stray):
            reading.keep("body", stray)
            is_unread = True
    if is_unread and "anonym" in text.casefold() and not _has_choice(found):
        found["privacy"] = PrivacyChoice.ANONYMOUS
    if is_unread:
        _note_coded_words(reading, text)
        count_signals(reading, found)
    if parsed.is_cut:
        reading.keep("body", BROKEN_OFF)
    return Salvaged(_report(reading, found), reading.not_understood, is_unread or parsed.is_cut)


def _note_coded_words(reading: Reading, text: str) -> None:
    """Note a danger or a child under the names of our own fields in a text that is no report."""
    for name, said in _CODED_WORDS.findall(text[:LONGEST_ACCOUNT]):
        note_unknown(reading, "body", name, said)


def _has_choice(found: dict[str, Any]) -> bool:
    return found.get("privacy") is not None


def _parsed(text: str, head: Message) -> tuple[Parsed, bool]:
    """Return the value of a text, and whether a person must read it because no program could."""
    if text[:3].upper() in ("%7B", "%5B"):
        text = unquote_plus(text.removesuffix("="))
    if _BARE_MEMBER.match(text):
        text = "{" + text + "}"
    if not text or text == "null":
        return Parsed(), False
    if text[:1] in ("{", "["):
        return parse(text), False
    form = _form(text, head)
    if form is not None:
        return Parsed(form), False
    if text[:1] == '"':
        parsed = parse(f"[{text}]")
        return parsed, not holds_report(parsed.value)
    start = text.find('{"')
    if start > 0:
        parsed = parse(text[start:])
        if isinstance(parsed.value, Members) and not is_blank(parsed.value):
            parsed.stray.insert(0, text[:start])
            return parsed, True
    return Parsed(Members([("what_happened", text)])), True


def _form(text: str, head: Message) -> Members | None:
    """Return the fields of a form; None for what is none, such as a sentence with an equals sign."""
    kind = str(head["content-type"]).split(";")[0].strip().lower()
    if kind.startswith("multipart/") or text.startswith("--"):
        found = read_multipart(text, str(head.get_boundary() or ""))
        if found is not None:
            return found
    is_said = kind == "application/x-www-form-urlencoded" and "=" in text and "{" not in text
    if is_form(text) or is_said:
        fields = read_form(text)
        if holds_report(fields) or not all(is_blank(one) for _, one in fields.pairs):
            return fields
    lines = read_lines(text)
    return lines if lines is not None and holds_report(lines) else None


def _report(reading: Reading, found: dict[str, Any]) -> Report:
    """Return the report of what was read. A value that breaks a rule all the same is taken out and kept."""
    for _ in range(20):
        try:
            return Report.model_validate(found)
        except ValidationError as error:
            log.error("a salvaged value broke a rule", count=len(error.errors()))
            for one in error.errors():
                _take_out(reading, found, one["loc"])
    raise ValueError("no report was left")


def _take_out(reading: Reading, found: Any, path: tuple[Any, ...]) -> None:
    """Take the value at a path out of what was read, or the nearest thing around it that is there."""
    place = found
    for number, step in enumerate(path):
        inner = place[step] if isinstance(place, list) or step in place else None
        if number == len(path) - 1 or not isinstance(inner, dict | list):
            reading.keep(".".join(map(str, path)), str(inner))
            del place[step]
            return
        place = inner


def _words_alone(text: str) -> Salvaged:
    """Return the last resort: the whole text as the reporter's own words, and a danger where it may name one."""
    shown = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    danger = YesNoUnknown.YES if "danger" in shown else YesNoUnknown.UNKNOWN
    report = Report(what_happened=shown[:LONGEST_ACCOUNT] or None, danger_now=danger)
    kept = [NotUnderstood(field="body", said=shown)] if len(shown) > LONGEST_ACCOUNT else []
    return Salvaged(report, kept, is_unread=True, by_last_resort=True)


__all__ = ["ContentTooLarge", "Salvaged", "SentBody", "salvage"]
