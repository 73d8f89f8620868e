"""The shop's products for comparison services: RSS 2.0 with Google's terms (product data specification)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.addresses import product_path
from app.domain import Product
from app.money import Formats
from app.pictures import shared_pictures
from app.web.found.data import VARIES_BY, major
from app.web.found.xml import document, element

LONGEST_TITLE, LONGEST_DESCRIPTION, MOST_MORE_PICTURES = 150, 5_000, 10  # of the specification


def products_feed(products: Iterable[Product], store_name: str, base: str, formats: Formats) -> Iterator[bytes]:
    """All of `products`, one by one. Amounts as "1299.00 INR"."""
    head = (
        element("title", store_name) + element("link", f"{base}/") + element("description", f"Products of {store_name}")
    )
    opening = f'<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>{head}'
    return document(opening, (_item(one, base, formats) for one in products), "</channel></rss>")


def _item(one: Product, base: str, formats: Formats) -> str:
    first, *more = [base + picture for picture in shared_pictures(one)]
    told = [
        ("g:id", one.product_id),
        ("g:title", one.name[:LONGEST_TITLE]),
        ("g:description", (one.description or one.name)[:LONGEST_DESCRIPTION]),
        ("g:link", base + product_path(one.product_id, one.name)),
        ("g:image_link", first),
        *(("g:additional_image_link", picture) for picture in more[:MOST_MORE_PICTURES]),
        ("g:availability", "in_stock" if one.stock > 0 else "out_of_stock"),
        ("g:price", f"{major(one.price, formats.digits)} {formats.currency}"),
        ("g:brand", one.brand),
        ("g:gtin", one.barcode),
        ("g:identifier_exists", "" if one.barcode else "no"),
        ("g:product_type", one.category),
        ("g:item_group_id", one.family_id),
        *((f"g:{VARIES_BY[name.lower()]}", value) for name, value in one.options if name.lower() in VARIES_BY),
        ("g:shipping_weight", f"{one.weight} g" if one.weight else ""),
    ]
    return f"<item>{''.join([element(name, text) for name, text in told])}</item>\n"
