"""The forms that receive and count stock: the next try after a busy shop is the same delivery, not another one."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain import Role
from app.errors import Busy, Conflict, ShopError, StoreUnavailable
from tests.support.dash_calls import call, callback_map, changes, function_of, payload
from tests.support.shop import add_product

FORMS = {
    "admin-receiving": ("pages.admin.receiving", "save", {"save": 1, "kind": "receive", "units": 3, "note": ""}),
    "admin-inventory": (
        "pages.admin.inventory",
        "save_stock",
        {"edit-save": 1, "edit-kind": "receive", "units": 3, "note": ""},
    ),
}
KEY = {"admin-receiving": "request", "admin-inventory": "edit-id"}
PRODUCT = {"admin-receiving": "product", "admin-inventory": "editing"}


def press(client: Any, page: str, product_id: str) -> dict[str, dict[str, Any]]:
    module, name, typed = FORMS[page]
    found = ((key, one) for key, one in callback_map(client).items() if function_of(one).__module__ == module)
    output, entry = next((key, one) for key, one in found if function_of(one).__name__ == name)
    known = {**typed, PRODUCT[page]: product_id, KEY[page]: f"delivery-{product_id}"}
    declared = [*entry["inputs"], *entry["state"]]
    values = [known.get(one["id"].removeprefix(f"{page}-")) for one in declared]
    answer = call(client, payload(output, entry, values, 0))
    assert answer.status_code == 200, answer.text[:300]
    return changes(answer)


@pytest.mark.parametrize("page", sorted(FORMS))
def test_a_try_that_nobody_knows_the_end_of_keeps_its_key_and_a_refused_one_does_not(
    wired_app: Any, app_client: Any, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    client = app_client(Role.ADMIN)
    inventory = wired_app.services.inventory
    product = add_product(wired_app.services, f"Mug of {page}", 100, 5)
    receive = type(inventory).receive

    def but(error: ShopError) -> Any:
        def received_then_failed(self: Any, *args: Any) -> Any:
            if error.status >= 500:
                receive(self, *args)
            raise error

        return received_then_failed

    for error, is_new in ((Busy(), False), (StoreUnavailable("It is away."), False), (Conflict("Not now."), True)):
        monkeypatch.setattr(type(inventory), "receive", but(error))
        found = press(client, page, product.product_id)
        assert (f"{page}-{KEY[page]}" in found) is is_new
        assert error.message in str(found)
    monkeypatch.undo()
    press(client, page, product.product_id)
    assert wired_app.services.catalog.get(product.product_id).stock == 8
