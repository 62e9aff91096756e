"""Everything a caller of the platform can be told went wrong, as one tree of classes with a status each.

A problem never repeats what was submitted: `detail` is a sentence of ours, `extra` holds codes and ids.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class HelplineError(Exception):
    """A refusal or failure that is told to the caller as an RFC 9457 problem.

    HelplineError
    ├── NotSignedIn          401  no valid token
    ├── NotPermitted         403  signed in, but this is not theirs to do
    ├── NotFound             404  it does not exist, or they may not know that it does
    ├── Conflict             409  the matter is in another state than the request supposes
    ├── Gone                 410  it was here, and was erased or used up
    ├── PreconditionFailed   412  somebody changed it meanwhile (If-Match)
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


class NotSignedIn(HelplineError):
    status = 401
    code = "not-signed-in"
    title = "Sign in first"


class NotPermitted(HelplineError):
    status = 403
    code = "not-permitted"
    title = "You may not do this"


class NotFound(HelplineError):
    status = 404
    code = "not-found"
    title = "There is nothing here that you may see"


class Conflict(HelplineError):
    status = 409
    code = "conflict"
    title = "The matter is not in a state that allows this"


class Gone(HelplineError):
    status = 410
    code = "gone"
    title = "This is no longer here"


class PreconditionFailed(HelplineError):
    status = 412
    code = "changed-meanwhile"
    title = "Somebody changed this since you read it; read it again"


class Invalid(HelplineError):
    status = 422
    code = "invalid"
    title = "Some fields need another look"


class PreconditionRequired(HelplineError):
    status = 428
    code = "if-match-required"
    title = "Send If-Match with the ETag that you read"


class TooMany(HelplineError):
    status = 429
    code = "too-many"
    title = "Too many requests; wait a moment"


class Unavailable(HelplineError):
    status = 503
    code = "unavailable"
    title = "A part we need does not answer; try again shortly"
