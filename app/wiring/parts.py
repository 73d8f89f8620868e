"""The parts of a shop on the stores that its settings choose: with `stores`, the only place that chooses them."""

from __future__ import annotations

from functools import cached_property
from typing import cast

from app.domain import Anomaly
from app.mail.rendering import Frame
from app.services.alerts.history import RuleHistory
from app.services.alerts.rules import RuleService
from app.services.analytics import utc_now
from app.services.anomalies.anomalies import in_a_row
from app.services.books.ports import AllBooks
from app.services.books.reconcile import ReconcileService
from app.services.messages.dispute_alerts import DisputeAlerts
from app.services.messages.mail_events import CarefulManySender, CarefulSender, MailEventService
from app.services.messages.notifications import Letterhead, NotificationService, SentParcel
from app.services.messages.pay_back_alerts import PayBackAlerts
from app.services.messages.ports import Sender
from app.services.messages.samples import MailSamples
from app.services.messages.unconfirmed_mailboxes import UnconfirmedMail
from app.services.messages.weekly_report import Numbers, ReportService
from app.services.stock.thresholds import RuleFollower
from app.services.wall.facts import WallFacts
from app.services.wall.goals import GoalService
from app.services.wall.live_snapshot import LiveSnapshots
from app.services.wall.visitors import Visitors
from app.settings.in_force import InForce
from app.stores.local.demo_book import DemoBook
from app.stores.local.mailbox import LocalMailbox
from app.stores.sql.alerts.hours import SqlHours
from app.stores.sql.alerts.rules import SqlAlertRules
from app.stores.sql.books.books import SqlBooks
from app.stores.sql.books.log import SqlReconciliationLog
from app.stores.sql.books.mending import SqlBookMender
from app.stores.sql.messages.report_readers import SqlReportReaders
from app.stores.sql.messages.resending import SqlDeliveries
from app.stores.sql.stock.low_stock_episodes import SqlEpisodes
from app.stores.sql.wall.goals import SqlGoals
from app.stores.sql.wall.visitors import SqlVisitorSketches
from app.wiring.stores import aws_senders, event_inbox_of
from app.wiring.trade_parts import TradeParts
from app.wiring.webhooks import WebhookParts


class Parts(TradeParts):
    """All parts of one shop, each made when the first other asks for it."""

    @cached_property
    def rule_follower(self) -> RuleFollower:
        def rule() -> object | None:
            own = "low_stock_rule" in self.shop_settings.chosen() and "low_stock_rule" not in self.environment_sets
            return (self.settings.low_stock_rule, self.settings.currency_digits) if own else None

        return RuleFollower(
            self.stores.catalog,
            self.every_product,
            rule,
            self.default_threshold,
            self.notifications.check_low_stock,
        )

    @cached_property
    def goals(self) -> GoalService:
        return GoalService(
            SqlGoals(self.database), self.formats, lambda: self.formats.today(), is_closed=self.known_days.is_closed
        )

    @cached_property
    def visitors(self) -> Visitors:
        return Visitors(SqlVisitorSketches(self.database), self.secret_key)

    @cached_property
    def snapshots(self) -> LiveSnapshots:
        facts = WallFacts(
            self.analytics, self.stores.carts, self.formats, self.goals.of, self.visitors.count, utc_now,
            odd_days=self.anomalies.recent, packing=self.fulfilment.packing,
        )  # fmt: skip
        return LiveSnapshots(
            self.analytics,
            self.sales,
            self.formats,
            self.catalog.all,
            self.stock.demands,
            facts,
            reorder_points=self.forecasts.reorder_points,
            median=self.order_sizes.median,
            secret_key=self.secret_key,
        )

    @cached_property
    def letterhead(self) -> Letterhead:
        def now() -> Letterhead:
            settings = self.shop_settings.settings()
            formats = self.shop_settings.formats()
            shop = self.shop_settings.shop()
            logo = settings.base_url + shop.logo_path if shop.logo else ""
            frame = Frame(logo, shop.seller_lines, tuple(shop.mail_footer.splitlines()), shop.mail_texts)
            return Letterhead(
                settings.store_name, settings.base_url, settings.alert_email, formats, frame, shop.transfer_text
            )

        return cast(Letterhead, InForce(now))

    @cached_property
    def mailbox(self) -> LocalMailbox:
        return LocalMailbox(self.database)

    @cached_property
    def senders(self) -> tuple[Sender, Sender]:
        """What e-mails go by, and what alerts go by."""
        if self.settings.notifier == "local":
            return CarefulManySender(self.mailbox, self.blocks, self.formats), self.mailbox
        mails, alerts = aws_senders(self.settings, self._headed, writes_to_reserved=self.writes_to_reserved)
        return CarefulSender(mails, self.blocks, self.formats), alerts

    def _headed(self) -> tuple[str, str]:
        shop = self.shop_settings.shop()
        return shop.sender_name, shop.reply_to

    @cached_property
    def unconfirmed(self) -> UnconfirmedMail:
        return UnconfirmedMail(self.throttle, self.users)

    @cached_property
    def mail_events(self) -> MailEventService:
        return MailEventService(event_inbox_of(self.settings), self.blocks)

    @cached_property
    def notifications(self) -> NotificationService:
        sender, alerts = self.senders
        return NotificationService(
            self.letterhead,
            sender,
            self.mailbox,
            self.order_store,
            self.stores.catalog,
            SqlEpisodes(self.database),
            self.outbox,
            SqlDeliveries(self.database),
            self.stock.demand_of,
            self.order_links.path,
            self.unconfirmed,
            alerts=alerts,
            # In the mailbox the receipt leads to it: it is drawn when somebody asks for it.
            invoice=self.invoices.attached if self.settings.notifier == "aws" else None,
            invoice_number=self.invoices.number_of,
            returned=self.returns.get,
            sent=self._sent_parcel,
        )

    def _sent_parcel(self, shipment_id: int) -> SentParcel | None:
        shipment = self.fulfilment_store.shipment(shipment_id)
        work = self.fulfilment_store.work(shipment.order_id) if shipment else None
        return SentParcel(shipment, work.units_open) if shipment and work else None

    @cached_property
    def mail_samples(self) -> MailSamples:
        def name_of(place: int) -> str | None:
            sold = self.catalog.popular(place + 1)
            return sold[place].name if len(sold) > place else None

        return MailSamples(self.letterhead, name_of)

    @cached_property
    def webhooks(self) -> WebhookParts:
        return WebhookParts(self)

    @cached_property
    def dispute_alerts(self) -> DisputeAlerts:
        return DisputeAlerts(self.letterhead, self.senders[1], self.order_store, self.payments.disputes_of)

    @cached_property
    def pay_back_alerts(self) -> PayBackAlerts:
        return PayBackAlerts(self.letterhead, self.senders[1], self.order_store, self.returns.get)

    @cached_property
    def rules(self) -> RuleService:
        store, (_, alerts) = SqlAlertRules(self.database), self.senders
        return RuleService(
            store,
            self.analytics,
            self.stock,
            self.holdings,
            alerts,
            self.letterhead,
            anchor=self.anchor,
            odd_days=self.anomalies.recent,
            endpoints=self.webhooks.endpoints.all,
            backlog=self.fulfilment.backlog,
        )

    @cached_property
    def rule_history(self) -> RuleHistory:
        def odd_days() -> list[Anomaly]:
            return in_a_row(self.anomalies.of_last_year())

        return RuleHistory(self.analytics, SqlHours(self.database), odd_days, self.formats, self.anchor)

    @cached_property
    def reports(self) -> ReportService:
        numbers = Numbers(
            self.sales, self.breakdowns, self.customers, self.holdings, self.forecasts, self.catalog, self.order_sizes
        )
        return ReportService(SqlReportReaders(self.database), numbers, self.senders[0], self.letterhead)

    @cached_property
    def reconciliations(self) -> SqlReconciliationLog:
        return SqlReconciliationLog(self.database)

    @cached_property
    def reconcile(self) -> ReconcileService:
        books = AllBooks(
            SqlBooks(self.database, self.clock),
            self.stores.catalog,
            self.stores.reservations,
            DemoBook(self.database),
            SqlBookMender(self.database, self.clock),
            self.reconciliations,
        )
        return ReconcileService(books, self.audit, self.notifications.check_low_stock, self._money)
