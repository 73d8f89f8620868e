"""What people note, plan and want to be told: events, reordering, forecasts, alert rules, readers of the report."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, Integer, String, Text

from app.stores.sql.tables.base import BigId, UtcDateTime, table

# The calendar: what is planned, and what happened on a day that its numbers do not tell. Charts over time show it.
events = table(
    "events",
    Column("event_id", BigId, primary_key=True, autoincrement=True),
    Column("day", Date, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("words", String(120), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("last_day", Date),  # of several days; NULL: of `day` alone
    Column("closes", Boolean),  # the shop is closed; its `kind` is then "other"
    Column("percent", Integer),  # of a usual day's sales that are expected; NULL: nothing was said
    Column("category", String(64)),  # of which products; NULL: of all
    Column("revision", Integer, server_default="0", nullable=False),
    Index(None, "day"),
    # The audit log names events by their id: no later one may get that of a removed one.
    sqlite_autoincrement=True,
)

# Countries whose public holidays count besides the shop's own.
calendar_countries = table(
    "calendar_countries",
    Column("country", String(2), primary_key=True),
    Column("actor", String(120), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

reorder_plans = table(
    "reorder_plans",
    Column("product_id", String(64), primary_key=True),
    Column("lead_days", Integer, nullable=False),
    Column("safety_stock", BigInteger),  # units; NULL: worked out from the forecast's uncertainty
    Column("changed_at", UtcDateTime, nullable=False),
    # NULL: none of its own, but what its supplier, its category or the shop has.
    Column("review_days", Integer),
    Column("service_level", Integer),  # per cent
    Column("pack_size", Integer),
    # `changed_at` of a writing that left the product without a lead time of its own; a later one made it its own again.
    Column("lead_inherited_at", UtcDateTime),
)

# The same of all products of a supplier, of a category, and of the shop, whose name is empty. NULL: of the next level.
reorder_defaults = table(
    "reorder_defaults",
    Column("level", String(16), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("lead_days", Integer),
    Column("review_days", Integer),
    Column("service_level", Integer),
    Column("pack_size", Integer),
    Column("changed_at", UtcDateTime, nullable=False),
)

# What was ordered of a product; receipts since then are taken off when it is read.
units_on_order = table(
    "units_on_order",
    Column("product_id", String(64), primary_key=True),
    Column("units", BigInteger, nullable=False),
    Column("due", Date),
    Column("noted_at", UtcDateTime, nullable=False),
)

# One per product, and one for all sales under the empty id. `days` is a list of [low, expected, high] per day.
forecasts = table(
    "forecasts",
    Column("product_id", String(64), primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("model", String(32), nullable=False),  # what the days were made with
    Column("errors", JSON, nullable=False),  # back-test: the error of each model by its name
    Column("tested_days", Integer, nullable=False),
    Column("days", JSON, nullable=False),
    Column("middle", JSON),  # [50 %, 95 %] per day; NULL from versions that made none, as the next
    Column("spans", JSON),  # by a number of days: the mean of their sum and its quantiles
    Column("left_out", JSON(none_as_null=True)),  # [order id, day, units, counted, in the level], ...; NULL: none
    Index(None, "first_day", "product_id"),
)

# What was forecast of each product, until its days have passed and it is scored: in parts of some hundred products.
forecasts_shown = table(
    "forecasts_shown",
    Column("first_day", Date, primary_key=True),
    Column("part", String(32), primary_key=True),
    Column("products", JSON, nullable=False),  # by product id the numbers of `Shown`
)

# How good forecasts were: those that were shown, and those of the back-test.
forecast_scores = table(
    "forecast_scores",
    Column("source", String(16), primary_key=True),
    Column("day", Date, primary_key=True),  # the first one that was forecast
    Column("level", String(16), primary_key=True),
    Column("method", String(24), primary_key=True),
    Column("score", JSON, nullable=False),
    Column("worst", JSON),  # of products, by the forecast: [product id, forecast, sold]
)

# Replays that somebody asked for; the last ones are kept.
replays = table(
    "replays",
    Column("replay_id", BigId, primary_key=True, autoincrement=True),
    # Of the request and what the past was then: the same one is not run twice.
    Column("asked_key", String(64), nullable=False, unique=True),
    Column("request", JSON, nullable=False),
    Column("made_of", String(64), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),  # waiting, running, done, failed
    Column("begun", Integer, nullable=False),  # how often
    Column("steps", Integer, nullable=False),
    Column("steps_of", Integer, nullable=False),
    Column("words", String(400), nullable=False),  # why it failed
    Column("result", JSON),
    sqlite_autoincrement=True,  # addresses name them by their id
)

alert_rules = table(
    "alert_rules",
    Column("rule_id", BigId, primary_key=True, autoincrement=True),
    Column("name", String(80), nullable=False),
    Column("metric", String(32), nullable=False),
    Column("comparison", String(16), nullable=False),  # below, above, falls_by, rises_by
    Column("threshold", BigInteger, nullable=False),  # minor units, a count, or per cent
    Column("span", String(16), nullable=False),  # of time, such as "1h" or "7d"
    Column("is_on", Boolean, nullable=False),
    Column("snoozed_until", UtcDateTime),
    Column("actor", String(120), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("endpoint_id", BigInteger),  # that hears of its alerts too
    sqlite_autoincrement=True,
)

alert_episodes = table(
    "alert_episodes",
    Column("episode_id", BigId, primary_key=True, autoincrement=True),
    Column("rule_id", BigInteger, nullable=False),
    Column("open_rule", BigInteger, unique=True),  # the rule's id while open, else NULL: one open episode of a rule
    Column("value", BigInteger),
    Column("words", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("acknowledged_by", String(120)),
    Column("acknowledged_at", UtcDateTime),
    Index(None, "rule_id"),
    Index(None, "opened_at"),
)

report_readers = table(
    "report_readers",
    Column("user_id", BigId, primary_key=True, autoincrement=False),
    Column("since", UtcDateTime, nullable=False),
)
