"""The agencies that every place in the United Kingdom has: its police force and its social care, and the desks."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert

from referral_service.agencies import Agency, agency_id
from shared.database import UnitOfWork
from shared.geography import Body, bodies


async def load_reference(uow: UnitOfWork) -> int:
    """Enters or renames the bodies of the reference data; contact points that an operator set stay as they are."""
    rows = [_row(body, uow) for body in bodies()]
    entered = insert(Agency)
    named = {
        "name": entered.excluded.name,
        "nation": entered.excluded.nation,
        "serves": entered.excluded.serves,
    }
    await uow.session.execute(entered.on_conflict_do_update(index_elements=["id"], set_=named), rows)
    return len(rows)


def _row(body: Body, uow: UnitOfWork) -> dict[str, Any]:
    return {
        "id": agency_id(body.code),
        "body": body.code,
        "name": body.name,
        "nation": body.nation.value if body.nation else None,
        "serves": sorted(body.kind.serves),
        "territorial": body.territorial,
        "version": 1,
        "registered_at": uow.now,
    }
