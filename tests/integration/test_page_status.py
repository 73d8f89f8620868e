"""Addresses answer with the status that says what is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.domain import Principal, Role
from components.frame import Frame
from tests.conftest import WiredApp
from tests.integration.shop import add_product


@pytest.mark.parametrize("path", ["/product/NOPE", "/no-such-page", "/product/a/b"])
def test_what_does_not_exist_is_a_404(path: str, app_client: Callable[..., FlaskClient]) -> None:
    assert app_client().get(path).status_code == 404


def test_a_product_in_the_store_is_found(wired_app: WiredApp, app_client: Callable[..., FlaskClient]) -> None:
    product = add_product(wired_app.services, "Enamel jug", 39_900, 3)
    assert app_client().get(f"/product/{product.product_id}").status_code == 200


def test_a_page_for_staff_is_forbidden_to_customers_and_asks_strangers_to_sign_in(
    app_client: Callable[..., FlaskClient],
) -> None:
    assert app_client(Role.CUSTOMER).get("/admin").status_code == 403
    answer = app_client().get("/admin?period=7")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=%2Fadmin%3Fperiod%3D7"


@pytest.mark.parametrize("role", [None, *Role])
def test_every_link_of_the_frames_leads_somewhere(role: Role | None, wired_app: WiredApp) -> None:
    from app.server import page_of
    from components import admin_shell, shell

    frame = Frame(Principal("user#1", 1, "Ada Lovelace", "ada@shop.example", role), "Shop", "home")
    frames = [shell.store_frame(frame, None), *([admin_shell.admin_frame(frame, None)] if role else [])]
    links = {one.href for tree in frames for one in tree._traverse() if getattr(one, "href", "")}
    links = {link.split("?")[0] for link in links if link.startswith("/")}
    assert links
    assert {link for link in links if page_of(link) is None} == set()
