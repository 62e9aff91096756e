"""Language of a contact: open columns and events show which one it is, and no more."""

import pytest

from intake_service.contacts.models import language_code


@pytest.mark.parametrize(
    ("tag", "kept"),
    [
        ("en", "en"),
        ("pt-BR", "pt"),
        ("ROM", "rom"),
        ("en-rowan-ashdown", "en"),
        ("rowanash", "und"),
        ("xx-07700900-123", "xx"),
    ],
)
def test_words_hidden_in_a_language_tag_stay_sealed(tag: str, kept: str) -> None:
    assert language_code(tag) == kept
