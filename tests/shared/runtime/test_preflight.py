"""Preflight checks: settings with which a production process refuses to start, each in one sentence."""

from pathlib import Path

import pytest

from referral_service.app import SERVICE as REFERRAL
from shared.crypto.keyring import Keyring
from shared.runtime.preflight import check_keyring, prepare_process
from shared.service.spec import ServiceSpec
from tests.support.sample_service import SAMPLE

VARIABLES = {
    "HELPLINE_DATABASE_URL": "postgresql://127.0.0.1/nowhere",
    "HELPLINE_BUS": "kafka://127.0.0.1:1",
    "HELPLINE_KEYRING": "nowhere.json",
    "HELPLINE_ISSUER": "https://sign-in.example",
    "HELPLINE_TOKEN_URL": "https://sign-in.example/token",
    "HELPLINE_CASE_URL": "https://cases.example",
    "HELPLINE_PUBLIC_URL": "https://referrals.example",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for key, value in VARIABLES.items():
        monkeypatch.setenv(key, value)
    for key in ("HELPLINE_MODE", "HELPLINE_ALLOW_LOOPBACK_AGENCIES"):
        monkeypatch.delenv(key, raising=False)
    return monkeypatch


@pytest.mark.parametrize("service", [SAMPLE, REFERRAL], ids=lambda service: service.name)
@pytest.mark.parametrize("name", ["HELPLINE_ISSUER", "HELPLINE_TOKEN_URL"])
def test_a_production_process_trusts_no_local_issuer(
    name: str, service: ServiceSpec, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv(name, "http://127.0.0.1:8010")
    with pytest.raises(SystemExit, match=f"In production .*{name} .*https://"):
        prepare_process(service)


@pytest.mark.parametrize("address", ["http://referrals.example", "referrals.example", "HTTP://x"])
def test_an_access_link_is_never_sent_in_the_clear(address: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HELPLINE_PUBLIC_URL", address)
    with pytest.raises(SystemExit, match="HELPLINE_PUBLIC_URL starts with https://"):
        prepare_process(REFERRAL)


def test_the_service_that_makes_access_links_needs_the_address_of_their_pages(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.delenv("HELPLINE_PUBLIC_URL")
    with pytest.raises(SystemExit, match="HELPLINE_PUBLIC_URL"):
        prepare_process(REFERRAL)
    assert SAMPLE.settings().refusal() is None


def test_a_production_process_reaches_no_agency_on_its_own_machine(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HELPLINE_ALLOW_LOOPBACK_AGENCIES", "1")
    with pytest.raises(SystemExit, match="HELPLINE_ALLOW_LOOPBACK_AGENCIES"):
        prepare_process(REFERRAL)


def test_with_everything_put_right_a_production_process_starts(environment: pytest.MonkeyPatch) -> None:
    assert REFERRAL.settings().refusal() is None


def test_a_laptop_may_have_all_of_it(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HELPLINE_MODE", "local")
    for name in ("ISSUER", "TOKEN_URL", "PUBLIC_URL"):
        environment.setenv(f"HELPLINE_{name}", "http://127.0.0.1:1")
    environment.setenv("HELPLINE_ALLOW_LOOPBACK_AGENCIES", "1")
    assert REFERRAL.settings().refusal() is None


@pytest.mark.parametrize("service", [SAMPLE, REFERRAL], ids=lambda service: service.name)
def test_a_missing_setting_is_named_and_no_value_is_shown(
    service: ServiceSpec, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("HELPLINE_BUS")
    environment.setenv("HELPLINE_BODY_TIMEOUT_SECONDS", "Quillfeather")
    with pytest.raises(SystemExit) as refusal:
        prepare_process(service)
    assert str(refusal.value) == (
        f"The {service.name} service needs these settings put right: HELPLINE_BODY_TIMEOUT_SECONDS, HELPLINE_BUS"
    )


def test_a_keyring_that_cannot_be_read_is_refused_with_a_sentence(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("HELPLINE_KEYRING", str(tmp_path / "keyring.json"))
    with pytest.raises(SystemExit, match="cannot be read"):
        check_keyring(SAMPLE.settings())
    Keyring.generate(tmp_path / "keyring.json")
    check_keyring(SAMPLE.settings())
