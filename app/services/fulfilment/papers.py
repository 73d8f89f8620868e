"""What is printed for the people who pack."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime

from app.domain import Attachment
from app.domain.fulfilment import pick_lines
from app.money import Formats
from app.services.fulfilment.fulfilment import FulfilmentService
from app.services.orders.ports import OrderReader

_PDF = "application/pdf"


class PackingPapers:
    """Files of orders of which something waits. Each raises InvalidInput for none or too many of them, and Conflict
    where nothing waits."""

    def __init__(
        self, fulfilment: FulfilmentService, orders: OrderReader, formats: Formats, store_name: Callable[[], str]
    ) -> None:
        self._fulfilment = fulfilment
        self._orders = orders
        self._formats = formats
        self._store_name = store_name

    def pick_list(self, order_ids: Collection[int]) -> Attachment:
        from app.documents.packing import pick_list_pdf  # slow to load, and most processes never draw one

        waiting = self._fulfilment.to_pack(order_ids)
        data = pick_list_pdf(pick_lines(waiting), waiting, self._formats, datetime.now(UTC))
        return Attachment("pick-list.pdf", _PDF, data)

    def packing_slips(self, order_ids: Collection[int]) -> Attachment:
        from app.documents.packing import Slip, packing_slips_pdf

        waiting = self._fulfilment.to_pack(order_ids)
        known = self._orders.get_many([one.order_id for one in waiting])
        slips = [Slip(known[one.order_id], one) for one in waiting if one.order_id in known]
        data = packing_slips_pdf(slips, self._formats, self._store_name())
        return Attachment("packing-slips.pdf", _PDF, data)
