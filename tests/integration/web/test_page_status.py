"""Addresses answer with the status that says what is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from app.addresses import product_path
from app.domain import Actor, Principal, Role
from app.web.page import PAGES
from components.kit.frame import Frame
from tests.conftest import WiredApp
from tests.integration.audit.test_audit_coverage import paid_order
from tests.support.dash_calls import navigate
from tests.support.shop import add_people, add_product


@pytest.mark.parametrize("path", ["/product/NOPE", "/no-such-page", "/product/a/b"])
def test_what_does_not_exist_is_a_404(path: str, app_client: Callable[..., FlaskClient]) -> None:
    assert app_client().get(path).status_code == 404


def test_a_product_in_the_store_is_found(wired_app: WiredApp, app_client: Callable[..., FlaskClient]) -> None:
    product = add_product(wired_app.services, "Enamel jug", 39_900, 3)
    assert app_client().get(product_path(product.product_id, product.name)).status_code == 200


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
    from components.admin import shell as admin_shell
    from components.shop import shell

    frame = Frame(Principal("user#1", 1, "Ada Lovelace", "ada@shop.example", role), "Shop", "home")
    frames = [shell.store_frame(frame, None), *([admin_shell.admin_frame(frame, None)] if role else [])]
    links = {one.href for tree in frames for one in tree._traverse() if getattr(one, "href", "")}
    links = {link.split("?")[0] for link in links if link.startswith("/")}
    assert links
    assert {link for link in links if page_of(link) is None} == set()


def two_of_each(app: WiredApp) -> dict[str, tuple[tuple[str, str], tuple[str, str]]]:
    """For every page whose path names something: two such things, with words that only the page of each shows."""
    products = [add_product(app.services, name, 39_900, 3) for name in ("Enamel jug", "Walnut bowl")]
    orders = [app.services.orders.get(paid_order(app)) for _ in range(2)]
    people = [add_people(app.database, 1, prefix)[0] for prefix in ("pathone", "pathtwo")]
    texts = {"page_about": "We weave cotton", "page_terms": "Nothing is free"}
    app.services.shop_settings.save("Pages", texts, dict.fromkeys(texts, ""), Actor("test"))
    named = {
        "content": [("about", texts["page_about"]), ("terms", texts["page_terms"])],
        "product": [(one.product_id, one.name) for one in products],
        "invoice": [(str(one.order_id), f"Order {one.number}") for one in orders],
        "admin-order": [(str(one.order_id), f"Order #{one.number}") for one in orders],
        "admin-customer": [(str(one.user_id), one.full_name) for one in people],
    }
    return {page: (first, second) for page, (first, second) in named.items()}


@pytest.fixture
def own_pages_again(wired_app: WiredApp) -> Iterator[None]:
    """None, as before."""
    yield
    settings = wired_app.services.shop_settings
    written = {name: text for name, text in settings.values().items() if name.startswith("page_")}
    settings.save("Pages", dict.fromkeys(written, ""), written, Actor("test"))


def test_what_the_path_names_is_shown_whatever_the_query_says(wired_app: WiredApp, own_pages_again: None) -> None:
    admin, things = wired_app.client(Role.ADMIN), two_of_each(wired_app)
    templates = {name: page.path_template for name, page in PAGES.items() if page.path_template}
    assert set(templates) == set(things)
    for name, template in templates.items():
        (ours, words), (theirs, other_words) = things[name]
        variable = re.findall(r"<(\w+)>", template)[0]
        path = template.replace(f"<{variable}>", ours)
        for query in (f"?{variable}={theirs}", f"?{variable}={ours}&{variable}={theirs}"):
            shown = navigate(admin, path, query).get_data(as_text=True)
            main = shown.partition("You may also like")[0]
            assert words in main, (name, query)
            assert other_words not in main, (name, query)


def test_the_way_back_after_signing_in_leads_to_what_the_path_names(wired_app: WiredApp) -> None:
    turned_away = navigate(wired_app.client(), "/admin/orders/7", "?order_id=9&tab=returns").json
    assert "/login?next=%2Fadmin%2Forders%2F7%3Ftab%3Dreturns" in str(turned_away)


def test_a_tab_is_named_after_what_it_shows(wired_app: WiredApp, app_client: Callable[..., FlaskClient]) -> None:
    product = add_product(wired_app.services, 'Jug "1 < 2"', 39_900, 3)
    order = wired_app.services.orders.get(paid_order(wired_app))
    person = wired_app.people[Role.CUSTOMER]

    def title(path: str, role: Role | None) -> str:
        return navigate(app_client(role), path).json["response"]["_pages_store"]["data"]["title"]

    assert title(product_path(product.product_id, product.name), None) == 'Jug "1 < 2" · Retail Sync'
    assert title(f"/admin/orders/{order.order_id}", Role.ADMIN) == f"Order #{order.number} · Retail Sync"
    assert title(f"/admin/customers/{person.user_id}", Role.ADMIN) == f"{person.full_name} · Retail Sync"
    assert title(f"/admin/customers/{person.user_id}", None) == "Customer · Retail Sync"
    assert title(f"/orders/{order.order_id}", None) == "Order · Retail Sync"
    assert title("/product/NOPE", None) == "Product · Retail Sync"
