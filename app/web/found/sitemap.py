"""sitemap.xml (sitemaps.org 0.9): an index of files, in each language one of lists and as many of products as it takes.

That pages are each other in other languages is said by themselves (`hreflang`), which is asked for in one place only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlencode

from app.addresses import product_path
from app.domain import Product
from app.pictures import shared_pictures
from app.web.found.xml import document, element
from app.words import BY_CODE, ENGLISH, LANGUAGES, Language

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
        f"<sitemap>{element('loc', f'{base}/sitemaps/{_of(language)}{name}.xml')}{_changed(newest(held))}</sitemap>\n"
        for language in LANGUAGES
        for name, held in names
    )
    return document(f'<sitemapindex xmlns="{_NAMESPACE}">', entries, "</sitemapindex>")


def _of(language: Language) -> str:
    return "" if language is ENGLISH else f"{language.code}-"


def parted(name: str) -> tuple[Language, str]:
    """The language of a file, and what it is called in English."""
    code, hyphen, rest = name.partition("-")
    language = BY_CODE.get(code, ENGLISH)
    return (ENGLISH, name) if language is ENGLISH or not hyphen else (language, rest)


def of_products(products: Iterable[Product], base: str, language: Language = ENGLISH) -> Iterator[bytes]:
    return document(_OPENING, (_product(one, base, base + language.prefix) for one in products), "</urlset>")


def of_lists(categories: Iterable[str], pages: Iterable[str], changed: datetime | None, here: str) -> Iterator[bytes]:
    """The front, each category, and the shop's own texts. `here`: where the shop is in their language."""
    addresses = [f"{here}/", *(f"{here}/?{urlencode({'category': name})}" for name in categories)]
    entries = [f"<url>{element('loc', address)}{_changed(changed)}</url>\n" for address in addresses]
    entries += [f"<url>{element('loc', f'{here}/pages/{name}')}</url>\n" for name in pages]
    return document(_OPENING, iter(entries), "</urlset>")


def newest(products: Iterable[Product]) -> datetime | None:
    """When the last one of them changed."""
    return max((one.changed_at for one in products if one.changed_at), default=None)


def _product(one: Product, base: str, here: str) -> str:
    address = here + product_path(one.product_id, one.name)
    pictures = "".join(
        f"<image:image>{element('image:loc', base + picture)}</image:image>" for picture in shared_pictures(one)
    )
    return f"<url>{element('loc', address)}{_changed(one.changed_at)}{pictures}</url>\n"


def _changed(at: datetime | None) -> str:
    return element("lastmod", at.isoformat(timespec="seconds")) if at else ""
