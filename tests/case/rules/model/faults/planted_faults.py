"""Register of the faults that are planted into the model, each with the checks that must notice it."""

from collections.abc import Callable

from tests.support.mutants import Mutant

PLANTED: list[tuple[Mutant, str]] = []


def noticed_by(*checks: str) -> Callable[[Mutant], Mutant]:
    """Register the decorated mutant with the checks that must notice it."""

    def register(one: Mutant) -> Mutant:
        PLANTED.extend((one, check) for check in checks)
        return one

    return register
