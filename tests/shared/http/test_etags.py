"""If-Match: exactly the version that was read, also as a proxy may rewrite it. Nothing that only looks like it."""

import pytest

from shared.errors import PreconditionFailed, PreconditionRequired
from shared.http.etags import check_if_match, etag


@pytest.mark.parametrize("sent", [etag(12), 'W/"12"', ' "12" ', '"11", "12"', '"11",W/"12"'])
def test_the_version_that_was_read_matches(sent: str) -> None:
    check_if_match(sent, 12)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "*",
        "12",
        '"1"',
        '"2"',
        '"112"',
        '"12W"',
        '"W12"',
        'W"12"',
        'W/W/"12"',
        '""12""',
        '"12',
        "'12'",
        '"१२"',
    ],
)
def test_anything_else_is_another_version(sent: str) -> None:
    with pytest.raises(PreconditionFailed):
        check_if_match(sent, 12)


def test_without_it_nothing_is_changed() -> None:
    with pytest.raises(PreconditionRequired):
        check_if_match(None, 12)
