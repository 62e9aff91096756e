"""Comparison with the model: it finds no difference in the model itself, and every planted one."""

from datetime import date

import pytest

from tests.case.rules.model.table.comparison import differences
from tests.case.rules.model.table.rules_under_test import MODEL, ModelRules
from tools.simulation.rules_model.world import Person, World


class NoDesk(ModelRules):
    """Rules that drop an unknown place."""

    def agencies(self, case: World) -> list[str]:
        return [one for one in super().agencies(case) if "desk" not in one]


class WordsAlwaysGo(ModelRules):
    """Rules that let no source be left out."""

    def forced(self, case: World, code: str, grounds: str) -> str:
        return super().forced(case, code, grounds) + " A:p0"


class ConsentOfTheFirst(ModelRules):
    """Rules that let the first reporter speak for everybody."""

    def by_consent(self, case: World, kind: str) -> str:
        return super().by_consent(case, kind) or "S"


class Slow(ModelRules):
    """Rules that take their time."""

    def minutes(self, case: World, code: str) -> str:
        return super().minutes(case, code).replace("10", "15")


class EverybodyIsAdult(ModelRules):
    """Rules that know no child."""

    def age(self, person: Person, on: date) -> str:
        return super().age(person, on).replace("child", "adult")


def test_the_model_agrees_with_itself() -> None:
    assert list(differences(MODEL, worlds=300)) == []


@pytest.mark.parametrize("wrong", [NoDesk, WordsAlwaysGo, ConsentOfTheFirst, Slow, EverybodyIsAdult])
def test_a_difference_is_found(wrong: type[ModelRules]) -> None:
    assert list(differences(wrong(), worlds=60))
