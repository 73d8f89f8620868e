"""In the cart and at the checkout: this shopper's order that is being paid at a provider's page, if there is one."""

from __future__ import annotations

from typing import Any

from app.errors import Busy, StoreUnavailable
from app.services import services
from components.shop.waiting_payment import open_elsewhere


def open_page_notice(owner: str) -> Any:
    """None where nothing waits; what the page is for does not depend on it."""
    try:
        order = services().payments.open_page_of(owner)
    except (StoreUnavailable, Busy):
        return None
    return None if order is None else open_elsewhere(order, services().formats)
