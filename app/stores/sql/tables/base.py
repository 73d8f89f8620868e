"""What every table has: one registry, its types and its options."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import DateTime

from app.domain.plain_words import plain

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; microseconds on both databases."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def plain_name(source: str) -> Column[str]:
    """A name without accents, to be found by; NULL where `source`, the name's column, has none to leave out.

    Rows written by other ways than this column's default are found as they are written.
    """

    def of_source(context: Any) -> str | None:
        return plain_or_none(context.get_current_parameters()[source])

    return Column("plain_name", String(120), default=of_source)


def plain_or_none(name: str) -> str | None:
    return None if name.isascii() else plain(name)[:120]


BigId = BigInteger().with_variant(Integer, "sqlite")
Money = BigInteger


def table(name: str, *items: SchemaItem, **options: Any) -> Table:
    mysql_options: dict[str, Any] = {
        "mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin",
    }  # fmt: skip
    return Table(name, metadata, *items, **mysql_options, **options)
