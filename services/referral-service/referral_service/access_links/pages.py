"""Pages behind access links: plain HTML without scripts or styles, readable in any browser of an agency."""

from typing import Any

from referral_service.access_links.models import MAX_OPENINGS, READABLE_FOR
from shared.http.pages import templates_of

PAGE_POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
LONGEST_TEXT = 200
"""Characters of a name or a reference in the form."""


def page(name: str, **values: Any) -> str:
    """Return the page of this template; every value in it is escaped."""
    return _templates.get_template(f"{name}.html").render(values)


def _printable(value: Any) -> str:
    """Return a value as text, with "?" for halves of characters, which broken devices send."""
    return str(value).encode("utf-8", "replace").decode()


def _label(key: str) -> str:
    """Return the name of a field as words: `may_be_under_18` is "May be under 18"."""
    words = _printable(key).replace("_", " ")
    return words[:1].upper() + words[1:]


_templates = templates_of("referral_service.access_links")
_templates.filters |= {"printable": _printable, "label": _label}
_templates.globals |= {
    "max_openings": MAX_OPENINGS,
    "readable_hours": int(READABLE_FOR.total_seconds() // 3600),
    "longest_text": LONGEST_TEXT,
}
