"""The page of one order; what is done to it has its callbacks in files of their own."""

from __future__ import annotations

from typing import Any

from app import numbers
from app.domain import Access
from app.errors import NotFound
from app.web.page import Page

page = Page("admin-order", path_template="/admin/orders/<order_id>", title="Order", access=Access.FULFIL, frame="admin")


def id_of(value: Any) -> int:
    """Raises NotFound for anything that cannot be an order's id."""
    found = numbers.row_id(value)
    if found is None:
        raise NotFound("There is no such order.")
    return found
