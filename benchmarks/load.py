"""Load program: sends a report again and again over a few kept connections (`python -m benchmarks.load`).

Each is another report: `NUMBER` in it is replaced, because the same words in the same minute are a special case.

A plain HTTP/1.1 client, because a general one would cost more than the application that is measured. It speaks to
this machine only, and for so many seconds only.
"""

import argparse
import asyncio
import json
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import uvloop

LONGEST = 60.0
NUMBER = b"{number}"
"""Place in a body for what makes each report another one."""


@dataclass
class Measured:
    """Duration of each answered request, in seconds, and the number of those that were refused."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0


async def send_for(port: int, path: str, body: bytes, *, concurrency: int, seconds: float) -> Measured:
    """Send as many requests as so many connections manage in so many seconds, each with a key of its own."""
    measured = Measured()
    until = time.perf_counter() + min(seconds, LONGEST)
    async with asyncio.timeout(min(seconds, LONGEST) + 10):
        await asyncio.gather(
            *(_send_on_one_connection(port, path, body, until, measured) for _ in range(concurrency))
        )
    return measured


async def _send_on_one_connection(
    port: int, path: str, body: bytes, until: float, measured: Measured
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    name = secrets.token_hex(8)
    number = 0
    try:
        while (started := time.perf_counter()) < until:
            number += 1
            writer.write(_request(path, body, f"{name}-{number:08d}"))
            status = await _status(reader)
            measured.seconds.append(time.perf_counter() - started)
            measured.refused += status != 201
    finally:
        writer.close()
        await writer.wait_closed()


def _request(path: str, body: bytes, key: str) -> bytes:
    body = body.replace(NUMBER, key.encode())
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"idempotency-key: {key}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end, and return its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
    await reader.readexactly(length)
    return int(head[9:12])


def summary(measured: Measured, seconds: float) -> dict[str, float]:
    ordered = sorted(measured.seconds)
    return {
        "requests": len(ordered),
        "refused": measured.refused,
        "rps": round(len(ordered) / seconds, 1),
        "p50_ms": round(1000 * percentile(ordered, 0.5), 2),
        "p99_ms": round(1000 * percentile(ordered, 0.99), 2),
    }


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value that at least this share of the ordered values does not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", default="/v1/reports")
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    body = sys.stdin.buffer.read()
    started = time.perf_counter()
    work = send_for(
        options.port, options.path, body, concurrency=options.concurrency, seconds=options.seconds
    )
    measured = uvloop.run(work)
    print(json.dumps(summary(measured, time.perf_counter() - started)))


if __name__ == "__main__":
    _main()
