"""Products that differ by options alone: one card in the shop, and a choice on its page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import takewhile

from app.domain.stock import Product

_MEASURE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(\D*)", re.ASCII)  # "250 g"


@dataclass(frozen=True)
class Choice:
    """A value of an option, and the product it leads to from the one that is looked at.

    `is_exact` False: no product has it beside the other options that are looked at; `product` is the nearest one.
    """

    value: str
    product: Product
    is_chosen: bool
    is_exact: bool


@dataclass(frozen=True)
class Family:
    """The products of a family that are in the store, in the order in which they were added.

    `asked_for`: those of them that a list was narrowed to, whose prices and units it says; empty: all of them.
    """

    family_id: str
    members: tuple[Product, ...]
    asked_for: tuple[Product, ...] = ()

    @classmethod
    def of(cls, family_id: str, members: Iterable[Product]) -> Family:
        return cls(family_id, tuple(sorted(members, key=_age)))

    def narrowed_to(self, products: Iterable[Product]) -> Family:
        return replace(self, asked_for=tuple(products))

    @property
    def _counted(self) -> tuple[Product, ...]:
        return self.asked_for or self.members

    @property
    def name(self) -> str:
        """What the members' names begin with, cut at a word; the first one's where that is nothing."""
        words = zip(*(member.name.split() for member in self.members), strict=False)
        shared = " ".join(some[0] for some in takewhile(lambda some: len(set(some)) == 1, words)).rstrip(" ,;:–-(/")
        return shared or self.members[0].name

    @property
    def price_from(self) -> int:
        return min(member.price for member in self._counted)

    @property
    def has_one_price(self) -> bool:
        return len({member.price for member in self._counted}) == 1

    @property
    def stock(self) -> int:
        """Units that can be bought of any of them."""
        return sum(max(member.stock, 0) for member in self._counted)

    @property
    def option_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.members[0].options)

    def values_of(self, name: str) -> tuple[str, ...]:
        """Of an option, each once: by their numbers where all have one of the same unit, else as they came."""
        values = tuple(dict.fromkeys(value for member in self.members if (value := _value(member, name))))
        measured = {value: found for value in values if (found := _MEASURE.fullmatch(value))}
        if len(measured) < len(values) or len({found[2] for found in measured.values()}) > 1:
            return values
        return tuple(sorted(values, key=lambda value: float(measured[value][1])))

    def choices(self, product: Product) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        """For each option its values as they are reached from `product`, one of the members."""
        return tuple(
            (name, tuple(self._choice(product, name, value) for value in self.values_of(name)))
            for name in self.option_names
        )

    def _choice(self, product: Product, name: str, value: str) -> Choice:
        wanted = {**dict(product.options), name: value}
        having = [member for member in self.members if _value(member, name) == value]
        nearest = max(having, key=lambda member: (_shared(member, wanted), member.stock > 0))
        is_exact = _shared(nearest, wanted) == len(wanted)
        return Choice(value, nearest, _value(product, name) == value, is_exact)


def options_words(product: Product) -> str:
    """ "M, Red"."""
    return ", ".join(value for _, value in product.options)


def _value(product: Product, name: str) -> str:
    return dict(product.options).get(name, "")


def _shared(product: Product, wanted: dict[str, str]) -> int:
    return sum(wanted.get(name) == value for name, value in product.options)


def _age(product: Product) -> tuple[str, str]:
    return product.created_at.isoformat() if product.created_at else "", product.product_id
