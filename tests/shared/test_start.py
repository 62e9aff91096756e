"""What a production process refuses to start with, each in one sentence."""

from dataclasses import replace

import pytest

from shared import service
from shared.settings import Settings
from shared.starting import refusal
from tests.shared.sample import SAMPLE

TOLD = {
    "HELPLINE_DATABASE_URL": "postgresql://127.0.0.1/nowhere",
    "HELPLINE_BUS": "kafka://127.0.0.1:1",
    "HELPLINE_KEYRING": "nowhere.json",
    "HELPLINE_ISSUER": "https://sign-in.example",
    "HELPLINE_TOKEN_URL": "https://sign-in.example/token",
    "HELPLINE_PUBLIC_URL": "https://referrals.example",
}
REFERRAL = replace(SAMPLE, name="referral")


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for key, value in TOLD.items():
        monkeypatch.setenv(key, value)
    for key in ("HELPLINE_MODE", "HELPLINE_ALLOW_LOOPBACK_AGENCIES"):
        monkeypatch.delenv(key, raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", ["HELPLINE_ISSUER", "HELPLINE_TOKEN_URL"])
def test_a_production_process_trusts_no_local_issuer(name: str, surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv(name, "http://127.0.0.1:8010")
    with pytest.raises(SystemExit, match=f"In production .*{name} .*https://"):
        service.start(SAMPLE)


@pytest.mark.parametrize("address", ["http://referrals.example", "referrals.example", "HTTP://x"])
def test_a_one_time_link_is_never_sent_in_the_clear(address: str, surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("HELPLINE_PUBLIC_URL", address)
    with pytest.raises(SystemExit, match="HELPLINE_PUBLIC_URL starts with https://"):
        service.start(SAMPLE)


def test_the_service_that_makes_one_time_links_must_be_told_where_they_lead(
    surroundings: pytest.MonkeyPatch,
) -> None:
    surroundings.delenv("HELPLINE_PUBLIC_URL")
    with pytest.raises(SystemExit, match="HELPLINE_PUBLIC_URL starts with https://"):
        service.start(REFERRAL)
    assert refusal("intake", Settings()) is None


def test_a_production_process_reaches_no_agency_on_its_own_machine(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("HELPLINE_ALLOW_LOOPBACK_AGENCIES", "1")
    with pytest.raises(SystemExit, match="HELPLINE_ALLOW_LOOPBACK_AGENCIES"):
        service.start(SAMPLE)


def test_with_everything_put_right_a_production_process_starts(surroundings: pytest.MonkeyPatch) -> None:
    assert refusal("referral", Settings()) is None


def test_a_laptop_may_have_all_of_it(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("HELPLINE_MODE", "local")
    for name in ("ISSUER", "TOKEN_URL", "PUBLIC_URL"):
        surroundings.setenv(f"HELPLINE_{name}", "http://127.0.0.1:1")
    surroundings.setenv("HELPLINE_ALLOW_LOOPBACK_AGENCIES", "1")
    assert refusal("referral", Settings()) is None
