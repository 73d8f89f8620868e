"""What shipping an order costs and when it arrives, by the zones and methods that are in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from app.domain import Product
from app.domain.places import countries
from app.domain.shipping import Goods, Quote, ShippingPlan, quotes
from app.errors import InvalidInput
from app.services.analytics import utc_now
from app.services.shipping.ports import ShippingStore
from app.services.shipping.working_days import WorkingDays
from app.words import mark

Revisions = Callable[[], str]  # of the plan, as the shop's settings say

NOWHERE = mark("We do not deliver to this country.")
NOT_THERE = mark("We do not deliver to this region.")
NOT_TAKEN = mark("None of our delivery methods takes this order. Order less at once.")
GONE = mark("This delivery method is no longer offered here. Choose another one.")


class Offer(NamedTuple):
    """What an order can be shipped by to one address; empty with the reason, and the field that it is about.

    `is_free_for_all`: no methods were set yet, so there is nothing to choose and nothing to pay.
    """

    quotes: tuple[Quote, ...] = ()
    refusal: str = ""
    field: str = ""
    is_free_for_all: bool = False

    def chosen(self, method_id: int | None) -> Quote | None:
        """That of the method, or the first one where none was chosen. Raises InvalidInput for what is not offered."""
        if self.is_free_for_all:
            return None
        if not self.quotes:
            raise InvalidInput(self.refusal, self.field)
        if method_id is None:
            return self.quotes[0]
        found = next((one for one in self.quotes if one.method.method_id == method_id), None)
        if found is None:
            raise InvalidInput(GONE, "method")
        return found


class Reach(NamedTuple):
    """Countries that a plan ships to and those that it does not, and how many products in the store have no weight."""

    to: list[str]
    not_to: list[str]
    unweighed: int


class ShippingService:
    """Knows the plan in memory: the store is asked when the settings say that it is another one.

    `revision`: what they say. `home`: the shop's own country. `products`: those in the store.
    """

    def __init__(
        self,
        store: ShippingStore,
        revision: Revisions,
        working_days: WorkingDays,
        zone: tzinfo,
        home: Callable[[], str],
        products: Callable[[], Iterable[Product]] = lambda: (),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._revision = revision
        self._working_days = working_days
        self._zone = zone
        self._home = home
        self._products = products
        self._now = now
        self._plan = ShippingPlan()

    def plan(self) -> ShippingPlan:
        """Raises Busy or StoreUnavailable while nobody can say what is in force."""
        revision = self._revision()
        if revision != self._plan.revision:
            self._plan = self._store.read().plan
        return self._plan

    def offer(self, goods: Sequence[Goods], country: str, region: str = "", plan: ShippingPlan | None = None) -> Offer:
        """`country` "" stands for the shop's own. `plan`: another one than that in force."""
        plan = self.plan() if plan is None else plan
        if not plan.is_in_force:
            return Offer(is_free_for_all=True)
        country = country or self._home()
        zone = plan.zone_of(country, region)
        if zone is None or not zone.methods:
            is_region = country in plan.countries()
            return Offer(refusal=NOT_THERE if is_region else NOWHERE, field="region" if is_region else "country")
        found = quotes(zone, goods, self._local(), self._is_off())
        return Offer(found) if found else Offer(refusal=NOT_TAKEN, field="method")

    def reach(self, plan: ShippingPlan) -> Reach:
        to = plan.countries()
        return Reach(sorted(to), sorted(set(countries()) - to), sum(one.weight is None for one in self._products()))

    def _local(self) -> datetime:
        return self._now().astimezone(self._zone)

    def _is_off(self) -> Callable[[object], bool]:
        return self._working_days.off(self._local().date()).__contains__
