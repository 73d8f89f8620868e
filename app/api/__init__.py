"""The JSON API under /api, and the health checks: thin routes over the same services as the pages."""

from app.api import accounts, cart, health, orders, products, unknown
from app.api.routing import ROUTES, blueprint

__all__ = ["ROUTES", "accounts", "blueprint", "cart", "health", "orders", "products", "unknown"]
