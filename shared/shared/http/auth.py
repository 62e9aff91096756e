"""Access control: the type of a parameter states who may call a route.

A test fails for a route without such a parameter. Each service names its own guards in its `access.py`, made of the
parts here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import is_code
from shared.errors import HelplineError, NotPermitted, NotSignedIn
from shared.http.problems import raises
from shared.identity.principals import Principal, Role
from shared.service.context import ServiceContext

Guard = Callable[..., Awaitable[Principal | None]]
MAX_SUBJECT_LENGTH = 120
_bearer = HTTPBearer(
    auto_error=False, description="Token of your sign-in provider; on a laptop: make token ROLE=adviser"
)


async def context_of(request: Request) -> ServiceContext:
    """Return the service's context. Asynchronous, because FastAPI runs a plain function in a thread."""
    context: ServiceContext = request.app.state.context
    return context


Context = Annotated[ServiceContext, Depends(context_of)]


@raises(NotSignedIn)
async def caller(
    request: Request, context: Context, _documented: Annotated[object, Depends(_bearer)]
) -> Principal | None:
    """Return who signed the request, None where there is no token. A bad token is refused, not ignored."""
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if not scheme:
        return None
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn
    principal = await context.token_verifier.verify(token)
    request.state.actor = actor_of(principal)
    return principal


Caller = Annotated[Principal | None, Depends(caller)]


async def caller_if_known(request: Request, context: ServiceContext) -> Principal | None:
    """Return who signed the request, None for everybody else: at the public door a bad token costs no report.

    The public route calls it, because most reports have no token and a dependency takes its time from each.
    """
    try:
        return await caller(request, context, None)
    except HelplineError:
        return None


def actor_of(principal: Principal | None) -> str:
    """Return the actor of audit entries: the provider's own id of a caller, never a person's name."""
    if principal is None:
        return "public"
    if principal.service is not None:
        return f"service:{principal.service}"
    subject = principal.subject
    if is_code(subject):
        return f"user:{subject}"
    encoded = subject.encode().hex()  # any subject becomes a code, and no two the same
    return f"user:{encoded if len(encoded) <= MAX_SUBJECT_LENGTH else sha256(subject.encode()).hexdigest()}"


async def open_unit_of_work(context: Context, principal: Caller) -> AsyncIterator[UnitOfWork]:
    """Yield the request's unit of work; with the scope `function` it commits before the answer leaves."""
    async with context.database.unit_of_work(actor_of(principal)) as uow:
        yield uow


Uow = Annotated[UnitOfWork, Depends(open_unit_of_work, scope="function")]


def has_role(*roles: Role) -> Guard:
    """Return a guard that lets in callers with one of the roles."""
    allowed = frozenset(roles)

    @raises(NotSignedIn, NotPermitted)
    async def guard(principal: Caller) -> Principal:
        if principal is None:
            raise NotSignedIn
        if not principal.roles & allowed:
            raise NotPermitted
        return principal

    guard.grants = allowed  # type: ignore[attr-defined]  # read by the test that lists every route's access
    return guard


def is_service(*names: str) -> Guard:
    """Return a guard that lets in the named services of the helpline and nobody else."""
    allowed = frozenset(names)

    @raises(NotSignedIn, NotPermitted)
    async def guard(principal: Caller) -> Principal:
        if principal is None:
            raise NotSignedIn
        if Role.SERVICE not in principal.roles or principal.service not in allowed:
            raise NotPermitted
        return principal

    guard.grants = frozenset(f"service:{name}" for name in names)  # type: ignore[attr-defined]  # see `has_role`
    return guard


async def anyone() -> None:
    """Let everybody in, signed in or not."""


anyone.grants = frozenset({"anyone"})  # type: ignore[attr-defined]  # see `has_role`

Anyone = Annotated[None, Depends(anyone)]
Operator = Annotated[Principal, Depends(has_role(Role.OPERATOR))]
Auditor = Annotated[Principal, Depends(has_role(Role.DATA_PROTECTION_OFFICER, Role.OPERATOR, Role.SERVICE))]
