"""An anomaly in words, the same in an alert, on the overview and on the wall."""

from __future__ import annotations

from datetime import date, timedelta

from app.domain import Anomaly, Reason
from app.money import Formats

A_REASON_ENOUGH = 0.95  # of the difference: "nearly all of it"


def anomaly_words(found: Anomaly, today: date, formats: Formats, *, with_money: bool = True) -> str:
    """ "Yesterday: 23 orders, some 47 expected; sales ₹40K below. 70% of it Lighting. Oslo lamp: sold out since 14:00."

    Without money no amount is told.
    """
    orders = f"{formats.number(found.orders)} orders, some {formats.number(found.expected_orders)} expected"
    parts = [f"{_day(found, today, formats)}: {orders}{_sales(found, formats) if with_money else ''}."]
    parts += [words for one in found.reasons if (words := _reason(one, formats, with_money=with_money))]
    return " ".join(parts)


def _day(found: Anomaly, today: date, formats: Formats) -> str:
    if not found.is_over:
        return "Today so far"
    return "Yesterday" if found.day == today - timedelta(days=1) else formats.day(found.day)


def _sales(found: Anomaly, formats: Formats) -> str:
    """Nothing where they went the other way: one large order may hide that many are missing."""
    if not found.difference or (found.difference < 0) != found.is_drop:
        return ""
    return f"; sales {formats.money_short(abs(found.difference))} {'below' if found.is_drop else 'above'}"


def _reason(one: Reason, formats: Formats, *, with_money: bool) -> str:
    share = "nearly all" if one.share >= A_REASON_ENOUGH else formats.percent(one.share)
    if one.kind == "order":
        return f"One order of {one.name} makes {share} of it." if with_money else "One large order makes most of it."
    if one.because and (with_money or not one.because.startswith("price")):
        return f"{one.name}: {one.because}."
    return f"{share[:1].upper()}{share[1:]} of it {one.name}."
