"""Access to statistics: everybody sees protected figures, analysts see exact ones."""

from typing import Annotated

from fastapi import Depends

from shared.http.auth import Caller
from shared.identity.principals import Principal, Role

EXACT = frozenset({Role.ANALYST, Role.SAFEGUARDING_LEAD})


async def analyst_or_anyone(principal: Caller) -> Principal | None:
    """Return the caller who may see exact figures, None for everybody else, who is answered as the public is."""
    return principal if principal is not None and principal.roles & EXACT else None


analyst_or_anyone.grants = EXACT | {"anyone"}  # type: ignore[attr-defined]  # read by the test that lists every route's access

AnalystOrAnyone = Annotated[Principal | None, Depends(analyst_or_anyone)]
