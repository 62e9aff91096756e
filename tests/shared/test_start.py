"""What a production process refuses to start with."""

import pytest

from shared import service
from tests.shared.sample import SAMPLE


@pytest.mark.parametrize("name", ["HELPLINE_ISSUER", "HELPLINE_TOKEN_URL"])
def test_a_production_process_trusts_no_local_issuer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "HELPLINE_DATABASE_URL": "postgresql://127.0.0.1/nowhere",
        "HELPLINE_BUS": "kafka://127.0.0.1:1",
        "HELPLINE_KEYRING": "nowhere.json",
        "HELPLINE_ISSUER": "https://sign-in.example",
    }
    for key, value in (told | {name: "http://127.0.0.1:8010"}).items():
        monkeypatch.setenv(key, value)
    monkeypatch.delenv("HELPLINE_MODE", raising=False)
    with pytest.raises(SystemExit, match="https"):
        service.start(SAMPLE)
