"""Who sends very much waits; everybody else, and whoever shares no address of the internet, never does."""

import gc

import pytest

from shared import senders
from shared.senders import WINDOW, Senders, network_of

SOMEBODY = "81.2.69.142"
SOMEBODY_ELSE = "81.2.69.143"


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def known(time: Time) -> Senders:
    return Senders(clock=time)


def let_in(known: Senders, address: str, tries: int, at_most: int = 10) -> int:
    return sum(known.must_wait(address, at_most) == 0 for _ in range(tries))


def test_a_sender_comes_in_so_often_and_then_waits(known: Senders) -> None:
    assert let_in(known, SOMEBODY, 15) == 10
    assert let_in(known, SOMEBODY_ELSE, 5) == 5


def test_who_waits_as_long_as_was_said_comes_in(known: Senders, time: Time) -> None:
    for moved in (0.0, 0.3 * WINDOW, 0.9 * WINDOW, 1.4 * WINDOW):
        time.now += moved
        let_in(known, SOMEBODY, 15)
        wait = known.must_wait(SOMEBODY, 10)
        assert 1 <= wait <= WINDOW + 1
        time.now += wait
        assert known.must_wait(SOMEBODY, 10) == 0


def test_the_window_slides_and_a_new_one_is_no_new_beginning(known: Senders, time: Time) -> None:
    time.now += 0.9 * WINDOW
    assert let_in(known, SOMEBODY, 10) == 10
    time.now += 0.2 * WINDOW
    assert let_in(known, SOMEBODY, 10) == 1
    time.now += 2 * WINDOW
    assert let_in(known, SOMEBODY, 15) == 10


def test_a_refused_try_does_not_make_the_wait_longer(known: Senders, time: Time) -> None:
    let_in(known, SOMEBODY, 10)
    first = known.must_wait(SOMEBODY, 10)
    let_in(known, SOMEBODY, 500)
    assert known.must_wait(SOMEBODY, 10) == first


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "127.8.8.8", "10.1.2.3", "172.18.0.1", "192.168.1.1", "100.64.0.9",
                "fd00::1", "fe80::1%eth0", "::ffff:10.0.0.1", "", "testclient", "/tmp/socket"],
)  # fmt: skip
def test_an_address_that_may_be_a_proxys_or_this_machines_is_never_refused(
    known: Senders, address: str
) -> None:
    assert let_in(known, address, 50, at_most=1) == 50


def test_one_subscriber_is_one_sender_whichever_of_its_addresses_it_takes() -> None:
    assert network_of("2a00:1450:1:2:3::4") == network_of("2a00:1450:1:2:ffff::1")
    assert network_of("2a00:1450:1:2:3::4") != network_of("2a00:1450:1:3:3::4")
    assert network_of("::ffff:81.2.69.142") == network_of(SOMEBODY) != network_of(SOMEBODY_ELSE)


def test_no_address_is_kept(known: Senders) -> None:
    let_in(known, SOMEBODY, 3)
    kept = [key for counts in gc.get_referents(known.__dict__) if isinstance(counts, dict) for key in counts]
    assert len(kept) == 1
    assert network_of(SOMEBODY) not in kept
    assert Senders()._known_as(SOMEBODY) != kept[0]


def test_more_senders_than_can_be_remembered_are_let_in(
    known: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "MOST", 2)
    for last in range(10, 20):
        assert let_in(known, f"81.2.69.{last}", 3, at_most=3) == 3
    assert let_in(known, "81.2.69.10", 1, at_most=3) == 0
