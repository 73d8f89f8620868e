"""Who can take the money of this shop's orders, and who of them took or is to take an order's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain import Order
from app.domain.payments import PayBy
from app.errors import Conflict, InvalidInput, PaymentUnavailable
from app.services.checkout.ports import PaymentProvider
from app.words import mark


class Providers:
    """The shop's payment providers, by name.

    `offered`: those that new orders may choose, the first of them without a choice.
    """

    def __init__(
        self, providers: Sequence[PaymentProvider], offered: Callable[[], Sequence[str]] | None = None
    ) -> None:
        self._by_name = {provider.name: provider for provider in providers}
        self._offered = offered or (lambda: tuple(self._by_name))
        self.has_hosted = any(provider.is_hosted for provider in providers)

    def offered(self) -> tuple[PaymentProvider, ...]:
        return tuple(self._by_name[name] for name in self._offered() if name in self._by_name)

    def chosen(self, method: str) -> PaymentProvider:
        """Raises InvalidInput for one that is not on offer, PaymentUnavailable when none is."""
        offered = self.offered()
        if not offered:
            raise PaymentUnavailable()
        if not method:
            return offered[0]
        found = next((provider for provider in offered if provider.name == method), None)
        if found is None:
            raise InvalidInput(mark("Choose how to pay."), "method")
        return found

    def of(self, order: Order) -> PaymentProvider:
        """Who took its money, or is to. Raises Conflict when this shop does not know them any more."""
        found = self.named(order.payment_provider or order.pay_by or PayBy.DEMO)
        if found is None and not (order.payment_provider or order.pay_by):
            found = next(iter(self._by_name.values()), None)
        if found is None:
            raise Conflict("The payment provider of this order is not set up in this shop.")
        return found

    def named(self, name: str) -> PaymentProvider | None:
        return self._by_name.get(name)
