"""What a shopper is told of an order that is not paid yet: until when its units are held, and where it is paid."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from app.addresses import to
from app.domain import Order
from app.domain.payments import PayBy
from app.money import Formats
from app.words import say
from components.kit.forms import alert


def held_until(order: Order, formats: Formats) -> list[Any]:
    """A sentence, and the time that is left, which assets/46-countdown.js counts down."""
    assert order.payment_due is not None
    until = order.payment_due
    return [
        say("Your units are held until {time}.", time=formats.clock(until)),
        " ",
        # Not announced each second: the sentence before says it once.
        html.Span(className="countdown num", **{"data-held-until": until.isoformat(), "aria-hidden": "true"}),
    ]


def open_page(order: Order, formats: Formats) -> Any:
    """On the order's own page."""
    return alert(
        "warn",
        [
            html.Strong(say("This order is not paid yet.")),
            html.P(held_until(order, formats), className="held-until"),
            html.Div(
                [
                    html.A(say("Go to the payment"), href=_payment(order), className="btn btn-primary"),
                    dcc.Link(say("Back to the cart"), href=to("/cart"), className="btn btn-quiet"),
                ],
                className="page-actions",
            ),
        ],
    )


def paid_later(order: Order, formats: Formats, transfer_text: str) -> Any:
    """On the order's own page: how an order is paid that was placed to be paid later."""
    assert order.payment_due is not None
    if order.pay_by != PayBy.TRANSFER:
        return alert("good", say("You pay when it is delivered: {total}.", total=formats.money(order.total)))
    day = formats.day(formats.store_day(order.payment_due))
    return alert(
        "warn",
        [
            html.Strong(say("Please transfer {total}.", total=formats.money(order.total))),
            html.P([html.Span(row, className="transfer-row") for row in transfer_text.splitlines()]),
            html.P(say("Give the number {number}, so that we know what it is for.", number=order.number)),
            html.P(say("Your units are held until {day}.", day=day), className="held-until"),
        ],
    )


def open_elsewhere(order: Order, formats: Formats) -> Any:
    """In the cart and at the checkout, while a page is open for an order of the same shopper."""
    return alert(
        "warn",
        [
            html.Strong(say("Order {number} waits for its payment.", number=order.number)),
            html.P(held_until(order, formats), className="held-until"),
            html.P(
                [
                    html.A(say("Go to the payment"), href=_payment(order)),
                    " ",
                    say("If you check out anew, that order is given up first, and nothing is charged for it."),
                ],
                className="held-until",
            ),
        ],
    )


def _payment(order: Order) -> str:
    """Not a page of Dash: it leads away from the shop."""
    return to(f"/orders/{order.order_id}/pay")
