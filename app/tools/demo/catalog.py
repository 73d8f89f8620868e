"""The demo shop's products: a hand-written range, and natural combinations beyond it."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice, zip_longest
from pathlib import Path

from app.domain.amounts import half_up
from app.errors import InvalidInput
from app.settings.environment import Settings
from app.tools.demo.labels import Labels, labels_of
from app.tools.demo.variety import MOST_VARIANTS, variants

_DATA = Path(__file__).parent / "data"

# What a rupee of homeware costs elsewhere: rough shelf prices, not exchange rates.
_PER_RUPEE = {
    "INR": "1",
    "USD": "0.022",
    "EUR": "0.021",
    "GBP": "0.018",
    "AUD": "0.033",
    "CAD": "0.03",
    "NZD": "0.036",
    "SGD": "0.03",
    "AED": "0.08",
    "CHF": "0.024",
    "JPY": "3",
    "LKR": "3.4",
    "NPR": "1.6",
    "BDT": "1.4",
    "KRW": "28",
    "CNY": "0.15",
    "ZAR": "0.4",
    "BRL": "0.11",
    "MXN": "0.4",
    "SEK": "0.23",
    "NOK": "0.24",
    "DKK": "0.15",
}


@dataclass(frozen=True)
class DemoProduct:
    """A product of the demo shop.

    `price` and `cost` in minor units of the shop's currency; `rupees` is the price in the demo's own land.
    """

    product_id: str
    name: str
    category: str
    description: str
    rupees: int
    price: int
    cost: int
    labels: Labels
    family_id: str = ""
    options: tuple[tuple[str, str], ...] = ()


def demo_products(settings: Settings, count: int, rng: random.Random) -> list[DemoProduct]:
    """The first `count` products of the range, every category from the start.

    Raises InvalidInput when there are not that many natural names.
    """
    base = _base_rows()
    if count > len(base) + MOST_VARIANTS:
        raise InvalidInput(f"The demo has at most {len(base) + MOST_VARIANTS} products.", "products")
    rows = islice(chain(base, variants(rng, {row[1] for row in base})), count)
    numbers: dict[str, int] = {}
    return [_priced(row, at, numbers, settings) for at, row in enumerate(rows, 1)]


Row = tuple[str, str, int, int, str]  # category, name, price and cost in rupees, description


def _base_rows() -> list[Row]:
    """The hand-written range, one product of each category at a time."""
    shelves: dict[str, list[Row]] = {}
    with (_DATA / "products.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="|"):
            entry = (row["category"], row["name"], int(row["price"]), int(row["cost"]), row["description"])
            shelves.setdefault(row["category"], []).append(entry)
    return [row for tier in zip_longest(*shelves.values()) for row in tier if row is not None]


def _families() -> dict[str, tuple[str, tuple[tuple[str, str], ...]]]:
    """Family and options of those that have some, by name."""
    with (_DATA / "products.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="|") if row["family"]]
    return {row["name"]: (row["family"], tuple(map(_option, row["options"].split("; ")))) for row in rows}


def _option(text: str) -> tuple[str, str]:
    name, _, value = text.partition(": ")
    return name, value


_FAMILIES = _families()


def _priced(row: Row, at: int, numbers: dict[str, int], settings: Settings) -> DemoProduct:
    category, name, rupees, cost, description = row
    family, options = _FAMILIES.get(name, ("", ()))
    numbers[category] = numbers.get(category, 100) + 1
    price = shelf_price(rupees, settings.currency, settings.currency_digits)
    return DemoProduct(
        product_id=f"{category[:3].upper()}-{numbers[category]}",
        name=name,
        category=category,
        description=description,
        rupees=rupees,
        price=price,
        cost=max(1, half_up(Decimal(price) * cost / rupees)),
        labels=labels_of(category, name, family or name, at),
        family_id=family,
        options=options,
    )


def shelf_price(rupees: int, currency: str, digits: int) -> int:
    """A price in minor units as a shop of that currency would print it: ₹349, £6.25, $28.95, ¥1,050."""
    unit: int = 10**digits
    if currency == "INR":
        return rupees * unit
    amount = half_up(Decimal(rupees) * Decimal(_PER_RUPEE.get(currency, "0.022" if digits else "3")) * unit)
    if not digits:
        step: int = max(1, 10 ** (len(str(amount)) - 2) // 2)
        return max(step, round(amount / step) * step)
    if amount < 20 * unit:
        return max(1, round(amount * 4 / unit)) * unit // 4
    return round(amount / unit) * unit - unit // 20
