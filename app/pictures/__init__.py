"""Pictures of products: flat still lifes drawn from a product's name and category, no file needed."""

from __future__ import annotations

from urllib.parse import quote
from zlib import crc32

from app.domain import Product
from app.domain.picture_sizes import PICTURE_WIDTHS
from app.pictures.scene import HEIGHT, WIDTH, draw
from app.words import say

DRAWING_VERSION = 2  # raise it when drawings change: browsers keep them for a year

__all__ = [
    "HEIGHT",
    "WIDTH",
    "draw",
    "drawing_version",
    "picture_sizes",
    "picture_url",
    "picture_words",
    "product_image_url",
    "product_pictures",
    "shared_pictures",
]


def drawing_version(name: str, category: str) -> str:
    """Changes whenever the drawing of a product does."""
    return f"{DRAWING_VERSION}-{crc32(f'{name}|{category}'.encode()):08x}"


def product_image_url(product: Product) -> str:
    """Where a page finds the picture that stands for it: the first uploaded one, else the drawn one."""
    if product.image:
        return picture_url(product.image)
    version = drawing_version(product.name, product.category)
    return f"/media/drawn/{quote(product.product_id, safe='')}.svg?v={version}"


def product_pictures(product: Product) -> tuple[tuple[str, str], ...]:
    """(Address, what it shows) of each picture, the one that stands for it first; at least the drawn one."""
    if not product.pictures:
        return ((product_image_url(product), picture_words(product)),)
    return tuple((picture_url(one.name), one.alt or picture_words(product)) for one in product.pictures)


def shared_pictures(product: Product) -> tuple[str, ...]:
    """Addresses for programs that show no SVG, in the order of `product_pictures`: a drawn one is a JPEG there."""
    if product.pictures:
        return tuple(picture_url(one.name) for one in product.pictures)
    return (product_image_url(product).replace(".svg?v=", ".jpg?v="),)


def picture_sizes(name: str) -> str:
    """`srcset` of an uploaded picture; the whole one is for looking closely."""
    stem = picture_url(name).removesuffix(".webp")
    return ", ".join(f"{stem}-{width}.webp {width}w" for width in PICTURE_WIDTHS)


def picture_words(product: Product) -> str:
    """What a picture shows of which nobody has said more."""
    return say("Picture of {name}", name=product.name)


def picture_url(name: str) -> str:
    """Where an uploaded picture is, by its file name."""
    return f"/media/products/{quote(name, safe='')}"
