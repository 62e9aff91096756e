"""Receipts: seven plain words with which a person, and nobody else, finds their contact again.

Seven words out of 4096 are 84 bits: more than can be guessed, few enough to keep in the head of somebody who must
not carry paper. The words have three to eight letters. No two differ by one letter or by two swapped ones, so that
a word misheard or mistyped is no other word. Left out are words that could distress whoever finds the paper, or that
they could misread: violence, sex, illness, law, religion, police and immigration. Left out too are insults, brand
names, words that British and American spelling write differently, and words that sound like another.
"""

import re
import secrets
import unicodedata
from functools import cache
from importlib.resources import files

from shared.crypto.vault import Vault

WORDS_IN_A_RECEIPT = 7
_BETWEEN_WORDS = re.compile(r"[^a-z]+")


@cache
def words() -> tuple[str, ...]:
    text = files("intake_service.receipts").joinpath("receipt_words.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def new_receipt() -> str:
    known, drawn = words(), []
    chance = secrets.randbelow(len(known) ** WORDS_IN_A_RECEIPT)
    for _ in range(WORDS_IN_A_RECEIPT):
        chance, number = divmod(chance, len(known))
        drawn.append(known[number])
    return " ".join(drawn)


def normalise(text: str) -> str:
    """Return the words as they count: without capitals, hyphens, commas, numbering and line breaks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _BETWEEN_WORDS.sub(" ", plain).strip()


def receipt_index(vault: Vault, receipt: str) -> bytes:
    """Return the digest that is stored of a receipt; words that are none of ours take the same steps."""
    return vault.fingerprint("receipt", normalise(receipt).encode())
