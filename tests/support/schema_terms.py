"""The terms of schema.org that the shop uses: of each type its properties and the types that stand in them.

Taken from schema.org 28; "Text" stands for URL and dates too where the vocabulary takes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TERMS: dict[str, dict[str, tuple[str, ...]]] = {
    "Product": {
        "name": ("Text",), "url": ("URL",), "sku": ("Text",), "category": ("Text",), "description": ("Text",),
        "image": ("URL",), "brand": ("Brand", "Organization"), "gtin": ("Text",), "weight": ("QuantitativeValue",),
        "additionalProperty": ("PropertyValue",), "offers": ("Offer",), "size": ("Text",), "color": ("Text",),
        "material": ("Text",), "pattern": ("Text",),
    },
    "ProductGroup": {
        "name": ("Text",), "productGroupID": ("Text",), "description": ("Text",), "brand": ("Brand", "Organization"),
        "variesBy": ("Text",), "hasVariant": ("Product",),
    },
    "Offer": {"url": ("URL",), "price": ("Amount",), "priceCurrency": ("Currency",), "availability": ("Availability",)},
    "Brand": {"name": ("Text",)},
    "QuantitativeValue": {"value": ("Number",), "unitCode": ("Text",)},
    "PropertyValue": {"name": ("Text",), "value": ("Text",)},
    "BreadcrumbList": {"itemListElement": ("ListItem",)},
    "ItemList": {"name": ("Text",), "numberOfItems": ("Number",), "itemListElement": ("ListItem",)},
    "ListItem": {"position": ("Number",), "name": ("Text",), "url": ("URL",), "item": ("URL",)},
    "Organization": {"name": ("Text",), "url": ("URL",), "logo": ("URL",)},
    "WebSite": {
        "name": ("Text",), "url": ("URL",), "inLanguage": ("Text",), "publisher": ("Organization",),
        "potentialAction": ("SearchAction",),
    },
    "SearchAction": {"target": ("EntryPoint",), "query-input": ("Text",)},
    "EntryPoint": {"urlTemplate": ("Text",)},
}  # fmt: skip
REQUIRED = {
    "Product": {"name", "image", "offers"},
    "ProductGroup": {"name", "productGroupID", "variesBy", "hasVariant"},
    "Offer": {"price", "priceCurrency", "url"},
    "ListItem": {"position", "name"},
}
_PLAIN = {
    "Text": r"(?s).+",
    "URL": r"https?://[!-~]+",
    "Amount": r"\d+(\.\d+)?",
    "Currency": r"[A-Z]{3}",
    "Availability": r"https://schema\.org/(InStock|OutOfStock)",
}


def faults(thing: dict[str, Any]) -> Iterator[str]:
    """What schema.org has no such term for, or what stands where it may not, in `thing` and all in it."""
    kind = thing.get("@type", "")
    if kind not in TERMS:
        yield f"unknown type {kind!r}"
        return
    yield from (f"{kind} lacks {name}" for name in sorted(REQUIRED.get(kind, set()) - thing.keys()))
    for name, value in thing.items():
        if name in ("@type", "@id"):
            continue
        expected = TERMS[kind].get(name)
        if expected is None:
            yield f"{kind} has no {name}"
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                if one.keys() != {"@id"}:
                    yield from faults(one) if one.get("@type") in expected else [f"{kind}.{name} is {one}"]
            elif isinstance(one, str):
                if not any(re.fullmatch(_PLAIN[each], one) for each in expected if each in _PLAIN):
                    yield f"{kind}.{name} is {one!r}"
            elif "Number" not in expected or isinstance(one, bool):
                yield f"{kind}.{name} is {one!r}"
