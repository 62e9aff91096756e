"""Two people may edit one record: whoever changes it says which version they have read, and overwrites no other."""

from typing import Annotated

from fastapi import Header

from shared.errors import PreconditionFailed, PreconditionRequired

IfMatch = Annotated[str | None, Header(alias="if-match", description="The ETag that you read")]


def etag(version: int) -> str:
    return f'"{version}"'


def must_match(if_match: str | None, version: int) -> None:
    """Passes when one of the tags names this version, also one that a compressing proxy made weak (W/"3")."""
    if if_match is None:
        raise PreconditionRequired
    named = {one.strip().removeprefix("W/") for one in if_match.split(",")}
    if etag(version) not in named:
        raise PreconditionFailed
