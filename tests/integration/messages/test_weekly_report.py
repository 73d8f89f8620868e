"""The weekly report: when it is queued, what it says, and that its pictures are in it wherever it is read."""

from __future__ import annotations

import base64
import email
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import policy

import pytest

from app.domain import Actor, Forecast, Message, Period, Role
from app.errors import NotFound
from app.services import Services
from app.services.messages.weekly_report import ReportService
from app.stores.aws.ses import SesSender
from app.stores.sql.engine.database import Database
from app.stores.sql.messages.report_readers import SqlReportReaders
from app.tools.demo import fill_demo
from tests.support.shop import add_people, build, settings_for

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # seven o'clock in Kolkata
WHO = Actor("test")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, Database]]:
    settings = settings_for(tmp_path_factory.mktemp("report"))
    built, database = build(settings)
    fill_demo(database, settings, orders=600, products=40, seed=7, now=NOW)
    built.catalog.refresh()
    built.customers.keep_segments()
    yield built, database
    built.live.close()
    database.dispose()


class Outgoing:
    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        self.sent.append(message)


def service(shop: tuple[Services, Database], now: datetime) -> tuple[ReportService, Outgoing]:
    built, database = shop
    outgoing = Outgoing()
    own = built.reports
    return ReportService(SqlReportReaders(database), own._numbers, outgoing, own._letterhead, lambda: now), outgoing


def test_is_queued_once_from_monday_seven_o_clock_on(shop: tuple[Services, Database]) -> None:
    built, database = shop
    reader = add_people(database, 1, "report-", Role.ANALYST)[0]
    built.reports.set_reading(reader.user_id, True, WHO)
    before = MONDAY - timedelta(seconds=1)
    late = MONDAY + timedelta(days=3)
    assert [service(shop, at)[0].queue_due() for at in (before, MONDAY, MONDAY, late)] == [0, 1, 0, 0]
    reports, outgoing = service(shop, MONDAY)
    reports.send("2026-11-16", reader.user_id)
    assert [message.key for message in outgoing.sent] == [f"report:2026-11-16:{reader.user_id}"]
    built.reports.set_reading(reader.user_id, False, WHO)
    reports.send("2026-11-16", reader.user_id)
    assert len(outgoing.sent) == 1, "who does not want it any more gets none"


def test_says_what_the_overview_says(shop: tuple[Services, Database]) -> None:
    built, _ = shop
    report = built.reports.of(date(2026, 11, 16))
    total = built.sales.total(Period(date(2026, 11, 16), date(2026, 11, 23)))
    values = {line.name: line.value for line in report.lines}
    assert values["Gross sales"] == built.formats.money_short(total.gross)
    assert values["Net sales"] == built.formats.money_short(total.net)
    assert values["Orders"] == built.formats.number(total.orders)
    sizes = built.order_sizes.of(Period(date(2026, 11, 16), date(2026, 11, 23)))
    assert values["Median order"] == built.formats.money_short(sizes.median)
    assert len(report.charts) == 2
    assert all(picture.data.startswith(b"\x89PNG") and words for picture, words in report.charts)


def test_sends_no_number_that_still_grows_while_forecasts_are_made(shop: tuple[Services, Database]) -> None:
    built, _ = shop
    products = sorted(p.product_id for p in built.catalog.all())
    first_day, store = built.sales.trade().full_end, built.forecasts._store
    much = Forecast(first_day, "Theta", ((90.0, 100.0, 110.0),) * 28, {})
    store.keep({"": much} | dict.fromkeys(products[:3], much))
    assert built.forecasts.to_order().products == 3
    words = [words for words, _ in built.reports.of(date(2026, 11, 16)).to_do]
    assert words[0] == "See what to order: only 3 of 40 products are forecast so far"
    assert not any("reorder point" in said for said in words)
    store.keep(dict.fromkeys(products, much))
    words = [words for words, _ in built.reports.of(date(2026, 11, 16)).to_do]
    assert words[0] == "Order 40 products at their reorder point"


def test_a_week_without_sales_and_a_shop_without_any(shop: tuple[Services, Database], tmp_path: object) -> None:
    built, _ = shop
    empty = built.reports.of(date(2020, 1, 6))
    assert {line.change for line in empty.lines} == {"as the week before", "no orders"}
    assert [line.value for line in empty.lines if line.name == "Average order"] == ["–"]
    assert empty.charts == [], "a picture of nothing says nothing"
    after = built.reports.of(date(2026, 11, 30))
    assert "none this week" in after.charts[0][1], "no day of a week without sales sold most"
    other, database = build(settings_for(tmp_path))  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="Nothing has been sold yet"):
        other.reports.of(date(2026, 11, 16))
    other.live.close()
    database.dispose()


def test_its_pictures_are_in_the_mailbox_and_in_the_mail(shop: tuple[Services, Database]) -> None:
    built, database = shop
    reader = add_people(database, 1, "mail-", Role.ADMIN)[0]
    built.reports.set_reading(reader.user_id, True, WHO)
    built.reports.send("2026-11-16", reader.user_id)
    kept = built.notifications.message(built.notifications.mailbox(kind="report").items[0].message_id).message
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', kept.html)
    assert [base64.b64decode(picture)[:4] for picture in pictures] == [b"\x89PNG"] * 2
    assert "cid:" not in kept.html
    assert "Gross sales" in kept.text

    reports, outgoing = service(shop, MONDAY)
    reports.send("2026-11-16", reader.user_id)
    raw = SesSender("Shop <shop@shop.example>")._mime(outgoing.sent[0], str(reader.email))
    mail = email.message_from_bytes(raw, policy=policy.default)
    shown = mail.get_body(("html",))
    assert shown is not None
    named = set(re.findall(r'src="cid:([^"]+)"', shown.get_content()))
    parts = {str(part["Content-ID"]).strip("<>") for part in mail.walk() if part["Content-ID"]}
    assert named == parts == {"days.png", "categories.png"}
    assert [part.get_content_type() for part in mail.walk()][:3] == [
        "multipart/alternative", "text/plain", "multipart/related",
    ]  # fmt: skip
