"""Errors that a caller is told, as one tree of classes with a status each.

A problem never repeats what was submitted: `detail` is a sentence of ours, `extra` holds codes and ids.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class HelplineError(Exception):
    """Refusal or failure, answered as an RFC 9457 problem.

    HelplineError
    ├── Unreadable           400  the body cannot be read at all
    ├── NotSignedIn          401  no valid token
    ├── NotPermitted         403  signed in, but this is not theirs to do
    ├── NotFound             404  it does not exist, or they may not know that it does
    ├── MethodNotAllowed     405  the address has no such operation
    ├── RequestTimeout       408  the body did not arrive in time
    ├── Conflict             409  the record is in another state than the request supposes
    ├── Gone                 410  it was here, and was erased or used up
    ├── PreconditionFailed   412  somebody changed it meanwhile (If-Match)
    ├── ContentTooLarge      413  the body is larger than this service takes
    ├── Invalid              422  a field breaks a rule
    ├── PreconditionRequired 428  If-Match is missing
    ├── TooMany              429  slow down
    └── Unavailable          503  a part we need does not answer
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong here"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra: Mapping[str, Any] = extra


class Unreadable(HelplineError):
    """The body cannot be read, because it is nested too deeply or broken off. Send it again, whole and flatter."""

    status = 400
    code = "unreadable"
    title = "The body of this request cannot be read"


class NotSignedIn(HelplineError):
    """The request has no valid token. Get one from the sign-in provider and send it as `Authorization: Bearer`."""

    status = 401
    code = "not-signed-in"
    title = "Sign in first"


class NotPermitted(HelplineError):
    """The token is valid, but none of its roles may do this."""

    status = 403
    code = "not-permitted"
    title = "You may not do this"


class NotFound(HelplineError):
    """The record does not exist, or this caller may not know that it does."""

    status = 404
    code = "not-found"
    title = "There is nothing here that you may see"


class MethodNotAllowed(HelplineError):
    """The address exists and has no operation with this method. The API reference lists those that it has."""

    status = 405
    code = "method-not-allowed"
    title = "This address has no operation with this method"


class RequestTimeout(HelplineError):
    """The body did not arrive in time, and the connection is closed. Send the request again on a better network."""

    status = 408
    code = "request-timeout"
    title = "The body did not arrive in time; send the request again"


class Conflict(HelplineError):
    """The record is in another state than the request supposes. Read it again to see its state."""

    status = 409
    code = "conflict"
    title = "The record is not in a state that allows this"


class Gone(HelplineError):
    """The record was here, and was erased or used up."""

    status = 410
    code = "gone"
    title = "This is no longer here"


class PreconditionFailed(HelplineError):
    """The record has a newer version than the one in `If-Match`, so that nobody overwrites a colleague's change."""

    status = 412
    code = "changed-meanwhile"
    title = "Somebody changed this since you read it; read it again"


class ContentTooLarge(HelplineError):
    """The body is larger than this service takes. `max_bytes` says how many bytes it may have."""

    status = 413
    code = "content-too-large"
    title = "The body is too large"


class Invalid(HelplineError):
    """One or more fields break a rule. `invalid` names each field and the code of its rule, and never a value."""

    status = 422
    code = "invalid"
    title = "Some fields need another look"


class PreconditionRequired(HelplineError):
    """Two people may edit this record, so that a change must say which version was read."""

    status = 428
    code = "if-match-required"
    title = "Send If-Match with the ETag that you read"


class TooMany(HelplineError):
    """This sender made very many requests. `Retry-After` says in how many seconds the next one is let in."""

    status = 429
    code = "too-many"
    title = "Too many requests; wait a moment"


class Unavailable(HelplineError):
    """The database, the bus or another service does not answer at this moment. The same request may succeed later."""

    status = 503
    code = "unavailable"
    title = "A part we need does not answer; try again shortly"
