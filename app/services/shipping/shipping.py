"""What shipping an order costs and when it arrives, by the zones and methods that are in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from app.domain import Product
from app.domain.places import countries
from app.domain.shipping import Goods, ShippingPlan, quotes
from app.errors import ShopError
from app.services.analytics import utc_now
from app.services.shipping.offers import NOT_TAKEN, NOT_THERE, NOWHERE, Offer
from app.services.shipping.ports import ShippingStore
from app.services.shipping.working_days import WorkingDays

Revisions = Callable[[], str]  # of the plan, as the shop's settings say


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

    def is_in_force(self) -> bool:
        """Whether there are methods; as it was last known while the store is away."""
        try:
            return self.plan().is_in_force
        except ShopError:
            return self._plan.is_in_force

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
        return Offer(found) if found else Offer(refusal=NOT_TAKEN, field="delivery")

    def reach(self, plan: ShippingPlan) -> Reach:
        to = plan.countries()
        return Reach(sorted(to), sorted(set(countries()) - to), sum(one.weight is None for one in self._products()))

    def _local(self) -> datetime:
        return self._now().astimezone(self._zone)

    def _is_off(self) -> Callable[[object], bool]:
        return self._working_days.off(self._local().date()).__contains__
