"""DNS resolver: one agency's silent name server delays no other, and is itself given up in time."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence

import httpcore2
import pytest

from referral_service.agency_transport.dns import DnsResolver, TooManyLookups, ask_resolver
from referral_service.agency_transport.transport import AgencyTransport, AgencyUnreachable
from shared.cancellation import cancel_and_wait
from tests.referral.agency_transport.agency_doubles import ConnectSpy, call
from tests.support.local_http import Answer, Asked, serving

SILENT = "silent.example"


class Resolver:
    """Resolver of a machine that does not answer for some hosts until `let_go` is set, and keeps what was asked."""

    def __init__(self, *silent: str) -> None:
        self.silent = set(silent)
        self.asked: list[str] = []
        self.let_go = threading.Event()
        self.address = "8.8.8.8"

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        if host in self.silent:
            assert self.let_go.wait(30)
        return [self.address]


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    made = Resolver(SILENT)
    yield made
    made.let_go.set()


async def test_a_silent_name_server_of_one_agency_delays_no_other(resolver: Resolver) -> None:
    find = DnsResolver(resolver)
    stuck = [asyncio.create_task(find(SILENT, 443)) for _ in range(100)]
    await asyncio.sleep(0.05)
    started = time.monotonic()
    found = await asyncio.gather(*(find(f"force-{n}.example", 443) for n in range(40)))
    assert time.monotonic() - started < 1, "no answer waited for the silent one"
    assert found == [["8.8.8.8"]] * 40
    assert resolver.asked.count(SILENT) == 1, "one look-up for all who ask, so they cannot fill the machine"
    assert not any(task.done() for task in stuck)
    resolver.let_go.set()
    assert await asyncio.gather(*stuck) == [["8.8.8.8"]] * 100


async def test_a_caller_that_gives_up_takes_the_answer_from_no_other(resolver: Resolver) -> None:
    find = DnsResolver(resolver)
    patient = asyncio.create_task(find(SILENT, 443))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await find(SILENT, 443)
    resolver.let_go.set()
    assert await patient == ["8.8.8.8"]


async def test_an_answer_is_not_kept_for_the_next_look_up() -> None:
    resolver = Resolver()
    find = DnsResolver(resolver)
    for _ in range(3):
        await find("agency.example", 443)
    assert len(resolver.asked) == 3, "an address that is not looked up again may belong to another by then"


async def test_a_host_that_failed_is_looked_up_again(resolver: Resolver) -> None:
    answers: list[Exception | None] = [OSError("away"), None]

    def ask(host: str) -> Sequence[str]:
        fault = answers.pop(0)
        if fault is not None:
            raise fault
        return ["8.8.8.8"]

    find = DnsResolver(ask)
    with pytest.raises(OSError, match="away"):
        await find("agency.example", 443)
    assert await find("agency.example", 443) == ["8.8.8.8"]


async def test_there_are_never_more_threads_than_allowed(resolver: Resolver) -> None:
    resolver.silent = {f"silent-{n}.example" for n in range(4)}
    find = DnsResolver(resolver, hosts_at_once=4)
    stuck = [asyncio.create_task(find(host, 443)) for host in sorted(resolver.silent)]
    await asyncio.sleep(0.05)
    with pytest.raises(TooManyLookups):
        await find("one-more.example", 443)
    resolver.let_go.set()
    await asyncio.gather(*stuck)
    assert await find("one-more.example", 443) == ["8.8.8.8"]


def test_a_host_that_nobody_knows_has_no_addresses() -> None:
    assert ask_resolver("no-such-host.invalid") == ()
    assert "127.0.0.1" in ask_resolver("localhost")


async def test_a_call_to_a_silent_name_is_given_up_long_before_the_call_itself(resolver: Resolver) -> None:
    patient = AgencyTransport(
        allow_loopback=False,
        resolver=DnsResolver(resolver),
        backend=ConnectSpy(),
        time_limit=20.0,
        look_up_limit=0.2,
    )
    started = time.monotonic()
    with pytest.raises(AgencyUnreachable, match="name-timed-out"):
        await call(patient, f"https://{SILENT}/hook")
    assert time.monotonic() - started < 2


async def test_agencies_are_called_while_another_ones_name_is_silent(resolver: Resolver) -> None:
    async def thank(_: Asked) -> Answer:
        return Answer(b"thanks")

    resolver.address = "127.0.0.1"
    way = httpcore2.AnyIOBackend()
    async with serving(thank) as http:
        shared = AgencyTransport(
            allow_loopback=True, resolver=DnsResolver(resolver), backend=way, look_up_limit=20.0
        )
        stuck = [asyncio.create_task(call(shared, f"http://{SILENT}:{http.port}/hook")) for _ in range(30)]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(3):
            answers = [await call(shared, f"http://force-{n}.example:{http.port}/hook") for n in range(20)]
        assert [answer.status_code for answer in answers] == [200] * 20
        await cancel_and_wait(stuck)
