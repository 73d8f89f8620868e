"""Invoices: numbers without gaps, amounts as ordered and refunded, documents as they were drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from app.domain import Difference
from app.services.books.ports import BookedInvoice, Books

CHUNK = 100  # with the documents of each
OVERDUE = timedelta(hours=1)
LATEST = timedelta(days=7)
MOST_LATE = 100

WORKER = "Is a worker running? It gives numbers: python -m app worker."
RESTORE = "Invoices never change: restore the row from a backup, or have your accountant say what is right."


def invoice_differences(
    books: Books,
    money: Callable[[int], str],
    since: datetime | None,
    rest: Callable[[], None],
    looked_at: dict[str, int],
    *,
    is_beside: bool = False,
) -> Iterator[Difference]:
    """`is_beside` other work: without a date only the documents of the last week are read, as they take most room."""
    if since is None and is_beside:
        since = datetime.now(UTC) - LATEST
    yield from _series(books)
    after, count = 0, 0
    while chunk := books.invoices(after, CHUNK, since):
        after, count = chunk[-1].invoice_id, count + len(chunk)
        rest()
        for invoice in chunk:
            for words in _wrong(invoice, money):
                yield Difference("invoice", invoice.number, words, RESTORE)
    if count:
        looked_at["invoices"] = count
    for number in books.without_invoice(OVERDUE, MOST_LATE):
        yield Difference("invoice", f"order {number}", "it is paid since long ago, but has no invoice", WORKER)


def _series(books: Books) -> Iterator[Difference]:
    for one in books.invoice_series():
        if (one.count, one.lowest, one.highest) != (one.last, min(1, one.last), one.last):
            there = f"there are {one.count} documents, from {one.lowest} to {one.highest}"
            words = f"{one.last} numbers were given, but {there}"
            yield Difference("invoice", one.kind.replace("_", " "), words, RESTORE)


def _wrong(invoice: BookedInvoice, money: Callable[[int], str]) -> Iterator[str]:
    if invoice.net + invoice.tax != invoice.total:
        yield f"{money(invoice.net)} and tax of {money(invoice.tax)} are not its total of {money(invoice.total)}"
    if invoice.tax_of_rates != invoice.tax:
        yield f"its rates come to {money(invoice.tax_of_rates)}, but its tax is {money(invoice.tax)}"
    if invoice.owed is None:
        yield "what it is of is gone"
    elif invoice.owed != invoice.total:
        yield f"its total is {money(invoice.total)}, but {money(invoice.owed)} was ordered or refunded"
    if invoice.owed_tax is not None and invoice.owed_tax != invoice.tax:
        yield f"its tax is {money(invoice.tax)}, but that of its order {money(invoice.owed_tax)}"
    if invoice.is_changed:
        yield "its document is not the one that was kept"
