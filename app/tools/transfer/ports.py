"""What carrying a catalogue needs of a store that is not the database: plain records, written as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

KINDS = ("products", "reservations", "stock_marks", "carts", "cart_takes")

Record = dict[str, Any]  # text, integers, booleans, None, and lists of such; times as aware datetimes


class CatalogTarget(Protocol):
    """The five kinds of records of a catalogue and its carts, each with a key of its own."""

    def get(self, kind: str, keys: Sequence[Any]) -> Mapping[Any, Record]:
        """Those that exist, strongly consistent."""

    def put(self, kind: str, records: Sequence[Record]) -> None:
        """Write them whole, whatever is there. Safe to run twice."""

    def remove(self, kind: str, keys: Sequence[Any]) -> None: ...

    def everything(self, kind: str) -> Iterator[Record]:
        """All of a kind, in any order; memory holds a page."""
