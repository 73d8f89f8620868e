"""What people see: every page that is declared, and the states that a page only has after something was done.

A view is an address and the steps that lead on from it; its last words are what must show then, so that no step is
taken for done.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from app.domain import MAY
from app.web.page import PAGES
from tests.e2e.conftest import ADMIN, address
from tests.support.axe import settle

Steps = Callable[[Page], None]
GUEST, BUYER, STAFF = "a guest", "a guest with a cart", "staff"
LONG_AGO = "from=2001-01-01&to=2001-01-02"
NEVER_SAID = "zzzz-no-such-words"


@dataclass(frozen=True)
class View:
    who: str
    name: str
    path: str
    steps: Steps | None = None
    shows: str = "main h1"  # a selector


def click(*selectors: str) -> Steps:
    def steps(page: Page) -> None:
        for selector in selectors:
            page.locator(f"{selector} >> visible=true").first.click()

    return steps


def fill(selector: str, text: str, *then: str) -> Steps:
    def steps(page: Page) -> None:
        page.locator(selector).first.fill(text)
        click(*then)(page)

    return steps


def of_pages(things: dict[str, str]) -> Iterator[View]:
    """Every declared page, for all who may open it."""
    assert PAGES, "the pages were not imported"
    for name, page in PAGES.items():
        if None in MAY[page.access]:
            yield View(GUEST, name, address(name, things))
            yield View(BUYER, name, address(name, things))
        yield View(STAFF, name, address(name, things))


def button(words: str) -> str:
    return f'role=button[name="{words}"]'


def in_store(things: dict[str, str]) -> Iterator[View]:
    product, sold_out = f"/product/{things['product_id']}", f"/product/{things['sold_out']}"
    drawer = "#cart-drawer.show >> text=Your cart"
    yield View(GUEST, "home, nothing found", f"/?q={NEVER_SAID}")
    yield View(GUEST, "home, found", "/?q=cusion")
    yield View(GUEST, "home, all filters", "/?category=Kitchen&sort=price_asc&in_stock=1&price_min=1&price_max=9999")
    yield View(GUEST, "home, last page", "/?page=5")
    yield View(GUEST, "home, price open", "/", click(".price-menu summary"), ".price-form")
    yield View(GUEST, "product, sold out", sold_out, None, "text=Sold out")
    yield View(GUEST, "product, unknown", "/product/none")
    yield View(GUEST, "drawer, empty", "/", click("#cart-open"), drawer)
    yield View(GUEST, "404", "/no-such-page")
    yield View(GUEST, "API", "/api/docs", None, "h1")
    yield View(GUEST, "sign-in, wrong", "/login", _signs_in_wrongly, "text=/not right|wrong|do not match/i")
    yield View(
        GUEST,
        "sign-in, empty",
        "/login",
        click("main button[type=submit]"),
        ".is-invalid, .notice, .field-error:not(:empty)",
    )
    yield View(GUEST, "register, errors", "/register", click("main button[type=submit]"), ".field-error:not(:empty)")
    yield View(GUEST, "forgot, sent", "/forgot", _forgets, "text=Check your inbox")
    yield View(GUEST, "wall, pairing", "/wall", None, "#pairing-code:not(:empty)")
    yield View(GUEST, "staff only", "/admin/orders", None, "main h1")
    yield View(BUYER, "home, in the cart", "/", click(".buy-add"), ".buy.is-in-cart")
    yield View(BUYER, "product, in the cart", product, None, "text=in your cart")
    yield View(BUYER, "drawer, filled", "/", click("#cart-open"), "#cart-drawer.show .cart-line")
    yield View(
        BUYER, "checkout, errors", "/checkout", click(".checkout-form button[type=submit]"), ".field-error:not(:empty)"
    )
    yield View(BUYER, "checkout, declined", "/checkout", _is_declined, ".checkout-problem >> text=/declined/i")
    yield View(STAFF, "home, account open", "/", click(".account-menu button"), ".dropdown-menu.show")
    yield View(STAFF, "order, unknown", "/orders/999999")
    yield View(STAFF, "security, new token", "/account/security", click("main details summary"), "details[open] form")
    yield View(STAFF, "security, second factor", "/account/security", _sets_up_a_factor, ".setup-qr")
    yield View(STAFF, "security, password errors", "/account/security", _submits_all, ".field-error:not(:empty)")


def _signs_in_wrongly(page: Page) -> None:
    page.get_by_label("E-mail").fill("owner@shop.example")
    page.get_by_label("Password", exact=True).fill("not this one")
    click("main button[type=submit]")(page)


def _forgets(page: Page) -> None:
    page.get_by_label("E-mail").fill(
        f"{secrets.token_hex(4)}@shop.example"
    )  # one address is written to a few times only
    click("main button[type=submit]")(page)


def _sets_up_a_factor(page: Page) -> None:
    page.locator("#account-security-factor input[type=password]").fill(ADMIN[1])
    click("#account-security-factor button[type=submit]")(page)


def _is_declined(page: Page) -> None:
    from tests.e2e.shop.test_journeys import DECLINED, fill_checkout, pay

    fill_checkout(page, email="guest.axe@shop.example", card=DECLINED)
    pay(page)


def _submits_all(page: Page) -> None:
    for submit in page.locator("main form button[type=submit]").all():
        if submit.is_visible():
            submit.click()


def of_staff(things: dict[str, str]) -> Iterator[View]:
    order, one = f"/admin/orders/{things['order_id']}", things["product_id"]
    yield View(STAFF, "more on a phone", "/admin/audit", _opens_more, "main h1")
    yield View(STAFF, "overview, filtered", "/admin?period=12m&category=Kitchen&country=IN", None, ".picked")
    yield View(STAFF, "overview, by week", "/admin?period=90d&grain=week&compare=year")
    yield View(STAFF, "overview, no such", "/admin?category=Spaceships&period=never", None, ".notice")
    yield View(STAFF, "overview, no sales", f"/admin?period=custom&{LONG_AGO}", None, ".sales-card")
    yield View(STAFF, "overview, event form", "/admin", click(".event-note summary"), ".event-form")
    yield View(
        STAFF,
        "overview, event error",
        "/admin",
        click(".event-note summary", button("Note it")),
        ".event-note .field-error:not(:empty)",
    )
    yield View(STAFF, "overview, table", "/admin", click(".sales-card .chart-table summary"), ".foot-table")
    yield View(STAFF, "overview, books", "/admin", click(".books summary"), ".books-words")
    yield View(STAFF, "overview, explained", "/admin", _explained, ".explain-words >> visible=true")
    yield View(STAFF, "stock, narrowed", "/admin/stock?show=A-fast", None, ".grid-chip:not([hidden])")
    yield View(STAFF, "stock, no row", "/admin/stock", fill("#admin-stock-search", NEVER_SAID), "#admin-stock-grid")
    yield View(STAFF, "stock, choice open", "/admin/stock", click(".product-choice button"), ".dash-dropdown-content")
    yield View(STAFF, "stock, unknown", "/admin/stock?product=none", None, ".notice")
    yield View(
        STAFF,
        "time machine, before",
        f"/admin/time-machine?product={one}&at=2001-01-01T10:00",
        None,
        "text=never been in stock",
    )
    yield View(
        STAFF,
        "time machine, choice open",
        "/admin/time-machine?view=product",
        click(".product-choice button"),
        ".dash-dropdown-content",
    )
    yield View(
        STAFF,
        "inventory, add",
        "/admin/inventory",
        click("#admin-inventory-add"),
        ".offcanvas.show #admin-inventory-save",
    )
    yield View(
        STAFF,
        "inventory, add with errors",
        "/admin/inventory",
        click("#admin-inventory-add", "#admin-inventory-save"),
        ".offcanvas.show .field-error:not(:empty)",
    )
    for tab in ("stock", "reorder"):
        yield View(
            STAFF,
            f"inventory, {tab}",
            f"/admin/inventory?product={one}&do={tab}",
            None,
            ".offcanvas.show .panel-summary",
        )
    for tab in ("Details", "Ledger"):
        yield View(
            STAFF,
            f"inventory, {tab}",
            f"/admin/inventory?product={one}&do=stock",
            click(f".offcanvas.show >> text={tab}"),
            ".offcanvas.show .panel-summary",
        )
    yield View(
        STAFF,
        "inventory, question",
        f"/admin/inventory?product={one}&do=stock",
        click(".offcanvas.show >> text=Details", "#admin-inventory-status"),
        ".modal.show",
    )
    yield View(
        STAFF,
        "inventory, no row",
        "/admin/inventory",
        fill("#admin-inventory-search", NEVER_SAID),
        "#admin-inventory-grid",
    )
    yield View(STAFF, "orders, none", f"/admin/orders?{LONG_AGO}", None, ".empty-state")
    yield View(STAFF, "orders, not found", "/admin/orders", fill("#admin-orders-q", NEVER_SAID), ".empty-state")
    yield View(STAFF, "order, return", order, click("#admin-order-open"), ".modal.show")
    yield View(STAFF, "order, unknown", "/admin/orders/999999", None, ".empty-state")
    yield View(STAFF, "returns, none", f"/admin/returns?{LONG_AGO}", None, ".empty-state")
    yield View(
        STAFF, "customers, not found", "/admin/customers", fill("#admin-customers-q", NEVER_SAID), ".empty-state"
    )
    yield View(STAFF, "customers, no such", "/admin/customers?segment=Nobody", None, ".notice")
    yield View(STAFF, "customers, sorted", "/admin/customers?sort=orders.up")
    yield View(STAFF, "customer, unknown", "/admin/customers/999999", None, ".empty-state")
    yield View(
        STAFF, "alerts, error", "/admin/alerts", click(button("Add the rule")), ".field-error:not(:empty), .toasts > *"
    )
    yield View(STAFF, "notifications, read", "/admin/notifications", click(".mail-row"), "iframe.mail-frame")
    yield View(
        STAFF,
        "notifications, text",
        "/admin/notifications",
        click(".mail-row", ".mail-pane >> text=Text"),
        ".mail-pane",
    )
    yield View(
        STAFF,
        "staff, person",
        "/admin/staff",
        click('main button[aria-label^="Manage"]'),
        ".offcanvas.show >> text=Sign",
    )
    yield View(STAFF, "staff, errors", "/admin/staff", _submits_all, ".field-error:not(:empty)")
    yield View(STAFF, "audit, sign-ins", "/admin/audit?kind=sign-ins")
    yield View(STAFF, "audit, none", "/admin/audit?who=nobody", None, "main h1")
    yield View(STAFF, "screens, error", "/admin/screens", _submits_all, ".field-error:not(:empty)")
    yield View(STAFF, "forecasts", "/admin/forecasts")
    yield View(STAFF, "replay", "/admin/replay")
    yield View(STAFF, "calendar, list", "/admin/calendar?view=list")
    yield View(STAFF, "calendar, errors", "/admin/calendar", _submits_all, ".field-error:not(:empty)")
    yield View(
        STAFF, "several, error", "/admin/inventory/several", click(button("Preview")), ".field-error:not(:empty)"
    )
    yield View(STAFF, "reorder settings, saved", "/admin/reorder-settings", click(button("Save")), ".rule-saved")
    yield View(
        STAFF,
        "settings, refused",
        "/admin/settings",
        fill("main input", "", button("Save")),
        ".field-error:not(:empty)",
    )
    yield View(STAFF, "settings, looks", "/admin/settings?section=looks", None, ".preview-told")
    yield View(STAFF, "settings, stock", "/admin/settings?section=stock", None, ".settings-bands")
    yield View(STAFF, "goals, saved", "/admin/goals", click(button("Save the day")), ".toasts > *")
    for turns in range(1, 7):
        yield View(STAFF, f"wall, scene {turns + 1}", "/wall", _turns(turns), ".wall-scene:not([hidden])")


def _opens_more(page: Page) -> None:
    more = page.locator(".bar-more summary")
    if more.is_visible():
        more.click()
        expect(page.locator(".bar-sheet")).to_be_visible()


def _explained(page: Page) -> None:
    page.locator(".explain").first.focus()


def _turns(times: int) -> Steps:
    def steps(page: Page) -> None:
        page.locator(".wall-row").first.wait_for(state="attached")
        for _ in range(times):
            page.keyboard.press("ArrowRight")

    return steps


def all_views(things: dict[str, str]) -> list[View]:
    return [*of_pages(things), *in_store(things), *of_staff(things)]


def open_view(page: Page, view: View) -> None:
    page.goto(view.path)
    page.locator("h1").first.wait_for(state="attached")
    settle(page)
    if view.steps:
        view.steps(page)
    page.locator(view.shows).first.wait_for(state="attached")
    settle(page)
