"""The tax report as a sheet."""

from __future__ import annotations

from app.services import services
from app.web.exports.sheets import Asked, money, sheet
from app.web.exports.writing import Column, Sheet


@sheet("tax")
def tax(asked: Asked) -> Sheet:
    days = services().taxes.days(asked.text("from"), asked.text("to"))
    rows = [
        (
            line.country, line.name or "Tax", line.rate, line.base, line.tax, line.returned_base, line.returned_tax,
            line.net_base, line.net_tax,
        )
        for line in services().taxes.of(days).lines
    ]  # fmt: skip
    head = [
        Column("Country"), Column("Tax"), Column("Rate", "share"), money("Sold"), money("Tax on it"), money("Returned"),
        money("Tax back"), money("Sold less returned"), money("Tax due"),
    ]  # fmt: skip
    return Sheet(f"tax-{days.start}-to-{days.last_day}", head, rows)
