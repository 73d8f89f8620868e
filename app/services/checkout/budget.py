"""Budgets of checkouts: who orders too often, or has too many cards declined, is told when to come back."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.payments import LATER
from app.services.checkout.request import CheckoutRequest
from app.services.limits.networks import network_of
from app.services.limits.ports import Limit
from app.services.limits.throttle import (
    DECLINES_ADDRESS,
    DECLINES_OWNER,
    GUEST_ORDERS_ADDRESS,
    GUEST_UNPAID_ADDRESS,
    ORDERS_OWNER,
    Rule,
    ThrottleService,
)
from app.services.orders.ports import NO_BUDGET, OrderBudget

Budgets = Callable[[CheckoutRequest], OrderBudget]


def no_budget(_: CheckoutRequest) -> OrderBudget:
    return NO_BUDGET


class CheckoutBudgets:
    """How many orders and declined cards somebody may cause.

    Orders by owner and, for guests alone, by address too: a fresh session makes a fresh guest, and behind one
    address there may be hundreds of customers with accounts. What guests are to pay later holds units for days, so of
    that there are fewer. Declined cards by owner and by address."""

    def __init__(self, throttle: ThrottleService) -> None:
        self._throttle = throttle

    def of(self, request: CheckoutRequest) -> OrderBudget:
        network = network_of(request.network) if request.network else ""
        guest_network = network if request.user_id is None else ""
        later_network = guest_network if request.method in LATER else ""
        return OrderBudget(
            orders=self._limits((ORDERS_OWNER, request.owner)),
            network=self._limits((GUEST_ORDERS_ADDRESS, guest_network), (GUEST_UNPAID_ADDRESS, later_network)),
            declines=self._limits((DECLINES_OWNER, request.owner), (DECLINES_ADDRESS, network)),
        )

    def _limits(self, *wanted: tuple[Rule, str]) -> tuple[Limit, ...]:
        return tuple(self._throttle.limit(rule, value) for rule, value in wanted if value)
