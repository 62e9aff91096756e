"""Reading of one report: what was not understood, and where something may mean a danger or a child."""

import re
from dataclasses import dataclass, field
from datetime import date

from pydantic import BaseModel, ConfigDict

from intake_service.salvage.body.values import Value, is_blank, spelled

MAX_NOTES = 300
"""Values kept each by itself; any more are kept together."""
NO_FIELD = "(a name that no field can have)"
FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class NotUnderstood(BaseModel):
    """Value that could not be understood, in the words in which it was said."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    field: str
    """Path of the field in which it stood, such as persons.0.age.date_of_birth."""
    said: str
    """Words in which it was said."""


@dataclass
class Reading:
    """Notes that are taken while a report is read. `on` is the day in the United Kingdom."""

    on: date
    kept: list[NotUnderstood] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    danger_paths: set[str] = field(default_factory=set)
    child_paths: set[str] = field(default_factory=set)
    """Paths of what may mean a danger, and of what may mean a child."""

    def keep(self, path: str, value: Value) -> None:
        """Keep a value as it was said."""
        if is_blank(value):
            return
        if len(self.kept) >= MAX_NOTES:
            self.surplus.append(f"{path}: {spelled(value)}")
        else:
            self.kept.append(NotUnderstood(field=path or "body", said=spelled(value)))

    @property
    def not_understood(self) -> list[NotUnderstood]:
        """Return what was kept; beyond a number of values the rest is one."""
        more = [NotUnderstood(field="body", said="\n".join(self.surplus))] if self.surplus else []
        return [*self.kept, *more]

    def may_be_danger(self, path: str) -> None:
        self.danger_paths.add(path)

    def may_be_child(self, path: str) -> None:
        self.child_paths.add(path)

    def says_danger(self, path: str) -> bool:
        return any(is_within(one, path) for one in self.danger_paths)

    def says_child(self, path: str) -> bool:
        return any(is_within(one, path) for one in self.child_paths)


def is_within(path: str, outer: str) -> bool:
    return path == outer or path.startswith(f"{outer}.")


def named_path(path: str, name: str) -> str:
    """Return the path of a field that we do not know. A name is repeated only if a field could have it."""
    shown = name if FIELD_NAME.fullmatch(name) else NO_FIELD
    return f"{path}.{shown}" if path else shown
