"""The shop's things in the terms of schema.org. Addresses are absolute, amounts are in major units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.addresses import product_path, to
from app.domain import Product
from app.domain.families import Family
from app.domain.shop import Shop
from app.money import Formats
from app.pictures import shared_pictures
from app.web.found.head import Data

MOST_VARIANTS = 100  # of a family in one page's data
# What schema.org has a word of its own for, by the option's name in small letters.
VARIES_BY = {"size": "size", "colour": "color", "color": "color", "material": "material", "pattern": "pattern"}


def major(minor: int, digits: int) -> str:
    """ "1299.00"."""
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)


def product(one: Product, base: str, formats: Formats, *, is_stock_known: bool = True) -> Data:
    """Only what is known of it. `is_stock_known` False: nothing is said of its availability."""
    address = base + to(product_path(one.product_id, one.name))
    known: Data = {
        "@type": "Product",
        "@id": f"{address}#product",
        "name": one.name,
        "url": address,
        "sku": one.sku,
        "category": one.category,
        "description": one.description,
        "image": [base + picture for picture in shared_pictures(one)],
        "brand": {"@type": "Brand", "name": one.brand} if one.brand else None,
        "gtin": one.barcode,
        "weight": one.weight and {"@type": "QuantitativeValue", "value": one.weight, "unitCode": "GRM"},
        "additionalProperty": [{"@type": "PropertyValue", "name": name, "value": value} for name, value in one.options],
        "offers": _offer(one, address, formats, is_stock_known=is_stock_known),
    }
    known |= {VARIES_BY[name.lower()]: value for name, value in one.options if name.lower() in VARIES_BY}
    return {name: value for name, value in known.items() if value}


def _offer(one: Product, address: str, formats: Formats, *, is_stock_known: bool) -> Data:
    offer = {
        "@type": "Offer",
        "url": address,
        "price": major(one.price, formats.digits),
        "priceCurrency": formats.currency,
    }
    if is_stock_known:
        offer["availability"] = f"https://schema.org/{'InStock' if one.stock > 0 else 'OutOfStock'}"
    return offer


def family(group: Family, base: str, formats: Formats, *, is_stock_known: bool = True) -> Data:
    first = group.members[0]
    known: Data = {
        "@type": "ProductGroup",
        "name": group.name,
        "productGroupID": group.family_id,
        "description": first.description,
        "brand": {"@type": "Brand", "name": first.brand} if first.brand else None,
        "variesBy": [
            f"https://schema.org/{VARIES_BY[name.lower()]}" if name.lower() in VARIES_BY else name
            for name in group.option_names
        ],
        "hasVariant": [
            product(member, base, formats, is_stock_known=is_stock_known) for member in group.members[:MOST_VARIANTS]
        ],
    }
    return {name: value for name, value in known.items() if value}


def breadcrumbs(steps: Iterable[tuple[str, str]]) -> Data:
    """`steps`: (name, address), from the shop on."""
    return {"@type": "BreadcrumbList", "itemListElement": _in_order(steps, "item")}


def item_list(name: str, items: Sequence[tuple[str, str]], total: int, begins_at: int) -> Data:
    """A page of a list. `items`: (name, address); `total` of all its pages; `begins_at`: the first one's place."""
    return {
        "@type": "ItemList",
        "name": name,
        "numberOfItems": total,
        "itemListElement": _in_order(items, "url", begins_at),
    }


def _in_order(items: Iterable[tuple[str, str]], leads: str, begins_at: int = 1) -> list[Data]:
    return [
        {"@type": "ListItem", "position": place, "name": name, leads: address}
        for place, (name, address) in enumerate(items, begins_at)
    ]


def organization(shop: Shop, base: str) -> Data:
    known: Data = {
        "@type": "Organization",
        "@id": f"{base}/#organization",
        "name": shop.name,
        "url": f"{base}/",
        "logo": base + (shop.logo_path or "/icons/512.png"),
        "legalName": shop.legal_name,
        "address": ", ".join(shop.address_lines),
        "taxID": shop.tax_number,
        "email": shop.email,
        "telephone": shop.phone,
    }
    return {name: value for name, value in known.items() if value}


def website(name: str, here: str, lang: str, base: str) -> Data:
    """With how the shop is searched. `here`: where it is in that language."""
    return {
        "@type": "WebSite",
        "@id": f"{here}/#website",
        "name": name,
        "url": f"{here}/",
        "inLanguage": lang,
        "publisher": {"@id": f"{base}/#organization"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{here}/?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }
