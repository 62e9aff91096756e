"""A write that a client may retry: the same Idempotency-Key with the same request is given the first answer again."""

from datetime import timedelta
from typing import Annotated, TypeVar
from uuid import uuid4

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy import insert, select

from shared.access import Uow
from shared.database import UnitOfWork
from shared.errors import Conflict
from shared.platform import Platform
from shared.tables import idempotency_keys
from shared.vault import Place

ANSWER_KEPT_FOR = timedelta(hours=24)
CREATED = 201
Answer = TypeVar("Answer", bound=BaseModel)
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=8, max_length=200, description="The same for every retry, new for every new request"),
]
_FORGET = """
WITH old AS (DELETE FROM idempotency_keys WHERE expires_at < $1 RETURNING owner)
DELETE FROM data_keys WHERE owner IN (SELECT owner FROM old)
"""


class IdempotencyKeyReused(Conflict):
    code = "idempotency-key-reused"
    title = "This Idempotency-Key was used for another request; send a new key with a new request"


class Retry:
    """One request that may be a retry. A route asks `first_answer` once it holds its lock, and ends with `keep`.

    The answer is kept in the same commit as what it tells of, sealed under a key of its own.
    """

    def __init__(self, uow: UnitOfWork, key: bytes | None, fingerprint: bytes) -> None:
        self._uow = uow
        self._key = key
        self._fingerprint = fingerprint

    async def first_answer(self, kind: type[Answer]) -> Answer | None:
        if self._key is None:
            return None
        found = select(idempotency_keys).where(idempotency_keys.c.key == self._key)
        row = (await self._uow.session.execute(found)).first()
        if row is None:
            return None
        if row.fingerprint != self._fingerprint:
            raise IdempotencyKeyReused
        place = Place("idempotency_keys", "answer", row.owner)
        return kind.model_validate(await self._uow.keys.open(row.owner, place, row.answer))

    async def keep(self, answer: Answer) -> Answer:
        if self._key is None:
            return answer
        owner = uuid4()
        await self._uow.keys.create(owner)
        place = Place("idempotency_keys", "answer", owner)
        row = {
            "key": self._key,
            "fingerprint": self._fingerprint,
            "owner": owner,
            "status": CREATED,
            "answer": await self._uow.keys.seal(owner, place, answer.model_dump(mode="json")),
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
    return Retry(uow, uow.vault.fingerprint("idempotency", whose.encode()), fingerprint)


MayBeRetry = Annotated[Retry, Depends(retry, scope="function")]


async def forget_old_answers(platform: Platform) -> bool:
    """Answers kept for retries go after a day, with the keys they were sealed under."""
    await platform.database.pool.execute(_FORGET, platform.clock())
    return False
