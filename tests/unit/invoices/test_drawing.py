"""Documents are drawn whatever came before them: a rush, an outage, or some that cannot be drawn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from app.services.invoices.invoices import AGAIN_AFTER, InvoiceService


class Drawn:
    """A store of `count` documents, of which those in `broken` cannot be drawn."""

    def __init__(self, count: int, broken: frozenset[int] = frozenset()) -> None:
        self.waiting, self.count, self.broken, self.now = set(range(1, count + 1)), count, broken, 0.0
        self.tried: list[int] = []
        formats: Any = None
        self.service = InvoiceService(
            formats,
            self,
            formats,
            lambda: formats,
            "",
            lambda name: b"",
            lambda: self.now,  # type: ignore[arg-type]
        )
        self.service._file = self._draw  # type: ignore[method-assign, assignment]

    def latest(self) -> int:
        return self.count

    def undrawn(self, after: int, until: int) -> list[int]:
        return sorted(one for one in self.waiting if after < one <= until)

    def get(self, invoice_id: int) -> Any:
        return SimpleNamespace(invoice_id=invoice_id)

    def _draw(self, invoice: Any) -> None:
        self.tried.append(invoice.invoice_id)
        if invoice.invoice_id in self.broken:
            raise ValueError("no such font")
        self.waiting.remove(invoice.invoice_id)


def test_a_rush_that_was_numbered_faster_than_drawn_is_drawn_to_its_first_document():
    store = Drawn(1_300)
    while store.service.draw():
        pass
    assert store.waiting == set()


def test_documents_that_cannot_be_drawn_hold_up_no_others_and_are_tried_again_later():
    broken = frozenset(range(1, 31))
    store = Drawn(60, broken)
    for _ in range(4):
        store.service.draw()
    assert store.waiting == broken
    store.tried.clear()
    store.service.draw()
    assert store.tried == []
    store.now += AGAIN_AFTER + 1
    store.service.draw()
    assert store.tried == list(range(1, 21))
