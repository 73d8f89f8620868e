"""What each of the store's pages tells search engines about itself: one function per page."""

from __future__ import annotations

from urllib.parse import urlencode

from app import words
from app.addresses import product_path, to
from app.domain import Product
from app.domain.families import Family
from app.pictures import picture_words, shared_pictures
from app.services import services
from app.services.catalog.listing import SearchResult
from app.web.found import data
from app.web.found.head import Data, Head, shortened
from app.words import say, say_many
from components.kit.markdown import plain
from components.shop.list_state import Filters

DEEP = 2  # filters beside the category from which a list is one of very many that show the same products
_NAMED = 3  # products in the description of a list


def product_head(product: Product, family: Family | None, *, is_stock_known: bool) -> Head:
    settings, formats = services().settings, services().formats
    base, here = settings.base_url, settings.base_url + to("")
    address = here + product_path(product.product_id, product.name)
    told = [product.name, product.brand, product.category, _at_the_shop(formats.money(product.price))]
    if family is None:
        shown = data.product(product, base, formats, is_stock_known=is_stock_known)
    else:
        shown = data.family(family, base, formats, is_stock_known=is_stock_known)
    steps = [
        (say("Shop"), f"{here}/"),
        (product.category, here + _list_path(product.category)),
        (product.name, address),
    ]
    return Head(
        description=shortened(product.description or ", ".join(filter(None, told))),
        address=address,
        image=_image(product),
        image_words=(product.pictures[0].alt if product.pictures else "") or picture_words(product),
        kind="product",
        data=[shown, data.breadcrumbs(steps)],
        price=(data.major(product.price, formats.digits), formats.currency),
    )


def list_head(filters: Filters, found: SearchResult, page_size: int) -> Head:
    """Of the grid or a category. What is only ordered or narrowed is kept by the address of all of it; searches, lists
    narrowed much and empty ones by none."""
    settings, formats = services().settings, services().formats
    here = settings.base_url + to("")
    narrowed = (
        filters.in_stock,
        filters.price_min is not None,
        filters.price_max is not None,
        *(True for _ in filters.tags),
    )
    is_whole = not any(narrowed) and filters.sort == "popular"
    is_left_out = (
        bool(filters.q)
        or len(filters.categories) > 1
        or sum(narrowed) >= DEEP
        or (filters.narrowed and not found.items)
    )
    path = _list_path(filters.category, found.page if is_whole else 1)
    name = filters.category or settings.store_name
    count = say_many("{count} product", "{count} products", found.total, count=formats.number(found.total))
    told = _at_the_shop(
        say("{products} in {category}", products=count, category=filters.category) if filters.category else count
    )
    names = ", ".join(one.name for one in found.items[:_NAMED])
    shown: list[Data] = []
    if not filters.narrowed and is_whole and found.page == 1:
        shown = [
            data.organization(services().shop, settings.base_url),
            data.website(settings.store_name, here, words.language().tag(settings.store_locale), settings.base_url),
        ]
    if filters.category and not is_left_out:
        shown.append(
            data.breadcrumbs([(say("Shop"), f"{here}/"), (filters.category, here + _list_path(filters.category))])
        )
    if found.items and not is_left_out:
        items = [(_shown_name(one, found), here + product_path(one.product_id, one.name)) for one in found.items]
        shown.append(data.item_list(name, items, found.total, (found.page - 1) * page_size + 1))
    pictured = next((one for one in found.items if one.image), next(iter(found.items), None))
    return Head(
        description=shortened(f"{told}: {names}" if names else told),
        address="" if is_left_out else here + path,
        image=_image(pictured),
        image_words=picture_words(pictured) if pictured else settings.store_name,
        data=shown,
    )


def content_head(name: str, title: str) -> Head:
    """Of one of the shop's own texts, which is the same in every language: one address is kept of it."""
    settings, shop = services().settings, services().shop
    return Head(
        description=shortened(plain(shop.page(name)) or _at_the_shop(title)),
        address=f"{settings.base_url}/pages/{name}",
        is_translated=False,
        image=_image(None),
        image_words=settings.store_name,
        data=[data.organization(shop, settings.base_url)],
    )


def _at_the_shop(what: str) -> str:
    return say("{what} at {shop}", what=what, shop=services().settings.store_name)


def _shown_name(product: Product, found: SearchResult) -> str:
    family = found.families.get(product.product_id)
    return family.name if family else product.name


def _list_path(category: str, page: int = 1) -> str:
    query = {"category": category} if category else {}
    if page > 1:
        query["page"] = str(page)
    return f"/?{urlencode(query)}" if query else "/"


def _image(product: Product | None) -> str:
    """One that other programs can show; for a list without products the shop's mark."""
    return services().settings.base_url + (shared_pictures(product)[0] if product else "/icons/512.png")
