"""What a replay is made of, as one hash: another one means that it would find something else now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import timedelta

from app.domain import NON_MERCHANDISE, Product, ProductStatus
from app.money import Formats
from app.services.analytics.anchor import Anchor
from app.services.analytics.breakdown_ports import BEFORE, BreakdownReader
from app.services.analytics.inferred import InferredStock
from app.services.analytics.ports import SalesReader
from app.services.analytics.unit_values import Noted
from app.services.forecasts.history_ports import CANCELLED_WITHIN
from app.services.forecasts.ports import ReorderSettings
from app.services.replay.policy import ReplayRequest


class ReplayInputs:
    """`products`: every one that there ever was; `noted`: past prices and costs; `calendar`: what its entries are."""

    def __init__(
        self,
        sales: SalesReader,
        stock: BreakdownReader,
        anchor: Anchor,
        products: Callable[[], tuple[Product, ...]],
        noted: Callable[[], Sequence[Noted]],
        plans: Callable[[], Mapping[str, ReorderSettings]],
        inferred: Callable[[], InferredStock],
        calendar: Callable[[], Hashable],
        formats: Formats,
    ) -> None:
        self._sales = sales
        self._stock = stock
        self._anchor = anchor
        self._products = products
        self._noted = noted
        self._plans = plans
        self._inferred = inferred
        self._calendar = calendar
        self._formats = formats

    def hash_of(self, request: ReplayRequest) -> str:
        """Sales and returns of the days and of what forecasts learn from, what came back within a week after them, the
        calendar, and of each product its state, prices and costs, pack, movements, and when it was out or counted.
        """
        chosen = {product.product_id: product for product in self._chosen(request)}
        plans, counted = self._plans(), self._inferred().counted
        parts = [
            self._trade(request),
            str(self._calendar()),
            sorted([p.product_id, p.category, p.price, p.cost] for p in chosen.values()),
            sorted([i, plans[i].pack] for i in chosen if i in plans),
            sorted([i, str(counted[i])] for i in chosen if i in counted),
            sorted(f"{n.product_id} {n.at} {n.price} {n.cost}" for n in self._noted() if n.product_id in chosen),
            *self._moved(request, chosen),
        ]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()

    def _chosen(self, request: ReplayRequest) -> list[Product]:
        """A class is of all products: whose it is, sales tell."""
        return [
            one
            for one in self._products()
            if one.status is ProductStatus.ACTIVE
            and one.product_id not in NON_MERCHANDISE
            and (request.which != "category" or one.category in request.names)
            and (request.which != "products" or one.product_id in request.names)
        ]

    def _trade(self, request: ReplayRequest) -> list[object]:
        bounds, end = self._sales.day_bounds(), request.period.end
        until = min(end + timedelta(days=CANCELLED_WITHIN), self._anchor.trade().today)
        days = self._sales.days(bounds[0], max(end, until)) if bounds else []
        return [(d.day, d.orders, d.units, d.gross, d.returns) if d.day < end else (d.day, d.returns) for d in days]

    def _moved(self, request: ReplayRequest, chosen: Mapping[str, Product]) -> tuple[object, object]:
        period = request.period
        first, last = self._formats.day_start(period.start), self._formats.day_start(period.end)
        named = chosen if request.which == "products" else None
        sums = self._stock.stock_sums(period.start, period.end, named)
        outs = self._stock.stock_outs(first - BEFORE, last, named)
        return (
            sorted(tuple(one) for one in sums if one.product_id in chosen),
            sorted(
                (o.product_id, o.began_at, min(o.ended_at or last, last), o.sold_before, o.unit_price or 0)
                for o in outs
                if o.product_id in chosen
            ),
        )
