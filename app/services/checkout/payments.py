"""Payments of orders that are made elsewhere or later: where to, and what is heard of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from app.domain import Actor, AuditAction, Order, OrderStatus
from app.domain.payments import LATER, Dispute, Done, GoTo, PaymentEvent
from app.domain.shop import Shop
from app.errors import Conflict, NotFound, PaymentUnclear
from app.services.audit.log import AuditService
from app.services.checkout.finishing import GIVEN_UP, Finishing
from app.services.checkout.ports import Confirmed, Disputes, PaymentSessions, SessionState
from app.services.checkout.providers import Providers
from app.services.orders.ports import Orders

log = logging.getLogger(__name__)


class PaymentService:
    def __init__(
        self,
        providers: Providers,
        finishing: Finishing,
        orders: Orders,
        sessions: PaymentSessions,
        disputes: Disputes,
        audit: AuditService,
        methods: Callable[[Shop], tuple[str, ...]],
    ) -> None:
        """`methods`: which providers a shop offers, by name."""
        self._audit = audit
        self._methods = methods
        self._providers = providers
        self._orders = orders
        self._finishing = finishing
        self._sessions = sessions
        self._disputes = disputes

    def offered(self) -> tuple[str, ...]:
        """How a new order can be paid, by name (`PayBy`); the first is what is taken without a choice."""
        return tuple(provider.name for provider in self._providers.offered())

    def offered_by(self, shop: Shop) -> tuple[str, ...]:
        """The same of a shop as its admins may describe it. Cards, where nothing else is left."""
        return self._methods(shop)

    def is_hosted(self, order: Order) -> bool:
        """Whether it is paid at a page of its provider's."""
        return self._providers.of(order).is_hosted

    def open_page_of(self, owner: str) -> Order | None:
        """The latest order of an owner that waits at a provider's page. Costs nothing where no provider has pages."""
        if not self._providers.has_hosted:
            return None
        waiting = [one.order for one in self._orders.waiting_of(owner) if self.is_hosted(one.order)]
        return waiting[-1] if waiting else None

    def page_of(self, order: Order) -> str | None:
        """Where an order that awaits its payment is paid; None when that is nowhere. Raises PaymentUnclear."""
        if not order.is_awaiting_payment or not self.is_hosted(order):
            return None
        session = self._sessions.of(order.order_id)
        if session is None or session.state is not SessionState.OPEN:
            return None
        if session.url:
            return session.url
        state = self._providers.of(order).state(order)
        return state.url or None if isinstance(state, GoTo) else None

    def came_back(self, order: Order) -> Order:
        """The shopper is back from the provider's page, whatever they did there: the order as it is now."""
        try:
            return self._finishing.learn(order.order_id)
        except PaymentUnclear:  # its page says so, and asks again
            return order

    def hear(self, provider_name: str, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        """Take what a provider tells of by itself. Late, twice and out of order are all the same: it is only a reason
        to ask.

        Raises NotFound where that provider is not set up, HookRefused for what it did not send just now, and
        PaymentUnclear, upon which it tells it again.
        """
        provider = self._providers.named(provider_name)
        if provider is None or not provider.is_hosted:
            raise NotFound("This shop takes no payments by that provider.")
        event = provider.event(headers, body)
        if event.order_id is None:
            log.info("event %s (%s) is about no order of this shop", event.event_id, event.kind)
        elif event.dispute is not None:
            self._disputes.note(event.order_id, event.dispute)
        else:
            self._finishing.learn(event.order_id)
        return event

    def can_confirm(self, order: Order) -> bool:
        """Whether it waits for somebody of the shop to say that its money came."""
        return order.is_awaiting_payment and order.pay_by in LATER

    def confirm(self, order_id: int, actor: Actor) -> Order:
        """The money of an order came that is paid by transfer or on delivery: it is paid, once. Safe to run twice.

        Raises NotFound, and Conflict for an order that is paid otherwise, or was given up.
        """
        order = self._known(order_id)
        if order.pay_by not in LATER:
            raise Conflict("The money of this order is not confirmed by hand.")
        if order.status is OrderStatus.PAID:
            return order
        with self._audited(order, actor, AuditAction.ORDER_CONFIRM):
            provider = self._providers.of(order)
            assert isinstance(provider, Confirmed)
            # Should this process die here or after it: the sweeper looks what became of it, instead of in some days.
            self._orders.hand_over(order_id)
            if order.status is not OrderStatus.CHARGING or not isinstance(provider.confirm(order), Done):
                raise Conflict("This order was given up, and its units may be sold. Nothing was changed.")
            return self._finishing.learn(order_id)

    def give_up(self, order_id: int, actor: Actor) -> Order:
        """Stop waiting for the money of an order: its units are free again. Safe to run twice.

        Raises NotFound, Conflict for an order that waits for nothing, or was just paid.
        """
        order = self._known(order_id)
        if order.status is OrderStatus.PAYMENT_FAILED:
            return order
        with self._audited(order, actor, AuditAction.ORDER_GIVE_UP):
            if not order.is_awaiting_payment or self._finishing.void(order, GIVEN_UP).status is OrderStatus.PAID:
                raise Conflict("This order does not wait for its payment any more.")
            return self._known(order_id)

    def _audited(self, order: Order, actor: Actor, action: AuditAction) -> AbstractContextManager[None]:
        after = {"total": order.total, "method": order.pay_by}
        name = f"#{order.number}"
        return self._audit.around(
            actor, action, "order", order.order_id, name, None, after, key=f"{action}:{order.order_id}"
        )

    def _known(self, order_id: int) -> Order:
        order = self._orders.get(order_id)
        if order is None:
            raise NotFound("There is no such order.")
        return order

    def disputes_of(self, order_id: int) -> tuple[Dispute, ...]:
        """What the holders of cards had taken back, the latest first."""
        return self._disputes.of_order(order_id)
