"""The pages behind a one-time link: plain, without scripts, readable in any browser that an agency may have."""

from html import escape
from typing import Any

from referral_service.links import OPENS_AT_MOST, READABLE_FOR

HOURS = int(READABLE_FOR.total_seconds() // 3600)
FORM_POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def before_opening(token: str) -> str:
    """Says nothing of the matter: mail programs fetch addresses before any person has seen them."""
    return _page(
        "A referral for your organisation",
        "<p>The helpline has a referral that only your organisation should read. Opening it is recorded.</p>"
        f"<p>It can be opened {OPENS_AT_MOST} times, within {HOURS} hours of the first.</p>"
        f'<form method="post" action="/v1/links/{escape(token)}/open"><button>Open the referral</button></form>',
    )


def opened(token: str, contents: list[Any], *, left: int) -> str:
    parts = [
        f"<section><h2>Message {n}</h2>{_shown(one)}</section>" for n, one in enumerate(contents, start=1)
    ]
    return _page("Referral", "".join(parts) + _acknowledgement(token) + f"<p>Openings left: {left}</p>")


def nothing_to_show() -> str:
    return _page(
        "Nothing to show",
        "<p>What this link led to may no longer be passed on. Please call the helpline if you expected it.</p>",
    )


def not_now() -> str:
    return _page(
        "Not available at this moment",
        "<p>The referral could not be fetched. This opening was not counted: please try again in a minute, or call"
        " the helpline.</p>",
    )


def acknowledged() -> str:
    return _page(
        "Thank you",
        "<p>The helpline knows that you have it. This link has ended: nobody can open it again.</p>",
    )


def ended() -> str:
    return _page("This link has ended", "<p>Please call the helpline for a new one.</p>")


def name_missing(token: str) -> str:
    return _page(
        "Who acknowledges it?", "<p>Please give a name, 200 letters at most.</p>" + _acknowledgement(token)
    )


def _acknowledgement(token: str) -> str:
    return (
        "<h2>Tell the helpline that you have it</h2>"
        f'<form method="post" action="/v1/links/{escape(token)}/acknowledgement">'
        '<p><label>Your name<br><input name="name" required maxlength="200" autocomplete="name"></label></p>'
        '<p><label>Your reference, if there is one<br><input name="reference" maxlength="200"></label></p>'
        "<p><button>We have this referral</button></p></form>"
    )


def _shown(value: Any) -> str:
    """Any JSON as lists a person can read; every word of it escaped."""
    if isinstance(value, dict):
        rows = "".join(f"<dt>{_label(key)}</dt><dd>{_shown(part)}</dd>" for key, part in value.items())
        return f"<dl>{rows}</dl>"
    if isinstance(value, list):
        return "<ul>" + "".join(f"<li>{_shown(part)}</li>" for part in value) + "</ul>"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "not known"
    # A broken device's half characters become "?".
    return escape(str(value).encode("utf-8", "replace").decode())


def _label(key: str) -> str:
    words = key.replace("_", " ")
    return escape(words[:1].upper() + words[1:])


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title></head><body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
