"""Reference agencies: every police force, every social care agency, and the national desks."""

from typing import Any

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert

from referral_service.directory.eligibility import ImmigrationEnforcementRefused
from referral_service.directory.models import Agency, agency_id
from shared.db.unit_of_work import UnitOfWork
from shared.domain.geography import TerritorialAgency, agencies
from shared.domain.immigration_enforcement import is_immigration_enforcement

CHANGEABLE = ("name", "nation", "recipient_kinds")
"""Columns that a newer edition of the reference data may change."""


async def load_reference(uow: UnitOfWork) -> int:
    """Enter or rename the agencies of the reference data, and return their number.

    Contact points that an operator set stay as they are.
    """
    rows = [_row(agency, uow) for agency in agencies()]
    entered = insert(Agency)
    new = {name: entered.excluded[name] for name in CHANGEABLE}
    differs = or_(*(getattr(Agency, name).is_distinct_from(value) for name, value in new.items()))
    upsert = entered.on_conflict_do_update(
        index_elements=["id"], set_={**new, "version": Agency.version + 1}, where=differs
    )
    await uow.session.execute(upsert, rows)
    return len(rows)


def _row(agency: TerritorialAgency, uow: UnitOfWork) -> dict[str, Any]:
    if is_immigration_enforcement(code=agency.code, name=agency.name):
        raise ImmigrationEnforcementRefused
    return {
        "id": agency_id(agency.code),
        "version": 1,
        "agency_code": agency.code,
        "name": agency.name,
        "nation": agency.nation,
        "recipient_kinds": sorted(agency.kind.recipient_kinds),
        "territorial": agency.territorial,
        "registered_at": uow.now,
    }
