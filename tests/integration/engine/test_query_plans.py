"""No page, API call, live snapshot or round of the worker reads a whole table that grows with trade.

Every statement that they send to a MariaDB with thousands of orders is explained by it.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.addresses import product_path
from app.domain import Actor, AuditAction, Period, Role
from app.errors import ShopError
from app.services import install
from app.services.analytics.breakdown import Part
from app.services.limits.throttle import SIGN_IN_ADDRESS
from app.services.orders.ports import SoldIn
from app.stores.sql.tables import metadata
from app.tools.demo import fill_demo
from tests.support.dash_calls import navigate
from tests.support.mariadb import mariadb_or_skip
from tests.support.query_plans import fill, plans, recorded
from tests.support.shop import APPROVED, PASSWORD, add_people, build, settings_for

pytestmark = pytest.mark.timeout(400)

ORDERS = 3_000
ROWS = 3_000
MOST_INDEX_ROWS = 500  # an index read from its end up to a limit is no scan
STAFF = Actor("test")

# Tables that do not grow with trade: a scan of them is a page's own size.
SMALL = {
    "products": "the catalogue is read as a whole, by every process, and kept in memory",
    "leases": "one row per kind of lease",
    "shop_facts": "a handful of facts about the shop",
    "shop_settings": "thirty rows, at most",
    "stock_levels": "one row per product",
    "price_history": "a row per change of a price or cost: as many as people edit, whatever is sold",
    "rollup_cohorts": "a few hundred rows after years: a row per pair of months",
    "rollup_buyers": "one row per month",
    "rollup_days": "one row per day",
    "forecasts": "one row per product",
    "forecasts_shown": "four weeks of some rows a day",
    "forecast_scores": "nine rows a day",
    "replays": "the last eight that are over, and what waits",
    "reorder_plans": "one row per product, at most",
    "reorder_defaults": "one row per supplier and category, at most",
    "units_on_order": "one row per product, at most",
    "bought_together": "fifteen rows per product, at most",
    "calendar_countries": "twenty rows, at most",
    "alert_rules": "fifty rows, at most",
    "webhook_endpoints": "twenty rows, at most",
    "webhook_products": "one row per product, at most, read once by each worker",
    "screens": "two hundred rows, at most",
}
# Statements that may read one whole all the same: (table, a part of the statement, why).
ALLOWED = (
    (
        "events",
        "sum(events.revision)",
        "what people noted, a few a week; its sums tell each process that the calendar is another",
    ),
    (
        "users",
        "LEFT OUTER JOIN rollup_customers",
        "the staff's customer list, searched inside names",
    ),
    (
        "users",
        "coalesce(users.country",
        "the worker adds all customers up by country, once a minute; the server may begin with either table",
    ),
    ("rollup_customers", "SELECT coalesce(users.country", "the same statement, begun with the other table"),
    (
        "rollup_customers",
        "WHERE rollup_customers.orders > %(orders_1)s ORDER BY rollup_customers.user_id",
        "the worker ranks all customers, once a minute",
    ),
    (
        "rollup_customers",
        "ORDER BY rollup_customers.lifetime DESC, rollup_customers.user_id DESC",
        "an index, read from its end until a page of buyers is full",
    ),
    ("rollup_customers", "UPDATE rollup_customers SET segment", "hundreds at once, found by their ids"),
    (
        "users",
        "users.sort_name LIKE concat",
        "the staff's search inside names, in an index, up to 2,000 found",
    ),
    ("users", "users.email LIKE concat('%%", "inside e-mails, where an @ was typed"),
    (
        "users",
        "SELECT DISTINCT users.sort_country",
        "each country once: the server jumps from one to the next",
    ),
    (
        "returns",
        "FORCE INDEX (ix_returns_day)",
        "the latest ones in the order of an index, up to 5,000 for those of a part",
    ),
    (
        "orders",
        ") AS anon_1 INNER JOIN orders ON orders.order_id = anon_1.order_id",
        "the latest ones in the order of the key, up to 20,000, where each word is one of very many orders",
    ),
    ("mailbox", "count(*)", "mail that no mail service sends: a shop for trying out"),
)
GROWING = [table for table in metadata.sorted_tables if table.name not in SMALL]


@pytest.fixture(scope="module")
def shop(tmp_path_factory, built_app):
    with mariadb_or_skip() as server:
        settings = settings_for(
            tmp_path_factory.mktemp("plans"), database_url=server.url, allow_demo_payments=True, public_url=""
        )
        built, database = build(settings)
        fill_demo(database, settings, orders=ORDERS, products=120, seed=7)
        add_people(database, 1, prefix="admin", role=Role.ADMIN)
        add_people(database, 2, prefix="shopper")
        fill(database, GROWING, ROWS)
        install(built)
        built.catalog.refresh()
        yield built, database, built_app.server
        built.live.close()
        install(built_app.services)
        database.dispose()


def test_no_statement_of_a_request_reads_a_whole_table_that_grows(shop, record_property):
    built, database, server = shop
    with recorded(database) as statements:
        visitor, shopper, admin = server.test_client(), signed_in(server, "shopper0"), signed_in(server, "admin0")
        look_around(visitor, built)
        order_id = buy(shopper, built)
        run_the_shop(admin, built, order_id)
        use_services(built, order_id)
        while built.worker.tick():
            pass
        built.live.snapshot()
    steps = plans(database, statements)
    assert len(statements) > 150, len(statements)
    scans = [step for step in steps if is_scan(step)]
    assert not scans, "\n".join(map(str, scans))
    explained = len({step.statement for step in steps})
    record_property(
        "proved", f"{explained} statements explained on {ORDERS:,} orders: none reads a growing table whole"
    )


def test_a_scan_would_be_found(shop):
    _, database, _ = shop
    with recorded(database) as statements:
        database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM orders AS o WHERE o.ship_city = 'Pune'").all())
    assert [step.table for step in plans(database, statements) if is_scan(step)] == ["orders"]


def reads_sizes(built, period):
    """What is read only where an order stands out."""
    reader = built.order_sizes._reader
    (largest,) = reader.largest_orders(period.start, period.end, 1)
    reader.quantities(largest, largest.paid_at + timedelta(days=7))


def is_scan(step):
    grows = step.table in {table.name for table in GROWING}
    if any(step.table == table and part in step.statement for table, part, _ in ALLOWED):
        return False
    return grows and (step.how == "ALL" or (step.how == "index" and step.rows > MOST_INDEX_ROWS))


def signed_in(server, who) -> FlaskClient:
    client = server.test_client()
    answer = client.post("/api/login", json={"email": f"{who}@shop.example", "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


def look_around(visitor, built):
    product = built.catalog.popular(1)[0]
    for path in (
        "/",
        product_path(product.product_id, product.name),
        "/cart",
        "/checkout",
        "/orders",
        "/login",
        "/register",
    ):
        assert navigate(visitor, path).status_code == 200, path
    assert navigate(visitor, "/", "?q=lamp&sort=new&in_stock=1").status_code == 200
    for path in ("/api/products", "/api/products?q=mug&limit=5", "/api/current_user", "/api/cart", "/readyz"):
        assert visitor.get(path).status_code == 200, path
    visitor.post("/api/login", json={"email": "nobody@shop.example", "password": "wrong wrong wrong"})


def buy(shopper, built):
    product = next(p for p in built.catalog.popular(40) if p.stock > 5)
    assert shopper.post("/api/cart", json={"id": product.product_id}).status_code == 200
    assert shopper.post("/api/cart/update_qty", json={"id": product.product_id, "qty": 2}).status_code == 200
    for path in ("/cart", "/checkout", "/account", "/account/security", "/orders"):
        assert navigate(shopper, path).status_code == 200, path
    headers = {"Idempotency-Key": "the-click"}
    paid = [shopper.post("/api/record_payment", json={"payment": APPROVED}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in paid] == [200, 200]
    order_id = paid[0].json["order_id"]
    for path in ("/api/orders", f"/api/orders/{order_id}", "/api/cart", "/api/account/data"):
        assert shopper.get(path).status_code == 200, path
    assert navigate(shopper, f"/orders/{order_id}").status_code == 200
    assert shopper.post("/api/logout").status_code == 200
    return order_id


def run_the_shop(admin, built, order_id):
    pages = ["", "/stock", "/inventory", "/orders", "/returns", "/customers", "/notifications", "/staff", "/audit"]
    for path in (*(f"/admin{page}" for page in pages), f"/admin/orders/{order_id}", "/wall"):
        answer = navigate(admin, path)
        assert answer.status_code == 200, path
        assert "This has to wait" not in answer.text, path
    for path in ("/api/get_users", "/metrics"):
        admin.get(path)
    product = built.catalog.popular(1)[0].product_id
    admin.post("/api/update_stock", json={"id": product, "stock": 400})


def use_services(built, order_id):
    """What pages call when somebody types, clicks and turns pages."""
    product = built.catalog.popular(1)[0].product_id
    today = built.formats.today()
    year, month = (
        Period(today - timedelta(days=364), today + timedelta(days=1)),
        Period(today - timedelta(days=27), today),
    )
    while built.orders.keep_words():
        pass
    assert built.orders.search("example").total is None, "a word of so many orders that the latest are gone through"
    words = ("asha", "zzz", "example", "example asha", "cushion pune", "1,234.50")
    for query in ("", *words, "customer@shop.example", str(10_000 + order_id)):
        built.orders.search(query)
        built.orders.search(query, before=order_id, page=3)
        some_days = built.formats.day_start(month.start), built.formats.day_start(today)
        for sold in (
            SoldIn(*some_days),
            SoldIn(*some_days, country="IN"),
            SoldIn(country="IN"),
            SoldIn(*some_days, product_ids=frozenset({product})),
            SoldIn(country="IN", product_ids=frozenset({product})),
        ):
            built.orders.search(query, sold=sold)
            built.orders.returned(sold)
        built.customers.page(q=query)
        built.audit.search(actor=query)
    built.orders.returns_of(order_id)
    order = built.orders.get(order_id)
    built.orders.record_return(order_id, [(order.lines[0].line_no, 1, True)], "broken", STAFF, "return-1")
    for period in (year, month):
        built.sales.by_day(period)
        built.sales.total(period)
        built.breakdowns.best(period, Part())
        built.order_sizes.of(period)
        reads_sizes(built, period)
        built.stock.history(product, period)
    built.sales.today_against_last_week()
    built.stock.overview()
    built.stock.first_day(product)
    built.customers.totals()
    built.inventory.receive(product, 5, STAFF)
    built.inventory.movements(product)
    built.inventory.on_hand(product)
    built.inventory.held()
    for kind in (None, "receipt", "low_stock"):
        for message in built.notifications.mailbox(kind).items[:1]:
            built.notifications.message(message.message_id)
            built.notifications.mark_read(message.message_id)
    built.notifications.unread()
    built.notifications.deliveries()
    built.vitals.read()
    people = built.staff.people()
    built.staff.invited_until([person.user_id for person in people])
    built.audit.latest_of("user", [str(person.user_id) for person in people])
    built.audit.record(STAFF, AuditAction.STAFF_CREATE, "user", 1, "somebody", key="once")
    someone = built.accounts.by_email("shopper1@shop.example")
    built.accounts.request_verification(someone.user_id)
    built.accounts.request_reset("shopper1@shop.example")
    someone = built.accounts.sign_out_everywhere(someone.user_id)
    built.second_factor.begin(someone.user_id)
    built.second_factor.remaining(someone.user_id)
    token = built.tokens.create(someone, "till", built.tokens.scopes_for(someone.role), 30)
    built.tokens.of(someone.user_id)
    built.tokens.resolve(token[1])
    built.throttle.take(SIGN_IN_ADDRESS, "192.0.2.1")
    built.throttle.purge()
    built.orders.adopt("guest#stranger", someone)
    built.orders.ask_to_join(someone)
    built.orders.join({"user_id": someone.user_id})
    built.cart.forget_old()
    with pytest.raises(ShopError):
        built.accounts.authenticate("shopper1@shop.example", "wrong wrong wrong")
    built.accounts.close(someone.user_id, PASSWORD)
