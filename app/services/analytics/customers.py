"""Everybody's orders, units and money spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from app.errors import InvalidInput
from app.services.readers import CustomerReader, CustomerRow, CustomerSort, CustomerSpending, CustomerTotals

LARGEST_PAGE = 200
LONGEST_QUERY = 100


@dataclass(frozen=True)
class CustomerPage:
    """`total` counts all that match; `page` is the one shown, from 1 to `pages`."""

    rows: tuple[CustomerRow, ...]
    total: int
    page: int
    pages: int


class CustomerAnalytics:
    def __init__(self, reader: CustomerReader) -> None:
        self._reader = reader

    def page(
        self,
        q: str = "",
        sort: CustomerSort = "lifetime",
        page: int = 1,
        page_size: int = 50,
        by_email: bool = True,
    ) -> CustomerPage:
        """Customers whose name, country or e-mail holds `q`; a page beyond the last is the last.

        `by_email` False for those who may not see addresses: searching must not reveal them either.

        Raises InvalidInput for an unknown order.
        """
        if sort not in get_args(CustomerSort):
            raise InvalidInput("Customers can be sorted by lifetime, orders, recent or name.", "sort")
        q = q[:LONGEST_QUERY]
        size = max(1, min(page_size, LARGEST_PAGE))
        wanted = max(1, page)
        rows, total = self._reader.customers(q, sort, size, (wanted - 1) * size, by_email)
        pages = max(1, -(-total // size))
        if wanted > pages:
            wanted = pages
            rows, total = self._reader.customers(q, sort, size, (wanted - 1) * size, by_email)
        return CustomerPage(tuple(rows), total, wanted, pages)

    def spending(self, q: str, limit: int, after: int) -> tuple[list[CustomerSpending], bool]:
        """Up to `limit` customers by id from beyond `after`, and whether more follow."""
        rows = self._reader.spending(q[:LONGEST_QUERY], limit + 1, after)
        return rows[:limit], len(rows) > limit

    def totals(self) -> CustomerTotals:
        return self._reader.customer_totals()


__all__ = ["CustomerAnalytics", "CustomerPage", "CustomerRow", "CustomerTotals"]
