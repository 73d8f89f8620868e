from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from app.errors import StartupError
from app.tools.simulate import Tally, _pool_size, simulate


class FakeShop(httpx.AsyncBaseTransport):
    """The API's shopping path in memory; `answers` are given to record_payment, one each, before it approves."""

    def __init__(self, stock: int = 100, answers: list[httpx.Response] | None = None, taken: bool = False) -> None:
        self.stock = stock
        self.answers = answers or []
        self.taken = taken
        self.cart: dict[str, int] = {}
        self.signed_in = False
        self.calls: list[tuple[str, str, Any]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        path = request.url.path
        self.calls.append((request.method, path, body))
        match request.method, path:
            case "GET", "/api/products":
                return httpx.Response(
                    200, json=[{"product_id": "p1", "name": "Mug", "stock": self.stock, "threshold": 5}]
                )
            case "POST", "/api/signup":
                if self.taken:
                    return refusal(409, "email_taken")
            case "POST", "/api/login":
                self.signed_in = True
            case "GET", "/api/current_user":
                return httpx.Response(200, json={"is_logged_in": self.signed_in})
            case "POST", "/api/cart":
                self.cart[body["id"]] = self.cart.get(body["id"], 0) + 1
            case "POST", "/api/cart/update_qty":
                self.cart[body["id"]] = body["qty"]
            case "DELETE", "/api/cart/clear":
                self.cart.clear()
            case "GET", "/api/cart":
                return httpx.Response(200, json=[{"id": k, "name": "Mug", "qty": q} for k, q in self.cart.items()])
            case "POST", "/api/record_payment":
                if self.answers:
                    return self.answers.pop(0)
                self.cart.clear()
                return httpx.Response(200, json={"success": True, "order_id": 1, "total": 12.5})
        return httpx.Response(200, json={"success": True})

    def count(self, path: str) -> int:
        return sum(called == path for _, called, _ in self.calls)


def refusal(status: int, code: str, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"success": False, "message": code, "code": code}, headers=names)


def run(shop: httpx.AsyncBaseTransport, seed: int = 1) -> tuple[Tally, list[str]]:
    said: list[str] = []
    tally = simulate("http://shop", rate=600, seconds=0.05, seed=seed, shoppers=1, say=said.append, transport=shop)
    return tally, said


class TestSimulate:
    def test_a_shopper_signs_up_fills_a_cart_and_pays(self) -> None:
        shop = FakeShop()
        tally, said = run(shop)
        assert tally.sales >= 1
        assert tally.units >= 1
        assert any("bought" in line and "12.50" in line for line in said)
        assert shop.count("/api/signup") == 1

    def test_someone_who_has_an_account_signs_in(self) -> None:
        shop = FakeShop(taken=True)
        assert run(shop)[0].sales >= 1
        assert shop.count("/api/login") == 1

    def test_a_busy_shop_is_asked_again(self) -> None:
        shop = FakeShop(answers=[refusal(503, "busy", Retry_After="0"), refusal(429, "throttled", Retry_After="0")])
        assert run(shop)[0].sales >= 1

    def test_a_sold_out_basket_is_left_behind(self) -> None:
        shop = FakeShop(answers=[refusal(409, "out_of_stock")] * 50)
        tally, _ = run(shop)
        assert tally.sales == 0
        assert tally.other["out of stock"] >= 1
        assert shop.cart == {}

    def test_a_changed_price_is_looked_at_and_accepted(self) -> None:
        shop = FakeShop(answers=[refusal(409, "price_changed")])
        assert run(shop)[0].sales >= 1

    def test_an_unclear_payment_leaves_the_cart_to_the_shop(self) -> None:
        shop = FakeShop(answers=[refusal(503, "payment_unclear")] * 50)
        tally, _ = run(shop)
        assert tally.other["payment unclear"] >= 1
        assert shop.cart != {}

    def test_shelves_that_are_nearly_bare_are_spared(self) -> None:
        shop = FakeShop(stock=3)
        tally, _ = run(shop)
        assert tally.sales == 0
        assert shop.count("/api/cart") == 0

    def test_an_answer_that_is_no_json_ends_the_visit_only(self) -> None:
        shop = FakeShop(answers=[httpx.Response(502, text="<html>")])
        tally, _ = run(shop)
        assert tally.other["http 502"] == 1

    def test_no_shop_at_the_address_is_said_at_once(self) -> None:
        def refuse(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("refused", request=request)

        with pytest.raises(StartupError, match="No shop answers at http://shop"):
            run(httpx.MockTransport(refuse))


class TestWhatOneAddressMayDo:
    def test_cards_stop_being_declined_before_the_shop_would_refuse_orders_for_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.tools.simulate._DECLINES_AT_ONCE", 0)
        shop = FakeShop()
        simulate("http://shop", rate=60_000, seconds=0.6, seed=1, shoppers=4, say=lambda _: None, transport=shop)
        cards = [body["payment"]["number"] for _, path, body in shop.calls if path == "/api/record_payment"]
        assert len(cards) > 20
        assert "4000000000000002" not in cards

    @pytest.mark.parametrize("rate", [1, 12, 60])
    def test_nobody_orders_more_than_once_a_minute(self, rate: int) -> None:
        assert rate / _pool_size(rate) <= 1
