"""Rate limit: a sender of very many requests waits; all others, and addresses off the internet, never do."""

from types import SimpleNamespace

import pytest
from limits.aio import strategies
from limits.aio.storage import memory

from intake_service.reports import rate_limit
from intake_service.reports.rate_limit import WINDOW_SECONDS, RateLimit, public_network

SENDER = "81.2.69.142"
ANOTHER_SENDER = "81.2.69.143"


class Time:
    def __init__(self) -> None:
        self.now = 1_200_000.5  # half a second into a window

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Return a clock that a test moves, for the library too."""
    clock = Time()
    for module in (memory, strategies):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=clock))
    return clock


@pytest.fixture
def senders(time: Time) -> RateLimit:
    return RateLimit(clock=time)


async def let_in(senders: RateLimit, address: str, requests: int, at_most: int = 10) -> int:
    return sum([await senders.seconds_to_wait(address, at_most) == 0 for _ in range(requests)])


async def test_a_sender_is_let_in_so_often_and_then_waits(senders: RateLimit) -> None:
    assert await let_in(senders, SENDER, 15) == 10
    assert await let_in(senders, ANOTHER_SENDER, 5) == 5


async def test_a_sender_that_waits_as_long_as_the_answer_says_is_let_in(
    senders: RateLimit, time: Time
) -> None:
    for moved in (0.0, 0.3 * WINDOW_SECONDS, 0.9 * WINDOW_SECONDS, 1.4 * WINDOW_SECONDS):
        time.now += moved
        await let_in(senders, SENDER, 15)
        wait = await senders.seconds_to_wait(SENDER, 10)
        assert 1 <= wait <= WINDOW_SECONDS + 1
        time.now += wait
        assert await senders.seconds_to_wait(SENDER, 10) == 0


async def test_the_window_slides_and_a_new_one_is_no_new_beginning(senders: RateLimit, time: Time) -> None:
    time.now += 0.9 * WINDOW_SECONDS
    assert await let_in(senders, SENDER, 10) == 10
    time.now += 0.2 * WINDOW_SECONDS - 1
    assert await let_in(senders, SENDER, 10) == 1
    time.now += 2 * WINDOW_SECONDS
    assert await let_in(senders, SENDER, 15) == 10


async def test_a_refused_request_does_not_make_the_wait_longer(senders: RateLimit) -> None:
    await let_in(senders, SENDER, 10)
    first = await senders.seconds_to_wait(SENDER, 10)
    await let_in(senders, SENDER, 500)
    assert await senders.seconds_to_wait(SENDER, 10) == first


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "127.8.8.8", "10.1.2.3", "172.18.0.1", "192.168.1.1", "100.64.0.9",
                "fd00::1", "fe80::1%eth0", "::ffff:10.0.0.1", "", "testclient", "/tmp/socket"],
)  # fmt: skip
async def test_an_address_of_a_proxy_or_of_this_machine_is_never_refused(
    senders: RateLimit, address: str
) -> None:
    assert await let_in(senders, address, 50, at_most=1) == 50


def test_one_subscriber_is_one_sender_under_all_of_its_addresses() -> None:
    assert public_network("2a00:1450:1:2:3::4") == public_network("2a00:1450:1:2:ffff::1")
    assert public_network("2a00:1450:1:2:3::4") != public_network("2a00:1450:1:3:3::4")
    assert public_network("::ffff:81.2.69.142") == public_network(SENDER) != public_network(ANOTHER_SENDER)


async def test_no_address_is_kept(senders: RateLimit) -> None:
    await let_in(senders, SENDER, 3)
    storage = senders._storage
    (key,) = storage.storage
    network = public_network(SENDER)
    assert network is not None
    memory = repr([storage.storage, dict(storage.locks), storage.expirations, storage.events, vars(senders)])
    assert key in memory
    assert not [part for part in (SENDER, network.hex(), repr(network)[2:-1]) if part in memory]


async def test_the_same_sender_has_another_hash_in_another_process(senders: RateLimit, time: Time) -> None:
    another_process = RateLimit(clock=time)
    for one in (senders, another_process):
        await let_in(one, SENDER, 1)
    assert set(senders._storage.storage).isdisjoint(another_process._storage.storage)


async def test_more_senders_than_are_counted_are_let_in_and_the_counted_ones_still_wait(
    senders: RateLimit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "MAX_SENDERS", 2)
    for last in range(10, 20):
        assert await let_in(senders, f"81.2.69.{last}", 3, at_most=3) == 3
    assert await let_in(senders, "81.2.69.19", 3, at_most=3) == 3
    assert await let_in(senders, "81.2.69.10", 1, at_most=3) == 0
