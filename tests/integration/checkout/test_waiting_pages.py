"""While a payment is unclear, the shopper's pages say so and ask again by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain import Address
from app.errors import PaymentUnclear
from app.services.checkout.checkout import CheckoutRequest
from app.web.identity.principal import current_principal
from tests.conftest import WiredApp
from tests.support.shop import APPROVED, add_product

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
