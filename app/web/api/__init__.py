"""The JSON API under /api, and the health checks: thin routes over the same services as the pages."""

from app.web.api import (
    account_data,
    accounts,
    analytics,
    cart,
    customers,
    health,
    hooks,
    media,
    monitoring,
    openapi,
    orders,
    products,
    stock,
    unknown,
)
from app.web.api.routing import ROUTES, blueprint

__all__ = [
    "ROUTES",
    "account_data",
    "accounts",
    "analytics",
    "blueprint",
    "cart",
    "customers",
    "health",
    "hooks",
    "media",
    "monitoring",
    "openapi",
    "orders",
    "products",
    "stock",
    "unknown",
]
