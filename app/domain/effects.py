"""What is still to be done for something that happened: the kinds, keys and payloads of the outbox.

All of them are stored, so none may change: what an older version wrote down is done by a newer one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from app.words import ENGLISH, language


class EffectKind(StrEnum):
    SETTLE = "settle"  # take what was reserved for an order off the shelf
    TAKE_CART = "take_cart"  # take what was bought out of the cart
    RESTOCK = "restock"  # put what came back on the shelf
    RECEIPT = "receipt"
    PLACED_MAIL = "placed_mail"  # tell a customer how an order is paid that is paid later
    REFUND_MAIL = "refund_mail"  # tell a customer what was paid back
    SHIPPED_MAIL = "shipped_mail"  # and what is on its way
    DELIVERED_MAIL = "delivered_mail"
    ROLLUP = "rollup"  # fold an order, a return or movements into the totals
    LOW_STOCK = "low_stock"  # open or close the products' episodes
    ALERT = "alert"  # tell of an episode that opened
    RULE_ALERT = "rule_alert"
    DISPUTE = "dispute"  # tell admins of a payment that was taken back, or of what became of it
    PAY_BACK = "pay_back"  # tell admins of a refund that somebody has to pay by hand
    REPORT = "report"
    ACCOUNT_MAIL = "account_mail"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an effect
    JOIN_ORDERS = "join_orders"  # give guests' orders to the account of their address
    ERASE = "erase"  # of a closed account, what stands outside its own rows
    EVENT = "event"  # tell the endpoints that want to hear of it
    ENDPOINT_FAILING = "endpoint_failing"  # tell admins that an endpoint hears of nothing


# What goes to people, and may be sent again by hand.
DELIVERIES = (
    EffectKind.RECEIPT,
    EffectKind.PLACED_MAIL,
    EffectKind.REFUND_MAIL,
    EffectKind.SHIPPED_MAIL,
    EffectKind.DELIVERED_MAIL,
    EffectKind.ALERT,
    EffectKind.ACCOUNT_MAIL,
    EffectKind.RULE_ALERT,
    EffectKind.DISPUTE,
    EffectKind.PAY_BACK,
    EffectKind.REPORT,
    EffectKind.ENDPOINT_FAILING,
)

COPY = "copy"  # in the payload of a message that is sent again: which copy it is
UNTIL_CONFIRMED = "until_confirmed"  # in the payload of what goes out once its address is somebody's
ANYWAY = "anyway"  # in the payload of what goes out however many went before: people asked for it
LANGUAGE = "language"  # in the payload of a mail that is not in English: its code
PERSONAL = ("email", "to", "about")  # parts of payloads that are not kept once a row is done

# The name of a folded row in the payload of a rollup.
FoldedRow = Literal["order_id", "return_id"]


@dataclass(frozen=True)
class Effect:
    """One thing to be done, once per key however often it is asked for. `payload`: what JSON can hold."""

    kind: str
    key: str
    payload: Mapping[str, object]


def copy_key(key: str, copy: int) -> str:
    """The key of a message's copy; of the message itself for 0."""
    return f"{key}:again:{copy}" if copy else key


def settle(order_id: int) -> Effect:
    return _of_order(EffectKind.SETTLE, order_id)


def take_cart(order_id: int) -> Effect:
    return _of_order(EffectKind.TAKE_CART, order_id)


def receipt(order_id: int) -> Effect:
    return _of_order(EffectKind.RECEIPT, order_id)


def placed_mail(order_id: int) -> Effect:
    return _of_order(EffectKind.PLACED_MAIL, order_id)


def refund_mail(order_id: int, return_id: int) -> Effect:
    """Once per refund."""
    payload = {"order_id": order_id, "return_id": return_id}
    return Effect(EffectKind.REFUND_MAIL, f"{EffectKind.REFUND_MAIL}:{return_id}", payload)


def shipped_mail(order_id: int, shipment_id: int) -> Effect:
    return _of_shipment(EffectKind.SHIPPED_MAIL, order_id, shipment_id)


def delivered_mail(order_id: int, shipment_id: int) -> Effect:
    return _of_shipment(EffectKind.DELIVERED_MAIL, order_id, shipment_id)


def restock(return_id: int) -> Effect:
    return Effect(EffectKind.RESTOCK, f"{EffectKind.RESTOCK}:{return_id}", {"return_id": return_id})


def rollup_of_order(order_id: int) -> Effect:
    return _rollup(f"order:{order_id}", order_id=order_id)


def rollup_of_return(return_id: int) -> Effect:
    return _rollup(f"return:{return_id}", return_id=return_id)


def rollup_of_adopted(row: FoldedRow, row_id: int) -> Effect:
    """An order or return that was folded as a guest's, and is an account's now."""
    return _rollup(f"adopted:{row}:{row_id}", **{f"adopted_{row}": row_id})


def rollup_of_movements(cause: str, movement_ids: Sequence[int]) -> Effect:
    return _rollup(f"moved:{cause}", movement_ids=list(movement_ids))


def low_stock(cause: str, product_ids: Sequence[str]) -> Effect:
    return Effect(EffectKind.LOW_STOCK, f"{EffectKind.LOW_STOCK}:{cause}", {"product_ids": list(product_ids)})


def alert(episode_id: int) -> Effect:
    return Effect(EffectKind.ALERT, f"{EffectKind.ALERT}:{episode_id}", {"episode_id": episode_id})


def rule_alert(episode_id: int) -> Effect:
    return Effect(EffectKind.RULE_ALERT, f"rule:{episode_id}", {"episode_id": episode_id})


def dispute_alert(dispute_id: str, status: str, order_id: int) -> Effect:
    """Once per dispute and what it became."""
    payload = {"dispute_id": dispute_id, "status": status, "order_id": order_id}
    return Effect(EffectKind.DISPUTE, f"{EffectKind.DISPUTE}:{dispute_id}:{status}", payload)


def pay_back(order_id: int, return_id: int) -> Effect:
    """Once per refund."""
    payload = {"order_id": order_id, "return_id": return_id}
    return Effect(EffectKind.PAY_BACK, f"{EffectKind.PAY_BACK}:{return_id}", payload)


def report(week: str, user_id: int) -> Effect:
    return Effect(EffectKind.REPORT, f"{EffectKind.REPORT}:{week}:{user_id}", {"week": week, "user_id": user_id})


def link_mail(link_id: int, purpose: str) -> Effect:
    key = f"{EffectKind.ACCOUNT_MAIL}:link:{link_id}"
    return Effect(EffectKind.ACCOUNT_MAIL, key, {"link_id": link_id, "purpose": purpose} | _spoken())


def notice_mail(notice: str, request: str, payload: Mapping[str, object]) -> Effect:
    key = f"{EffectKind.ACCOUNT_MAIL}:{notice}:{request}"
    return Effect(EffectKind.ACCOUNT_MAIL, key, {**payload, "notice": notice, "request": request, **_spoken()})


def password_reset(email: str, request: str) -> Effect:
    key = f"{EffectKind.PASSWORD_RESET}:{request}"
    return Effect(EffectKind.PASSWORD_RESET, key, {"email": email, "request": request} | _spoken())


def join_order(order_id: int) -> Effect:
    return Effect(EffectKind.JOIN_ORDERS, f"{EffectKind.JOIN_ORDERS}:order:{order_id}", {"order_id": order_id})


def join_orders(user_id: int, confirmed_at: datetime) -> Effect:
    """Once per confirmation of the user's address."""
    key = f"{EffectKind.JOIN_ORDERS}:user:{user_id}:{confirmed_at:%Y%m%dT%H%M%S.%f}"
    return Effect(EffectKind.JOIN_ORDERS, key, {"user_id": user_id})


def erase(user_id: int, email: str | None, when: Literal["at_once", "later"]) -> Effect:
    return Effect(EffectKind.ERASE, f"{EffectKind.ERASE}:{user_id}:{when}", {"user_id": user_id, "email": email})


def event(event_type: str, about: str, payload: Mapping[str, object]) -> Effect:
    """Once per event: `about` tells it from others of its type, and becomes its id."""
    key = f"{EffectKind.EVENT}:{event_type}:{about}"
    return Effect(EffectKind.EVENT, key, {"type": event_type, "about": about, **payload})


def endpoint_failing(endpoint_id: int, turn: int) -> Effect:
    """Once for each time that an endpoint begins to fail; `turn`: of its turns the one in which it did."""
    key = f"{EffectKind.ENDPOINT_FAILING}:{endpoint_id}:{turn}"
    return Effect(EffectKind.ENDPOINT_FAILING, key, {"endpoint_id": endpoint_id, "turn": turn})


def _of_order(kind: EffectKind, order_id: int) -> Effect:
    return Effect(kind, f"{kind}:{order_id}", {"order_id": order_id})


def _of_shipment(kind: EffectKind, order_id: int, shipment_id: int) -> Effect:
    """Once per shipment."""
    return Effect(kind, f"{kind}:{shipment_id}", {"order_id": order_id, "shipment_id": shipment_id})


def _rollup(about: str, **payload: object) -> Effect:
    return Effect(EffectKind.ROLLUP, f"{EffectKind.ROLLUP}:{about}", payload)


def _spoken() -> dict[str, object]:
    """The language of the page that asks for a mail, in which it is written; English goes without saying."""
    return {} if language() is ENGLISH else {LANGUAGE: language().code}
