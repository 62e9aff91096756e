"""Spellings: other ways in which programs and people write the same value."""

from collections.abc import Callable
from typing import Any


def eastern(number: int) -> str:
    """Return a number in Arabic digits."""
    return "".join(chr(0x660 + int(one)) for one in str(number))


def days(day: str) -> list[Any]:
    year, month, number = day.split("-")
    return [
        f"{number}/{month}/{year}",
        f"{number}.{month}.{year}",
        f"{year}/{month}/{number}",
        f"{day}T12:00:00",
    ]


SPELLINGS: tuple[tuple[Callable[[str, Any], bool], Callable[[Any], list[Any]]], ...] = (
    (lambda _, value: value is True, lambda _: ["true", "Yes", "Y", 1, "1", "on", " TRUE ", "sí"]),
    (lambda _, value: value is False, lambda _: ["false", "No", "N", 0, "0", "off", "FALSE "]),
    (lambda _, value: value == "yes", lambda _: ["YES", "Yes ", "y", True, "true", 1, "“yes”", "oui"]),
    (lambda _, value: value == "no", lambda _: ["NO", " no", "n", False, "false", 0, "never", "nein"]),
    (
        lambda name, _: name == "years",
        lambda n: [str(n), f"{n} years", f" {n}.0 ", f"{n} y/o", float(n), eastern(n), f"{n}y"],
    ),
    (lambda name, _: name in ("lowest", "highest"), lambda n: [str(n), f"{n} years", float(n), eastern(n)]),
    (lambda name, _: name == "how_many", lambda n: [str(n), float(n), f"{n} people", eastern(n)]),
    (lambda name, _: name == "date_of_birth", days),
    (lambda name, _: name == "language", lambda tag: [tag.replace("-", "_"), f"{tag};q=0.9", f"{tag}.UTF-8"]),
    (
        lambda _, value: isinstance(value, str),
        lambda code: [
            code.upper(),
            code.replace("_", " "),
            f" {code} ",
            code.replace("_", "-"),
            code.title(),
        ],
    ),
)
