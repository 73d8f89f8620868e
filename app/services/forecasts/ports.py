"""Where forecasts and reorder plans are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from app.domain import AuditEntry, Forecast, OnOrder

ALL_SALES = ""  # the id under which the forecast of the whole shop's gross sales is kept


@dataclass(frozen=True)
class ReorderSettings:
    """By what rules products are ordered anew.

    `lead_days` from ordering to receiving. `safety_stock` in units; None: what it takes for the `service` level, the
    per cent of times that stock is enough. It lasts for `review_days` more; orders are of whole `pack`s.
    """

    lead_days: int
    safety_stock: int | None = None
    review_days: int = 7
    service: int = 95
    pack: int = 1


class ForecastStore(Protocol):
    def keep(self, forecasts: Mapping[str, Forecast]) -> None:
        """Write these in place of earlier ones, by product id."""

    def made_for(self) -> dict[str, date]:
        """The first day of every forecast that is kept."""

    def get(self, product_ids: Collection[str] | None = None) -> dict[str, Forecast]:
        """Those of these products that there are; of all, without the middle of their days, without `product_ids`."""

    def claim_run(self, holder: str, lease: timedelta) -> bool:
        """Whether the forecasts are `holder`'s to make for so long; True again for whoever has the lease."""

    def end_run(self, holder: str) -> None:
        """Give the lease back, if it is still the holder's."""

    def plans(self) -> dict[str, ReorderSettings]:
        """Of the products that have their own."""

    def set_plan(
        self,
        product_id: str,
        plan: ReorderSettings | None,
        audited: AuditEntry,
        present: ReorderSettings | None,
    ) -> None:
        """None: the shop's usual one again. Noted in the audit log in the same transaction.

        Raises StaleEdit, and writes nothing, unless it replaces `present`.
        """

    def on_order(self) -> dict[str, OnOrder]:
        """What is still to come of products of which something is: less what was received since it was noted."""

    def set_on_order(
        self, product_id: str, ordered: OnOrder | None, audited: AuditEntry, present: OnOrder | None
    ) -> None:
        """In place of what is on order. Audited and refused as `set_plan`."""
