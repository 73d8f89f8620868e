"""What can be exported, by its name in the address. Each takes what the address asks for and gives a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import numbers
from app.domain import GRAINS, Access, Grain, Period, Product, order_number
from app.errors import InvalidInput, NotFound
from app.frames import records
from app.services import services
from app.services.analytics.breakdown import Part
from app.services.analytics.buckets import in_buckets
from app.services.analytics.customer_ports import CustomerGroup
from app.services.analytics.margin import Margin, margin_of
from app.services.analytics.periods import days_between
from app.web.exports.writing import Column, Sheet
from app.web.identity.principal import current_principal

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONGEST = 100


@dataclass(frozen=True)
class Asked:
    """The values of an address, checked as they are read. Dates are store days, both included."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))[:_LONGEST]

    def period(self, days: int = 28) -> Period:
        """`from` to `to`; without them the last `days`, as pages have them. Raises InvalidInput."""
        if not self.text("from") and not self.text("to"):
            return services().sales.trade().last(days)
        try:
            first, last = numbers.day(self.text("from")), numbers.day(self.text("to"))
        except ValueError:
            raise InvalidInput("Give the first and the last day as from=2026-11-01&to=2026-11-30.", "from") from None
        return days_between(first, last, "to")

    def grain(self) -> Grain:
        wanted = self.text("grain") or "day"
        if wanted not in GRAINS:
            raise InvalidInput(f"grain must be one of {', '.join(GRAINS)}.", "grain")
        return wanted

    def part(self) -> Part:
        return Part(self.text("category"), self.text("country"), self.text("product"))

    def product(self) -> str:
        known = {p.product_id for p in services().catalog.all(include_removed=True)}
        if self.text("product") not in known:
            raise NotFound("There is no such product.")
        return self.text("product")


Build = Callable[[Asked], Sheet]
SHEETS: dict[str, Build] = {}


def sheet(name: str) -> Callable[[Build], Build]:
    def register(build: Build) -> Build:
        SHEETS[name] = build
        return build

    return register


@sheet("sales")
def sales(asked: Asked) -> Sheet:
    period, grain, part = asked.period(), asked.grain(), asked.part()
    daily = services().breakdowns.by_day(period, part)
    rows = [
        (
            row.start, None if part.of_products else row.orders, *_sold(row), *_made(margin_of(row)),
            _in_part(row.complete),
        )
        for row in records(in_buckets(daily, period, grain, services().formats.today()))
    ]  # fmt: skip
    head = [Column(f"First day of the {grain}" if grain != "day" else "Day", "day"), number("Orders")]
    head += [*_sold_head(), *_made_head(), Column("In part")]
    return Sheet(_name("sales", period, part), head, rows)


@sheet("hours")
def hours(asked: Asked) -> Sheet:
    period = asked.period()
    found = records(services().breakdowns.hours_of_week(period))
    rows = [(WEEKDAYS[row.weekday], row.hour, row.orders, row.gross) for row in found]
    head = [Column("Weekday"), number("Hour from"), number("Orders"), money("Gross sales")]
    return Sheet(_name("sales-by-hour", period), head, rows)


@sheet("categories")
def categories(asked: Asked) -> Sheet:
    period, part = asked.period(), asked.part()
    rows = [(r.category, *_sold(r), *_made(r.margin)) for r in services().breakdowns.categories(period, part)]
    return Sheet(_name("categories", period, part), [Column("Category"), *_sold_head(), *_made_head()], rows)


@sheet("countries")
def countries(asked: Asked) -> Sheet:
    period, part = asked.period(), asked.part()
    name = services().formats.country
    found = services().breakdowns.countries(period, part)
    rows = [(name(r.country), r.orders, *_sold(r), *_made(r.margin)) for r in found]
    head = [Column("Country"), number("Orders"), *_sold_head(), *_made_head()]
    return Sheet(_name("countries", period, part), head, rows)


@sheet("products")
def products(asked: Asked) -> Sheet:
    """Best sellers, less returns, first."""
    period, part = asked.period(), asked.part()
    names = {p.product_id: p.name for p in services().catalog.all(include_removed=True)}
    rows = [
        (row.product_id, names.get(row.product_id, row.product_id), *_sold(row), row.returned_units, *_made(row.margin))
        for row in services().breakdowns.products(period, part)
    ]
    head = [*PRODUCT, *_sold_head(), number("Units returned"), *_made_head()]
    return Sheet(_name("products", period, part), head, rows)


def _sold(row: Any) -> tuple[int, ...]:
    return row.units, row.gross, row.returns, row.gross - row.returns


def _sold_head() -> list[Column]:
    return [number("Units"), money("Gross sales"), money("Returns"), money("Net sales")]


def _made(margin: Margin) -> tuple[Any, ...]:
    return margin.cost if margin.is_known else None, margin.amount, margin.rate, margin.unknown


def _made_head() -> list[Column]:
    rates = (Column(words, "share") for words in ("Margin rate", "Sales without a known cost"))
    return [money("Cost of goods"), money("Gross margin"), *rates]


@sheet("forecast")
def forecast(asked: Asked) -> Sheet:
    product_id = asked.product() if asked.text("product") else ""
    made = services().forecasts.of_product(product_id)
    if made is None:
        raise NotFound("There is no forecast yet: the worker makes them within a few minutes.")
    kind = number if product_id else money
    rows = [
        (date_of, *(round(value, 2 if product_id else 0) for value in day))
        for date_of, day in zip(made.dates, made.days, strict=True)
    ]
    head = [Column("Day", "day"), kind("Low (10 %)"), kind("Expected"), kind("High (90 %)")]
    return Sheet(f"forecast-{made.first_day}", head, rows)


@sheet("stock")
def stock(asked: Asked) -> Sheet:
    by_margin = asked.text("abc") == "margin"
    classed = "ABC class by margin" if by_margin else "ABC class"
    known = {p.product_id: p for p in services().catalog.all()}
    rows = [
        (
            row.product_id, row.name, row.category, row.available, row.held, row.on_hand, row.threshold,
            _rounded(row.velocity), _rounded(row.days_of_cover), row.abc, row.speed, row.runs_out, row.reorder_point,
            row.order_units, row.sold_28d, row.sell_through, _yes(row.inferred), *_known_by(known.get(row.product_id)),
        )
        for row in records(services().stock_table.read(abc_by="margin" if by_margin else "gross"))
    ]  # fmt: skip
    head = [
        *PRODUCT, Column("Category"), number("Available"), number("Held"), number("On hand"), number("Threshold"),
        number("Velocity, units a day"), number("Days of cover"), Column(classed), Column("Speed"),
        Column("Runs out", "day"), number("Reorder point"), number("Suggested order"),
        number("Sold in 28 days"), Column("Sell-through", "share"), INFERRED,
        Column("SKU"), Column("Brand"), Column("Barcode"), Column("Tags"), number("Weight, g"), Column("Family"),
        Column("Options"), Column("Supplier"),
    ]  # fmt: skip
    return Sheet(f"stock-{services().formats.today()}", head, rows)


def _known_by(product: Product | None) -> tuple[Any, ...]:
    """By what it is known; nothing of one that came or went at this moment."""
    if product is None:
        return ("", "", "", "", None, "", "", "")
    options = ", ".join(f"{name}: {value}" for name, value in product.options)
    tags = ", ".join(product.tags)
    return (
        product.sku,
        product.brand,
        product.barcode,
        tags,
        product.weight,
        product.family_id,
        options,
        product.supplier,
    )


@sheet("dead-stock")
def dead_stock(_: Asked) -> Sheet:
    rows = [(*row[:-1], _yes(row.inferred)) for row in records(services().holdings.dead())]
    head = [*PRODUCT, number("On hand"), money("Cost a unit"), money("Value"), Column("Last sold", "moment"), INFERRED]
    return Sheet(f"dead-stock-{services().formats.today()}", head, rows)


@sheet("lost-sales")
def lost_sales(asked: Asked) -> Sheet:
    period = asked.period()
    rows = [
        (r.product_id, r.name, *(round(n, 1) for n in (r.hours, r.units, r.units_low, r.units_high)), r.value)
        for r in records(services().lost_sales.of(period).products)
    ]
    head = [
        *PRODUCT,
        number("Hours out of stock"),
        number("Units lost, estimate"),
        number("Units lost, 80% from"),
        number("Units lost, 80% to"),
        money("Sales lost, estimate"),
    ]
    return Sheet(_name("lost-sales", period), head, rows)


@sheet("short-lines")
def short_lines(asked: Asked) -> Sheet:
    period = asked.period()
    rows = [tuple(row) for row in services().lost_sales.short_lines(period).products]
    return Sheet(_name("short-lines", period), [*PRODUCT, number("Shoppers"), number("Units missing")], rows)


@sheet("stock-value")
def stock_value(asked: Asked) -> Sheet:
    period = asked.period(90)
    rows = [(r.day, r.value, _yes(r.inferred)) for r in records(services().holdings.value_over_time(period))]
    head = [Column("Day", "day"), money("Value at the end of the day"), INFERRED]
    return Sheet(_name("stock-value", period), head, rows)


@sheet("movements")
def movements(asked: Asked) -> Sheet:
    built, period, product_id = services(), asked.period(), asked.product()
    start, end = built.formats.day_start(period.start), built.formats.day_start(period.end)
    inferred = built.holdings.inferred()
    rows = [
        (
            m.at,
            m.kind.value.replace("_", "-"),
            m.quantity,
            m.on_hand,
            cause_words(m.cause),
            m.actor,
            m.note,
            _yes(inferred.has(product_id, m.at)),
        )
        for m in built.stock.movements(product_id, start, end)
    ]
    head = [
        Column("Time", "moment"), Column("Kind"), number("Units"), number("On hand after it"), Column("Cause"),
        Column("By"), Column("Note"), INFERRED,
    ]  # fmt: skip
    return Sheet(_name("movements", period), head, rows)


def cause_words(cause: str) -> str:
    """A cause as people name it: "order:12" is order #10012."""
    kind, _, key = cause.partition(":")
    if kind == "order" and (order_id := numbers.natural(key)) is not None:
        return f"Order #{order_number(order_id, None)}"
    return f"Return {key}" if kind == "return" else kind.capitalize()


@sheet("customers")
def customers(asked: Asked) -> Sheet:
    """Everybody, or those of a segment or cohort; e-mail addresses for admins only."""
    found = services().customers.everybody(CustomerGroup(asked.text("segment") or None, asked.text("cohort") or None))
    with_email, country = current_principal().may(Access.ADMIN), services().formats.country

    def rows() -> Iterator[Sequence[Any]]:
        for row in found:
            email = (row.email,) if with_email else ()
            where = country(row.country) if row.country else None
            yield (
                row.full_name, *email, where, row.orders, row.units, row.gross, row.returns, row.lifetime,
                row.first_order_at, row.last_order_at, row.segment, *_made(row.margin),
            )  # fmt: skip

    head = [
        Column("Customer"), *([Column("E-mail")] if with_email else []), Column("Country"), number("Orders"),
        number("Units"), money("Spent"), money("Returned"), money("Lifetime value"),
        Column("First order", "moment"), Column("Last order", "moment"), Column("Segment"), *_made_head(),
    ]  # fmt: skip
    return Sheet(f"customers-{services().formats.today()}", head, rows())


@sheet("segments")
def segments(_: Asked) -> Sheet:
    rows = [(s.segment, s.customers, s.monetary) for s in services().customers.segments().sums]
    head = [Column("Segment"), number("Customers"), money("Lifetime value")]
    return Sheet(f"segments-{services().formats.today()}", head, rows)


@sheet("cohorts")
def cohorts(_: Asked) -> Sheet:
    rows = [
        (cohort.month, cohort.size, later, count, rate, state)
        for cohort in services().customers.cohorts()
        for later, (count, rate, state) in enumerate(zip(cohort.retained, cohort.rates, cohort.states, strict=True))
    ]
    head = [
        Column("Month of the first order"), number("Customers"), number("Months later"), number("With an order"),
        Column("Retention", "share"), Column("State of that month"),
    ]  # fmt: skip
    return Sheet(f"cohorts-{services().formats.today()}", head, rows)


@sheet("new-returning")
def new_returning(asked: Asked) -> Sheet:
    period, grain = asked.period(), asked.grain()
    buckets = services().sales.buckets(period, grain)
    rows = [(b.period.start, b.new_customers, b.returning_customers, _in_part(b.complete)) for b in buckets]
    head = [Column(f"First day of the {grain}", "day"), number("New customers"), number("Returning customers")]
    head.append(Column("In part"))
    return Sheet(_name("customers-by-time", period), head, rows)


PRODUCT = (Column("Product"), Column("Name"))
INFERRED = Column("Stock inferred")


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def number(words: str) -> Column:
    return Column(words, "number")


def money(words: str) -> Column:
    return Column(f"{words}, {services().formats.currency}", "money")


def _name(words: str, period: Period, part: Part | None = None) -> str:
    return f"{words}{'-part' if part else ''}-{period.start}-to-{period.last_day}"


def _in_part(complete: bool) -> str | None:
    """Marks a day, week or month of which days are missing: before or after the period, or yet to come."""
    return None if complete else "in part"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
