"""Who may do what: a route says it by the type of a parameter, and a route that says nothing fails a test.

Each service names its own guards in its `access.py`, made of the pieces here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from shared.database import UnitOfWork
from shared.errors import NotPermitted, NotSignedIn
from shared.identity import Principal, Role
from shared.platform import Platform
from shared.vocabulary import is_code

Guard = Callable[..., Awaitable[Principal | None]]
LONGEST_SUBJECT = 120
_bearer = HTTPBearer(
    auto_error=False, description="A token of your sign-in provider; locally: make token ROLE=adviser"
)


async def platform_of(request: Request) -> Platform:
    """Asynchronous although it waits for nothing: FastAPI would send a plain function through a thread each time."""
    platform: Platform = request.app.state.platform
    return platform


PlatformOf = Annotated[Platform, Depends(platform_of)]


async def caller(
    request: Request, platform: PlatformOf, _documented: Annotated[object, Depends(_bearer)]
) -> Principal | None:
    """Whoever signed the request; None where no token came along. A bad token is refused, not ignored."""
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if not scheme:
        return None
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn
    principal = await platform.reader.read(token)
    request.state.actor = actor_of(principal)
    return principal


Caller = Annotated[Principal | None, Depends(caller)]


def actor_of(principal: Principal | None) -> str:
    """The name under which the audit trail keeps someone: the provider's own id for them, never a person's name."""
    if principal is None:
        return "public"
    if principal.service is not None:
        return f"service:{principal.service}"
    subject = principal.subject
    if is_code(subject):
        return f"user:{subject}"
    written = subject.encode().hex()  # whatever it holds, it becomes a code; two never become the same
    return f"user:{written if len(written) <= LONGEST_SUBJECT else sha256(subject.encode()).hexdigest()}"


async def begin(platform: PlatformOf, principal: Caller) -> AsyncIterator[UnitOfWork]:
    """The request's unit of work: committed before the answer leaves (the dependency's scope is the function)."""
    async with platform.database.unit_of_work(actor_of(principal)) as uow:
        yield uow


Uow = Annotated[UnitOfWork, Depends(begin, scope="function")]


def holding(*roles: Role) -> Guard:
    """A guard that lets in whoever holds one of the roles."""
    allowed = frozenset(roles)

    async def guard(principal: Caller) -> Principal:
        if principal is None:
            raise NotSignedIn
        if not principal.roles & allowed:
            raise NotPermitted
        return principal

    guard.grants = allowed  # type: ignore[attr-defined]  # read by the test that lists every route's access
    return guard


def service(*names: str) -> Guard:
    """A guard that lets in the named services of ours and nobody else."""
    allowed = frozenset(names)

    async def guard(principal: Caller) -> Principal:
        if principal is None:
            raise NotSignedIn
        if Role.SERVICE not in principal.roles or principal.service not in allowed:
            raise NotPermitted
        return principal

    guard.grants = frozenset(f"service:{name}" for name in names)  # type: ignore[attr-defined]  # see `holding`
    return guard


async def anyone() -> None:
    """Nobody has to sign in."""


anyone.grants = frozenset({"anyone"})  # type: ignore[attr-defined]  # see `holding`

Anyone = Annotated[None, Depends(anyone)]
Operator = Annotated[Principal, Depends(holding(Role.OPERATOR))]
Auditor = Annotated[Principal, Depends(holding(Role.DATA_PROTECTION_OFFICER, Role.OPERATOR, Role.SERVICE))]
