"""Pictures of products: flat still lifes drawn from a product's name and category, no file needed."""

from __future__ import annotations

from urllib.parse import quote
from zlib import crc32

from app.domain import Product
from app.pictures.scene import HEIGHT, WIDTH, draw

DRAWING_VERSION = 2  # raise it when drawings change: browsers keep them for a year

__all__ = ["HEIGHT", "WIDTH", "draw", "drawing_version", "product_image_url"]


def drawing_version(name: str, category: str) -> str:
    """Changes whenever the drawing of a product does."""
    return f"{DRAWING_VERSION}-{crc32(f'{name}|{category}'.encode()):08x}"


def product_image_url(product: Product) -> str:
    """Where a page finds the picture: the uploaded one, else the drawn one."""
    if product.image:
        return f"/media/products/{quote(product.image, safe='')}"
    version = drawing_version(product.name, product.category)
    return f"/media/drawn/{quote(product.product_id, safe='')}.svg?v={version}"
