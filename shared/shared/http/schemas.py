"""Base classes of request bodies and answers, and the field types that read strictly.

The docstring below a field is its description in the API contract.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictBool, StrictInt


class Command(BaseModel):
    """Request body of staff, agencies and services: an unknown field is refused and named, never ignored."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)


class Answer(BaseModel):
    """Answer of a route, or a part of one."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)


class Changed(Answer):
    """Record that a request changed, and its version; the ETag of the answer is the version in quotation marks."""

    id: UUID
    """Id of the record."""
    version: int
    """Version of the record after the change; every change raises it."""


class Created(Changed):
    """Record that a request created; `Location` says where it can be read."""


def _text_only(value: Any) -> Any:
    """Refuse numbers, which pydantic would read as seconds since 1970."""
    if value is None or isinstance(value, str | date):
        return value
    raise ValueError("a date is a text such as 2010-06-19")


Day = Annotated[date, BeforeValidator(_text_only)]
"""Date in a request body, as text in the form of RFC 3339."""
Flag = StrictBool
"""Yes or no in a request body; a number or a text is refused."""
Whole = StrictInt
"""Whole number in a request body; `true` is refused."""
