"""A page, its file and the API say the same: each table that can be taken away, on a trading shop and on a quiet one.

The files are those that the page itself links to. One of which this module does not know how it is shown fails.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from app.domain import NON_MERCHANDISE, Forecast, first_day_of
from app.services import Services, install
from components.admin.margin import percent
from tests.conftest import WiredApp
from tests.support.dash_calls import call, callback_map, navigate, payload
from tests.support.odd_shops import NOW, OddShop, OddShops, ordinary, quiet_for_500_days
from tests.support.page_loads import components_of
from tests.support.page_markup import Shown, cards, read
from tests.support.shop import PASSWORD

Line = dict[str, str]
LISTED, MOST_ROWS, MOVES = 8, 120, 25
PAGES_WITH_FILES = (
    ("/admin", ""),
    ("/admin/stock", ""),
    ("/admin/customers", ""),
    ("/admin/time-machine", "?product=mug-1"),
    ("/admin/time-machine", ""),
    ("/admin/tax", f"?from={NOW.date() - timedelta(days=900)}&to={NOW.date()}"),
)
ALL_DAYS = f"from={NOW.date() - timedelta(days=900)}&to={NOW.date() + timedelta(days=1)}"
PART = {"category": "", "country": "", "product": ""}


class Shop(NamedTuple):
    built: Services
    client: FlaskClient
    made: OddShop


@pytest.fixture(scope="module", params=[ordinary, quiet_for_500_days], ids=["trading", "quiet"])
def shop(
    request: pytest.FixtureRequest, built_app: WiredApp, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    shops, made = OddShops(tmp_path_factory.mktemp("pages")), request.param()
    built, database = shops.build("shop", expecting(made))
    built.customers.keep_segments()
    client = built_app.server.test_client()
    install(built)
    answer = client.post("/api/login", json={"email": shops.admin.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    yield Shop(built, client, made)
    built.live.close()
    database.dispose()


@pytest.fixture(autouse=True)
def installed(shop: Shop, built_app: WiredApp) -> Iterator[None]:
    install(shop.built)
    yield
    install(built_app.services)


def expecting(shop: OddShop) -> OddShop:
    """With forecasts of all sales and of some products, from the day after the last sale on."""
    last = max(one.at for one in shop.sold).date()
    first = NOW.date() if (NOW.date() - last).days < 28 else last + timedelta(days=1)
    made = Forecast(first, "Theta", tuple((0.5 + n, 1.25 + n, 2.0 + n) for n in range(28)), {})
    shop.forecasts = {"": made, "mug-0": made, "mug-3": made}
    return shop


def file_of(client: FlaskClient, href: str) -> list[Line]:
    answer = client.get(href)
    assert answer.status_code == 200, (href, answer.text)
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def number(text: str) -> Decimal:
    """Of a page's or a file's cell; nothing is 0."""
    kept = "".join(c for c in text.replace("−", "-") if c.isdigit() or c in ".-")
    return Decimal(kept) if any(map(str.isdigit, kept)) else Decimal(0)


def money(line: Line, words: str) -> Decimal:
    return number(next(value for name, value in line.items() if name.startswith(f"{words}, ")))


def minor(built: Services, line: Line, words: str) -> int:
    return int(money(line, words).scaleb(built.formats.digits))


def numbers(texts: list[str]) -> list[Decimal]:
    return [number(text) for text in texts]


# --- how each file is shown ----------------------------------------------------------------------------------------


def sales(built: Services, shown: Shown, lines: list[Line]) -> None:
    rows = [[row[0].removesuffix(" (in part)"), *numbers(row[1:])] for row in shown.rows[1:]]
    names = ("Gross sales", "Returns", "Net sales")
    if len(shown.rows[0]) == 2:  # by hour
        assert sum(row[1] for row in rows) == sum(money(line, "Gross sales") for line in lines)
        return
    expected = [
        [_day(built, next(iter(line.values()))), number(line["Orders"]), number(line["Units"])]
        + [money(line, name) for name in names]
        for line in lines
    ]
    assert [row[1:] for row in rows] == [row[1:] for row in expected[-MOST_ROWS:]]
    assert {row[0] for row in expected[1:][-MOST_ROWS:]} <= {row[0] for row in rows}  # the first may begin before


def products(built: Services, shown: Shown, lines: list[Line]) -> None:
    """Less returns, on the page."""
    best = [
        line
        for line in lines
        if line["Product"] not in NON_MERCHANDISE and number(line["Units"]) > 0 and money(line, "Net sales") > 0
    ]
    expected = [
        [
            line["Name"],
            made(built, line),
            built.formats.money_short(minor(built, line, "Net sales")),
            number(line["Units"]) - number(line["Units returned"]),
        ]
        for line in best[:LISTED]
    ]
    assert [[*item[1:4], number(item[4])] for item in shown.items] == expected


def made(built: Services, line: Line) -> str:
    """The margin of a row as the page says it."""
    if not next(value for name, value in line.items() if name.startswith("Gross margin, ")):
        return "no known cost"
    rate, unknown = line["Margin rate"], float(line["Sales without a known cost"])
    words = f"{built.formats.percent(float(rate))} margin" if rate else "no net sales"
    return f"{words}, {percent(unknown, built.formats)} without cost" if unknown else words


def parts(name: str) -> Callable[[Services, Shown, list[Line]], None]:
    def compare(built: Services, shown: Shown, lines: list[Line]) -> None:
        sold = [line for line in lines if money(line, "Gross sales") > 0]
        expected = [
            [line[name], made(built, line), built.formats.money_short(minor(built, line, "Gross sales"))]
            for line in sold[:LISTED]
        ]
        assert [item[:3] for item in shown.items[:LISTED]] == expected

    return compare


def hours(built: Services, shown: Shown, lines: list[Line]) -> None:
    rows = shown.rows[-sum(number(line["Orders"]) > 0 for line in lines) :]  # below the map of all hours
    expected = [
        [number(line["Hour from"]), number(line["Orders"]), money(line, "Gross sales")]
        for line in lines
        if number(line["Orders"])
    ]
    assert [[number(row[1].partition(":")[0]), *numbers(row[2:])] for row in rows] == expected


def forecast(built: Services, shown: Shown, lines: list[Line]) -> None:
    whole = [[round(money(line, name)) for name in ("Low (10 %)", "Expected", "High (90 %)")] for line in lines]
    assert [numbers(row[1:]) for row in shown.rows[1:]] == whole
    assert [row[0] for row in shown.rows[1:]] == [_day(built, line["Day"]) for line in lines]


def stock_value(built: Services, shown: Shown, lines: list[Line]) -> None:
    value = "Value at the end of the day"
    assert [[row[0], number(row[1])] for row in shown.rows[1:]] == [
        [_day(built, line["Day"]), money(line, value)] for line in lines
    ]


def dead_stock(built: Services, shown: Shown, lines: list[Line]) -> None:
    expected = [
        [
            f"{line['Name']} Mark down",
            number(line["On hand"]),
            _cost(built, line),
            built.formats.money_short(minor(built, line, "Value")),
            _day(built, line["Last sold"][:10]) if line["Last sold"] else "never",
        ]
        for line in lines[:LISTED]
    ]
    assert [[row[0], number(row[1]), *row[2:]] for row in shown.rows[1:]] == expected


def _cost(built: Services, line: Line) -> str:
    is_known = any(value for name, value in line.items() if name.startswith("Cost a unit, "))
    return built.formats.money(minor(built, line, "Cost a unit")) if is_known else "none set"


LOST_UNITS = (("estimate", 1), ("80% from", 0), ("80% to", 0))


def lost_sales(built: Services, shown: Shown, lines: list[Line]) -> None:
    expected = [
        [
            line["Name"],
            " ".join(built.formats.number(float(line[f"Units lost, {what}"]), digits) for what, digits in LOST_UNITS),
            built.formats.money_short(minor(built, line, "Sales lost, estimate")),
        ]
        for line in lines[:LISTED]
    ]
    assert [[row[0], row[2].replace(" to ", " "), row[3]] for row in shown.rows[1:]] == expected


def new_returning(built: Services, shown: Shown, lines: list[Line]) -> None:
    expected = [
        [_day(built, line["First day of the week"]), number(line["New customers"]), number(line["Returning customers"])]
        for line in lines
    ]
    assert [[row[0], *numbers(row[1:])] for row in shown.rows[1:]] == expected


def customers(built: Services, shown: Shown, lines: list[Line]) -> None:
    def key(line: Line) -> list[Any]:
        spent = [money(line, name) for name in ("Spent", "Returned", "Lifetime value")]
        return [line["Customer"], number(line["Orders"]), number(line["Units"]), *spent, line["Segment"] or "–"]

    expected = {line["Customer"]: key(line) for line in lines}
    rows = [[row[0].split(" s")[0].partition(" admin")[0], *numbers(row[2:7]), row[9]] for row in shown.rows[1:]]
    assert len(rows) == len(lines)
    assert {row[0]: row for row in rows} == expected


def movements(built: Services, shown: Shown, lines: list[Line]) -> None:
    """The page shows the latest ones before a minute, the file those of the days around it."""
    latest = [(number(line["Units"]), number(line["On hand after it"])) for line in lines[-MOVES:]]
    assert latest
    assert set(latest) <= {(number(row[4]), number(row[5])) for row in shown.rows[1:]}


def time_machine(built: Services, shown: Shown, lines: list[Line]) -> None:
    """The page lists what changed most in value; its card of causes is in tests/unit/analytics/test_shop_days.py."""

    def key(line: Line) -> list[Any]:
        then, now = (int(number(value)) for name, value in line.items() if name.startswith("On hand, "))
        units = f"{built.formats.number(then)} → {built.formats.number(now)}"
        repriced, rise = money(line, "Costs and prices changed"), money(line, "Difference in value")
        return [line["Name"], units, rise - repriced, repriced, rise]

    moved = [line for line in lines if any(number(v) for n, v in line.items() if n.startswith(("Units ", "Costs and")))]
    moved.sort(key=lambda line: (-abs(money(line, "Difference in value")), line["Product"]))
    assert [[row[0], row[1], *numbers(row[2:])] for row in shown.rows[1:]] == [key(line) for line in moved[:25]]


def tax(built: Services, shown: Shown, lines: list[Line]) -> None:
    names = ("Sold", "Tax on it", "Returned", "Tax back", "Sold less returned", "Tax due")
    assert lines
    assert [numbers(row[3:]) for row in shown.rows[1:-1]] == [[money(line, name) for name in names] for line in lines]
    totals = [sum(money(line, name) for line in lines) for name in ("Tax on it", "Tax back", "Tax due")]
    assert [number(shown.rows[-1][at]) for at in (4, 6, 8)] == totals


COMPARED: dict[str, Callable[[Services, Shown, list[Line]], None]] = {
    "sales": sales,
    "products": products,
    "categories": parts("Category"),
    "countries": parts("Country"),
    "hours": hours,
    "forecast": forecast,
    "stock-value": stock_value,
    "dead-stock": dead_stock,
    "lost-sales": lost_sales,
    "new-returning": new_returning,
    "customers": customers,
    "movements": movements,
    "time-machine": time_machine,
    "tax": tax,
}


def _day(built: Services, iso: str) -> str:
    return built.formats.day(date.fromisoformat(iso))


def compare(built: Services, client: FlaskClient, shown: Shown) -> list[str]:
    """The names of the files that were compared with what is shown beside the links to them."""
    found = []
    for href in dict.fromkeys(shown.files):
        name = urlsplit(href).path.rpartition("/")[2].removesuffix(".csv")
        if name != "stock":  # a grid, compared by itself
            COMPARED[name](built, shown, file_of(client, href))
        found.append(name)
    return found


# --- the tests -----------------------------------------------------------------------------------------------------


def test_each_table_of_a_page_holds_what_its_file_holds(shop: Shop) -> None:
    built, client, _ = shop
    compared: list[str] = []
    for path, search in PAGES_WITH_FILES:
        layout = navigate(client, path, search).json["response"]["_pages_content"]["children"]
        for shown in cards(layout):
            compared += compare(built, client, shown)
    assert set(compared) == {*COMPARED, "stock"}


@pytest.mark.parametrize("period", ["7d", "28d", "90d", "12m", "all"])
def test_each_part_of_the_overview_does_for_every_period(shop: Shop, period: str) -> None:
    built, client, _ = shop
    output, entry = next((k, one) for k, one in callback_map(client).items() if "admin-overview-totals.children" in k)
    asked = payload(output, entry, [period, "previous", "auto", None, None, PART, 1], 0)
    answer = json.loads(call(client, asked).data)["response"]
    compared = [
        name
        for part in ("foot", "best", "categories", "countries", "hours")
        for name in compare(built, client, read(answer[f"admin-overview-{part}"]["children"]))
    ]
    assert compared == ["sales", "products", "categories", "countries", "hours"]


GRID = {
    "product_id": "Product", "name": "Name", "category": "Category", "available": "Available", "held": "Held",
    "on_hand": "On hand", "threshold": "Threshold", "velocity": "Velocity, units a day",
    "days_of_cover": "Days of cover", "abc": "ABC class", "speed": "Speed", "runs_out": "Runs out",
    "order_units": "Suggested order", "sold_28d": "Sold in 28 days", "sell_through": "Sell-through",
}  # fmt: skip


def test_the_table_of_all_products_is_its_file(shop: Shop) -> None:
    client = shop.client
    layout = navigate(client, "/admin/stock").json["response"]
    (grid,) = (one for one in components_of(layout) if one["id"] == "admin-stock-grid")
    lines = file_of(client, "/admin/export/stock.csv")
    shown = {one["field"] for one in grid["columnDefs"] if "field" in one} - {"state"}  # said by the row's numbers
    assert shown <= set(GRID)
    assert [{GRID[key]: _cell(row[key]) for key in GRID} for row in grid["rowData"]] == [
        {name: _cell(line[name]) for name in GRID.values()} for line in lines
    ]


def test_the_file_of_the_stock_says_by_what_products_are_known(shop: Shop) -> None:
    products = {one.product_id: one for one in shop.built.catalog.all()}
    lines = {line["Product"]: line for line in file_of(shop.client, "/admin/export/stock.csv")}
    assert {key: line["SKU"] for key, line in lines.items()} == {key: one.sku for key, one in products.items()}
    assert {key: line["Barcode"] for key, line in lines.items()} == {key: one.barcode for key, one in products.items()}


def _cell(value: Any) -> Any:
    """Numbers as numbers, shares to four digits as the page has them, nothing as an empty text."""
    if value is None:
        return ""
    try:
        return round(float(value), 4)
    except ValueError:
        return value


def test_classes_are_those_of_the_api(shop: Shop) -> None:
    """Of the 365 days that end where the page's do."""
    built, client, _ = shop
    anchor = shop_anchor(built)
    query = {"start": (anchor - timedelta(days=364)).isoformat(), "end": (anchor + timedelta(days=1)).isoformat()}
    rows = client.get("/api/analytics/products/abc", query_string=query).json["rows"]
    classes = {row["product_id"]: row["class"] for row in rows}
    lines = file_of(client, "/admin/export/stock.csv")
    assert {line["Product"]: line["ABC class"] for line in lines} == {
        line["Product"]: classes[line["Product"]] for line in lines
    }
    assert "A" in {line["ABC class"] for line in lines}


def shop_anchor(built: Services) -> date:
    """By the definition, from the orders themselves."""
    paid_at = datetime.fromisoformat(built.live.snapshot()["latest"][0]["at"])
    last = built.formats.store_day(paid_at)
    today = built.formats.today()
    return last if (today - last).days >= 28 else today


def test_days_customers_segments_and_cohorts_are_those_of_the_api(shop: Shop) -> None:
    built, client, _ = shop
    for line_file, query in (("sales", "grain=day"), ("sales", "grain=week"), ("sales", "grain=month")):
        lines = file_of(client, f"/admin/export/{line_file}.csv?{query}")
        days = [next(iter(line.values())) for line in lines]
        anchor = shop_anchor(built)
        start = (anchor - timedelta(days=27)).isoformat()
        end = (anchor + timedelta(days=1)).isoformat()
        rows = client.get(f"/api/analytics/sales?start={start}&end={end}&{query}").json["rows"]
        assert [row["start"] for row in rows] == days
        for key, name in (("gross", "Gross sales"), ("returns", "Returns"), ("net", "Net sales")):
            assert [Decimal(str(row[key])) for row in rows] == [money(line, name) for line in lines]
        assert [(row["orders"], row["units"]) for row in rows] == [(int(x["Orders"]), int(x["Units"])) for x in lines]
    segments = {x["Segment"]: int(x["Customers"]) for x in file_of(client, "/admin/export/segments.csv")}
    assert segments == {
        row["segment"]: row["customers"] for row in client.get("/api/analytics/customers/segments").json["rows"]
    }
    cohorts: dict[str, list[tuple[int, bool]]] = {}
    for line in file_of(client, "/admin/export/cohorts.csv"):
        cell = int(line["With an order"]), line["State of that month"] == "over"
        cohorts.setdefault(line["Month of the first order"], []).append(cell)
        assert (line["Retention"] == "") is (line["State of that month"] == "no sales")
    rows = client.get("/api/analytics/customers/cohorts").json["rows"]
    assert cohorts == {row["cohort"]: list(zip(row["retained"], row["complete"], strict=True)) for row in rows}
    values = [money(x, "Lifetime value") for x in file_of(client, "/admin/export/customers.csv")]
    assert sum(values) == sum(money(x, "Lifetime value") for x in file_of(client, "/admin/export/segments.csv"))
    everybody = {x["Customer"]: money(x, "Lifetime value") for x in file_of(client, "/admin/export/customers.csv")}
    top = client.get("/api/analytics/customers/top?limit=100").json["rows"]
    assert top
    assert all(Decimal(str(row["lifetime_value"])) == everybody[row["full_name"]] for row in top)


def test_a_quiet_shops_pages_say_where_their_numbers_end(shop: Shop) -> None:
    built, client, _ = shop
    last = built.formats.day(shop_anchor(built))
    is_quiet = shop_anchor(built) != built.formats.today()
    others = (("/admin/customers/100", ""), ("/admin/inventory", "?product=mug-0&do=reorder"), ("/admin/alerts", ""))
    for path, search in (*PAGES_WITH_FILES, *others):
        assert (f"The last sale was on {last}" in navigate(client, path, search).text) is is_quiet, path
    report = built.reports.of(first_day_of(built.formats.today(), "week") - timedelta(days=7))
    assert report.note == (f"As of the last sale, on {last}." if is_quiet else "")


# --- files add up to each other ------------------------------------------------------------------------------------

SUMS = {"Orders": False, "Units": False, "Gross sales": True, "Returns": True, "Net sales": True}
OF_A_PERIOD = ("sales.csv?grain=week&", "sales.csv?grain=month&", "products.csv?", "categories.csv?", "countries.csv?",
               "hours.csv?")  # fmt: skip


def sums(lines: list[Line]) -> dict[str, Decimal]:
    """Of those columns that the file has."""
    heads = list(lines[0])
    return {
        name: sum((money(line, name) if is_money else number(line[name]) for line in lines), Decimal(0))
        for name, is_money in SUMS.items()
        if any(head == name or (is_money and head.startswith(f"{name}, ")) for head in heads)
    }


@pytest.mark.parametrize("days", ["", ALL_DAYS], ids=["the last 28 days", "all days"])
@pytest.mark.parametrize("asked", OF_A_PERIOD, ids=lambda asked: asked.rstrip("&?"))
def test_the_columns_of_every_file_add_up_to_those_of_the_days(shop: Shop, asked: str, days: str) -> None:
    """Also returns of what did not sell on these days, charges, and products that left the store."""
    of_days = sums(file_of(shop.client, f"/admin/export/sales.csv?{days}"))
    found = sums(file_of(shop.client, f"/admin/export/{asked}{days}"))
    assert found == {name: of_days[name] for name in found}
    assert "Gross sales" in found


def test_a_file_of_a_part_adds_up_to_the_parts_days(shop: Shop) -> None:
    for part in ("category=Shelf 1", "country=IN", "category=Shelf 1&country=IN"):
        of_days = sums(file_of(shop.client, f"/admin/export/sales.csv?{ALL_DAYS}&{part}"))
        products = sums(file_of(shop.client, f"/admin/export/products.csv?{ALL_DAYS}&{part}"))
        assert products == {name: of_days[name] for name in products}, part


def test_customers_and_guests_add_up_to_all_days(shop: Shop) -> None:
    lines = file_of(shop.client, "/admin/export/customers.csv")
    guests = [one for one in shop.made.sold if one.shopper is None]
    of_guests = {
        "Orders": len(guests),
        "Units": sum(one.units for one in guests),
        "Spent": sum(one.units * one.price for one in guests),
        "Returned": sum(one.units * one.price for one in guests if one.given_back_at),
    }
    of_days = sums(file_of(shop.client, f"/admin/export/sales.csv?{ALL_DAYS}"))
    digits = shop.built.formats.digits
    for name, same in (("Orders", "Orders"), ("Units", "Units"), ("Spent", "Gross sales"), ("Returned", "Returns")):
        is_money = name in ("Spent", "Returned")
        found = sum(money(line, name) if is_money else number(line[name]) for line in lines)
        assert found + Decimal(of_guests[name]).scaleb(-digits if is_money else 0) == of_days[same], name
