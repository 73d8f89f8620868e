"""A real shop's year, imported: every number of the analytics is what plain pandas makes of the file.

The two ways share nothing but the file: here is docs/metrics.md once more, over a data frame of its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from flask.testing import FlaskClient

from app.domain import NON_MERCHANDISE, Period, Role
from app.domain.forecast_scores import OURS, against_baseline, better_baseline
from app.frames import records
from app.services import Services, install
from app.services.analytics.breakdown import Part
from app.services.analytics.stock_table import summary_of
from app.services.forecasts.backtest import BackTestService
from app.services.forecasts.reading import HistoryService
from app.settings.environment import Settings
from app.stores.sql.analytics.breakdowns import SqlBreakdowns
from app.stores.sql.analytics.sales_and_stock import SqlAnalytics
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from app.stores.sql.forecasts.history import SqlHistory
from app.tools.importer import import_file
from app.tools.importer.rules import LeftOut
from app.tools.importer.run import ImportReport
from app.wiring import composition
from app.wiring import stores as opening
from tests.conftest import WiredApp
from tests.integration.analytics.test_page_and_file import file_of
from tests.support import real_customers, real_stock
from tests.support.plain_margin import SUMS, Made, PlainMargin, found_in, some_costs
from tests.support.plain_year import FILE, Plain, half_up, inside, read_year
from tests.support.real_segments import expected_segments
from tests.support.shop import PASSWORD, SECRET_KEY, add_people
from tests.support.year_audit import Audit

LONDON = ZoneInfo("Europe/London")
YEAR = Period(date(2010, 12, 1), date(2012, 1, 1))
AS_OF = datetime(2011, 12, 10)

pytestmark = [
    pytest.mark.timeout(400),  # half a minute, but not on a machine that is busy with other tests
    pytest.mark.skipif(not FILE.exists(), reason="the real data set is not part of the repository"),
]


@dataclass(frozen=True)
class Imported:
    """`costs`: what a unit of about half of the products cost, given to its sales by hand: the file has none."""

    services: Services
    report: ImportReport
    database: Database
    costs: dict[str, int]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path_factory.mktemp("year"),
        secret_key=SECRET_KEY,
        store_timezone="Europe/London",
        currency="GBP",
        store_locale="en_GB",
    )
    database = opening.open_database(settings)
    migrate(database)
    report = import_file(database, settings, FILE)
    built = composition.build(settings, database)
    costs = some_costs({p.product_id: p.price for p in built.catalog.all(include_removed=True)})
    assert built.past_sales.fill(costs).sold > 100_000
    yield Imported(built, report, database, costs)
    built.live.close()
    database.dispose()


@pytest.fixture(scope="module")
def plain() -> Plain:
    return read_year()


@pytest.fixture
def analyst(shop: Imported, built_app: WiredApp) -> Iterator[FlaskClient]:
    """Signed in to the imported shop, which stands behind pages, files and API for the test."""
    install(shop.services)
    client = built_app.server.test_client()
    (person,) = add_people(shop.database, 1, f"analyst-{uuid4().hex}", Role.ANALYST, verified=True)
    answer = client.post("/api/login", json={"email": person.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    yield client
    install(built_app.services)


def test_every_row_is_accounted_for(shop: Imported, plain: Plain) -> None:
    report = shop.report
    assert report.rows == 541_909 == report.sale_lines + report.return_lines + sum(report.left_out.values())
    assert report.left_out == {LeftOut.ADJUSTMENT: 3, LeftOut.QUANTITY: 1_336, LeftOut.PRICE: 1_183}
    assert (report.sale_lines, report.return_lines) == (len(plain.sold), len(plain.returned))
    assert (report.orders, report.returns) == (len(plain.orders), plain.returned["InvoiceNo"].nunique())
    assert (report.gross, report.returned) == (plain.sold["amount"].sum(), plain.returned["amount"].sum())


@pytest.mark.parametrize(("grain", "rule"), [("day", "D"), ("week", "W-SUN"), ("month", "M")])
def test_sales_returns_and_returning_customers_of_every_bucket(
    shop: Imported, plain: Plain, grain: str, rule: str, record_property
) -> None:
    """`rule`: pandas calls a week by the day on which it ends."""
    first_ever = plain.by_customers.groupby("customer")["at"].min()
    buyers = plain.by_customers.assign(
        bucket=lambda f: f["at"].dt.to_period(rule), later=lambda f: f["at"] > f["customer"].map(first_ever)
    )
    people = buyers.groupby("bucket")["customer"].nunique()
    returning = buyers[buyers["later"]].groupby("bucket")["customer"].nunique()
    orders = plain.orders.groupby(plain.orders["at"].dt.to_period(rule))
    returns = plain.returned.groupby(plain.returned["at"].dt.to_period(rule))["amount"].sum()
    expected = {
        (bucket.start_time.date(), len(rows), rows["units"].sum(), rows["gross"].sum()) for bucket, rows in orders
    }

    # Whole weeks: one that is cut off has customers of its own.
    whole = Period(date(2010, 11, 29), YEAR.end) if grain == "week" else YEAR
    found = shop.services.sales.buckets(whole, grain)  # type: ignore[arg-type]
    assert {
        (b.period.start, b.totals.orders, b.totals.units, b.totals.gross) for b in found if b.totals.orders
    } == expected
    for bucket in found:
        key = pd.Period(bucket.period.start, rule)
        assert bucket.totals.returns == returns.get(key, 0), key
        assert bucket.totals.net == bucket.totals.gross - bucket.totals.returns
        assert (bucket.customers, bucket.returning_customers) == (people.get(key, 0), returning.get(key, 0)), key
    record_property("proved", f"a real year by {grain}: {len(found)} buckets equal to plain pandas")


def test_a_period_that_cuts_its_months(shop: Imported, plain: Plain) -> None:
    start, end = date(2011, 3, 17), date(2011, 5, 9)
    first_ever = plain.by_customers.groupby("customer")["at"].min()
    for bucket in shop.services.sales.buckets(Period(start, end), "month"):
        days = plain.by_customers["at"].dt.date
        inside = plain.by_customers[(days >= bucket.period.start) & (days < bucket.period.end)]
        later = inside[inside["at"] > inside["customer"].map(first_ever)]
        assert bucket.totals.gross == (
            plain.orders[
                (plain.orders["at"].dt.date >= bucket.period.start) & (plain.orders["at"].dt.date < bucket.period.end)
            ]["gross"].sum()
        )
        assert bucket.customers == inside["customer"].nunique()
        assert bucket.returning_customers == later["customer"].nunique()


def test_cohorts(shop: Imported, plain: Plain) -> None:
    buyers = plain.by_customers.assign(month=lambda f: f["at"].dt.to_period("M"))
    buyers["cohort"] = buyers.groupby("customer")["month"].transform("min")
    counts = buyers.groupby(["cohort", "month"])["customer"].nunique()
    found = shop.services.customers.cohorts()
    assert [c.month for c in found] == sorted(str(c) for c in counts.index.levels[0])
    for cohort in found:
        months = counts[cohort.month]
        first = pd.Period(cohort.month, "M")
        assert cohort.retained == tuple(months.get(first + k, 0) for k in range(len(cohort.retained))), cohort.month
        assert cohort.complete == (*(True,) * (len(cohort.retained) - 1), False), "December ended with the ninth"

    over = [c for c in counts.index.levels[0] if c + 1 < pd.Period("2011-12", "M")]
    came_back = shop.services.customers.retention().next_month
    assert (came_back.again, came_back.customers) == (
        sum(counts.get((c, c + 1), 0) for c in over),
        sum(counts[(c, c)] for c in over),
    )
    assert came_back.rate == pytest.approx(0.2365, abs=0.0001)


@pytest.mark.parametrize(
    "as_of", [AS_OF, datetime(2011, 6, 15, 12, 30), datetime(2011, 3, 1)], ids=["the end", "in a day", "in March"]
)
def test_segments(shop: Imported, plain: Plain, as_of: datetime, record_property) -> None:
    expected = (
        expected_segments(plain.orders, plain.sold, plain.returned, as_of)
        .groupby("segment")["monetary"]
        .agg(["size", "sum"])
    )
    found = shop.services.customers.segments(as_of.replace(tzinfo=LONDON).astimezone(UTC)).sums
    assert {(s.segment, s.customers, s.monetary) for s in found if s.customers} == {
        (name, row["size"], row["sum"]) for name, row in expected.iterrows()
    }
    record_property("proved", f"a real year: {sum(s.customers for s in found)} customers in segments as of {as_of}")


def test_the_customers_of_the_highest_value(shop: Imported, plain: Plain) -> None:
    best = plain.lifetime.sort_values(ascending=False).head(50)
    orders = plain.by_customers.groupby("customer").size()
    found = shop.services.customers.top(50)
    assert [row.lifetime for row in found] == best.to_list()
    for row in found:
        assert row.external_id is not None
        assert (row.lifetime, row.orders) == (plain.lifetime[row.external_id], orders[row.external_id])


@pytest.mark.parametrize("period", [YEAR, Period(date(2011, 9, 1), date(2011, 10, 1))], ids=["a year", "a month"])
def test_abc_classes(shop: Imported, plain: Plain, period: Period) -> None:
    days = plain.sold["at"].dt.date
    inside = plain.sold[(days >= period.start) & (days < period.end) & ~plain.sold["code"].isin(NON_MERCHANDISE)]
    sold = inside.groupby("code").agg(units=("units", "sum"), gross=("amount", "sum")).reset_index()
    sold = sold.sort_values(["gross", "code"], ascending=[False, True], ignore_index=True)
    so_far, total = sold["gross"].cumsum(), int(sold["gross"].sum())
    sold["abc"] = ["A" if 100 * x <= 80 * total else "B" if 100 * x <= 95 * total else "C" for x in so_far]
    found = shop.services.products.abc(period)
    selling = found[found["gross"] > 0]
    assert list(zip(selling["product_id"], selling["units"], selling["gross"], selling["abc"], strict=True)) == list(
        zip(sold["code"], sold["units"], sold["gross"], sold["abc"], strict=True)
    )
    assert set(found[found["gross"] == 0]["abc"]) <= {"C"}
    known = set(plain.sold["code"]) | set(plain.returned["code"])
    assert set(found["product_id"]) == known - NON_MERCHANDISE


@pytest.mark.parametrize("code", ["85123A", "22423", "23843"])
def test_movements_of_a_product(shop: Imported, plain: Plain, code: str) -> None:
    """In the order of time; within one minute the file's own order is not told by its times."""
    found = shop.services.stock.movements(code, datetime(2010, 1, 1, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC))
    opening_stock = found[0]
    assert (opening_stock.kind, opening_stock.on_hand) == ("receipt", opening_stock.quantity)
    sales = plain.sold[plain.sold["code"] == code][["at", "units"]].assign(units=lambda f: -f["units"])
    back = plain.returned[plain.returned["code"] == code][["at", "units"]]
    every = pd.concat([sales, back])
    expected = sorted(zip(every["at"], every["units"], strict=True))
    assert sorted((m.at.astimezone(LONDON).replace(tzinfo=None), m.quantity) for m in found[1:]) == expected
    assert [m.at for m in found] == sorted(m.at for m in found)
    assert found[-1].on_hand == opening_stock.quantity + sum(units for _, units in expected)
    assert min(m.on_hand for m in found) == 0


CUT = Period(date(2011, 3, 17), date(2011, 10, 5))  # months at both ends are cut


@pytest.mark.parametrize("period", [YEAR, CUT], ids=["a year", "a period that cuts months"])
def test_hours_of_the_week(shop: Imported, plain: Plain, period: Period) -> None:
    """London's clocks go forward and back within the year."""
    orders = inside(plain.orders, period)
    place = orders["at"].dt.weekday * 24 + orders["at"].dt.hour
    found = shop.services.breakdowns.hours_of_week(period)
    assert found["orders"].tolist() == [int(n) for n in place.value_counts().reindex(range(168), fill_value=0)]
    assert found["gross"].tolist() == [
        int(n) for n in orders.groupby(place)["gross"].sum().reindex(range(168), fill_value=0)
    ]


@pytest.mark.parametrize("period", [YEAR, CUT], ids=["a year", "a period that cuts months"])
def test_products_and_countries(shop: Imported, plain: Plain, period: Period) -> None:
    sold, back = inside(plain.sold, period), inside(plain.returned, period)
    gross, returns = sold.groupby("code")["amount"].sum(), back.groupby("code")["amount"].sum()
    found = shop.services.breakdowns._reader.products(period.start, period.end)
    assert {row.product_id: row.gross for row in found if row.gross} == gross.to_dict()
    assert {row.product_id: row.returns for row in found if row.returns} == returns[returns > 0].to_dict()

    country = sold.groupby("InvoiceNo")["Country"].first()
    orders = inside(plain.orders, period).assign(country=country)
    countries = shop.services.breakdowns.countries(period, Part())
    known = orders.groupby("country").agg(orders=("gross", "size"), gross=("gross", "sum"))
    assert {(c.country, c.orders, c.gross) for c in countries if c.gross} == {
        (_code(name), row["orders"], row["gross"]) for name, row in known.iterrows()
    }


@pytest.fixture(scope="module")
def margin(shop: Imported, plain: Plain) -> PlainMargin:
    return PlainMargin(plain, shop.costs)


@pytest.mark.parametrize("period", [YEAR, CUT], ids=["a year", "a period that cuts months"])
def test_margin_by_product_category_country_and_day(shop: Imported, margin: PlainMargin, period: Period) -> None:
    built, part = shop.services, margin.of(period)
    found = built.sales.total(period)
    assert found_in(found) == part.total
    assert found.margin.amount == part.total.margin
    assert found.margin.unknown == (part.total.gross - part.total.costed) / part.total.gross

    days = {row.day.date(): found_in(row) for row in records(built.sales.by_day(period))}
    assert {day: made for day, made in days.items() if any(made)} == part.by(lambda f: f["at"].dt.date)
    products = {row.product_id: found_in(row) for row in built.breakdowns.products(period, Part())}
    assert {code: made for code, made in products.items() if any(made)} == part.by(lambda f: f["code"])
    countries = {row.country: found_in(row) for row in built.breakdowns.countries(period, Part())}
    assert {code: made for code, made in countries.items() if any(made)} == part.by(lambda f: f["country"])
    category = {p.product_id: p.category for p in built.catalog.all(include_removed=True)}
    categories = {row.category: found_in(row) for row in built.breakdowns.categories(period, Part())}
    assert categories == part.by(lambda f: f["code"].map(category).fillna("Other"))

    # A part of the trade, by days of a category in one country.
    of_part = margin.rows[margin.rows["country"].eq("Germany") & margin.rows["code"].map(category).eq("Kitchen")]
    days = {
        row.day.date(): found_in(row) for row in records(built.breakdowns.by_day(period, Part("Kitchen", "Germany")))
    }
    assert Made(*map(sum, zip(*days.values(), strict=True))) == Made(
        *(int(inside(of_part, period)[name].sum()) for name in SUMS)
    )


def test_margin_of_every_customer_and_abc_by_it(shop: Imported, margin: PlainMargin, record_property) -> None:
    people = {row.full_name.split()[1]: found_in(row) for row in shop.services.customers.everybody()}
    expected = margin.by(lambda f: f["customer"])
    assert {key: made for key, made in people.items() if any(made)} == expected

    found = shop.services.products.abc(YEAR, "margin")
    made = {code: one for code, one in margin.by(lambda f: f["code"]).items() if code not in NON_MERCHANDISE}
    sold = set(margin.rows[margin.rows["gross"] > 0]["code"])
    earned = pd.Series({code: max(0, one.margin) for code, one in made.items() if code in sold and code in shop.costs})
    earned = earned[earned > 0].sort_index().sort_values(ascending=False, kind="stable")
    so_far, total = earned.cumsum(), int(earned.sum())
    letters = ["A" if 100 * x <= 80 * total else "B" if 100 * x <= 95 * total else "C" for x in so_far]
    assert list(zip(found["product_id"], found["abc"], strict=True))[: len(earned)] == list(
        zip(earned.index, letters, strict=True)
    )
    assert set(found["abc"][len(earned) :]) == {"C"}
    record_property(
        "proved", f"margin of a real year: {len(expected)} customers, {len(made)} products as pandas has it"
    )


def test_margin_is_the_same_in_files_and_api(analyst: FlaskClient, shop: Imported, margin: PlainMargin) -> None:
    part, days = margin.of(CUT), f"from={CUT.start}&to={CUT.last_day}"
    for name, kind, key, by in (
        ("products", "product", "Product", "code"),
        ("countries", "country", "Country", "country"),
    ):
        lines = {line[key]: line for line in file_of(analyst, f"/admin/export/{name}.csv?{days}")}
        answer = analyst.get(f"/api/analytics/margin?start={CUT.start}&end={CUT.end}&by={kind}")
        rows = {row["key"]: row for row in answer.json["rows"]}
        for code, made in part.by(lambda f, by=by: f[by]).items():
            line, row = lines[code], rows[code]
            is_known = bool(made.costed or made.costed_returns)
            assert line["Gross margin, GBP"] == (f"{made.margin / 100:.2f}" if is_known else ""), code
            assert row["margin"] == (made.margin / 100 if is_known else None), code
            assert row["unknown_cost_share"] == ((made.gross - made.costed) / made.gross if made.gross else None)
    answer = analyst.get(f"/api/analytics/sales?start={CUT.start}&end={CUT.end}&grain=month")
    assert sum(round(100 * row["margin"]) for row in answer.json["rows"]) == part.total.margin
    assert shop.services.past_sales.filled().until.year == CUT.end.year


def _code(name: object) -> str:
    return str(name)


def test_sell_through_and_stock_of_every_product(shop: Imported, plain: Plain) -> None:
    """On hand is the opening receipt less what was sold and plus what came back; that is what sell-through goes by."""
    period = Period(date(2011, 9, 1), date(2011, 10, 1))
    found = shop.services.holdings.sell_through(period)
    for code in ("85123A", "22423", "23843", "84077"):
        moves = shop.services.stock.movements(code, datetime(2010, 1, 1, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC))
        start = datetime(2011, 9, 1, tzinfo=LONDON)
        opening = next((m.on_hand for m in reversed(moves) if m.at < start), 0)
        sold = inside(plain.sold[plain.sold["code"] == code], period)["units"].sum()
        assert found.get(code, 0.0) == (sold / opening if opening else 0.0), code


def test_lifetime_values_in_bands(shop: Imported, plain: Plain) -> None:
    shop.services.customers.keep_segments()
    summary = shop.services.customers.summary()
    values = plain.lifetime
    assert sum(band.customers for band in summary.bands) == len(values)
    for band in summary.bands:
        low, high = values.min() if band.low is None else band.low, values.max() + 1 if band.high is None else band.high
        assert band.customers == ((values >= low) & (values < high)).sum(), band
    best = values.sort_values(ascending=False).head(-(-len(values) // 10)).sum()
    assert summary.top_share == best / values.sum()
    assert summary.median == half_up(values.median())


def test_customers_are_the_same_on_page_file_and_api(shop: Imported, plain: Plain, built_app: WiredApp) -> None:
    built, client = shop.services, built_app.server.test_client()
    built.customers.keep_segments()
    admin = add_people(shop.database, 1, "people-", Role.ADMIN)[0]
    install(built)
    try:
        assert client.post("/api/login", json={"email": admin.email, "password": PASSWORD}).status_code == 200
        page, file = real_customers.page_of(client), real_customers.file_of(client, "customers.csv")
        files = {name: real_customers.file_of(client, f"{name}.csv") for name in ("segments", "cohorts")}
        week_file = real_customers.file_of(client, "new-returning.csv?from=2011-06-13&to=2011-12-09&grain=week")
        calls = {name: real_customers.rows_of(client, name) for name in ("segments", "cohorts", "top?limit=1000")}
    finally:
        install(built_app.services)

    formats, totals, expected = (
        built.formats,
        built.customers.totals(),
        real_customers.everybody(plain.orders, plain.sold, plain.returned),
    )
    buyers = expected[expected["orders"] > 0]
    again = (buyers["last"] > buyers["first"]).sum()
    assert (totals.customers, totals.buyers, totals.returning) == (len(expected), len(buyers), again)
    assert totals.lifetime == buyers["lifetime"].sum()
    assert totals.lifetime_each == half_up(buyers["lifetime"].mean())

    # The list and its file; who only gave back has no lifetime value in them.
    assert {row[0]: tuple(row[3:10]) for row in file} == real_customers.listed(expected)
    best = buyers.sort_values("lifetime", ascending=False, kind="stable").head(50)
    assert [row[0].split()[1] for row in page.everybody.rows[1:]] == best.index.tolist()
    assert [row[6] for row in page.everybody.rows[1:]] == [formats.amount(int(v)) for v in best["lifetime"]]

    # Segments of now, to the hour: London's clocks were changed between the orders and now.
    at = built.customers.summary().at.replace(tzinfo=None)
    ranked = expected_segments(*map(in_utc, (plain.orders, plain.sold, plain.returned)), at)
    sums = ranked.groupby("segment")["monetary"].agg(["size", "sum"])
    segments = {name: (int(row["size"]), f"{row['sum'] / 100:.2f}") for name, row in sums.iterrows()}
    assert {row[0]: (int(row[1]), row[2]) for row in files["segments"] if row[1] != "0"} == segments
    assert {r["segment"]: (r["customers"], f"{r['monetary']:.2f}") for r in calls["segments"]} == segments
    assert {item[0]: item[2] for item in page.segments.items} == {
        name: formats.number(size) for name, (size, _) in segments.items()
    }
    assert sum(row["monetary"] for row in calls["segments"]) * 100 == pytest.approx(totals.lifetime)
    assert {row[0]: row[10] for row in file if row[10]} == {f"Customer {c}": s for c, s in ranked["segment"].items()}
    top = calls["top?limit=1000"]
    assert [(r["external_id"], r["segment"]) for r in top] == [
        (r["external_id"], ranked["segment"][r["external_id"]]) for r in top
    ]
    assert [round(r["lifetime_value"] * 100) for r in top] == buyers["lifetime"].nlargest(1000).astype(int).tolist()

    cohorts = real_customers.retention(plain.orders)
    assert {row["cohort"]: row["retained"] for row in calls["cohorts"]} == cohorts
    assert {row["cohort"]: row["complete"] for row in calls["cohorts"]} == {
        month: [True] * (len(counts) - 1) + [False] for month, counts in cohorts.items()
    }
    assert [(row[0], int(row[2]), int(row[3]), row[5]) for row in files["cohorts"]] == [
        (month, later, count, "over" if later < len(counts) - 1 else "in part")
        for month, counts in cohorts.items()
        for later, count in enumerate(counts)
    ]
    assert page.cohorts.rows[1:] == real_customers.heat_rows(cohorts, formats)

    weeks = real_customers.weeks(plain.orders)
    assert [(date.fromisoformat(row[0]), int(row[1]), int(row[2])) for row in week_file] == weeks
    assert page.weeks.rows[1:] == [[formats.day(day), str(new), str(back)] for day, new, back in weeks]
    homes = buyers["country"].value_counts()
    assert {item[0]: item[1] for item in page.countries.items} == {
        name: formats.number(int(homes[name])) for name in (item[0] for item in page.countries.items)
    }
    assert [int(item[1].replace(",", "")) for item in page.countries.items] == homes.head(8).tolist()


def in_utc(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(at=frame["at"].dt.tz_localize(LONDON).dt.tz_convert("UTC").dt.tz_localize(None))


@pytest.mark.parametrize("customer", ["14646", "12748", "18074", "17547", "12346"])
def test_one_customers_page(shop: Imported, plain: Plain, customer: str) -> None:
    (row,) = (one for one in shop.services.customers.everybody() if one.full_name == f"Customer {customer}")
    found, orders = shop.services.customers.profile(row.user_id), plain.orders[plain.orders["customer"] == customer]
    assert {bar.first_day: (bar.orders, bar.gross, bar.returns) for bar in found.course.bars if not bar.is_empty} == (
        real_customers.bought_months(plain.orders, plain.returned, customer)
    )
    assert found.aov == (half_up(orders["gross"].mean()) if len(orders) else None)
    latest = orders.sort_values("at", ascending=False, kind="stable").head(20)
    assert sorted(o.paid_at.astimezone(LONDON).replace(tzinfo=None) for o in found.orders) == sorted(latest["at"])
    assert found.recency == (None if orders.empty else (datetime.now(UTC) - row.last_order_at).days)
    if found.latest is None:
        gross = plain.sold[plain.sold["customer"] == customer].groupby("code")[["units", "amount"]].sum()
        assert {p.product_id: (p.units, p.gross) for p in found.products} == {
            code: (units, amount) for code, units, amount in gross.itertuples()
        }


def test_stock_is_the_same_on_page_file_api_wall_and_report_and_ends_with_the_last_day_of_trade(
    shop: Imported, plain: Plain, built_app: WiredApp
) -> None:
    built = shop.services
    client = built_app.server.test_client()
    admin = add_people(shop.database, 1, "stock-", Role.ADMIN)[0]
    install(built)
    try:
        assert client.post("/api/login", json={"email": admin.email, "password": PASSWORD}).status_code == 200
        file, grid = real_stock.file_of(client, "stock").set_index("Product"), real_stock.grid_of(client)
        dead, value = real_stock.file_of(client, "dead-stock"), real_stock.file_of(client, "stock-value")
        classes, lost = real_stock.classes_of(client), real_stock.file_of(client, "lost-sales")
        tiles = built.stock_table.read()
        summary = summary_of(tiles, built.lost_sales.of(YEAR).value, built.holdings.value(), built.forecasts.to_order())
        report = [words for words, _ in built.reports.of(date(2011, 11, 28)).to_do]
        low = built.live.snapshot()["low"]
        out = real_stock.sold_out_everywhere(built, file)
    finally:
        install(built_app.services)

    expected = real_stock.expected_of(plain.sold, plain.returned, file["On hand"])
    assert file["Sold in 28 days"].tolist() == expected["sold"].tolist()
    assert file["Velocity, units a day"].fillna(0).tolist() == pytest.approx(expected["a_day"].tolist(), abs=1e-4)
    shares = pd.to_numeric(file["Sell-through"]).tolist()
    assert shares == pytest.approx(expected["share"].tolist(), abs=1e-4, nan_ok=True)
    assert not ((file["Sold in 28 days"] == 0) & (pd.to_numeric(file["Sell-through"]) > 0)).any()
    by_product = grid.set_index("product_id").loc[file.index]
    for name, column in (("sold_28d", "Sold in 28 days"), ("abc", "ABC class"), ("speed", "Speed")):
        assert by_product[name].tolist() == file[column].tolist(), name

    assert file["ABC class"].value_counts().to_dict() == {"C": 2_048, "B": 958, "A": 811}
    assert file["ABC class"].to_dict() == {code: classes[code] for code in file.index}
    assert set(dead["Product"]) == real_stock.dead_of(plain.sold, plain.returned, file["On hand"])
    assert summary.value.dead_products == len(dead)
    assert round(100 * value.iloc[-1, 1]) == summary.value.value > round(100 * dead.iloc[:, 3].sum())
    assert set(out.values()) == {summary.sold_out}, out
    assert [row["product_id"] for row in low] == list(file.index[file["Available"] < file["Threshold"]][: len(low)])

    # What an import inferred is said to be, and nothing is lost by it.
    assert set(file["Stock inferred"]) | set(dead["Stock inferred"]) | set(value["Stock inferred"]) == {"yes"}
    assert lost.empty
    assert report[0].startswith(f"See what to order: only 0 of {len(file):,} products")
    money = built.formats.money_short(summary.value.dead_value)
    assert report[1] == f"Clear {money} of dead stock, based on stock that the import inferred"


AUDITED = {
    "a week": Period(date(2011, 11, 14), date(2011, 11, 21)),
    "the last week, with a cancelled order of 168,470": Period(date(2011, 12, 5), date(2011, 12, 12)),
    "a month": Period(date(2011, 10, 1), date(2011, 11, 1)),
    "days on which it was closed": Period(date(2010, 12, 24), date(2011, 1, 4)),
    "a Saturday, on which it never trades": Period(date(2011, 6, 4), date(2011, 6, 5)),
    "the week in which the clocks go forward": Period(date(2011, 3, 21), date(2011, 3, 28)),
    "the week in which they go back": Period(date(2011, 10, 24), date(2011, 10, 31)),
    "before the first sale": Period(date(2010, 10, 4), date(2010, 11, 29)),
    "after the last one": Period(date(2011, 12, 12), date(2011, 12, 26)),
}
AUDITED_LONG = {"the year": YEAR, "a period that cuts months": CUT}


@pytest.mark.parametrize(
    "period",
    [
        *(pytest.param(period, id=words) for words, period in AUDITED.items()),
        *(pytest.param(period, id=words, marks=pytest.mark.soak) for words, period in AUDITED_LONG.items()),
    ],
)
def test_page_files_api_and_report_of_a_period_are_what_pandas_makes_of_it(
    shop: Imported, plain: Plain, analyst: FlaskClient, period: Period, record_property
) -> None:
    audit = Audit(shop.services, analyst, plain, period)
    for part in (audit.files, audit.api, audit.page, audit.report):
        part()
    record_property(
        "proved", f"a real year, {period.start} to {period.last_day}: {audit.compared} rows are what pandas makes"
    )


def test_forecasts_are_better_than_both_baselines_and_their_quantiles_hold(shop: Imported) -> None:
    """Over the autumn, the hardest part of the year: nothing of it was seen before."""
    histories = HistoryService(
        SqlHistory(shop.database),
        SqlAnalytics(shop.database),
        SqlAnalytics(shop.database),
        SqlBreakdowns(shop.database),
        shop.services.catalog.all,
        shop.services.formats,
    )
    found = BackTestService(histories).run(date(2011, 12, 10), 3, 28)
    scores, shop_scores = found.of_level("product"), found.of_level("shop")
    ratio, of_shop = against_baseline(scores), against_baseline(shop_scores)
    assert ratio is not None and ratio < 0.99  # noqa: PT018
    assert of_shop is not None and of_shop < 0.8  # noqa: PT018
    assert abs(scores[OURS].bias or 1) < abs(scores[better_baseline(scores) or ""].bias or 0)
    assert 0.86 <= (scores[OURS].coverage("0.9") or 0) <= 0.95
