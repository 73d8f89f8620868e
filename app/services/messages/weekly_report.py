"""The weekly report: each Monday morning to those of the staff who want it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.blocking import offload
from app.domain import Actor, Attachment, AuditAction, Period, change_of, change_words, effects, first_day_of
from app.errors import NotFound
from app.mail import ReportLine, WeeklyReport, weekly_report
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.breakdown import Breakdowns, Part
from app.services.analytics.customers import CustomerAnalytics
from app.services.analytics.holdings import Holdings
from app.services.analytics.order_sizes import OrderSizeAnalytics, outlier_words, without_cancelled_words
from app.services.analytics.sales import SalesAnalytics
from app.services.analytics.weekdays import comparison_words, sold_by_weekday
from app.services.audit.log import entry_of
from app.services.catalog.products import CatalogService
from app.services.forecasts.forecasts import ForecastService
from app.services.messages.notifications import Letterhead
from app.services.messages.ports import ReaderStore, Sender

AT = time(7)  # on Mondays, by the store's clocks
WEEK = timedelta(days=7)
BEST, CATEGORIES = 5, 6
LATE_DAYS = 3  # so long after Monday a report still goes out, if the worker was away


@dataclass(frozen=True)
class Numbers:
    """Where the report's numbers come from."""

    sales: SalesAnalytics
    breakdowns: Breakdowns
    customers: CustomerAnalytics
    holdings: Holdings
    forecasts: ForecastService
    catalog: CatalogService
    order_sizes: OrderSizeAnalytics


class ReportService:
    def __init__(
        self,
        store: ReaderStore,
        numbers: Numbers,
        sender: Sender,
        letterhead: Letterhead,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._numbers = numbers
        self._sender = sender
        self._letterhead = letterhead
        self._now = now

    # --- what people do -----------------------------------------------------------------------------

    def reads(self, user_id: int) -> bool:
        return self._store.reads(user_id)

    def set_reading(self, user_id: int, reads: bool, actor: Actor) -> None:
        """For oneself. Safe to run twice."""
        after: dict[str, object] = {"reads": reads}
        entry = entry_of(actor, AuditAction.REPORT_READING, "report", user_id, "the weekly report", after=after)
        self._store.set_reading(user_id, reads, entry)

    # --- what the worker does ---------------------------------------------------------------------

    def queue_due(self) -> int:
        """Queue last week's report for its readers, from Monday morning on, once; how many were queued."""
        now = self._now().astimezone(self._letterhead.formats.zone)
        monday = first_day_of(now.date(), "week")
        due = datetime.combine(monday, AT, self._letterhead.formats.zone)
        if not due <= now < due + timedelta(days=LATE_DAYS):
            return 0
        week = (monday - WEEK).isoformat()
        return self._store.queue(week, [reader.user_id for reader in self._store.readers()], self._now())

    def send(self, week: str, user_id: int, copy: int = 0) -> None:
        """Send a week's report, once per copy; nothing to those who do not want it any more."""
        reader = next((one for one in self._store.readers() if one.user_id == user_id), None)
        if reader is None:
            return
        head = self._letterhead
        message = weekly_report(
            self.of(date.fromisoformat(week)),
            key=effects.copy_key(effects.report(week, user_id).key, copy),
            to=reader.email,
            name=reader.full_name,
            store_name=head.store_name,
            base_url=head.base_url,
            frame=head.frame,
        )
        self._sender.send(message)

    def of(self, monday: date) -> WeeklyReport:
        """The report of the week that begins on `monday`. Raises NotFound before the first sale."""
        numbers, formats = self._numbers, self._letterhead.formats
        if numbers.sales.trade().first_day is None:
            raise NotFound("Nothing has been sold yet.")
        week, before = Period(monday, monday + WEEK), Period(monday - WEEK, monday)
        best = numbers.breakdowns.best(week, Part(), BEST)
        names = {p.product_id: p.name for p in numbers.catalog.all(include_removed=True)}
        return WeeklyReport(
            week=formats.day(monday),
            lines=self._lines(week, before),
            stands_out=self._stands_out(week, before),
            uneven=self._uneven(week, before),
            best=[
                (
                    names.get(row.product_id, row.product_id),
                    formats.counted(row.kept_units, "unit"),
                    formats.money_short(row.net),
                )
                for row in best
            ],
            to_do=self._to_do(),
            charts=self._charts(week, before),
            note=self._note(),
        )

    def _note(self) -> str:
        trade = self._numbers.sales.trade()
        words = self._letterhead.formats.day(trade.anchor)
        return f"As of the last sale, on {words}." if trade.is_quiet else ""

    def _lines(self, week: Period, before: Period) -> list[ReportLine]:
        sales, sizes, formats = self._numbers.sales, self._numbers.order_sizes, self._letterhead.formats
        now, then = sales.total(week), sales.total(before)
        (people,) = sales.buckets(week, "week")
        (earlier,) = sales.buckets(before, "week")
        money, number = formats.money_short, formats.number
        return [
            _line("Gross sales", now.gross, then.gross, money, formats, things=then.orders),
            _line("Net sales", now.net, then.net, money, formats, things=then.orders),
            _line("Orders", now.orders, then.orders, number, formats),
            _line("Average order", now.aov, then.aov, money, formats, things=then.orders),
            _line("Median order", sizes.median(week), sizes.median(before), money, formats, things=then.orders),
            _line("Returns", now.returns, then.returns, money, formats, less_is_good=True),
            _line("Customers", people.customers, earlier.customers, number, formats),
            _line("Of them returning", people.returning_customers, earlier.returning_customers, number, formats),
        ]

    def _stands_out(self, week: Period, before: Period) -> list[str]:
        """The orders that make the week's sums, and what sales are without those that were cancelled."""
        numbers, formats = self._numbers, self._letterhead.formats
        now, then = numbers.order_sizes.of(week), numbers.order_sizes.of(before)
        totals = numbers.sales.total(week), numbers.sales.total(before)
        without = without_cancelled_words(totals[0], now, totals[1], then, None, formats)
        named = [f"Order #{one.number}: {outlier_words(one, formats)}" for one in now.outliers]
        return [*named, f"Gross sales: {without}"] if without else named

    def _uneven(self, week: Period, before: Period) -> str:
        """That one of the two weeks had closed days, if so."""
        now, then = (sold_by_weekday(self._numbers.sales.by_day(days)) for days in (week, before))
        return comparison_words(now, week.days, then, before.days)

    def _to_do(self) -> list[tuple[str, str]]:
        numbers, formats = self._numbers, self._letterhead.formats
        order = numbers.forecasts.to_order()
        dead, guessed = numbers.holdings.value(), numbers.holdings.inferred().products
        by = ", based on stock that the import inferred" if guessed else ""
        away = numbers.customers.segments().slipping
        found = []
        if not order.is_whole:
            # A number that grows while forecasts are being made is none to be sent.
            made = f"{formats.number(order.forecast)} of {formats.number(order.of)} products"
            found.append((f"See what to order: only {made} are forecast so far", "/admin/stock"))
        elif order.products:
            found.append(
                (f"Order {formats.number(order.products)} products at their reorder point{by}", "/admin/stock")
            )
        if dead.dead_products:
            words = f"Clear {formats.money_short(dead.dead_value)} of dead stock{by}"
            found.append((words, "/admin/stock#dead"))
        if away:
            who = formats.counted(away.customers, "good customer")
            words = f"Win back {who} who {'stays' if away.customers == 1 else 'stay'} away"
            found.append((words, "/admin/customers"))
        return found

    def _charts(self, week: Period, before: Period) -> Sequence[tuple[Attachment, str]]:
        numbers, formats = self._numbers, self._letterhead.formats
        days, earlier = numbers.sales.by_day(week), numbers.sales.by_day(before)
        if not (days["gross"].any() or earlier["gross"].any()):
            return []
        from app.documents import bars_png, lines_png  # slow to load; a report is drawn once a week

        gross, then = ([float(formats.major(int(v))) for v in frame["gross"]] for frame in (days, earlier))
        labels = [f"{day:%a}" for day in days["day"]]
        line = offload(lines_png, "Gross sales by day", labels, gross, then, formats.currency)
        best_day = max(range(len(labels)), key=lambda n: gross[n])
        says = f"most on {labels[best_day]}" if any(gross) else "none this week"
        charts = [(Attachment("days.png", "image/png", line), f"Gross sales by day: {says}.")]
        parts = numbers.breakdowns.category_shares(week, Part())[:CATEGORIES]
        if parts:
            bars = offload(
                bars_png,
                "Gross sales by category",
                [c.key for c in parts],
                [float(c.gross) for c in parts],
                [formats.money_short(c.gross) for c in parts],
            )
            words = f"Gross sales by category: {parts[0].key} first."
            charts.append((Attachment("categories.png", "image/png", bars), words))
        return charts


def _line(
    name: str,
    now: int | None,
    then: int | None,
    show: Callable[[int], str],
    formats: Formats,
    *,
    less_is_good: bool = False,
    things: int | None = None,
) -> ReportLine:
    """None is an average of no orders. `things` as in `change_words`."""
    if now is None:
        return ReportLine(name, "–", "no orders")
    change = change_of(now, then, things)
    if change is None:
        return ReportLine(name, show(now), "none the week before" if now else "as the week before")
    if change.is_none:
        return ReportLine(name, show(now), "as the week before")
    tone = "good" if change.is_rise != less_is_good else "bad"
    return ReportLine(name, show(now), change_words(change, formats, show), tone)
