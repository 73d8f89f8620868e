"""The analytics over the API: what a row holds, who may ask, and everything that can be wrong with a question."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest

from app.domain import Role, Scope
from app.services.analytics.rfm import SEGMENTS
from tests.support.shop import PASSWORD, add_people, add_product, refused

_numbers = itertools.count(1)
CALLS = (
    "/api/analytics/sales?start=2026-01-01&end=2026-01-02",
    "/api/analytics/customers/cohorts",
    "/api/analytics/customers/segments",
    "/api/analytics/customers/top",
    "/api/analytics/products/abc",
)


@pytest.fixture
def analyst(app_client):
    return app_client(Role.ANALYST)


@pytest.fixture
def today(wired_app):
    return wired_app.services.formats.today()


@pytest.fixture
def bought(wired_app, app_client):
    """Somebody bought two and then one of a product, and its rollups are folded."""
    number = next(_numbers)
    product = add_product(wired_app.services, f"Lantern {number}", price=19_999, stock=10)
    person = add_people(wired_app.database, 1, f"analysed{number}-")[0]
    buyer = app_client()
    assert buyer.post("/api/login", json={"email": person.email, "password": PASSWORD}).status_code == 200
    for quantity in (2, 1):
        buyer.post("/api/cart/update_qty", json={"id": product.product_id, "qty": quantity})
        assert buyer.post("/api/record_payment").status_code == 200
    while wired_app.services.worker.tick():
        pass
    return product, person


def rows(answer):
    assert answer.status_code == 200, answer.text
    body = answer.json
    assert set(body) == {"as_of", "currency", "rows"}
    assert (body["currency"], datetime.fromisoformat(body["as_of"]).utcoffset()) == ("INR", timedelta(0))
    return body["rows"]


class TestSales:
    def test_what_was_sold_today_is_in_its_day_week_and_month(self, analyst, today, bought):
        for grain in ("day", "week", "month"):
            asked = f"/api/analytics/sales?start={today}&end={today + timedelta(days=1)}&grain={grain}"
            (row,) = rows(analyst.get(asked))
            assert row["start"] == today.isoformat()
            assert row["orders"] >= 2
            assert row["units"] >= 3
            assert row["gross"] >= 3 * 199.99
            assert row["net"] == pytest.approx(row["gross"] - row["returns"])
            assert row["customers"] >= row["returning_customers"] >= 1

    def test_empty_buckets_are_rows_of_zeros(self, analyst):
        found = rows(analyst.get("/api/analytics/sales?start=2001-01-30&end=2001-03-02&grain=month"))
        assert [row["start"] for row in found] == ["2001-01-30", "2001-02-01", "2001-03-01"]
        ratios = ("aov", "cost", "margin", "margin_rate", "unknown_cost_share")
        assert {row[name] for row in found for name in row.keys() - {"start", "complete", *ratios}} == {0}
        assert [row["complete"] for row in found] == [False, True, False], "the ends are in part"
        assert {row[name] for row in found for name in ratios} == {None}, "a ratio of nothing is none"

    def test_a_period_of_no_days_has_no_rows(self, analyst):
        assert rows(analyst.get("/api/analytics/sales?start=2026-01-01&end=2026-01-01")) == []

    def test_a_period_that_is_to_come_is_empty(self, analyst):
        found = rows(analyst.get("/api/analytics/sales?start=2190-01-01&end=2190-03-01&grain=month"))
        assert [row["orders"] for row in found] == [0, 0]

    @pytest.mark.parametrize(
        ("query", "field"),
        [("start=2026-01-01", "end"), ("end=2026-01-01", "start"), ("start=2026-01-02&end=2026-01-01", "end"),
         ("start=2026-02-30&end=2026-03-01", "start"), ("start=0&end=2026-03-01", "start"),
         ("start=1969-12-31&end=2026-03-01", "start"), ("start=2026-01-01&end=2026-01-02&grain=year", "grain"),
         ("start=1976-01-01&end=2026-01-01", "start"), ("start=2026-01-01T00:00&end=2026-01-02", "start")],
    )  # fmt: skip
    def test_what_cannot_be_answered_names_the_field(self, analyst, query, field):
        refused(analyst.get(f"/api/analytics/sales?{query}"), 422, "invalid_input", field)

    def test_fifty_years_by_month_are_answered(self, analyst):
        assert len(rows(analyst.get("/api/analytics/sales?start=1976-01-01&end=2026-01-01&grain=month"))) == 600


class TestCustomers:
    def test_a_new_customer_is_in_this_months_cohort(self, analyst, today, bought):
        newest = rows(analyst.get("/api/analytics/customers/cohorts"))[-1]
        assert newest["cohort"] == f"{today:%Y-%m}"
        assert newest["retained"] == [newest["size"]]
        assert newest["complete"] == [False], "the month goes on"

    def test_every_segment_is_there_and_counts_every_customer_once(self, wired_app, analyst, bought):
        found = rows(analyst.get(f"/api/analytics/customers/segments?as_of={datetime.now().year}-01-01T00:00:00"))
        assert [row["segment"] for row in found] == list(SEGMENTS)
        now = wired_app.services.customers.segments(datetime.now().astimezone())
        assert sum(s.customers for s in now.sums) == wired_app.services.customers.totals().buyers

    @pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01T00:00:00", "2199-01-01T00:00:00", "20260101T0000"])
    def test_a_time_that_is_none_or_has_not_come_is_refused(self, analyst, as_of):
        refused(analyst.get(f"/api/analytics/customers/segments?as_of={as_of}"), 422, "invalid_input", "as_of")

    @pytest.mark.parametrize("as_of", ["2026-01-01T00:00:00Z", "2026-01-01T05:30:00+05:30", "2026-01-01T05:30"])
    def test_one_instant_may_be_written_in_many_ways(self, analyst, as_of):
        answer = analyst.get(f"/api/analytics/customers/segments?as_of={as_of}")
        assert answer.json["as_of"] == "2026-01-01T00:00:00+00:00"

    def test_the_top_are_by_lifetime_value(self, analyst, bought):
        _, person = bought
        found = rows(analyst.get("/api/analytics/customers/top?limit=1000"))
        values = [row["lifetime_value"] for row in found]
        assert values == sorted(values, reverse=True)
        (mine,) = (row for row in found if row["user_id"] == person.user_id)
        assert (mine["orders"], mine["units"], mine["lifetime_value"]) == (2, 3, 599.97)
        assert mine["segment"] in SEGMENTS

    @pytest.mark.parametrize("limit", ["0", "1001", "many"])
    def test_a_wrong_limit_is_named(self, analyst, limit):
        refused(analyst.get(f"/api/analytics/customers/top?limit={limit}"), 422, "invalid_input", "limit")


class TestProducts:
    def test_all_products_are_classed(self, wired_app, analyst, bought):
        product, _ = bought
        found = rows(analyst.get("/api/analytics/products/abc"))
        assert {row["product_id"] for row in found} >= {p.product_id for p in wired_app.services.catalog.all()}
        assert found[0]["class"] == "A"
        (mine,) = (row for row in found if row["product_id"] == product.product_id)
        assert (mine["units"], mine["gross"]) == (3, 599.97)

    def test_without_sales_every_product_is_c(self, analyst, bought):
        found = rows(analyst.get("/api/analytics/products/abc?start=2001-01-01&end=2001-02-01"))
        assert {(row["class"], row["share"], row["cumulative_share"]) for row in found} == {("C", 0, 0)}

    def test_movements_come_oldest_first_with_cause_and_actor(self, analyst, bought):
        product, _ = bought
        found = rows(analyst.get(f"/api/analytics/products/{product.product_id}/movements"))
        assert [(m["kind"], m["quantity"], m["on_hand"]) for m in found] == [
            ("receipt", 10, 10), ("sale", -2, 8), ("sale", -1, 7),
        ]  # fmt: skip
        assert all(m["cause"] and m["actor"] for m in found)

    def test_movements_of_a_day_without_any_are_none(self, analyst, bought):
        product, _ = bought
        asked = f"/api/analytics/products/{product.product_id}/movements?start=2001-01-01&end=2001-01-02"
        assert rows(analyst.get(asked)) == []

    def test_an_unknown_product_is_not_found(self, analyst):
        refused(analyst.get("/api/analytics/products/no-such-product/movements"), 404, "not_found")

    def test_a_period_that_ends_before_it_starts_is_refused(self, analyst, bought):
        product, _ = bought
        for path in ("abc", f"{product.product_id}/movements"):
            asked = f"/api/analytics/products/{path}?start=2026-01-02&end=2026-01-01"
            refused(analyst.get(asked), 422, "invalid_input", "end")


class TestWho:
    @pytest.mark.parametrize("call", CALLS)
    def test_analysts_and_admins_and_nobody_else(self, app_client, call):
        refused(app_client().get(call), 401, "not_signed_in")
        for role in Role:
            status = app_client(role).get(call).status_code
            assert status == (200 if role in (Role.ANALYST, Role.ADMIN) else 403), role

    def test_an_analysts_token_with_the_scope_reads_them(self, wired_app, app_client):
        analyst = add_people(wired_app.database, 1, f"numbers{next(_numbers)}-", Role.ANALYST)[0]
        tokens = wired_app.services.tokens
        assert tokens.scopes_for(Role.ANALYST) == (Scope.SHOP, Scope.ANALYTICS)
        for scope, status in ((Scope.ANALYTICS, 200), (Scope.SHOP, 403)):
            _, text = tokens.create(analyst, "Notebook", [scope], 30)
            answer = app_client().get(CALLS[1], headers={"Authorization": f"Bearer {text}"})
            assert answer.status_code == status
