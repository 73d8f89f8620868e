"""Cancelling a paid order before anything of it was sent: units back, money back, once; also when it is killed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.domain import Actor
from app.domain.fulfilment import FulfilmentState, Parcel
from app.errors import Conflict, InvalidInput
from app.stores.sql.tables import demo_refunds, outbox, stock_movements
from tests.integration.audit.test_audit_coverage import paid_order

RAVI = Actor("Ravi")


def on_hand(app: Any, order_id: int) -> int:
    product_id = app.services.orders.get(order_id).lines[0].product_id
    moved = select(stock_movements.c.quantity).where(stock_movements.c.product_id == product_id)
    return sum(app.database.read(lambda c: c.execute(moved).scalars().all()))


def refunds(app: Any, order_id: int) -> list[int]:
    query = select(demo_refunds.c.amount).where(demo_refunds.c.order_id == order_id)
    return list(app.database.read(lambda c: c.execute(query).scalars().all()))


def test_units_and_money_go_back_once(wired_app: Any) -> None:
    app, order_id = wired_app, paid_order(wired_app)
    total, before = app.services.orders.get(order_id).total, on_hand(app, order_id)
    first = app.services.orders.cancel(order_id, "sold twice", RAVI)
    with pytest.raises(Conflict, match="left to be cancelled"):
        app.services.orders.cancel(order_id, "again", RAVI)
    assert (first.refund, refunds(app, order_id), on_hand(app, order_id)) == (total, [total], before + 1)
    assert first.is_cancellation
    assert app.services.catalog.get(app.services.orders.get(order_id).lines[0].product_id).stock == 5
    assert app.services.fulfilment.work(order_id).state is FulfilmentState.CANCELLED
    with pytest.raises(Conflict, match="cancelled"):
        app.services.fulfilment.ship(order_id, Parcel({1: 1}), RAVI, secrets.token_hex(8))


def test_killed_between_the_intent_and_the_refund_it_is_done_by_a_repeat(
    wired_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, order_id = wired_app, paid_order(wired_app)
    total = app.services.orders.get(order_id).total

    def die(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(app.services.orders._payments.named("demo"), "refund", die)
        with pytest.raises(KeyboardInterrupt):
            app.services.orders.cancel(order_id, "sold twice", RAVI)
    with pytest.raises(Conflict):  # from its first step on nobody packs it
        app.services.fulfilment.ship(order_id, Parcel({1: 1}), RAVI, secrets.token_hex(8))
    done = app.services.orders.cancel(order_id, "sold twice", RAVI)
    assert (done.refund, refunds(app, order_id)) == (total, [total])


def test_a_shipment_was_first(wired_app: Any) -> None:
    order_id = paid_order(wired_app)
    shipment = wired_app.services.fulfilment.ship(order_id, Parcel({1: 1}), RAVI, "s1")
    with pytest.raises(Conflict, match="was sent"):
        wired_app.services.orders.cancel(order_id, "too late", RAVI)
    assert not refunds(wired_app, order_id)
    query = select(outbox.c.payload).where(outbox.c.key == f"shipped_mail:{shipment.shipment_id}")
    payload = wired_app.database.read(lambda c: c.execute(query).scalar_one())
    assert payload == {"order_id": order_id, "shipment_id": shipment.shipment_id}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda f, order_id: f.ship(order_id, Parcel({}), RAVI, "k"),
        lambda f, order_id: f.ship(order_id, Parcel({1: 0}), RAVI, "k"),
        lambda f, order_id: f.ship(order_id, Parcel({1: True}), RAVI, "k"),
        lambda f, order_id: f.ship(order_id, Parcel({1: 10**9}), RAVI, "k"),
        lambda f, order_id: f.ship(order_id, Parcel({1: 1}, "D" * 41), RAVI, "k"),
        lambda f, order_id: f.ship(order_id, Parcel({1: 1}, "DHL", "1\u202e2"), RAVI, "k"),
        lambda f, order_id: f.ship(order_id, Parcel({1: 1}), RAVI, ""),
        lambda f, order_id: f.hold(order_id, " ", RAVI),
        lambda f, order_id: f.note(order_id, "", RAVI, "k"),
        lambda f, order_id: f.note(order_id, "x" * 1_001, RAVI, "k"),
        lambda f, order_id: f.set_tags(order_id, [f"t{n}" for n in range(11)], RAVI),
        lambda f, order_id: f.set_tags(order_id, ["x" * 31], RAVI),
        lambda f, order_id: f.to_pack([]),
        lambda f, order_id: f.to_pack(range(1, 102)),
    ],
)
def test_what_cannot_be_changes_nothing(wired_app: Any, wrong: Callable[[Any, int], object]) -> None:
    order_id = paid_order(wired_app)
    with pytest.raises(InvalidInput):
        wrong(wired_app.services.fulfilment, order_id)
    work = wired_app.services.fulfilment.work(order_id)
    assert (work.state, work.steps, work.shipments, work.tags) == (FulfilmentState.TO_SHIP, (), (), ())
