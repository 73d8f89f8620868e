"""The alert an admin gets when a product runs low."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from app.domain import Demand, Message, Product
from app.mail.rendering import PLAIN, Frame, render, subject_line
from app.money import Formats

COVER_DAYS = 28  # what the suggested order should last


@dataclass(frozen=True)
class LowStock:
    """What an alert of low stock tells of one product.

    `on_hand` and `threshold` as they were when the episode opened; `demand`: what is expected to sell, if known.
    """

    product: Product
    on_hand: int
    threshold: int
    opened_at: datetime
    demand: Demand | None = None

    @property
    def suggested(self) -> int | None:
        """Units to order: four weeks of sales on top of the threshold; None without sales to go by."""
        if not self.a_day:
            return None
        return max(0, math.ceil(self.a_day * COVER_DAYS) + self.threshold - self.on_hand)

    @property
    def a_day(self) -> float:
        """Units expected to sell a day."""
        return self.demand.a_day if self.demand else 0.0

    @property
    def lasts_days(self) -> int | None:
        """Whole days of cover."""
        cover = self.demand.cover(self.on_hand) if self.demand else None
        return None if cover is None else math.floor(cover)


def low_stock_alert(
    low: LowStock, *, key: str, to: str, store_name: str, base_url: str, formats: Formats, frame: Frame = PLAIN
) -> Message:
    product = low.product
    state = "is out of stock" if low.on_hand <= 0 else f"is low: {formats.number(low.on_hand)} on hand"
    values = {
        "store_name": store_name,
        "base_url": base_url,
        "low": low,
        "product": product,
        "is_out": low.on_hand <= 0,
        "number": formats.number,
        "price": formats.money(product.price),
        "a_day": formats.number(round(low.a_day, 1)) if low.a_day else None,
        "opened_at": formats.moment(low.opened_at),
        "cover_days": COVER_DAYS,
        "share": min(100, max(2, round(100 * low.on_hand / low.threshold))) if low.threshold and low.on_hand > 0 else 0,
        "inventory_url": f"{base_url}/admin/inventory?product={quote(product.product_id, safe='')}",
        "preheader": f"{formats.number(low.on_hand)} on hand, threshold {formats.number(low.threshold)}",
    }
    html, text = render("low_stock", values, frame)
    return Message(
        key=key,
        kind="low_stock",
        to=to,
        subject=subject_line(f"{product.name} {state}"),
        html=html,
        text=text,
        product_id=product.product_id,
    )
