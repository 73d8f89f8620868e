"""Where forecasts and reorder plans are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.domain import AuditEntry, Forecast


@dataclass(frozen=True)
class ReorderSettings:
    """By what rules products are ordered anew.

    `lead_days` from ordering to receiving. `safety_stock` in units; None: by the forecast's uncertainty.
    """

    lead_days: int
    safety_stock: int | None = None


class ForecastStore(Protocol):
    def keep(self, forecasts: Mapping[str, Forecast]) -> None:
        """Write these in place of earlier ones, by product id."""

    def made_for(self) -> dict[str, date]:
        """The first day of every forecast that is kept."""

    def get(self, product_ids: Collection[str] | None = None) -> dict[str, Forecast]:
        """Those of these products that there are; of all without `product_ids`."""

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
