"""Accounts: the words of each contact, sealed under the key of its case."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.cases.content import Account
from case_service.db import Base
from shared.crypto.vault import SealedField
from shared.db.columns import Sealed
from shared.db.data_keys import DataKeys


class ReportedAccount(Base):
    """Account of one contact, sealed under the case's key."""

    __tablename__ = "accounts"

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    content: Mapped[bytes] = mapped_column(Sealed)

    @classmethod
    async def seal(
        cls, case_id: UUID, contact_id: UUID, account: Account, keys: DataKeys
    ) -> "ReportedAccount":
        row = cls(contact_id=contact_id, case_id=case_id)
        await row.write(account, keys)
        return row

    async def write(self, account: Account, keys: DataKeys) -> None:
        content = account.model_dump(mode="json")
        self.content = await keys.seal(self.case_id, account_field(self.contact_id), content)

    async def move_to(self, case_id: UUID, account: Account, keys: DataKeys) -> None:
        """Put it on another case, sealed under that case's key."""
        self.case_id = case_id
        await self.write(account, keys)

    async def open(self, keys: DataKeys) -> Account:
        opened = await keys.open(self.case_id, account_field(self.contact_id), self.content)
        return Account.model_validate(opened)


def account_field(contact_id: UUID) -> SealedField:
    return SealedField("accounts", "content", contact_id)
