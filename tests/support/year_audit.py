"""A period of the real year audited: page, files, API and weekly report against plain pandas, and so each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from flask.testing import FlaskClient

from app.domain import Period, first_day_of
from app.services import Services
from components.admin.live_parts import in_full
from tests.integration.analytics.test_page_and_file import Line, compare, file_of, money, number
from tests.support.dash_calls import call, callback_map, payload
from tests.support.page_markup import markup, read
from tests.support.plain_year import Plain, Sums, buckets, sums

GRAINS = ("day", "week", "month")
CELLS = ("Units", "Gross sales", "Returns", "Net sales")
Row = tuple[Any, ...]


class Audit:
    """Of one period. Every method compares one way in which a number leaves the shop, and counts what it compared."""

    def __init__(self, built: Services, client: FlaskClient, plain: Plain, period: Period) -> None:
        self.built, self.client, self.period = built, client, period
        self.year, self.plain = plain, plain.of(period)
        self.sums = sums(self.plain)
        self.compared = 0

    # --- files ---------------------------------------------------------------------------------------------------

    def files(self) -> None:
        for grain in GRAINS:
            self._same(self._sales_file(grain), [(cut.start, *_cells(part)) for cut, part in self._parts(grain)])
        self._same(self._groups("products", "Product"), self._by(lambda f: f["code"]))
        for name in ("products", "categories", "countries"):
            every = list(self._groups(name, name.title().replace("ies", "y").rstrip("s")).values())
            self._same(tuple(map(sum, zip(*every, strict=True))), _cells(self.sums)[1:] if every else ())
        self._same(self._countries(), self._expected_countries())
        hours = [(int(line["Orders"]), self._minor(line, "Gross sales")) for line in self._file("hours")]
        self._same(hours, self._expected_hours())
        people = [
            (
                date.fromisoformat(line["First day of the week"]),
                int(line["New customers"]),
                int(line["Returning customers"]),
            )
            for line in self._file("new-returning", "grain=week")
        ]
        self._same(people, [(cut.start, *self._customers(cut)) for cut in buckets(self.period, "week")])

    def _sales_file(self, grain: str) -> list[Row]:
        return [
            (date.fromisoformat(next(iter(line.values()))), int(line["Orders"]), *self._sold(line))
            for line in self._file("sales", f"grain={grain}")
        ]

    def _groups(self, name: str, key: str) -> dict[str, Row]:
        found = {line[key]: self._sold(line) for line in self._file(name)}
        return {key: cells for key, cells in found.items() if any(cells)}

    def _by(self, key: Any) -> dict[str, Row]:
        sold, back = self.plain.sold, self.plain.returned
        units, gross = (sold.groupby(key(sold))[name].sum() for name in ("units", "amount"))
        returns = back.groupby(key(back))["amount"].sum()
        every = pd.DataFrame({"units": units, "gross": gross, "returns": returns}).fillna(0).astype("int64")
        return {code: (u, g, r, g - r) for code, u, g, r in every.itertuples() if (u, g, r) != (0, 0, 0)}

    def _countries(self) -> dict[str, tuple[int, int]]:
        lines = self._file("countries")
        return {n["Country"]: (int(n["Orders"]), self._minor(n, "Gross sales")) for n in lines if int(n["Orders"])}

    def _expected_countries(self) -> dict[str, tuple[int, int]]:
        orders = self.plain.orders.groupby("country")["gross"].agg(["size", "sum"])
        return {name: (row["size"], row["sum"]) for name, row in orders.iterrows()}

    def _expected_hours(self) -> list[tuple[int, int]]:
        at = self.plain.orders["at"].dt
        found = self.plain.orders.groupby(at.day_of_week * 24 + at.hour)["gross"].agg(["size", "sum"])
        return list(found.reindex(range(168), fill_value=0).astype(int).itertuples(index=False, name=None))

    # --- API -----------------------------------------------------------------------------------------------------

    def api(self) -> None:
        for grain in GRAINS:
            query = f"start={self.period.start}&end={self.period.end}&grain={grain}"
            answer = self.client.get(f"/api/analytics/sales?{query}")
            assert answer.status_code == 200, answer.text
            found = [
                (
                    *(row[key] for key in ("start", "orders", "units")),
                    *(_pence(row[key]) for key in ("gross", "returns", "net", "aov")),
                    *(row["customers"] - row["returning_customers"], row["returning_customers"]),
                )
                for row in answer.json["rows"]
            ]
            expected = [
                (cut.start.isoformat(), *_cells(part), part.aov, *self._customers(cut))
                for cut, part in self._parts(grain)
            ]
            self._same(found, expected)

    # --- page ----------------------------------------------------------------------------------------------------

    def page(self) -> None:
        """Its tiles by their texts; its tables by their files, which were compared."""
        output, entry = next(
            (k, one) for k, one in callback_map(self.client).items() if "admin-overview-totals.children" in k
        )
        first, last = self.period.start.isoformat(), self.period.last_day.isoformat()
        part = {"category": "", "country": "", "product": ""}
        asked = payload(output, entry, ["custom", "previous", "auto", first, last, part, 1], 0)
        answer = json.loads(call(self.client, asked).data)["response"]
        for name in ("foot", "best", "categories", "countries", "hours"):
            self.compared += len(compare(self.built, self.client, read(answer[f"admin-overview-{name}"]["children"])))
        tiles, formats = markup(answer["admin-overview-tiles"]["children"]), self.built.formats
        shown = [formats.money_short(self.sums.gross), f"Net {in_full(self.sums.net, True, formats)}"]
        shown += [formats.number(self.sums.orders), formats.number(self.sums.units)]
        shown += [formats.money(self.sums.aov)] if self.sums.aov is not None else []
        shown += [f"Median {formats.money_short(self.sums.median)}"] if self.sums.median is not None else []
        shown += [formats.money_short(self.sums.returns)]
        self._same([text for text in shown if text not in tiles], [])
        self.compared += len(shown)

    # --- weekly report -------------------------------------------------------------------------------------------

    def report(self) -> None:
        """Where the period is a week from Monday on."""
        if self.period.start != first_day_of(self.period.start, "week") or self.period.days != 7:
            return
        found = {line.name: line.value for line in self.built.reports.of(self.period.start).lines}
        new, returning = self._customers(self.period)
        money, number_of = self.built.formats.money_short, self.built.formats.number
        sizes = (self.sums.aov, self.sums.median)
        aov, median = ("–" if one is None else money(one) for one in sizes)
        expected = {
            "Gross sales": money(self.sums.gross), "Net sales": money(self.sums.net),
            "Orders": number_of(self.sums.orders), "Average order": aov, "Median order": median,
            "Returns": money(self.sums.returns), "Customers": number_of(new + returning),
            "Of them returning": number_of(returning),
        }  # fmt: skip
        self._same(found, expected)

    # --- parts ---------------------------------------------------------------------------------------------------

    def _parts(self, grain: str) -> Iterator[tuple[Period, Sums]]:
        for cut in buckets(self.period, grain):
            yield cut, sums(self.plain.of(cut))

    def _customers(self, cut: Period) -> tuple[int, int]:
        """(new, returning) customers with an order in it."""
        every = self.year.of(cut).by_customers["customer"].nunique()
        later = self.year.later
        inside = later[(later["at"] >= pd.Timestamp(cut.start)) & (later["at"] < pd.Timestamp(cut.end))]
        returning = inside["customer"].nunique()
        return every - returning, returning

    def _file(self, name: str, query: str = "") -> list[Line]:
        days = f"from={self.period.start}&to={self.period.end - timedelta(days=1)}"
        return file_of(self.client, f"/admin/export/{name}.csv?{days}&{query}")

    def _sold(self, line: Line) -> Row:
        units, *amounts = CELLS
        return int(number(line[units])), *(self._minor(line, name) for name in amounts)

    def _minor(self, line: Line, words: str) -> int:
        return int(money(line, words).scaleb(self.built.formats.digits))

    def _same(self, found: Any, expected: Any) -> None:
        assert found == expected, _first_difference(found, expected)
        self.compared += len(found)


def _cells(part: Sums) -> Row:
    return part.orders, part.units, part.gross, part.returns, part.net


def _pence(value: float | None) -> int | None:
    return None if value is None else int(Decimal(str(value)).scaleb(2))


def _first_difference(found: Any, expected: Any) -> str:
    """In words: a year's rows are too many to look through."""
    if isinstance(found, dict):
        found, expected = sorted(found.items(), key=str), sorted(expected.items(), key=str)
    differ = [(one, other) for one, other in zip(found, expected, strict=False) if one != other]
    differ = differ or [*found, *expected]
    return f"{len(found)} rows and {len(expected)} expected, the first that differ: {differ[:2]}"
