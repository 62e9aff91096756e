"""Bare insert: the least that can be done with a report, to compare intake with.

A FastAPI application that inserts the body in one statement. Nothing is sealed, announced or audited, and a report
that comes twice is stored twice.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import FastAPI

from shared.ids import new_id

TABLE = "CREATE TABLE IF NOT EXISTS reports (id uuid PRIMARY KEY, received_at timestamptz, report jsonb)"
INSERT = "INSERT INTO reports (id, received_at, report) VALUES ($1, now(), $2)"


@asynccontextmanager
async def connected(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["BARE_INSERT_DATABASE_URL"]) as pool:
        await pool.execute(TABLE)
        app.state.pool = pool
        yield


app = FastAPI(lifespan=connected)


@app.post("/v1/reports", status_code=201)
async def insert_report(report: dict[str, Any]) -> dict[str, UUID]:
    report_id = new_id()
    await app.state.pool.execute(INSERT, report_id, json.dumps(report))
    return {"contact_id": report_id}


@app.get("/readyz")
async def read_readiness() -> dict[str, bool]:
    return {"ready": True}


if __name__ == "__main__":
    host, _, port = os.environ["BARE_INSERT_LISTEN"].rpartition(":")
    uvicorn.run(app, host=host, port=int(port), log_config=None, access_log=False, server_header=False)
