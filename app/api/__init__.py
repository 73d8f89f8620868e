"""The JSON API under /api, and the health checks: thin routes over the same services as the pages."""

from app.api import (
    account_data,
    accounts,
    cart,
    customers,
    health,
    hooks,
    monitoring,
    openapi,
    orders,
    products,
    stock,
    unknown,
)
from app.api.routing import ROUTES, blueprint

__all__ = [
    "ROUTES",
    "account_data",
    "accounts",
    "blueprint",
    "cart",
    "customers",
    "health",
    "hooks",
    "monitoring",
    "openapi",
    "orders",
    "products",
    "stock",
    "unknown",
]
