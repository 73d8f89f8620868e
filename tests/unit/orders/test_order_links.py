"""The signed links in receipts: each opens its order, for a while, and nothing else opens it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain import Address, LinkPurpose, Order, OrderStatus
from app.errors import LinkInvalid
from app.services.accounts.link_tokens import LinkTokens
from app.services.orders.links import LIFETIME, TOKEN_LENGTH, OrderLinks

NOW = datetime(2026, 11, 29, 12, 30, 15, 123_457, tzinfo=UTC)
ORDER = Order(
    7, "guest#x", OrderStatus.PAID, "meera@shop.example", Address("M", "1 Road", "Pune", "411001", "IN"), (), "INR",
    100, 5, 105, "0.05", NOW, NOW,
)  # fmt: skip


class Orders:
    def __init__(self, *known: Order) -> None:
        self._known = {order.order_id: order for order in known}

    def get(self, order_id: int) -> Order | None:
        return self._known.get(order_id)


def links(*known: Order, key: str = "a key for tests only", now: datetime = NOW) -> OrderLinks:
    return OrderLinks(key, Orders(*known), now=lambda: now)


TOKEN = links().token(ORDER)


def test_a_guests_receipt_leads_to_a_token_in_the_fragment_and_an_accounts_to_its_order():
    assert links().path(ORDER) == f"/receipt#{TOKEN}"
    assert links().path(replace(ORDER, user_id=3)) == f"/receipt#{TOKEN}", "also once it is in an account"
    assert links().path(replace(ORDER, owner="user#3", user_id=3)) == "/orders/7"


def test_the_token_opens_its_order_for_ninety_days():
    assert timedelta(days=90) == LIFETIME
    assert len(links().token(replace(ORDER, order_id=2**53))) < TOKEN_LENGTH
    for age in (timedelta(0), LIFETIME - timedelta(seconds=2)):
        assert links(ORDER, now=NOW + age).open(TOKEN) == ORDER


@pytest.mark.parametrize(
    "opened",
    [
        links(ORDER, now=NOW + LIFETIME),
        links(ORDER, key="another key of another shop"),
        links(),
        links(replace(ORDER, created_at=NOW + timedelta(microseconds=1))),
        links(replace(ORDER, email=None)),
    ],
    ids=["expired", "another key", "no such order", "another order of that number", "made anonymous"],
)
def test_nothing_else_opens_by_it(opened: OrderLinks):
    with pytest.raises(LinkInvalid):
        opened.open(TOKEN)


@pytest.mark.parametrize("token", ["", None, 7, "x" * 5_000, "é", TOKEN[:-1], f"{TOKEN}x", TOKEN.replace(".", ""), "."])
def test_what_is_no_token_opens_nothing(token: Any):
    with pytest.raises(LinkInvalid):
        links(ORDER).open(token)


def test_no_character_of_a_token_can_be_changed():
    wrong = [TOKEN[:n] + ("A" if TOKEN[n] != "A" else "B") + TOKEN[n + 1 :] for n in range(len(TOKEN) - 1)]
    for one in wrong:
        with pytest.raises(LinkInvalid):
            links(ORDER).open(one)


@pytest.mark.parametrize("purpose", LinkPurpose)
def test_the_token_of_an_account_link_is_none_of_an_order(purpose: LinkPurpose):
    signer: Any = LinkTokens("a key for tests only", links=None)._signers[purpose]  # type: ignore[arg-type]
    with pytest.raises(LinkInvalid):
        links(ORDER).open(signer.dumps([7, round(NOW.timestamp() * 1_000_000), 2**40]))
