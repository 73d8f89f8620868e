"""What the worker does: per kind of effect its handler, and now and then its chores."""

from __future__ import annotations

import os
import sys
from datetime import timedelta

from app.domain.effects import COPY, EffectKind
from app.ops import cloudwatch_feed, tracing
from app.services.accounts.mails import AccountMails
from app.services.books.daily import DailyReconcile
from app.services.forecasts.process import OwnProcess, Start, starter
from app.services.jobs.worker import Chore, Handler, Worker
from app.stores.sql.rollups.folding import SqlRollups
from app.wiring.parts import Parts

OLD_LINKS = 500  # deleted at once, at most


def worker_of(parts: Parts) -> Worker:
    rollups = SqlRollups(parts.database, parts.clock)
    many = {**parts.notifications.many_handlers(), EffectKind.JOIN_ORDERS: parts.orders.join_many}
    many[EffectKind.EVENT] = parts.webhooks.writer.tell_many
    handlers = _handlers(parts)
    kinds = [*handlers, *(many.keys() - handlers.keys()), EffectKind.ROLLUP]
    return Worker(
        parts.outbox,
        handlers,
        rollups,
        _chores(parts),
        around=tracing.effect,
        many_handlers=many,
        is_any_due=lambda: parts.outbox.any_due(kinds),
    )


def _handlers(parts: Parts) -> dict[str, Handler]:
    """Per outbox kind what does it."""
    rules, reports = parts.rules, parts.reports
    mails = AccountMails(
        parts.letterhead, parts.senders[0], parts.users, parts.links, parts.link_tokens, parts.unconfirmed
    )
    return {
        EffectKind.SETTLE: parts.checkout.settle,
        EffectKind.TAKE_CART: parts.checkout.take_cart,
        EffectKind.RESTOCK: parts.orders.restock,
        EffectKind.JOIN_ORDERS: parts.orders.join,
        EffectKind.ERASE: parts.account_data.erase,
        EffectKind.EVENT: parts.webhooks.writer.tell,
        EffectKind.ENDPOINT_FAILING: parts.webhooks.failing.send,
        **parts.notifications.handlers(),
        EffectKind.RULE_ALERT: lambda payload: rules.send(payload["episode_id"], payload.get(COPY, 0)),
        EffectKind.DISPUTE: parts.dispute_alerts.send,
        EffectKind.PAY_BACK: parts.pay_back_alerts.send,
        EffectKind.REPORT: lambda payload: reports.send(payload["week"], payload["user_id"], payload.get(COPY, 0)),
        **mails.handlers(),
    }


def _chores(parts: Parts) -> list[Chore]:
    """What the worker does now and then, in this order within a round."""
    every = timedelta(hours=parts.settings.reconcile_every_hours)
    start = _starter(parts)
    forecasting = OwnProcess("refresh-forecasts", lambda _: parts.forecasts.is_due(), start)
    replaying = OwnProcess("run-replays", parts.replay_store.waits, start)
    return [
        Chore("sweep", parts.checkout.sweep, beside=True),  # it waits for payment providers
        Chore("finish edits", parts.inventory.finish_edits),
        Chore("finish edits of many", parts.bulk_edits.finish, every_seconds=10.0),
        Chore("forget edits of many", parts.bulk_edits.forget_old, every_seconds=3600.0),
        Chore("price history", parts.price_book.follow, every_seconds=5.0),
        Chore("low-stock rule", parts.rule_follower.follow, every_seconds=1.0),
        Chore("finish returns", parts.orders.finish_returns, beside=True),
        Chore("invoice numbers", parts.invoices.give_numbers, idle_seconds=10.0),
        Chore("late invoice numbers", parts.invoices.give_late_numbers, every_seconds=600.0),
        Chore("invoice documents", parts.invoices.draw, idle_seconds=10.0),
        Chore("fulfilment of orders", parts.fulfilment.take_up, every_seconds=10.0),
        Chore("webhooks", parts.webhooks.lanes.look, every_seconds=0.5, idle_seconds=1.0, only_running=True),
        Chore("changed products", parts.webhooks.products.follow, every_seconds=2.0),
        Chore("forget old webhooks", parts.webhooks.service.forget_old, every_seconds=30.0),
        Chore("search words", parts.orders.keep_words, every_seconds=0.0, idle_seconds=1.0),
        Chore("forget old carts", parts.cart.forget_old, every_seconds=60.0),
        Chore("forget old links", lambda: parts.links.purge(OLD_LINKS), every_seconds=600.0),
        Chore("forget old hook messages", parts.mail_events.forget_old, every_seconds=600.0),
        Chore("forget old attempts", parts.throttle.purge, every_seconds=600.0),
        Chore("forget old sessions", parts.sessions.purge, every_seconds=600.0),
        Chore("forget searches", parts.searches.forget_old, every_seconds=3600.0),
        Chore("forget visitors", parts.visitors.forget_old, every_seconds=300.0),
        Chore("segments", parts.customers.keep_segments, every_seconds=60.0, beside=True),
        Chore("bought together", parts.bought_together.refresh, every_seconds=600.0, beside=True),
        Chore("rules", parts.rules.check, every_seconds=30.0),
        Chore("report", parts.reports.queue_due, every_seconds=300.0),
        Chore("forecasts", forecasting.look, every_seconds=5.0, only_running=True),
        Chore("replays", replaying.look, every_seconds=2.0, only_running=True),
        Chore(
            "reconcile",
            DailyReconcile(parts.reconcile, parts.reconciliations, every).start_if_due,
            every_seconds=60.0,
        ),
        *_feed(parts),
    ]


def _starter(parts: Parts) -> Start:
    settings = parts.environment
    kept = {"STORE_TIMEZONE": settings.store_timezone, "CURRENCY": settings.currency}
    environment = {
        **os.environ,
        # What is not set here, the process reads where admins set it, as this one does.
        **{name: value for name, value in kept.items() if name.lower() in settings.model_fields_set},
        "DATA_DIR": str(settings.data_dir.resolve()),
        "DATABASE_URL": settings.resolved_database_url,
        "CATALOG_BACKEND": settings.catalog_backend,
        "DYNAMODB_TABLE_PREFIX": settings.dynamodb_table_prefix,
        "OMP_NUM_THREADS": "1",  # threads of linear algebra only wait for each other on so small a machine
        "OPENBLAS_NUM_THREADS": "1",
    }
    return starter([sys.executable, "-m", "app"], environment)


def _feed(parts: Parts) -> list[Chore]:
    """The worker's lines for CloudWatch: as part of its round, so that they end when it hangs."""
    if parts.settings.log_format != "json":
        return []

    def tell() -> int:
        cloudwatch_feed.tell_of_worker(parts.settings.metrics_namespace, parts.vitals.read())
        return 0

    return [Chore("feed", tell, every_seconds=cloudwatch_feed.EVERY_SECONDS)]
