"""Ids of records. They sort by the time at which they were made, except where a reader may not learn that time."""

from uuid import UUID, uuid4

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return the id of a new record (UUID version 7). Those of one process sort in the order of their making."""
    return uuid7()


def new_id_without_time() -> UUID:
    """Return a random id (UUID version 4) for a record whose id agencies read.

    A time in it, or its place among others, would show what an agency may not know: that somebody was left out between
    two persons, or that a disclosure before the one it got was withheld.
    """
    return uuid4()
