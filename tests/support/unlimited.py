"""The shop without its budgets, for crowds of a few people who buy without rest: in a minute they would be used up.

`create_app` is the web server's entry; nothing in `app` knows of it.
"""

from __future__ import annotations

from dataclasses import replace

import flask

from app.services.cart import budget as cart_budget
from app.services.checkout import budget

ENTRY = "tests.support.unlimited:create_app()"
WITHOUT_END = 1_000_000


def lift_budgets() -> None:
    """In this process, before it builds anything."""
    for module, name in (
        (budget, "ORDERS_OWNER"),
        (budget, "GUEST_ORDERS_ADDRESS"),
        (budget, "DECLINES_OWNER"),
        (budget, "DECLINES_ADDRESS"),
        (cart_budget, "CART_OWNER"),
        (cart_budget, "CART_GUESTS"),
        (cart_budget, "CART_BEGUN"),
    ):
        setattr(module, name, replace(getattr(module, name), burst=WITHOUT_END))


def create_app() -> flask.Flask:
    from app.server import create_app as create_real_app

    lift_budgets()
    return create_real_app()
