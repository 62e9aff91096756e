"""Answers of the table of ages, and the rows that are answered wrongly."""

from collections.abc import Iterator
from datetime import date

from shared.domain import age as ages
from shared.domain.vocabulary import AgeStatus
from tests.shared.domain.ages.age_rows import CONTRADICTIONS, ROWS, rows_of
from tests.shared.domain.ages.ages_in_words import age_of


def status_of(status: AgeStatus | None) -> str:
    return status.value.replace("_", " ") if status else "unasked"


def path_of(status: str) -> bool:
    """Return whether the child path is taken for a status, in words."""
    return status.startswith(("child", "uncertain"))


def wrong_rows() -> Iterator[tuple[str, str]]:
    """Yield the words and the day of the decision of each row that is answered wrongly."""
    for words, said_on, on, status in rows_of(ROWS):
        if status_of(ages.age_status(age_of(words, said_on), date.fromisoformat(on))) != status:
            yield words, on
    for words, said_on, on, answer in rows_of(CONTRADICTIONS):
        refused = ages.is_contradiction(age_of(words, said_on), date.fromisoformat(on))
        if refused is not (answer == "refused"):
            yield words, "contradiction"
