"""A receipt is easy to keep and to type again, and out of reach of guessing."""

import math
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_service.receipts.receipt import WORDS_IN_A_RECEIPT, new_receipt, normalise, receipt_index, words
from shared.crypto.keyring import Keyring
from shared.crypto.vault import Vault


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(Keyring.generate(Path(tmp_path_factory.mktemp("keys")) / "keyring.json"))


def test_there_are_4096_different_plain_words_of_three_to_eight_letters() -> None:
    assert len(words()) == len(set(words())) == 4096
    assert all(
        word.isascii() and word.isalpha() and word.islower() and 3 <= len(word) <= 8 for word in words()
    )


def test_a_receipt_has_seven_words_of_the_list_and_at_least_80_bits() -> None:
    assert WORDS_IN_A_RECEIPT * math.log2(len(words())) >= 80
    for _ in range(200):
        chosen = new_receipt().split(" ")
        assert len(chosen) == 7
        assert set(chosen) <= set(words())


def _slips(word: str) -> set[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    left = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    missing = {a + b[1:] for a, b in left if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in left if len(b) > 1}
    wrong = {a + c + b[1:] for a, b in left if b for c in letters}
    doubled = {a + c + b for a, b in left for c in letters}
    return (missing | swapped | wrong | doubled) - {word}


def test_no_word_becomes_another_word_by_one_slip() -> None:
    known = set(words())
    assert not [(word, other) for word in words() for other in _slips(word) & known]


def test_a_word_with_a_slip_would_be_noticed() -> None:
    assert "mapel" in _slips("maple")
    assert "staple" in _slips("stale")


@pytest.mark.parametrize(
    "unfit",
    [
        "police",
        "prison",
        "slave",
        "victim",
        "kill",
        "rape",
        "visa",
        "church",
        "drug",
        "colour",
        "color",
        "plough",
        "plow",
    ],
)
def test_no_word_tells_what_the_paper_is_about_or_has_two_spellings(unfit: str) -> None:
    assert unfit not in words()


def test_every_word_is_chosen_about_equally_often() -> None:
    rounds = 30_000
    seen = Counter(word for _ in range(rounds) for word in new_receipt().split())
    expected = rounds * 7 / 4096
    chi_squared = sum((seen[word] - expected) ** 2 / expected for word in words())
    degrees = 4095
    assert abs(chi_squared - degrees) < 6 * (2 * degrees) ** 0.5  # six standard deviations: one run in 10**8


@pytest.mark.parametrize(
    "written",
    [
        "maple river lemon otter violet harp candle",
        "Maple River Lemon Otter Violet Harp Candle",
        "MAPLE-RIVER-LEMON-OTTER-VIOLET-HARP-CANDLE",
        "  maple,river, lemon ; otter\tviolet\nharp candle. ",
        "maple.river.lemon.otter.violet.harp.candle",
        "1. maple 2. river 3. lemon 4. otter 5. violet 6. harp 7. candle",
        "“maple river lemon otter violet harp candle”",
        "maple–river–lemon–otter–violet–harp–candle",
        "maple\u00a0river\u200blemon otter violet harp candle",
        "ｍａｐｌｅ river lemon otter violet harp candle",
    ],
)
def test_what_people_write_back_is_understood(vault: Vault, written: str) -> None:
    plain = "maple river lemon otter violet harp candle"
    assert normalise(written) == plain
    assert receipt_index(vault, written) == receipt_index(vault, plain)


@given(st.text())
def test_normalising_twice_changes_nothing_and_leaves_only_words(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert set(once) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert "  " not in once


def test_other_words_or_another_order_or_another_keyring_find_nothing(vault: Vault, tmp_path: Path) -> None:
    receipt = "maple river lemon otter violet harp candle"
    found = receipt_index(vault, receipt)
    assert len(found) == 32
    assert found != receipt_index(vault, "river maple lemon otter violet harp candle")
    assert found != receipt_index(vault, "maple river lemon otter violet harp")
    assert found != receipt_index(Vault(Keyring.generate(tmp_path / "keyring.json")), receipt)
