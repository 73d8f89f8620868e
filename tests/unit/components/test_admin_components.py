"""Staff pages' builders: what they show to whom, and how they read periods."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from dash.development.base_component import Component

from app.domain import (
    Address,
    MailboxMessage,
    Message,
    MovementKind,
    Order,
    OrderLine,
    OrderStatus,
    OutboxEntry,
    OutboxState,
    Principal,
    Product,
    Role,
    StockMovement,
    Trade,
)
from app.money import Formats
from app.services.analytics import periods
from app.services.analytics.margin import Margin
from app.services.orders.orders import Refund
from components.admin import customers, inventory, live_parts, mailbox, orders, overview, shell, stock
from components.admin import periods as period_words
from components.kit.frame import Frame
from components.kit.ui import change
from tests.unit.analytics.test_stock_table import overview_rows
from tests.unit.wall.test_live_snapshot import snapshot

INR = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 4)


def walk(node: Any) -> Iterator[Component]:
    if isinstance(node, Component):
        yield node
        yield from walk(getattr(node, "children", None))
    elif isinstance(node, list | tuple):
        for child in node:
            yield from walk(child)


def words(node: Any) -> str:
    if isinstance(node, Component):
        return unescape(re.sub("<[^>]*>", " ", getattr(node, "data-html", ""))) + words(getattr(node, "children", None))
    if isinstance(node, list | tuple):
        return " ".join(filter(None, (words(child) for child in node)))
    return "" if node is None else str(node)


def hrefs(node: Any) -> list[str]:
    found = []
    for part in walk(node):
        found += [part.href] if getattr(part, "href", None) else []
        found += [unescape(href) for href in re.findall(r'href="([^"]*)"', getattr(part, "data-html", ""))]
    return found


def frame(role: Role, unread: int = 0) -> Frame:
    return Frame(Principal("user#1", 1, "Asha Menon", "a@shop.example", role), "Shop", "admin-overview", unread=unread)


class TestFrame:
    def links(self, role: Role) -> set[str]:
        return {href for href in hrefs(shell.admin_frame(frame(role), "")) if href.startswith(("/admin", "/wall"))}

    def test_operations_see_overview_wall_and_its_screens_only(self):
        assert self.links(Role.OPS) == {"/admin", "/admin/screens", "/wall"}

    def test_analysts_see_stock_and_customers_too(self):
        stock = {"/admin/stock", "/admin/time-machine", "/admin/forecasts"}
        numbers = {"/admin", *stock, "/admin/customers", "/admin/tax", "/admin/calendar"}
        assert self.links(Role.ANALYST) == {*numbers, "/wall"}

    def test_admins_see_everything(self):
        assert self.links(Role.ADMIN) == {entry.href for entry in shell.ENTRIES}

    def test_a_group_is_named_when_it_has_an_entry_that_the_role_may_open(self):
        def groups(role: Role) -> list[str]:
            rail = shell.admin_frame(frame(role), "").children[1]
            return [part.children for part in walk(rail) if getattr(part, "className", None) == "rail-group"]

        assert groups(Role.ADMIN) == ["Sales", "Stock", "Watch", "Shop"]
        assert groups(Role.OPS) == ["Watch"]

    def test_the_badge_counts_unread_messages_and_is_empty_without(self):
        assert [shell.unread_words(n) for n in (0, 3, 100)] == ["", "3", "99+"]

    @pytest.mark.parametrize("role", [Role.OPS, Role.ANALYST, Role.ADMIN])
    def test_no_id_is_used_twice(self, role: Role):
        ids = [json.dumps(part.id) for part in walk(shell.admin_frame(frame(role), "")) if getattr(part, "id", None)]
        assert len(ids) == len(set(ids))

    def test_a_person_without_a_name_still_has_a_mark(self):
        assert shell._initials("") == "?"


class TestPeriods:
    def test_every_choice_of_the_service_has_words(self):
        assert tuple(dict(period_words.CHOICES)) == periods.CHOICES
        assert tuple(dict(period_words.COMPARISONS)) == periods.COMPARISONS
        assert tuple(dict(period_words.CUTS)) == periods.CUTS
        assert tuple(dict(stock.SPANS)) == periods.STOCK_SPANS

    def test_what_is_compared_keeps_its_own_dates(self):
        assert period_words.then_words(date(2026, 2, 5), date(2026, 2, 5), "day", INR) == "5 Feb 2026"
        assert period_words.then_words(date(2026, 2, 2), date(2026, 2, 8), "week", INR) == "week of 2 Feb 2026"
        at = datetime(2026, 2, 5, 14)
        assert period_words.then_words(at, at, "hour", INR) == "5 Feb 2026, 14:00"

    def test_nine_days_are_no_month(self):
        first, last = date(2011, 10, 23), date(2011, 10, 31)
        assert period_words.then_words(first, last, "month", INR) == "23 Oct 2011 to 31 Oct 2011 (in part)"
        assert period_words.then_words(date(2011, 10, 1), last, "month", INR) == "Oct 2011"
        assert period_words.bucket_words(date(2011, 12, 5), date(2011, 12, 9), "week", INR, complete=False) == (
            "5 Dec 2011 to 9 Dec 2011 (in part)"
        )


@dataclass(frozen=True)
class Totals:
    orders: int = 2
    units: int = 3
    gross: int = 10_000
    returns: int = 500
    net: int = 9_500
    aov: int | None = 5_000


class TestOverview:
    def test_more_returns_are_no_good_news(self):
        assert "delta-down" in change(2, 1, "last week", INR, good="down").className
        assert "delta-up" in change(2, 1, "last week", INR).className

    def test_a_change_beyond_all_per_cent_is_said_in_times(self):
        assert "12 times" in str(change(120, 10, "last week", INR))
        assert "50%" in str(change(30, 20, "last week", INR))
        assert words(change(12, 1, "last week", INR)).split() == ["up", "from", "1", "against", "last", "week"]

    def test_tiles_say_how_they_are_computed(self):
        trend = pd.DataFrame({key: [1, 2] for key in ("gross", "orders", "aov", "units", "returns")})
        tiles = overview.today_tiles(Totals(), Totals(gross=5_000, orders=12), trend, INR, lambda part: f"x-{part}")
        assert len(tiles) == 5
        assert "before tax" in words(tiles[0])
        assert "100%" in words(tiles[0])

    def test_today_is_told_in_full_and_against_a_clock_time(self):
        trend = pd.DataFrame({key: [1, 2] for key in ("gross", "orders", "aov", "units", "returns")})
        then = live_parts.last_week_words(NOW, INR)
        none = Totals(orders=0, gross=0, net=0, aov=None)
        sales, _, average, *_ = overview.today_tiles(Totals(gross=14_379_700), none, trend, INR, then=then)
        assert "₹1,43,797" in words(sales)
        assert "none by 15:00 last Wednesday" in words(sales)
        assert "no orders then" in words(average)

    def test_net_sales_stand_beside_gross_ones_which_a_cancelled_order_swells(self):
        trend = pd.DataFrame({key: [1, 2] for key in ("gross", "orders", "aov", "units", "returns")})
        now, before = Totals(40, gross=16_500, net=10_300), Totals(40, gross=10_000, net=10_000)
        for tiles in (
            overview.today_tiles(now, before, trend, INR),
            overview.period_tiles(now, before, "28 days before", trend, INR),
        ):
            assert "65%" in words(tiles[0])
            assert "Net ₹103.00, 3% more" in words(tiles[0])

    def test_an_average_of_no_orders_is_none(self):
        trend = pd.DataFrame({"aov": [None, 5_000, None], "gross": 0, "orders": 0, "units": 0, "returns": 0})
        none = Totals(0, 0, 0, 0, 0, None)
        for tiles in (
            overview.today_tiles(none, Totals(), trend, INR),
            overview.period_tiles(none, Totals(), "28 days before", trend, INR),
        ):
            assert "–" in words(tiles[2])
            assert "%" not in words(tiles[2])

    def test_compare_is_off_where_nothing_is_earlier(self):
        asked = {"period": "28d", "compare": "previous", "grain": "auto"}
        alone, free = (overview.period_controls(str, asked, "", "", why)[-1] for why in ("No sales then.", ""))
        assert alone.title == "No sales then."
        assert alone.children.children[1].disabled
        assert not free.children.children[1].disabled

    def test_only_those_who_may_receive_get_the_action(self):
        rows = [
            {"product_id": "p/1 & 2", "name": "Mug", "available": 0, "threshold": 5, "cover": None, "is_calm": False}
        ]
        assert hrefs(live_parts.live("low", live_parts.low_stock(rows, INR, may_receive=False))) == []
        assert hrefs(live_parts.live("low", live_parts.low_stock(rows, INR, may_receive=True))) == [
            "/admin/inventory?product=p%2F1%20%26%202&do=stock"
        ]

    def test_only_those_who_may_open_an_order_get_its_link(self):
        rows = snapshot()["latest"]
        day = date(2026, 11, 22)
        assert hrefs(live_parts.live("latest", live_parts.latest_orders(rows, day, INR, may_open=False))) == []
        assert hrefs(live_parts.live("latest", live_parts.latest_orders(rows, day, INR, may_open=True))) == [
            "/admin/orders/5", "/admin/orders/4",
        ]  # fmt: skip

    def test_an_order_says_its_number_who_where_how_much_and_when(self):
        first, _ = snapshot()["latest"]
        today = words(live_parts.live("latest", live_parts.latest_orders([first], date(2026, 11, 22), INR)))
        later = words(live_parts.live("latest", live_parts.latest_orders([first], date(2026, 11, 23), INR)))
        assert today.split() == ["#10005", "Asha", "·", "Pune", "₹5.25", "2", "units", "·", "15:30"]
        assert "2 units · 22 Nov 2026" in later

    def test_empty_lists_say_what_will_be_here(self):
        assert "No orders yet" in live_parts.latest_orders([], date(2026, 11, 22), INR)
        assert "Nothing is low" in live_parts.low_stock([], INR)
        assert "No sales in this period" in words(overview.best_sellers([], {}, INR))

    def test_what_is_painted_first_is_what_the_stream_brings(self):
        now, before = Totals(gross=99_900), Totals(gross=50_000)
        trend = pd.DataFrame({key: [1, 2] for key in ("gross", "orders", "aov", "units", "returns")})
        tiles = overview.today_tiles(now, before, trend, INR, then="by 15:30 last Sunday")
        painted = {
            getattr(part, "data-live"): getattr(part, "data-html")
            for tile in tiles
            for part in tile._traverse()
            if getattr(part, "data-live", None)
        }
        keys = live_parts.NUMBERS
        read = snapshot() | {
            "today": {key: getattr(now, key) for key in (*keys, "net")},
            "last_week": {key: getattr(before, key) for key in (*keys, "net")},
        }
        brought = live_parts.parts(read, INR)
        assert len(painted) == 12
        assert painted == {part: brought[part] for part in painted}
        assert painted["tile-gross"] == "₹999.00"

    def test_names_in_live_parts_are_text_and_never_markup(self):
        read = snapshot()
        read["latest"][0]["name"] = read["low"][0]["name"] = '<img src=x onerror=1>"'
        brought = live_parts.parts(read, INR)
        assert "<img" not in brought["latest"] + brought["low"]
        assert "&lt;img" in brought["latest"]
        assert "&lt;img" in brought["low"]


class TestStock:
    def test_the_list_says_for_how_many_days_it_lasts(self):
        row = {"product_id": "p", "name": "Mug", "available": 4, "threshold": 5, "cover": 2.0, "is_calm": False}
        assert "2.0 days left" in live_parts.low_stock([row], INR)
        assert "no sales lately" in live_parts.low_stock([row | {"cover": None}], INR)
        assert "still wanted" in live_parts.low_stock([row | {"available": 0, "cover": 0.0}], INR)
        calm = live_parts.low_stock([row | {"cover": 98.0, "is_calm": True}], INR)
        assert "lasts 98 days · nothing to order" in calm
        assert "kit-badge-neutral" in calm, "what needs nothing raises no alarm"

    def test_of_a_quiet_shop_today_is_its_last_day(self):
        assert dict(stock.spans(Trade(date(2010, 12, 1), date(2011, 12, 9), date(2026, 11, 23))))["1"] == "Last day"

    def test_of_fewer_than_ten_units_sell_through_is_both_counts(self):
        frame = overview_rows(("few", 1, 0, 1.0, 1.0), ("many", 1, 0, 1.0, 1.0))
        found = stock.rows(frame.assign(sell_through=0.5, sell_through_of=[8, 10], sold_28d=[4, 5]))
        assert [row["sold_of"] for row in found] == [[4, 8], None]

    def test_what_does_not_exist_is_null_and_not_nan(self):
        (row,) = stock.rows(overview_rows(("a", 1, 0, float("nan"), float("inf"))))
        assert row["velocity"] is None
        assert row["days_of_cover"] is None
        json.dumps(row, allow_nan=False)


def order(**changes: Any) -> Order:
    values: dict[str, Any] = {
        "order_id": 7,
        "owner": "user#1",
        "status": OrderStatus.PAID,
        "email": "a@shop.example",
        "address": Address("Asha", "1 Lane", "Pune", "411001", "IN", region="Maharashtra"),
        "lines": (OrderLine(1, "p1", "Mug", 10_000, 2, returned=1), OrderLine(2, "p2", "Pot", 500, 1, returned=1)),
        "currency": "INR",
        "subtotal": 20_500,
        "tax": 1_025,
        "total": 21_525,
        "tax_rate": "0.05",
        "created_at": NOW,
    }
    return Order(**(values | changes))


class TestOrders:
    def test_columns_carry_no_currency_sign(self):
        assert orders.amount(12_345_600, INR) == "1,23,456.00"

    def test_only_lines_with_something_left_can_come_back(self):
        dialog = orders.return_dialog(lambda part: part, lambda part, key: f"{part}-{key}", order(), INR)
        ids = {part.id for part in walk(dialog) if str(getattr(part, "id", "")).startswith("quantity")}
        assert ids == {"quantity-1"}

    def test_the_refund_is_shown_with_its_tax_share(self):
        shown = words(orders.refund_words(Refund(10_500, 500), INR))
        assert "₹5.00" in shown
        assert "₹100.00" in shown
        assert "delivery" not in shown
        assert "Goods and delivery" in words(orders.refund_words(Refund(10_500, 500, has_delivery=True), INR))
        assert "₹105.00" in shown
        assert "Say how many units" in words(orders.refund_words(None, INR))

    def test_codes_become_countries_and_imported_names_stay(self):
        assert orders.country_words("IN", INR) == "India"
        assert orders.country_words("EIRE", INR) == "EIRE"
        assert orders.country_words("", INR) == "–"

    def test_the_timeline_tells_of_a_failure(self):
        failed = order(status=OrderStatus.PAYMENT_FAILED, failure="The card was declined.")
        assert "The card was declined." in words(orders.timeline_card(failed, (), (), INR))


class TestCustomers:
    @dataclass(frozen=True)
    class Row:
        user_id: int = 1
        full_name: str = "<i>Asha</i>"
        email: str | None = "asha@shop.example"
        country: str | None = "IN"
        orders: int = 2
        units: int = 3
        gross: int = 100
        returns: int = 0
        lifetime: int = 100
        last_order_at: datetime | None = None
        segment: str | None = "Loyal"
        margin: Margin = Margin(60, 45, 100, 0.4, is_known=True)  # noqa: RUF009  # it is frozen

    def table(self, *rows: Row, with_email: bool = False, is_narrowed: bool = False, sort: str = "lifetime") -> Any:
        sorting = customers.Sorting.parse(sort)
        assert sorting is not None
        return customers.customer_table(
            rows, INR, with_email=with_email, is_narrowed=is_narrowed, sorting=sorting, sort_id="sort"
        )

    def test_margin_stands_beside_how_much_of_it_is_without_a_cost(self):
        said = words(self.table(self.Row(), self.Row(margin=Margin(0, 0, 100, 1.0, is_known=False))))
        assert "25% margin, 40% without cost" in said
        assert "no known cost" in said

    def test_addresses_are_for_those_who_may_see_them(self):
        assert "asha@" in words(self.table(self.Row(), with_email=True))
        assert "asha@" not in words(self.table(self.Row()))

    def test_a_name_leads_to_its_history(self):
        assert hrefs(self.table(self.Row())) == ["/admin/customers/1"], "not by name or address"

    def test_a_search_without_result_is_told_from_an_empty_shop(self):
        assert "Nobody matches" in words(self.table(is_narrowed=True))
        assert "No customers yet" in words(self.table())

    def test_the_head_that_sorts_says_which_way(self):
        def heads(sort: str) -> list[str]:
            return re.findall(
                r'aria-label="([^"]*, sorted [a-z]+)"', getattr(self.table(self.Row(), sort=sort), "data-html")
            )

        assert heads("lifetime") == ["Lifetime value, INR, sorted down"]
        assert heads("lifetime.up") == ["Lifetime value, INR, sorted up"]
        assert heads("name") == ["Customer, sorted up"]

    @pytest.mark.parametrize("sort", ["", "shoe size", "lifetime.down", "lifetime.up.up", None, 7, ["name"]])
    def test_orders_that_there_are_not_are_none(self, sort: object):
        assert customers.Sorting.parse(sort) is None


class TestInventory:
    def test_the_ledger_names_kind_change_and_balance(self):
        entry = StockMovement(1, "p", NOW, MovementKind.WRITE_OFF, -3, 9, "edit:1", "a@shop.example", "broken")
        shown = words(inventory.ledger([entry], INR))
        assert all(part in shown for part in ("Written off", "−3", "9", "a@shop.example", "broken"))

    def test_a_sale_leads_to_its_order_and_names_no_shopper(self):
        entry = StockMovement(1, "p", NOW, MovementKind.SALE, -1, 9, "order:12", "user#55")
        assert hrefs(inventory.ledger([entry], INR)) == ["/admin/orders/12"]
        assert "55" not in words(inventory.ledger([entry], INR))


class TestMailbox:
    message = MailboxMessage(
        5, NOW, Message("k", "receipt", "a@b.example", "Your receipt", "<p>Hi</p>", "Hi", order_id=7)
    )

    def test_the_e_mail_runs_no_scripts(self):
        pane = mailbox.reading_pane(self.message, "html", "view", INR)
        (shown,) = [part for part in walk(pane) if part._type == "Iframe"]
        assert shown.sandbox == "allow-popups allow-popups-to-escape-sandbox"  # neither scripts nor our origin
        assert shown.srcDoc == "<p>Hi</p>"

    def test_it_leads_to_its_order(self):
        assert "/admin/orders/7" in hrefs(mailbox.reading_pane(self.message, "text", "view", INR))

    def test_deliveries_name_and_link_what_they_are_about(self):
        sent = OutboxEntry(1, "receipt", "k", {"order_id": 7, "copy": 2}, OutboxState.DONE, 1, NOW, NOW)
        alert = OutboxEntry(2, "alert", "k", {"episode_id": 4}, OutboxState.DONE, 1, NOW, NOW)
        mug = Product("p/1", "Mug", 100, stock=0, threshold=5)
        shown = mailbox.deliveries_table([sent, alert], lambda part, key: f"{part}-{key}", INR, {2: mug}, leaves=True)
        assert hrefs(shown) == ["/admin/orders/7", "/admin/stock?product=p%2F1"]
        assert "copy 2" in words(shown)
        assert "Mug" in words(shown)

    def test_what_is_only_kept_is_not_said_to_be_delivered(self):
        done = OutboxEntry(1, "receipt", "k", {"order_id": 7}, OutboxState.DONE, 1, NOW, NOW)
        said = [words(mailbox.delivery_state(done, INR, leaves=leaves)).strip() for leaves in (True, False)]
        assert said == ["Delivered", "In the mailbox"]

    def test_receipts_are_not_for_admins_to_read(self):
        alert = MailboxMessage(6, NOW, Message("k", "low_stock", "a@b.example", "Low", "", ""))
        rows = mailbox.message_list([self.message, alert], None, lambda part, key: f"{part}-{key}", INR)
        assert words(rows).count("Unread") == 1

    def test_what_has_not_been_tried_yet_is_not_sent_again(self):
        def entry(number: int, state: OutboxState) -> OutboxEntry:
            return OutboxEntry(number, "receipt", "k", {"order_id": 7}, state, 3, NOW, NOW, last_error="refused")

        shown = mailbox.deliveries_table(
            [
                entry(1, OutboxState.DONE),
                entry(2, OutboxState.FAILED),
                replace(entry(3, OutboxState.PENDING), attempts=0),
            ],
            lambda part, key: f"{part}-{key}",
            INR,
            leaves=True,
        )
        assert [part.id for part in walk(shown) if str(getattr(part, "id", "")).startswith("resend")] == [
            "resend-1",
            "resend-2",
        ]
