"""ETags: a change names the version that was read, so that nobody overwrites a colleague's change."""

from typing import Annotated

from fastapi import Header

from shared.errors import PreconditionFailed, PreconditionRequired

IfMatch = Annotated[
    str | None, Header(alias="if-match", description="ETag of the version that you read", examples=['"3"'])
]
"""Required; declared optional so that a request without it is answered 428 and not 422."""
IF_MATCH_PROBLEMS = (PreconditionRequired, PreconditionFailed)


def etag(version: int) -> str:
    return f'"{version}"'


def check_if_match(if_match: str | None, version: int) -> None:
    """Pass when one of the tags names this version, also one that a compressing proxy made weak (W/"3")."""
    if if_match is None:
        raise PreconditionRequired
    named = {one.strip().removeprefix("W/") for one in if_match.split(",")}
    if etag(version) not in named:
        raise PreconditionFailed
