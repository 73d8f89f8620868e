"""sitemap.xml (sitemaps.org 0.9): an index of files, one of lists and as many of products as it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlencode

from app.addresses import product_path
from app.domain import Product
from app.pictures import shared_pictures
from app.web.found.xml import document, element

# A file may have 50,000 addresses and 10 MB; the longest ids, names and lists of pictures there can be reach the
# second first.
PRODUCTS_A_FILE = 2_000
LISTS = "lists"

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_OPENING = f'<urlset xmlns="{_NAMESPACE}" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'


def index(products: Sequence[Product], base: str) -> Iterator[bytes]:
    """`products`: all that are in the store, in an order of their own."""
    names = [(LISTS, products)] + [
        (f"products-{number}", products[start : start + PRODUCTS_A_FILE])
        for number, start in enumerate(range(0, len(products), PRODUCTS_A_FILE), 1)
    ]
    entries = (
        f"<sitemap>{element('loc', f'{base}/sitemaps/{name}.xml')}{_changed(newest(held))}</sitemap>\n"
        for name, held in names
    )
    return document(f'<sitemapindex xmlns="{_NAMESPACE}">', entries, "</sitemapindex>")


def of_products(products: Iterable[Product], base: str) -> Iterator[bytes]:
    return document(_OPENING, (_product(one, base) for one in products), "</urlset>")


def of_lists(categories: Iterable[str], changed: datetime | None, base: str) -> Iterator[bytes]:
    """The front and each category."""
    addresses = [f"{base}/", *(f"{base}/?{urlencode({'category': name})}" for name in categories)]
    entries = (f"<url>{element('loc', address)}{_changed(changed)}</url>\n" for address in addresses)
    return document(_OPENING, entries, "</urlset>")


def newest(products: Iterable[Product]) -> datetime | None:
    """When the last one of them changed."""
    return max((one.changed_at for one in products if one.changed_at), default=None)


def _product(one: Product, base: str) -> str:
    address = base + product_path(one.product_id, one.name)
    pictures = "".join(
        f"<image:image>{element('image:loc', base + picture)}</image:image>" for picture in shared_pictures(one)
    )
    return f"<url>{element('loc', address)}{_changed(one.changed_at)}{pictures}</url>\n"


def _changed(at: datetime | None) -> str:
    return element("lastmod", at.isoformat(timespec="seconds")) if at else ""
