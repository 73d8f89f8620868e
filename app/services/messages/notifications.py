"""Receipts, word of refunds, low-stock alerts and account e-mails: what is sent when, and what admins see of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from app.addresses import to
from app.domain import (
    Actor,
    Attachment,
    AuditAction,
    Demand,
    MailboxMessage,
    Order,
    OrderReturn,
    OrderStatus,
    OutboxEntry,
    OutboxState,
    Page,
    Product,
    ProductStatus,
    effects,
)
from app.domain.effects import DELIVERIES, EffectKind
from app.domain.fulfilment import Shipment
from app.errors import NotFound
from app.mail import LowStock, low_stock_alert, receipt, refund, shipment_mail
from app.mail.placed import placed_mail
from app.mail.rendering import PLAIN, Frame
from app.money import Formats
from app.services.audit.log import entry_of
from app.services.catalog.ports import Catalog
from app.services.jobs.ports import Outbox
from app.services.jobs.worker import Handler, LeftAlone, ManyHandler, Payload
from app.services.messages.buyer_mail import BuyerMail, ToBuyer
from app.services.messages.ports import Deliveries, Mailbox, ManySender, Sender
from app.services.messages.unconfirmed_mailboxes import UnconfirmedMail
from app.services.orders.ports import OrderReader
from app.services.stock.ports import Episodes
from app.words import speaking

ALERT, RULE = "low_stock", "rule"  # the mailbox's kinds of what admins are told
URGENCY = (OutboxState.FAILED, OutboxState.PENDING, OutboxState.NOT_SENT, OutboxState.DONE)
MOST_PER_PAGE = 100
# What the log calls a message about an order.
_CALLED: dict[str, str] = {
    EffectKind.RECEIPT: "receipt of",
    EffectKind.PLACED_MAIL: "mail of how to pay",
    EffectKind.REFUND_MAIL: "refund mail of",
    EffectKind.SHIPPED_MAIL: "mail of a shipment of",
    EffectKind.DELIVERED_MAIL: "mail of a delivery of",
}


@dataclass(frozen=True)
class Letterhead:
    """What every message of this shop carries."""

    store_name: str
    base_url: str
    alert_email: str
    formats: Formats
    frame: Frame = PLAIN
    transfer_text: str = ""  # where buyers transfer money to


class SentParcel(NamedTuple):
    """A shipment, and how many units of its order are still to be sent."""

    shipment: Shipment
    left: int


class NotificationService:
    """Sends receipts and low-stock alerts, and sends them again.

    `demand` gives what is expected to sell of a product; `order_path` where the receipt of an order leads.

    `alerts`: how low-stock alerts go out, if not by `sender`. `invoice`: the file that a receipt carries, if any,
    `invoice_number` what it is called, "" where it has no number.
    `returned` reads a return, `sent` a shipment.
    """

    def __init__(
        self,
        letterhead: Letterhead,
        sender: Sender,
        mailbox: Mailbox,
        orders: OrderReader,
        catalog: Catalog,
        episodes: Episodes,
        outbox: Outbox,
        deliveries: Deliveries,
        demand: Callable[[str], Demand],
        order_path: Callable[[Order], str],
        unconfirmed: UnconfirmedMail,
        *,
        alerts: Sender | None = None,
        invoice: Callable[[Order], Attachment | None] | None = None,
        invoice_number: Callable[[Order], str] = lambda order: "",
        returned: Callable[[int], OrderReturn | None] = lambda return_id: None,
        sent: Callable[[int], SentParcel | None] = lambda shipment_id: None,
    ) -> None:
        self._letterhead = letterhead
        self._sender = sender
        self._mailbox = mailbox
        self._orders = orders
        self._catalog = catalog
        self._episodes = episodes
        self._outbox = outbox
        self._deliveries = deliveries
        self._demand = demand
        self._order_path = order_path
        self._buyers = BuyerMail(sender, unconfirmed)
        self._alerts = alerts or sender
        self._invoice = invoice
        self._invoice_number = invoice_number
        self._returned = returned
        self._sent = sent

    # --- what the worker does ---------------------------------------------------------------------

    def many_handlers(self) -> dict[str, ManyHandler]:
        """Of those kinds of which many at once cost little more than one.

        Receipts only where the sender knows their keys: else a death in the middle would send all of them once more.
        """
        many: dict[str, ManyHandler] = {EffectKind.LOW_STOCK: self._check_many}
        if isinstance(self._sender, ManySender):
            many[EffectKind.RECEIPT] = partial(self._send_receipts, self._sender)
        return many

    def handlers(self) -> dict[str, Handler]:
        """Per outbox kind what does it, given the row's payload. Each is safe to run twice."""
        return {
            EffectKind.RECEIPT: self._send_one_receipt,
            EffectKind.PLACED_MAIL: lambda payload: self.send_placed(*_wanted(payload)),
            EffectKind.REFUND_MAIL: lambda payload: self.send_refund(
                payload["return_id"], payload.get(effects.COPY, 0), anyway=payload.get(effects.ANYWAY, False)
            ),
            EffectKind.SHIPPED_MAIL: lambda payload: self._send_shipment(payload, arrived=False),
            EffectKind.DELIVERED_MAIL: lambda payload: self._send_shipment(payload, arrived=True),
            EffectKind.LOW_STOCK: lambda payload: self.check_low_stock(payload["product_ids"]),
            EffectKind.ALERT: lambda payload: self.send_alert(payload["episode_id"], payload.get(effects.COPY, 0)),
        }

    def _send_one_receipt(self, payload: Payload) -> None:
        order_id, copy, anyway = _wanted(payload)
        self.send_receipt(order_id, copy, anyway=anyway)

    def send_receipt(self, order_id: int, copy: int = 0, *, anyway: bool = False) -> None:
        """E-mail the receipt of a paid order, once per copy. An order without an address gets none.

        A mailbox that the buyer has not confirmed gets a few an hour, else AwaitsConfirmation is raised; with
        `anyway` any number. A guest may be anybody, also where the order came to an account since.
        """
        mail = self._receipt(self._orders.get(order_id), order_id, copy, anyway=anyway)
        if mail is not None:
            self._buyers.send(mail)

    def _send_receipts(self, sender: ManySender, payloads: Sequence[Payload]) -> list[Exception | None]:
        orders = self._orders.get_many({payload["order_id"] for payload in payloads})
        ends: list[Exception | None] = [None] * len(payloads)
        mails: dict[int, ToBuyer] = {}
        for number, payload in enumerate(payloads):
            order_id, copy, anyway = _wanted(payload)
            try:
                mail = self._receipt(orders.get(order_id), order_id, copy, anyway=anyway)
            except Exception as error:  # noqa: BLE001 - what is wrong with one order is shown with its receipt
                ends[number] = error
                continue
            if mail is not None:
                mails[number] = mail
        for number, end in zip(mails, self._buyers.send_many(sender, list(mails.values())), strict=True):
            ends[number] = end
        return ends

    def _receipt(self, order: Order | None, order_id: int, copy: int, *, anyway: bool) -> ToBuyer | None:
        """None where there is nothing to send. Raises NotFound."""
        if order is None:
            raise NotFound(f"There is no order {order_id}.")
        if order.email is None or order.paid_at is None or order.status is not OrderStatus.PAID:
            return None
        head = self._letterhead
        number = self._invoice_number(order)
        with speaking(order.language):
            message = receipt(
                order,
                key=effects.copy_key(effects.receipt(order_id).key, copy),
                store_name=head.store_name,
                base_url=head.base_url,
                path=to(self._order_path(order)),
                formats=head.formats,
                frame=head.frame,
                invoice_number=number,
            )
        file = self._invoice(order) if self._invoice else None
        return ToBuyer(order, replace(message, attachments=(file,) if file else ()), anyway)

    def send_placed(self, order_id: int, copy: int = 0, anyway: bool = False) -> None:
        """Tell the buyer how an order is paid that is paid later, once per copy; mailboxes as for a receipt.

        Not of one that is paid or given up by now.
        """
        order = self._orders.get(order_id)
        if order is None:
            raise NotFound(f"There is no order {order_id}.")
        if order.email is None or not order.is_accepted:
            return
        head = self._letterhead
        with speaking(order.language):
            message = placed_mail(
                order,
                head.transfer_text,
                key=effects.copy_key(effects.placed_mail(order_id).key, copy),
                store_name=head.store_name,
                base_url=head.base_url,
                path=to(self._order_path(order)),
                formats=head.formats,
                frame=head.frame,
            )
        self._buyers.send(ToBuyer(order, message, anyway))

    def send_refund(self, return_id: int, copy: int = 0, *, anyway: bool = False) -> None:
        """Tell the buyer by e-mail what was paid back, once per refund and copy; mailboxes as for a receipt."""
        booked = self._returned(return_id)
        order = self._orders.get(booked.order_id) if booked is not None and booked.order_id is not None else None
        if booked is None or order is None:
            raise NotFound(f"There is no return {return_id}.")
        if order.email is None or booked.refunded_at is None or not booked.refund:
            return
        head = self._letterhead
        with speaking(order.language):
            message = refund(
                order,
                booked,
                key=effects.copy_key(effects.refund_mail(order.order_id, return_id).key, copy),
                store_name=head.store_name,
                base_url=head.base_url,
                path=to(self._order_path(order)),
                formats=head.formats,
                frame=head.frame,
            )
        self._buyers.send(ToBuyer(order, message, anyway))

    def _send_shipment(self, payload: Payload, *, arrived: bool) -> None:
        """Tell the buyer that a parcel left or arrived, once per shipment and copy; mailboxes as for a receipt."""
        sent = self._sent(payload["shipment_id"])
        order = self._orders.get(sent.shipment.order_id) if sent is not None else None
        if sent is None or order is None:
            raise NotFound(f"There is no shipment {payload['shipment_id']}.")
        if order.email is None:
            return
        head, shipment = self._letterhead, sent.shipment
        effect = (effects.delivered_mail if arrived else effects.shipped_mail)(order.order_id, shipment.shipment_id)
        with speaking(order.language):
            message = shipment_mail(
                order,
                shipment,
                arrived=arrived,
                left=sent.left,
                key=effects.copy_key(effect.key, payload.get(effects.COPY, 0)),
                store_name=head.store_name,
                base_url=head.base_url,
                path=to(self._order_path(order)),
                formats=head.formats,
                frame=head.frame,
            )
        self._buyers.send(ToBuyer(order, message, payload.get(effects.ANYWAY, False)))

    def check_low_stock(self, product_ids: Sequence[str]) -> None:
        """Open or close the episodes of products whose stock moved; an opened one queues its alert.

        Goes by what is on hand now, so that it may run late, twice or out of order. Products out of
        the store have no threshold: they open nothing, and what was open is closed.
        """
        self._episodes.follow(self._thresholds(product_ids))

    def _check_many(self, payloads: Sequence[Payload]) -> list[Exception | None]:
        """Of most movements nothing follows; an episode that opens is the work of the movement that caused it."""
        moved = {product_id for payload in payloads for product_id in payload["product_ids"]}
        behind = self._episodes.behind(self._thresholds(sorted(moved)))
        return [LeftAlone() if behind.intersection(payload["product_ids"]) else None for payload in payloads]

    def _thresholds(self, product_ids: Sequence[str]) -> dict[str, int | None]:
        known = self._catalog.get_many(product_ids)
        return {
            product_id: known[product_id].threshold
            if product_id in known and known[product_id].status is ProductStatus.ACTIVE
            else None
            for product_id in product_ids
        }

    def send_alert(self, episode_id: int, copy: int = 0) -> None:
        """Tell the admins of an episode, once per copy; not of a product that left the store meanwhile."""
        episode = self._episodes.get(episode_id)
        if episode is None:
            raise NotFound(f"There is no low-stock episode {episode_id}.")
        product = self._catalog.get(episode.product_id)
        if product is None or product.status is not ProductStatus.ACTIVE:
            return
        low = LowStock(
            product=product,
            on_hand=episode.on_hand,
            threshold=episode.threshold,
            opened_at=episode.opened_at,
            demand=self._demand(episode.product_id),
        )
        head = self._letterhead
        self._alerts.send(
            low_stock_alert(
                low,
                key=effects.copy_key(effects.alert(episode_id).key, copy),
                to=head.alert_email,
                store_name=head.store_name,
                base_url=head.base_url,
                formats=head.formats,
                frame=head.frame,
            )
        )

    # --- what admins see --------------------------------------------------------------------------

    def mailbox(self, kind: str | None = None, page: int = 1, page_size: int = 30) -> Page[MailboxMessage]:
        """Messages newest first, without their bodies. `kind`: "receipt", "low_stock", "account" or None for all."""
        return self._mailbox.page(kind, page, min(max(page_size, 1), MOST_PER_PAGE))

    def message(self, message_id: int) -> MailboxMessage:
        """One message in full. Raises NotFound."""
        found = self._mailbox.get(message_id)
        if found is None:
            raise NotFound("There is no such message.")
        return found

    def mark_read(self, message_id: int) -> None:
        self._mailbox.mark_read(message_id)

    def unread(self) -> int:
        """What waits for an admin, for the badge on every admin page: alerts that nobody has read, failed deliveries.

        Receipts are for customers to read. Each of the two is counted up to a hundred.
        """
        failed = self._outbox.entries(DELIVERIES, OutboxState.FAILED, MOST_PER_PAGE)
        return self._mailbox.unread(ALERT) + self._mailbox.unread(RULE) + len(failed)

    def deliveries(self, state: OutboxState | None = None, limit: int = 50) -> tuple[OutboxEntry, ...]:
        """What was or will be sent: the failed first, the waiting, the unsent, the delivered; each the newest first."""
        limit = min(max(limit, 1), 500)
        states = URGENCY if state is None else (state,)
        return tuple(entry for one in states for entry in self._outbox.entries(DELIVERIES, one, limit))[:limit]

    def products_of(self, entries: Sequence[OutboxEntry]) -> dict[int, Product]:
        """The products that alerts are about, by the entry's id; one that is unknown is left out."""
        alerts = [e for e in entries if e.kind == EffectKind.ALERT]
        episodes = {e.entry_id: int(str(e.payload["episode_id"])) for e in alerts}
        if not episodes:
            return {}
        product_ids = self._episodes.products(list(episodes.values()))
        known = self._catalog.get_many(sorted(set(product_ids.values())))
        about = {entry_id: product_ids.get(episode_id, "") for entry_id, episode_id in episodes.items()}
        return {entry_id: known[product_id] for entry_id, product_id in about.items() if product_id in known}

    def resend(self, entry_id: int, actor: Actor) -> None:
        """Send one of them again: one that waits or failed at once, a delivered one as a new copy.

        A copy has a key of its own ("receipt:12:again:1"), since senders ignore a key they delivered.
        Clicking twice makes one copy. Raises NotFound, Conflict while it is just being sent.
        """
        entry = self._deliveries.get(entry_id, DELIVERIES)
        if entry is None:
            raise NotFound("There is no such delivery.")
        audited = entry_of(actor, AuditAction.DELIVERY_RESEND, "delivery", entry_id, self._called(entry))
        self._deliveries.again(entry_id, DELIVERIES, audited)

    def receipt_of(self, order: Order) -> OutboxEntry | None:
        """The first receipt of an order, and what became of it; None where none was due, as for an imported order."""
        return self._deliveries.by_key(effects.receipt(order.order_id).key, DELIVERIES)

    def send_receipt_again(self, order: Order, actor: Actor) -> None:
        """As `resend`, of an order that has a receipt. Raises NotFound for one that has none."""
        entry = self.receipt_of(order)
        if entry is None:
            raise NotFound("This order has no receipt to be sent again.")
        self.resend(entry.entry_id, actor)

    def _called(self, entry: OutboxEntry) -> str:
        """What the audit log calls a delivery."""
        if entry.kind in _CALLED:
            order = self._orders.get(int(str(entry.payload["order_id"])))
            return f"{_CALLED[entry.kind]} order #{order.number}" if order else entry.key
        if entry.kind == EffectKind.ACCOUNT_MAIL:
            return "e-mail about an account"  # whose it is stands in the delivery, not in the log for good
        if entry.kind == EffectKind.REPORT:
            return "weekly report"
        if entry.kind == EffectKind.RULE_ALERT:
            return "alert of a rule"
        if entry.kind == EffectKind.ENDPOINT_FAILING:
            return "word of a webhook that fails"
        if entry.kind == EffectKind.DISPUTE:
            return "alert of a dispute"
        if entry.kind == EffectKind.PAY_BACK:
            return "alert of a refund to pay by hand"
        product = self.products_of([entry]).get(entry.entry_id)
        return f"low-stock alert of {product.name}" if product else entry.key


def _wanted(payload: Payload) -> tuple[int, int, bool]:
    """Of a receipt: the order, the copy, and whether it goes out in any case."""
    return payload["order_id"], payload.get(effects.COPY, 0), payload.get(effects.ANYWAY, False)
