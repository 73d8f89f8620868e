"""Where forecasts and reorder rules are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from app.domain import AuditEntry, Forecast, LeftOut, OnOrder, ReorderRule, RuleKey

ALL_SALES = ""  # the id under which the forecast of the whole shop's gross sales is kept


@dataclass(frozen=True)
class ReorderSettings:
    """By what rules a product is ordered anew.

    `lead_days` from ordering to receiving. `safety_stock` in units; None: what it takes for the `service` level, the
    per cent of times that stock is enough. It lasts for `review_days` more; orders are of whole `pack`s. `sources`: of
    which rule each value is, by its name; what is built in has none.
    """

    lead_days: int
    safety_stock: int | None = None
    review_days: int = 7
    service: int = 95
    pack: int = 1
    sources: Mapping[str, RuleKey] = field(default_factory=dict, compare=False)


class ForecastStore(Protocol):
    def keep(self, forecasts: Mapping[str, Forecast]) -> None:
        """Write these in place of earlier ones, by product id."""

    def made_for(self) -> dict[str, date]:
        """The first day of every forecast that is kept."""

    def get(self, product_ids: Collection[str] | None = None) -> dict[str, Forecast]:
        """Those of these products that there are; of all, without the middle of their days and what they leave out,
        without `product_ids`.
        """

    def left_out(self) -> dict[str, tuple[LeftOut, ...]]:
        """By product id, of those whose forecast leaves something out."""

    def claim_run(self, holder: str, lease: timedelta) -> bool:
        """Whether the forecasts are `holder`'s to make for so long; True again for whoever has the lease."""

    def end_run(self, holder: str) -> None:
        """Give the lease back, if it is still the holder's."""

    def on_order(self) -> dict[str, OnOrder]:
        """What is still to come of products of which something is: less what was received since it was noted."""

    def set_on_order(
        self, product_id: str, ordered: OnOrder | None, audited: AuditEntry, present: OnOrder | None
    ) -> None:
        """In place of what is on order. Noted in the audit log in the same transaction.

        Raises StaleEdit, and writes nothing, unless it replaces `present`.
        """


class ReorderRuleStore(Protocol):
    """None is no rule: what the next level says holds."""

    def rules(self) -> dict[RuleKey, ReorderRule]:
        """All there are, in one query."""

    def set_rule(
        self, key: RuleKey, rule: ReorderRule | None, audited: AuditEntry, present: ReorderRule | None
    ) -> None:
        """Audited and refused as `ForecastStore.set_on_order`."""

    def set_of_products(self, changes: Mapping[str, tuple[ReorderRule | None, ReorderRule | None]]) -> None:
        """Of each product, by its id, the second in place of the first, all at once.

        Raises StaleEdit, and writes nothing, when one of them has another rule than the first.
        """
