"""What a contact's open columns and events tell of a language: no more than which one it is."""

import pytest

from intake_service.contacts import spoken


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
    assert spoken(tag) == kept
