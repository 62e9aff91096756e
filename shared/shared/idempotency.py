"""A write that a client may retry: the same Idempotency-Key with the same request is given the first answer again.

What is stored tells nothing without that key: the row is found by a fingerprint of it, and the answer opens only with
a key made of it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Self, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy import insert, select

from shared.access import Uow
from shared.database import UnitOfWork
from shared.errors import Conflict
from shared.platform import Platform
from shared.tables import idempotency_keys
from shared.vault import DataKey, Place, Vault

ANSWER_KEPT_FOR = timedelta(hours=24)
CREATED = 201
Answer = TypeVar("Answer", bound=BaseModel)
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=8, max_length=200, description="The same for every retry, new for every new request"),
]


class IdempotencyKeyReused(Conflict):
    code = "idempotency-key-reused"
    title = "This Idempotency-Key was used for another request; send a new key with a new request"


@dataclass(frozen=True)
class AnswerKept:
    """Where the answer to one request is found again, and what seals it; made of the secret that a retry repeats."""

    key: bytes
    _data_key: DataKey

    @classmethod
    def under(cls, vault: Vault, secret: bytes) -> Self:
        return cls(vault.fingerprint("idempotency", secret), vault.key_from("idempotency", secret))

    def seal(self, vault: Vault, answer: bytes) -> bytes:
        """`answer` is JSON."""
        return vault.seal_text(self._data_key, self._place, answer)

    def open(self, vault: Vault, sealed: bytes) -> Any:
        return vault.open(self._data_key, self._place, sealed)

    @property
    def _place(self) -> Place:
        return Place("idempotency_keys", "answer", self._data_key.owner)


class Retry:
    """One request that may be a retry. A route asks `first_answer` once it holds its lock, and ends with `keep`.

    The answer is kept in the same commit as what it tells of.
    """

    def __init__(self, uow: UnitOfWork, kept: AnswerKept | None, fingerprint: bytes) -> None:
        self._uow = uow
        self._kept = kept
        self._fingerprint = fingerprint

    async def first_answer(self, kind: type[Answer]) -> Answer | None:
        if self._kept is None:
            return None
        found = select(idempotency_keys).where(idempotency_keys.c.key == self._kept.key)
        row = (await self._uow.session.execute(found)).first()
        if row is None:
            return None
        if row.fingerprint != self._fingerprint:
            raise IdempotencyKeyReused
        return kind.model_validate(self._kept.open(self._uow.vault, row.answer))

    async def keep(self, answer: Answer) -> Answer:
        if self._kept is None:
            return answer
        row = {
            "key": self._kept.key,
            "fingerprint": self._fingerprint,
            "status": CREATED,
            "answer": self._kept.seal(self._uow.vault, answer.model_dump_json().encode()),
            "expires_at": self._uow.now + ANSWER_KEPT_FOR,
        }
        await self._uow.session.execute(insert(idempotency_keys).values(row))
        return answer


async def retry(request: Request, uow: Uow, idempotency_key: IdempotencyKey = None) -> Retry:
    """The key counts for one caller and one address; it is stored as a fingerprint."""
    fingerprint = uow.vault.fingerprint("request", await request.body())
    if idempotency_key is None:
        return Retry(uow, None, fingerprint)
    whose = f"{uow.actor} {request.method} {request.url.path} {idempotency_key}"
    return Retry(uow, AnswerKept.under(uow.vault, whose.encode()), fingerprint)


MayBeRetry = Annotated[Retry, Depends(retry, scope="function")]


async def forget_old_answers(platform: Platform) -> bool:
    """Answers kept for retries go after a day."""
    forget = "DELETE FROM idempotency_keys WHERE expires_at < $1"
    await platform.database.pool.execute(forget, platform.clock())
    return False
