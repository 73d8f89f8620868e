"""While a payment is unclear, the shopper's pages say so and ask again by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dash import no_update

from app.domain import Address
from app.errors import PaymentUnclear
from app.services.checkout.checkout import CheckoutRequest
from app.services.checkout.request import clean_address
from app.web.identity.principal import current_principal
from tests.conftest import WiredApp
from tests.support.shop import APPROVED, TESTER, add_product

NEVER_CHARGED = {**APPROVED, "number": "4000 0000 0000 0341"}


@pytest.fixture
def unclear_order(wired_app: WiredApp) -> Iterator[int]:
    """An order of the guest whose request it is, without an answer from the provider."""
    built = wired_app.services
    product = add_product(built, "Slow kettle", 89_900, 4)
    with wired_app.server.test_request_context("/orders"):
        owner = current_principal().owner
        built.cart.add(owner, product.product_id)
        with pytest.raises(PaymentUnclear):
            built.checkout.place(
                CheckoutRequest(
                    owner=owner,
                    user_id=None,
                    email="slow@shop.example",
                    address=Address(
                        name="Ada",
                        line1="1 Lake Road",
                        city="Pune",
                        postcode="411001",
                        country="IN",
                        region="Maharashtra",
                    ),
                    details=NEVER_CHARGED,
                    idempotency_key=None,
                )
            )
        yield built.orders.list_for(current_principal()).items[0].order_id


def test_list_and_order_wait_for_the_result(unclear_order: int) -> None:
    from pages.shop import invoice, orders  # pages register themselves with the app, which must be there first

    for shown in (str(orders.layout()), str(invoice.layout(order_id=str(unclear_order)))):
        assert "disabled=False" in shown
    assert "Payment running" in str(orders.layout())
    assert "the result appears here by itself" in str(invoice.layout(order_id=str(unclear_order)))


def test_a_click_is_told_all_that_stands_in_its_way_at_once(wired_app: WiredApp) -> None:
    """Fields, and what became of the cart meanwhile."""
    from pages.shop import checkout

    built = wired_app.services
    product = add_product(built, "Rare kettle", 89_900, 2)
    typed = dict.fromkeys(checkout.FIELDS, "") | {"country": "IN", "email": "nobody", "number": "12"}
    with wired_app.server.test_request_context("/checkout"):
        owner = current_principal().owner
        built.cart.add(owner, product.product_id, 2)
        built.inventory.correct(product.product_id, 1, TESTER, "One broke")
        _, problem, *_ = answer = checkout.pay(1, "key", {"user_id": None}, *typed.values())
    said = dict(zip(checkout.FIELDS, answer[-len(checkout.FIELDS) :], strict=True))
    assert {name for name, words in said.items() if words} == {
        "email", "name", "line1", "city", "area", "postcode", "number", "expiry", "cvc",
    }  # fmt: skip
    assert "Rare kettle: 1 left, you asked for 2." in str(problem)


def test_a_click_for_the_one_way_to_pay_that_is_gone_is_told_so(wired_app: WiredApp) -> None:
    """The field of the choice is hidden where there was but one."""
    from pages.shop import checkout

    product = add_product(wired_app.services, "Common kettle", 89_900, 2)
    typed = dict.fromkeys(checkout.FIELDS, "") | {"country": "IN", "method": "stripe"}
    with wired_app.server.test_request_context("/checkout"):
        wired_app.services.cart.add(current_principal().owner, product.product_id, 1)
        _, problem, *_ = checkout.pay(1, "key", {"user_id": None}, *typed.values())
    assert "The ways to pay changed in the meantime. Nothing was charged." in str(problem)


def test_a_typed_region_is_taxed_as_its_order_is(wired_app: WiredApp) -> None:
    from pages.shop._buyer import typed_buyer

    typed = {"country": "EE", "region": "  Cote  d'E\u0301te\u0301 ", "area": "", "vat_number": ""}
    with wired_app.server.test_request_context("/checkout"):
        shown = typed_buyer(current_principal(), typed).region
        nothing = typed_buyer(current_principal(), typed | {"region": {"a": 1}}).region
    ordered = clean_address(Address("Zoe", "1 Road", "City", "10111", "EE", region=typed["region"]))
    assert shown == ordered.region == "Cote d'\u00c9t\u00e9"
    assert nothing == ""


def test_the_checkout_waits_for_the_result_and_gives_up_after_a_while(wired_app: WiredApp, unclear_order: int) -> None:
    from pages.shop import _unclear_payment as unclear
    from pages.shop import checkout

    about = {"key": None, "revision": None, "order": str(unclear_order)}
    href, said, _, stops, hides_pay, _ = unclear.outcome(checkout.page, 1, about)
    assert (href, said, stops, hides_pay) == (no_update, no_update, no_update, True)
    _, said, _, stops, hides_pay, _ = unclear.outcome(checkout.page, unclear.ASKS, about)
    assert "We still do not know" in str(said)
    assert (stops, hides_pay) == (True, True)


def test_a_click_that_never_came_is_told_so_and_keeps_its_key(wired_app: WiredApp, unclear_order: int) -> None:
    from pages.shop import _unclear_payment as unclear
    from pages.shop import checkout

    lost = {"key": "never seen", "revision": "another cart", "lost": True}
    assert unclear.WAITING in str(unclear.outcome(checkout.page, 1, lost)[1])
    _, said, _, stops, hides_pay, key = unclear.outcome(checkout.page, unclear.LOST_AFTER, lost)
    assert unclear.NEVER_CAME in str(said)
    assert (stops, hides_pay, key) == (True, False, no_update)
    strangers = {"key": None, "order": "1", "lost": True}
    assert unclear.NEVER_CAME not in str(unclear.outcome(checkout.page, unclear.LOST_AFTER, strangers)[1])
