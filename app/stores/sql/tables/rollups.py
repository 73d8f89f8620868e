"""What pages read instead of order lines."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Computed, Date, Index, Integer, String

from app.stores.sql.tables.base import BigId, Money, UtcDateTime, table

_COSTS = ("cost", "costed", "costed_returns")
_SOLD_AND_RETURNED = ("units", "gross", "returned_units", "returns", *_COSTS)


def _costs() -> list[Column[int]]:
    """What sales cost, of lines with a known cost: that of units sold less that of units put back; their gross sales;
    their returns."""
    return [Column(name, Money, nullable=False, server_default="0") for name in _COSTS]


rollup_minutes = table(
    "rollup_minutes",
    Column("minute", UtcDateTime, primary_key=True),
    Column("orders", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("tax", Money, nullable=False),
    Column("returns", Money, nullable=False),
    *_costs(),
)

rollup_days = table(
    "rollup_days",
    Column("day", Date, primary_key=True),
    Column("orders", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("tax", Money, nullable=False),
    Column("returned_units", BigInteger, nullable=False),
    Column("returns", Money, nullable=False),
    *_costs(),
)

# Quarters of an hour, counted from 1970 in UTC: every time zone's hours are made of whole ones.
rollup_quarters = table(
    "rollup_quarters",
    Column("quarter", BigInteger, primary_key=True, autoincrement=False),
    Column("orders", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
)

rollup_product_days = table(
    "rollup_product_days",
    Column("day", Date, primary_key=True),
    Column("product_id", String(64), primary_key=True),
    Column("country", String(64), primary_key=True),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("returned_units", BigInteger, nullable=False),
    Column("returns", Money, nullable=False),
    *_costs(),
    # With all columns, so that a year of a category or a country is read from them alone.
    Index("ix_rollup_product_days_sums_of_product", "product_id", "day", "country", *_SOLD_AND_RETURNED),
    Index("ix_rollup_product_days_sums_of_country", "country", "day", "product_id", *_SOLD_AND_RETURNED),
)

# By one dimension and by whole months too, so that a year is read in a few rows of each.
rollup_products = table(
    "rollup_products",
    Column("grain", String(5), primary_key=True),  # "day", "month"
    Column("first_day", Date, primary_key=True),
    Column("product_id", String(64), primary_key=True),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("returned_units", BigInteger, nullable=False),
    Column("returns", Money, nullable=False),
    *_costs(),
    Index(None, "product_id", "grain", "first_day"),
)

rollup_countries = table(
    "rollup_countries",
    Column("grain", String(5), primary_key=True),  # "day", "month"
    Column("first_day", Date, primary_key=True),
    Column("country", String(64), primary_key=True),
    Column("orders", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("returned_units", BigInteger, nullable=False),
    Column("returns", Money, nullable=False),
    *_costs(),
    Index(None, "country", "grain", "first_day"),
)

# What each tax came to. `name` and `rate` as orders have them; a base never holds the tax.
rollup_taxes = table(
    "rollup_taxes",
    Column("day", Date, primary_key=True),
    Column("country", String(64), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("rate", String(16), primary_key=True),
    Column("base", Money, nullable=False),
    Column("tax", Money, nullable=False),
    Column("returned_base", Money, nullable=False),
    Column("returned_tax", Money, nullable=False),
)

# How many orders are worth how much: of rounded values (`rounded_value`), so that its rows do not grow with orders.
rollup_order_values = table(
    "rollup_order_values",
    Column("grain", String(5), primary_key=True),  # "day", "month"
    Column("first_day", Date, primary_key=True),
    Column("value", Money, primary_key=True, autoincrement=False),  # gross sales of one order
    Column("orders", Integer, nullable=False),
)

rollup_customer_days = table(
    "rollup_customer_days",
    Column("day", Date, primary_key=True),
    Column("user_id", BigId, primary_key=True, autoincrement=False),
    Column("orders", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("returns", Money, nullable=False),
    *_costs(),
    Column("last_order_at", UtcDateTime),  # None on a day with returns only
    Index(None, "user_id", "day"),
)

rollup_customer_periods = table(
    "rollup_customer_periods",
    Column("grain", String(5), primary_key=True),  # "day", "week" (from Monday), "month"
    Column("first_day", Date, primary_key=True),
    Column("customers", Integer, nullable=False),  # with an order in it
    Column("returning_customers", Integer, nullable=False),  # of these, with one later than their first ever
)

MARGIN = (
    "CASE WHEN orders > 0 AND (costed <> 0 OR costed_returns <> 0 OR cost <> 0) THEN costed - costed_returns - cost END"
)
rollup_customers = table(
    "rollup_customers",
    Column("user_id", BigId, primary_key=True, autoincrement=False),
    Column("orders", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("returns", Money, nullable=False),
    *_costs(),
    Column("lifetime", Money, nullable=False),  # gross - returns
    Column("first_order_at", UtcDateTime),
    Column("last_order_at", UtcDateTime),
    Column("cohort", String(7)),  # store month of the first order, "2026-11"
    Column("segment", String(20)),  # RFM, as the worker last found it
    Column("margin", Money, Computed(MARGIN, persisted=False)),  # NULL without an order or a known cost
    *(
        Index(None, name)
        for name in ("lifetime", "last_order_at", "segment", "orders", "units", "gross", "returns", "margin")
    ),
    Index(None, "cohort", "segment"),
)

rollup_cohorts = table(
    "rollup_cohorts",
    Column("cohort", String(7), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("customers", Integer, nullable=False),
)

rollup_buyers = table(
    "rollup_buyers",
    Column("cohort", String(7), primary_key=True),
    Column("customers", Integer, nullable=False),
    Column("returning_customers", Integer, nullable=False),  # of these, with an order later than their first
    Column("lifetime", Money, nullable=False),
)

rollup_stock_hours = table(
    "rollup_stock_hours",
    Column("product_id", String(64), primary_key=True),
    Column("hour", UtcDateTime, primary_key=True),
    Column("on_hand", BigInteger, nullable=False),  # at the last movement of the hour
    Column("sold", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Index(None, "hour"),
)

rollup_stock = table(
    "rollup_stock",
    Column("grain", String(5), primary_key=True),  # "day", "month"
    Column("first_day", Date, primary_key=True),
    Column("product_id", String(64), primary_key=True),
    Column("net", BigInteger, nullable=False),  # what all movements add up to
    Column("sold", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    *(
        Column(name, BigInteger, nullable=False, server_default="0")
        for name in ("returned", "corrected", "written_off")  # as signed as movements are
    ),
    Index(None, "product_id", "grain", "first_day"),
)

# Each time that nothing was on hand.
rollup_stock_outs = table(
    "rollup_stock_outs",
    Column("product_id", String(64), primary_key=True),
    Column("began_at", UtcDateTime, primary_key=True),
    Column("ended_at", UtcDateTime),  # None: it lasts
    Column("sold_before", BigInteger, nullable=False),  # units over the 28 days before
    Column("unit_price", Money),  # of the sale that took the last unit; None: something else did
    Index(None, "began_at"),
    Index(None, "ended_at"),
)
