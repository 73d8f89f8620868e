"""Which tax is borne by what is sold where, to whom, and on which day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.domain.amounts import nearest
from app.domain.order_money import MoneyLine, OrderMoney, Shipping, TaxMode, TaxRate, order_money
from app.domain.stock import STANDARD
from app.words import mark

# What products can be, as products and rates are stored with it.
ZERO = "zero"
TAX_CLASSES = {
    STANDARD: "Standard",
    "reduced": "Reduced",
    "reduced_2": "Second reduced",
    ZERO: "Zero",
}
# How shipping is taxed: as the goods that it brings, not at all, or as one of the classes.
FOLLOWS_GOODS, UNTAXED = "goods", "none"

# ISO 3166 codes; member states as of 2026.
EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)


class Treatment(StrEnum):
    """Why an order bears tax, or not. Stored with it."""

    TAXED = ""
    EXEMPT = "exempt"  # the customer is, as an admin noted
    REVERSE_CHARGE = "reverse"  # a business in another country of the EU accounts for it itself


# The names of rows that say why there is no tax. Stored.
NOTES = {Treatment.EXEMPT: mark("Exempt from tax"), Treatment.REVERSE_CHARGE: mark("Reverse charge")}


@dataclass(frozen=True)
class Buyer:
    """Whom an order is for, as far as tax asks: where it goes, and who they are. `country` "" is not known."""

    country: str = ""
    region: str = ""
    vat_number: str = ""  # of the form that its country has
    is_exempt: bool = False


NOBODY = Buyer()


def combined(rates: Iterable[TaxRate]) -> TaxRate:
    """All of what goods bear as one: "CGST + SGST"."""
    known = tuple(rates)
    names = dict.fromkeys(one.name for one in known if one.name)
    return TaxRate(sum((one.rate for one in known), Decimal(0)), " + ".join(names))


@dataclass(frozen=True)
class RateRule:
    """A rate of some place and class, from a day on and up to a last one, both of them in it.

    `country` "" is everywhere, `region` "" the whole of it. Several that hold at once in one place, with other names,
    are borne together, as CGST and SGST are.
    """

    country: str
    region: str
    tax_class: str
    rate: Decimal
    name: str = ""
    starts: date | None = None
    ends: date | None = None

    @property
    def place(self) -> tuple[str, str]:
        return self.country, self.region.casefold()

    def holds_on(self, day: date) -> bool:
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    def clashes_with(self, other: RateRule) -> bool:
        """Whether both would be one tax of one place and class on some day."""
        is_same = (self.place, self.tax_class, self.name) == (other.place, other.tax_class, other.name)
        first, second = sorted((self, other), key=lambda one: one.starts or date.min)
        return is_same and (second.starts or date.min) <= (first.ends or date.max)


@dataclass(frozen=True)
class Goods:
    """Units of a product at its list price."""

    unit_price: int
    quantity: int
    tax_class: str = STANDARD
    discount: int = 0


@dataclass(frozen=True)
class TaxedOrder:
    """What goods come to. `unit_prices`: what one of each is sold at, below its list price where that holds a tax
    that this buyer does not pay."""

    money: OrderMoney
    unit_prices: tuple[int, ...]
    treatment: Treatment


@dataclass(frozen=True)
class TaxRules:
    """What admins set of tax, or the one rate of the environment: of all days, or of one (`on`).

    `home`: the shop's own country and region. `shipping`: FOLLOWS_GOODS, UNTAXED or a class.
    """

    rates: tuple[RateRule, ...]
    home: Buyer
    mode: TaxMode = TaxMode.ADDED
    shipping: str = FOLLOWS_GOODS
    asks_vat_number: bool = False
    reverse_charge: bool = False

    def on(self, day: date) -> TaxRules:
        """With the rates of that day alone."""
        return replace(self, rates=tuple(one for one in self.rates if one.holds_on(day)))

    def rates_for(self, tax_class: str, buyer: Buyer) -> tuple[TaxRate, ...]:
        """What goods of that class bear, by the narrowest place that has a rate of it: region, country, everywhere.

        A buyer of whom no country is known is taken to be at home.
        """
        where = buyer if buyer.country else self.home
        known = [one for one in self.rates if one.tax_class == tax_class]
        for place in ((where.country, where.region.casefold()), (where.country, ""), ("", "")):
            if found := tuple(TaxRate(one.rate, one.name) for one in known if one.place == place):
                return found
        return (TaxRate(Decimal(0)),)

    def place_of(self, country: str, region: str) -> tuple[tuple[TaxRate, ...], ...]:
        """What each class of goods bears there: the same in places that are taxed alike."""
        return tuple(self.rates_for(tax_class, Buyer(country, region)) for tax_class in TAX_CLASSES)

    def treatment_of(self, buyer: Buyer) -> Treatment:
        if buyer.is_exempt:
            return Treatment.EXEMPT
        home, there = self.home.country, buyer.country
        is_other = home in EU and there in EU and there != home
        if self.reverse_charge and buyer.vat_number and is_other:
            return Treatment.REVERSE_CHARGE
        return Treatment.TAXED

    def order(
        self,
        goods: Sequence[Goods],
        buyer: Buyer,
        *,
        order_discount: int = 0,
        shipping: int = 0,
    ) -> TaxedOrder:
        """Discounts and `shipping` in minor units, as prices are: with tax where these hold it."""
        treatment = self.treatment_of(buyer)
        if treatment is Treatment.TAXED:
            lines = [self._line(one, self.rates_for(one.tax_class, buyer)) for one in goods]
            shipped = Shipping(shipping, self._shipping_rates(buyer))
            money = order_money(lines, order_discount=order_discount, shipping=shipped, mode=self.mode)
            return TaxedOrder(money, tuple(one.unit_price for one in goods), treatment)
        bare = [self._bare(one) for one in goods]
        rates = (TaxRate(Decimal(0), str(NOTES[treatment])),)
        shipped = Shipping(self._without_tax(shipping, self._shipping_rates(self.home) or (), goods), rates)
        lines = [self._line(one, rates) for one in bare]
        money = order_money(lines, order_discount=order_discount, shipping=shipped, mode=TaxMode.ADDED)
        return TaxedOrder(money, tuple(one.unit_price for one in bare), treatment)

    def _line(self, goods: Goods, rates: tuple[TaxRate, ...]) -> MoneyLine:
        return MoneyLine(goods.unit_price * goods.quantity, rates, goods.discount)

    def _bare(self, goods: Goods) -> Goods:
        """Without the tax that its price holds at home."""
        rates = self.rates_for(goods.tax_class, self.home)
        price = self._taken_out(goods.unit_price, rates)
        discount = min(self._taken_out(goods.discount, rates), price * goods.quantity)
        return replace(goods, unit_price=price, discount=discount)

    def _without_tax(self, amount: int, rates: tuple[TaxRate, ...], goods: Sequence[Goods]) -> int:
        """Of shipping, which at home bears `rates`, or where these follow the goods, the first one's."""
        if self.shipping == FOLLOWS_GOODS and goods:
            rates = self.rates_for(goods[0].tax_class, self.home)
        return self._taken_out(amount, rates)

    def _taken_out(self, amount: int, rates: Iterable[TaxRate]) -> int:
        if self.mode is TaxMode.ADDED:
            return amount
        return nearest(amount / (1 + sum((Fraction(one.rate) for one in rates), Fraction(0))))

    def _shipping_rates(self, buyer: Buyer) -> tuple[TaxRate, ...] | None:
        if self.shipping == FOLLOWS_GOODS:
            return None
        if self.shipping == UNTAXED:
            return (TaxRate(Decimal(0)),)
        return self.rates_for(self.shipping, buyer)


def one_rate(rate: Decimal, country: str = "") -> TaxRules:
    """The same tax on everything, everywhere, on top of prices."""
    rates = tuple(RateRule("", "", tax_class, rate) for tax_class in TAX_CLASSES if tax_class != ZERO)
    return TaxRules(rates, Buyer(country))
