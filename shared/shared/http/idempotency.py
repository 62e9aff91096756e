"""Idempotent requests: the same Idempotency-Key with the same request is given the first response again.

A stored response tells nothing without that key: its row is found by a fingerprint of the key, and opens only with a
key derived from it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Self, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy import insert, select

from shared.crypto.vault import DataKey, SealedField, Vault
from shared.db.tables import stored_responses
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.http.auth import Uow
from shared.http.problems import raises
from shared.service.context import ServiceContext

RESPONSE_KEPT_FOR = timedelta(hours=24)
CREATED = 201
Response = TypeVar("Response", bound=BaseModel)
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=8,
        max_length=200,
        description="The same for every retry of one request, new for every other",
    ),
]


class IdempotencyKeyReused(Conflict):
    """The key came before with another request of the same caller to the same address."""

    code = "idempotency-key-reused"
    title = "This Idempotency-Key was used for another request; send a new key with a new request"


@dataclass(frozen=True)
class StoredResponse:
    """Place of one stored response, and the key that seals it; both derive from the secret that a retry repeats."""

    key: bytes
    _data_key: DataKey

    @classmethod
    def of(cls, vault: Vault, secret: bytes) -> Self:
        return cls(vault.fingerprint("idempotency", secret), vault.key_from("idempotency", secret))

    def seal(self, vault: Vault, response: bytes) -> bytes:
        """Seal a response given as JSON."""
        return vault.seal_text(self._data_key, self._field, response)

    def open(self, vault: Vault, sealed: bytes) -> Any:
        return vault.open(self._data_key, self._field, sealed)

    @property
    def _field(self) -> SealedField:
        return SealedField("stored_responses", "response", self._data_key.owner)


class IdempotentRequest:
    """Request that may be a retry. Ask only when the record's lock is held."""

    def __init__(self, uow: UnitOfWork, store: StoredResponse | None, fingerprint: bytes) -> None:
        self._uow = uow
        self._store = store
        self._fingerprint = fingerprint

    async def once(self, kind: type[Response], act: Callable[[], Awaitable[Response]]) -> Response:
        """Return the first response to this request, or act and store the response in the same commit."""
        if self._store is None:
            return await act()
        first = await self._first_response(self._store, kind)
        if first is not None:
            return first
        response = await act()
        await self._keep(self._store, response)
        return response

    async def _first_response(self, store: StoredResponse, kind: type[Response]) -> Response | None:
        found = select(stored_responses).where(stored_responses.c.key == store.key)
        row = (await self._uow.session.execute(found)).first()
        if row is None:
            return None
        if row.fingerprint != self._fingerprint:
            raise IdempotencyKeyReused
        return kind.model_validate(store.open(self._uow.vault, row.response))

    async def _keep(self, store: StoredResponse, response: BaseModel) -> None:
        row = {
            "key": store.key,
            "fingerprint": self._fingerprint,
            "status": CREATED,
            "response": store.seal(self._uow.vault, response.model_dump_json().encode()),
            "expires_at": self._uow.now + RESPONSE_KEPT_FOR,
        }
        await self._uow.session.execute(insert(stored_responses).values(row))


@raises(IdempotencyKeyReused)
async def idempotent_request(
    request: Request, uow: Uow, idempotency_key: IdempotencyKey = None
) -> IdempotentRequest:
    """Return this request; its key counts for one caller and one address, and is stored as a fingerprint."""
    fingerprint = uow.vault.fingerprint("request", await request.body())
    if idempotency_key is None:
        return IdempotentRequest(uow, None, fingerprint)
    secret = f"{uow.actor} {request.method} {request.url.path} {idempotency_key}"
    return IdempotentRequest(uow, StoredResponse.of(uow.vault, secret.encode()), fingerprint)


Idempotent = Annotated[IdempotentRequest, Depends(idempotent_request, scope="function")]


async def delete_expired_responses(context: ServiceContext) -> bool:
    """Delete stored responses after a day: a background loop of every service."""
    delete = "DELETE FROM stored_responses WHERE expires_at < $1"
    await context.database.pool.execute(delete, context.clock())
    return False
