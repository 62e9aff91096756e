"""Tables of every service: their columns are of declared kinds, of which only a sealed one may hold words."""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.columns import (
    Codes,
    CodeSet,
    CodeText,
    Digest,
    EventBody,
    PublicText,
    Sealed,
    WrappedKey,
    code_of,
)
from shared.db.tables import SHARED_TABLES
from shared.domain.vocabulary import RecipientKind
from shared.service.spec import ServiceSpec
from tests.tree.database.schemas import each_service

DECLARED = (Sealed, Digest, WrappedKey, EventBody, CodeText, Codes, CodeSet, PublicText)
PLAIN = (Uuid, Integer, BigInteger, Boolean)
PUBLIC_TEXT = {"agencies.name", "agencies.encryption_key", "contact_points.url", "contact_points.phone"}
"""Columns with text that is no person's secret, each of an agency; another one is added here knowingly."""


def undeclared(metadata: MetaData) -> list[str]:
    return [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if not is_declared(f"{table.name}.{column.name}", column.type)
    ]


def is_declared(name: str, kind: Any) -> bool:
    if isinstance(kind, DateTime):
        return kind.timezone is True
    if isinstance(kind, Enum):
        return is_closed_list(kind)
    if type(kind) is PublicText:
        return name in PUBLIC_TEXT
    return type(kind) in (*DECLARED, *PLAIN)


def is_closed_list(kind: Enum) -> bool:
    """Return whether the type is made by `code_of`: codes of a list, checked by the database."""
    codes = kind.enum_class
    return (
        codes is not None
        and issubclass(codes, StrEnum)
        and bool(kind.create_constraint)
        and not kind.native_enum
    )


@each_service
def test_every_column_is_of_a_kind_that_says_what_it_may_hold(service: ServiceSpec) -> None:
    assert undeclared(SHARED_TABLES) == []
    assert undeclared(service.metadata) == []


def test_a_column_that_could_hold_words_is_noticed() -> None:
    metadata = MetaData()
    kinds: list[Any] = [
        Text(),
        String(200),
        JSONB(),
        Date(),
        DateTime(),
        PublicText(),
        Enum("a", "b"),
        Enum(RecipientKind),
    ]
    Table("planted", metadata, *(Column(f"c{number}", kind) for number, kind in enumerate(kinds)))
    assert undeclared(metadata) == [f"planted.c{number}" for number in range(len(kinds))]


def test_a_column_of_a_closed_list_is_allowed() -> None:
    metadata = MetaData()
    Table("good", metadata, Column("kind", code_of(RecipientKind, name="kind_known")))
    assert undeclared(metadata) == []
