"""What buyers do with their own orders: cancel one soon after it was paid, and buy the same again."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain import Actor, Principal
from app.domain.fulfilment import FulfilmentState, Parcel
from app.errors import Conflict, NotFound
from app.services.orders.own_orders import OwnOrders
from tests.integration.audit.test_audit_coverage import paid_order
from tests.support.concurrency import at_once

GUEST, STRANGER = Actor("guest"), Principal("guest#somebody")


@pytest.fixture
def order(wired_app: Any) -> Any:
    return wired_app.services.orders.get(paid_order(wired_app))


def of(order: Any) -> Principal:
    return Principal(order.owner)


class TestCancelling:
    def test_all_of_it_goes_back_once_however_often_it_is_pressed(self, wired_app: Any, order: Any) -> None:
        own = wired_app.services.own_orders
        assert own.may_cancel(of(order), order)

        def press(_: int) -> bool:
            try:
                own.cancel(of(order), order.order_id)
            except Conflict:
                return False
            return True

        assert any(at_once(4, press))
        assert wired_app.services.orders.get(order.order_id).refunded == order.total
        (back,) = wired_app.services.orders.returns_of(order.order_id)
        kept = wired_app.services.audit.search(actor="buyer", limit=1).entries[0]
        assert (kept.target_name, kept.actor) == (f"#{order.number}", Actor("buyer"))
        assert back.actor == "buyer"
        assert (back.is_cancellation, back.reason) == (True, "Cancelled by the buyer")
        assert wired_app.services.fulfilment.work(order.order_id).state is FulfilmentState.CANCELLED
        assert not own.may_cancel(of(order), wired_app.services.orders.get(order.order_id))

    def test_whom_the_receipts_link_let_in_may_and_nobody_else(self, wired_app: Any, order: Any) -> None:
        own = wired_app.services.own_orders
        assert own.may_cancel(Principal("guest#other", opened=frozenset({order.order_id})), order)
        assert not own.may_cancel(STRANGER, order)
        with pytest.raises(NotFound):
            own.cancel(STRANGER, order.order_id)

    def test_not_after_an_hour(self, wired_app: Any, order: Any) -> None:
        services = wired_app.services
        later = OwnOrders(
            services.orders, services.fulfilment, services.cart, lambda: datetime.now(UTC) + timedelta(minutes=61)
        )
        with pytest.raises(Conflict, match="no longer"):
            later.cancel(of(order), order.order_id)
        assert services.orders.get(order.order_id).refunded == 0

    @pytest.mark.parametrize("meanwhile", ["ship", "hold"])
    def test_not_once_somebody_has_it_in_hand(self, wired_app: Any, order: Any, meanwhile: str) -> None:
        fulfilment = wired_app.services.fulfilment
        if meanwhile == "ship":
            fulfilment.ship(order.order_id, Parcel({1: 1}), GUEST, secrets.token_hex(8))
        else:
            fulfilment.hold(order.order_id, "no street", GUEST)
        with pytest.raises(Conflict, match="no longer"):
            wired_app.services.own_orders.cancel(of(order), order.order_id)
        assert wired_app.services.orders.get(order.order_id).refunded == 0


class TestBuyingAgain:
    def test_what_is_still_sold_goes_into_the_cart_and_the_rest_is_named(self, wired_app: Any, order: Any) -> None:
        services, me = (
            wired_app.services,
            Principal(f"guest#{secrets.token_hex(8)}", opened=frozenset({order.order_id})),
        )
        done = services.own_orders.buy_again(me, order.order_id)
        assert (done.units, done.fewer, done.gone) == (order.units, (), ())
        assert services.cart.view(me.owner).units == order.units

    def test_what_cannot_be_had_changes_nothing(self, wired_app: Any, order: Any) -> None:
        services, me = (
            wired_app.services,
            Principal(f"guest#{secrets.token_hex(8)}", opened=frozenset({order.order_id})),
        )
        line = order.lines[0]
        services.inventory.correct(line.product_id, 0, GUEST, "gone")
        done = services.own_orders.buy_again(me, order.order_id)
        assert (done.units, done.gone) == (0, (line.name,))
        assert services.cart.view(me.owner).units == 0

    def test_nobody_buys_what_somebody_else_bought(self, wired_app: Any, order: Any) -> None:
        with pytest.raises(NotFound):
            wired_app.services.own_orders.buy_again(STRANGER, order.order_id)
