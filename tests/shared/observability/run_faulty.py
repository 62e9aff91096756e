"""Sample service as a real program: each part fails with words that must never be printed."""

import asyncio
import logging
import sys
import threading
import warnings

import uvicorn

from shared.http.app import create_app
from shared.observability import structured_logs
from tests.support.sample_service import CANARY, SAMPLE


def fail() -> None:
    raise ValueError(CANARY)


class FailsWhenForgotten:
    def __del__(self) -> None:
        raise ValueError(CANARY)


def serve() -> None:
    """Serve without a context: everything that a route asks for fails, and so does the start."""

    async def open_context() -> None:
        fail()

    uvicorn.run(
        create_app(SAMPLE, open_context),  # type: ignore[arg-type]  # that it is wrong is the point
        port=0,
        log_config=None,
        access_log=False,
    )


def speak() -> None:
    warnings.warn(CANARY, stacklevel=1)
    for name in ("uvicorn.error", "sqlalchemy.engine", "asyncpg", "aiokafka", "anybody"):
        logging.getLogger(name).error("%s", CANARY, exc_info=ValueError(CANARY))
        logging.getLogger(name).info(CANARY)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    FailsWhenForgotten()

    async def forgets() -> None:
        asyncio.get_running_loop().call_soon(fail)
        await asyncio.sleep(0.1)

    asyncio.run(forgets())


if __name__ == "__main__":
    structured_logs.configure("sample")
    {"serve": serve, "speak": speak, "fail": fail}[sys.argv[1]]()
