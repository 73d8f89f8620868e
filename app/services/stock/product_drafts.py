"""What people and clients say of a product: a draft, its checks, and what of a product an edit may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain import Product, ProductPicture
from app.domain.gtin import is_gtin
from app.domain.stock import STANDARD
from app.domain.taxes import TAX_CLASSES
from app.errors import InvalidInput
from app.money import MAX_MINOR, grouped
from app.services.checks import line, paragraphs, whole

NAME_LENGTH = 200
CATEGORY_LENGTH = 64
DESCRIPTION_LENGTH = 10_000
SKU_LENGTH = 64
BRAND_LENGTH = 80
SUPPLIER_LENGTH = 80
BARCODE_LENGTH = 24  # as it is typed, with blanks and hyphens
TAG_LENGTH, MOST_TAGS = 40, 20
ALT_LENGTH, MOST_PICTURES = 250, 12
FAMILY_LENGTH = 64
OPTION_LENGTH, MOST_OPTIONS = 40, 3
MOST_THRESHOLD = 1_000_000
MOST_GRAMS = 10_000_000


@dataclass(frozen=True)
class ProductDraft:
    """What an admin typed. Amounts are minor units; `threshold` None follows the low-stock rule.

    `stock` is the opening receipt and counts in `add_product` only. `sku` None keeps the present one, of a new product
    the id that the shop gives it. `pictures` None keeps the present ones; `image` is a new one in place of the first,
    and `image_alt` what it shows.
    """

    name: str
    price: int
    category: str
    description: str = ""
    cost: int | None = None
    threshold: int | None = None
    image: bytes | None = None
    image_alt: str = ""
    stock: int = 0
    sku: str | None = None
    brand: str = ""
    barcode: str = ""
    tags: Sequence[str] = ()
    weight: int | None = None
    pictures: Sequence[ProductPicture] | None = None
    family_id: str = ""
    options: Sequence[tuple[str, str]] = ()
    supplier: str = ""
    ships_alone: bool = False
    tax_class: str = STANDARD


def edited_fields(product: Product) -> dict[str, Any]:
    """What an edit may change, as a form shows and keeps it: texts, numbers and lists of them.

    `threshold` None follows the low-stock rule.
    """
    return {
        "name": product.name,
        "price": product.price,
        "cost": product.cost,
        "category": product.category,
        "description": product.description,
        "threshold": product.threshold if product.threshold_manual else None,
        "sku": product.sku,
        "brand": product.brand,
        "barcode": product.barcode,
        "tags": list(product.tags),
        "weight": product.weight,
        "pictures": [[picture.name, picture.alt] for picture in product.pictures],
        "family_id": product.family_id,
        "options": [list(option) for option in product.options],
        "supplier": product.supplier,
        "ships_alone": product.ships_alone,
        "tax_class": product.tax_class,
    }


def with_fields(product: Product, fields: Mapping[str, Any], default_threshold: Callable[[int], int]) -> Product:
    """The product with these `edited_fields`."""
    known = dict(fields)
    known["threshold_manual"] = known["threshold"] is not None
    if not known["threshold_manual"]:
        known["threshold"] = default_threshold(known["price"])
    known["tags"] = tuple(known["tags"])
    known["pictures"] = tuple(ProductPicture(name, alt) for name, alt in known["pictures"])
    known["options"] = tuple((name, value) for name, value in known["options"])
    return replace(product, **known)


def checked(draft: ProductDraft, default_threshold: Callable[[int], int]) -> Product:
    """The draft as a product without id, stock and new picture. Raises InvalidInput naming the field."""
    price = whole(draft.price, "price", 1, MAX_MINOR)
    manual = draft.threshold is not None
    family = line(draft.family_id, "family_id", FAMILY_LENGTH, label="Family")
    return Product(
        product_id="",
        name=line(draft.name, "name", NAME_LENGTH, required=True),
        price=price,
        stock=0,
        category=line(draft.category, "category", CATEGORY_LENGTH, required=True),
        description=paragraphs(draft.description, "description", DESCRIPTION_LENGTH),
        cost=None if draft.cost is None else whole(draft.cost, "cost", 0, MAX_MINOR),
        threshold=whole(draft.threshold, "threshold", 0, MOST_THRESHOLD) if manual else default_threshold(price),
        threshold_manual=manual,
        sku="" if draft.sku is None else checked_sku(draft.sku),
        brand=line(draft.brand, "brand", BRAND_LENGTH),
        barcode=_barcode(draft.barcode),
        tags=_tags(draft.tags),
        weight=None if draft.weight is None else _weight(draft.weight),
        pictures=_pictures(draft.pictures or ()),
        family_id=family,
        options=_options(draft.options, family),
        supplier=line(draft.supplier, "supplier", SUPPLIER_LENGTH),
        ships_alone=_yes_or_no(draft.ships_alone, "ships_alone"),
        tax_class=checked_tax_class(draft.tax_class),
    )


def checked_tax_class(value: object) -> str:
    if not isinstance(value, str) or value not in TAX_CLASSES:
        raise InvalidInput("Choose a tax class of the list.", "tax_class")
    return value


def checked_sku(value: str) -> str:
    sku = line(value, "sku", SKU_LENGTH, required="Give the SKU, or leave it out.", label="SKU")
    if {"", ".", ".."} & set(sku.split("/")):  # which no address can have as its steps
        words = "This SKU cannot stand in an address: between slashes there must be more than dots. Choose another one."
        raise InvalidInput(words, "sku")
    return sku


def _barcode(value: str) -> str:
    code = line(value, "barcode", BARCODE_LENGTH).replace(" ", "").replace("-", "")
    if code and not is_gtin(code):
        raise InvalidInput(
            "This is no barcode: it has 8, 12, 13 or 14 digits, and the last one follows from the others. "
            "Compare it with the package, or leave it empty.",
            "barcode",
        )
    return code


def _weight(value: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST_GRAMS:
        raise InvalidInput(f"Give the weight in whole grams, from 1 to {grouped(MOST_GRAMS)}.", "weight")
    return value


def _yes_or_no(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput("Say yes or no here.", field)
    return value


def _tags(values: Sequence[str]) -> tuple[str, ...]:
    """Each once, whatever its case."""
    if len(values) > MOST_TAGS:
        raise InvalidInput(f"A product may have at most {MOST_TAGS} tags.", "tags")
    tags = {tag.casefold(): tag for value in values if (tag := line(value, "tags", TAG_LENGTH, label="A tag"))}
    return tuple(tags.values())


def _pictures(values: Sequence[ProductPicture]) -> tuple[ProductPicture, ...]:
    if len(values) > MOST_PICTURES:
        raise InvalidInput(f"A product may have at most {MOST_PICTURES} pictures. Remove one first.", "pictures")
    label = "What a picture shows"
    alts = {one.name: line(one.alt, "pictures", ALT_LENGTH, label=label) for one in values}
    return tuple(ProductPicture(name, alt) for name, alt in alts.items())


def _options(values: Sequence[tuple[str, str]], family: str) -> tuple[tuple[str, str], ...]:
    if len(values) > MOST_OPTIONS:
        raise InvalidInput(f"A product may have at most {MOST_OPTIONS} options.", "options")
    options = tuple(
        (
            line(name, "options", OPTION_LENGTH, "Name each option, such as Size.", "An option"),
            line(value, "options", OPTION_LENGTH, f"Say which {name or 'option'} this product has.", "An option"),
        )
        for name, value in values
    )
    if len({name.casefold() for name, _ in options}) < len(options):
        raise InvalidInput("Each option may be named once.", "options")
    if family and not options:
        words = "Say how this product differs from the others of its family, such as Size: M."
        raise InvalidInput(words, "options")
    if options and not family:
        raise InvalidInput("Options belong to a family: name it, or remove the options.", "family_id")
    return options
