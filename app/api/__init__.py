"""The JSON API under /api, and the health checks: thin routes over the same services as the pages."""

from app.api import accounts, cart, customers, health, openapi, orders, products, stock, unknown
from app.api.routing import ROUTES, blueprint

__all__ = [
    "ROUTES",
    "accounts",
    "blueprint",
    "cart",
    "customers",
    "health",
    "openapi",
    "orders",
    "products",
    "stock",
    "unknown",
]
