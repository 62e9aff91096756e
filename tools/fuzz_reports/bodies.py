"""Bodies: a report as bytes, in some charset, packed, wrapped, quoted, or broken off."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from intake_service.salvage.salvage import SentBody
from tools.fuzz_reports.damage import Damaged
from tools.fuzz_reports.trees import as_json
from tools.fuzz_reports.whole_reports import Tree

JSON = "application/json"
CONTENT_TYPES = (
    JSON,
    JSON,
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "text/json; charset=utf-8",
    ";;",
)


@dataclass(frozen=True)
class Body:
    """Body to be read. `meaning` is None where the form of the body leaves nothing for certain."""

    sent: SentBody
    meaning: Tree | None
    is_cut: bool = False


def body_of(random: Random, report: Damaged) -> Body:
    """Return a damaged report in a form drawn at random."""
    text = as_json(report.tree, spaced=random.random() < 0.5, ascii_only=random.random() < 0.5)
    kind = random.choice(CONTENT_TYPES)
    form = random.choice(FORMS) if random.random() < 0.45 else "plain"
    report.damage.append(form)
    if form == "cut":
        return _cut(random, text, report)
    content, encoding = text.encode("utf-8", "surrogatepass"), ""
    if form in CHARSETS:
        content = text.encode(form, "surrogatepass")
        if form == "utf-16-le":
            content = random.choice((b"\xff\xfe", b"")) + content
    elif form in PACKED:
        content, encoding = PACKED[form](content), random.choice((form, form.upper()))
    elif form in WRAPPED:
        content = WRAPPED[form](text).encode("utf-8", "surrogatepass")
    return Body(SentBody(content, kind, encoding), report.meaning)


CHARSETS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-32")
PACKED: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}
WRAPPED: dict[str, Callable[[str], str]] = {
    "in a list": lambda text: f"[{text}]",
    "in a report": lambda text: f'{{"report": {text}}}',
    "as a text": json.dumps,
    "with a comma too many": lambda text: text[:-1] + ",}" if len(text) > 2 else text,
    "with white space": lambda text: f"\r\n\t {text} \n",
    "with a comment": lambda text: f"/* sent by an app */ {text}",
}
FORMS = ("cut", "cut", "cut", *CHARSETS, *PACKED, *WRAPPED)


def _cut(random: Random, text: str, report: Damaged) -> Body:
    at = random.randint(1, max(1, len(text) - 1))
    content = text[:at].encode("utf-8", "surrogatepass")
    if random.random() < 0.2 and len(content) > 2:
        content = content[:-1]  # perhaps in the middle of a character
        text = content.decode("utf-8", "ignore")
    is_plain = all(one.split()[0] in {"respell", "cut"} for one in report.damage) and not report.unreadable
    meaning = closed(text[:at]) if not any(one.split()[0] != "cut" for one in report.damage) else None
    return Body(SentBody(content, JSON), meaning if is_plain else None, is_cut=True)


def closed(text: str) -> Tree | None:
    """Return what stands whole before a cut: back to the last comma at which closing the brackets gives JSON."""
    for end in range(len(text), 0, -1):
        if text[end - 1] not in ',{["}]0123456789e':
            continue
        head = text[:end].rstrip(", ")
        try:
            found = json.loads(head + "".join(reversed(_open_brackets(head))))
        except ValueError:
            continue
        return found if isinstance(found, dict) else None
    return {}


def _open_brackets(text: str) -> list[str]:
    found: list[str] = []
    quoted = escaped = False
    for one in text:
        if quoted:
            quoted = escaped or one != '"'
            escaped = one == "\\" and not escaped
        elif one == '"':
            quoted = True
        elif one in "{[":
            found.append("}" if one == "{" else "]")
        elif one in "}]" and found:
            found.pop()
    return found


def bytes_alone(random: Random) -> Body:
    """Return bytes that no program sent as a report."""
    kinds = (
        lambda: random.randbytes(random.randint(0, 400)),
        lambda: base64.b64encode(random.randbytes(60)),
        lambda: b"[" * random.randint(1, 3000),
        lambda: b'{"place":' * random.randint(1, 600) + b"1",
        lambda: b'"' * random.randint(1, 50) + b"\\" * random.randint(0, 3),
        lambda: bytes(random.choice(b'{}[]",:\\ 0aetnu') for _ in range(random.randint(1, 200))),
        lambda: gzip.compress(random.randbytes(200))[: random.randint(3, 200)],
    )
    kind = random.choice(CONTENT_TYPES)
    return Body(
        SentBody(random.choice(kinds)(), kind, random.choice(("", "", "gzip", "deflate", "br"))), None
    )
