"""Settings of the referral service: addresses must be named, and production refuses what is unsafe there."""

from typing import Any

import pytest

from referral_service.app import SERVICE as REFERRAL
from referral_service.settings import ReferralSettings
from shared.runtime.preflight import prepare_process

SAFE: dict[str, Any] = {
    "database_url": "postgresql://127.0.0.1/nowhere",
    "bus": "kafka://127.0.0.1:1",
    "keyring": "nowhere.json",
    "issuer": "https://sign-in.example.org",
    "token_url": "https://sign-in.example.org/token",
    "case_url": "http://case-api:8000",
    "public_url": "https://referrals.example.org",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in SAFE.items():
        monkeypatch.setenv(f"HELPLINE_{name.upper()}", value)
    return monkeypatch


@pytest.mark.parametrize("mode", ["production", "local"])
@pytest.mark.parametrize("name", ["HELPLINE_CASE_URL", "HELPLINE_PUBLIC_URL"])
def test_a_process_does_not_start_without_the_addresses_that_it_needs(
    environment: pytest.MonkeyPatch, mode: str, name: str
) -> None:
    environment.setenv("HELPLINE_MODE", mode)
    environment.delenv(name)
    with pytest.raises(SystemExit, match=f"^The referral service needs these settings put right: {name}$"):
        prepare_process(REFERRAL)


def test_production_accepts_settings_that_are_safe() -> None:
    assert ReferralSettings(**SAFE).refusal() is None


@pytest.mark.parametrize(
    ("unsafe", "named"),
    [
        ({"allow_loopback_agencies": True}, "HELPLINE_ALLOW_LOOPBACK_AGENCIES"),
        ({"issuer": "http://127.0.0.1:8010"}, "HELPLINE_ISSUER"),
        ({"token_url": "http://127.0.0.1:8010/token"}, "HELPLINE_TOKEN_URL"),
        ({"public_url": "http://127.0.0.1:8003"}, "HELPLINE_PUBLIC_URL"),
        ({"public_url": "referrals.example.org"}, "HELPLINE_PUBLIC_URL"),
    ],
)
def test_production_refuses_what_is_unsafe_and_a_laptop_accepts_it(
    unsafe: dict[str, Any], named: str
) -> None:
    assert named in (ReferralSettings(**SAFE | unsafe).refusal() or "")
    assert ReferralSettings(**SAFE | unsafe, mode="local").refusal() is None
