"""The policy replay: choose how to reorder, and see what it would have come to on days that are over."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback, ctx, dcc, html, no_update

from app import numbers
from app.domain import NON_MERCHANDISE, Access, Product
from app.errors import InvalidInput, NotFound, ShopError
from app.money import parse_money
from app.services import services
from app.services.replay.policy import Policy, ReplayRequest, Which
from app.web.identity.principal import current_actor, current_principal
from app.web.page import Page
from components.admin import replay as parts
from components.admin import replay_form
from components.admin.chart_foot import export_href
from components.admin.dialogs import confirm_dialog
from components.kit.feedback import toast
from components.kit.ui import card, link_button, page_head
from pages.admin._common import text_of, whole_number

LOOK_MS = 2_000
FIELDS = ("lead", "review", "service", "budget", "first", "last", "which", "start", "products")

page = Page("admin-replay", path="/admin/replay", title="Policy replay", access=Access.ANALYTICS, frame="admin")


@page.layout
def layout(run: Any = None, **_: Any) -> html.Div:
    shop = services()
    days = shop.replays.days()
    head = page_head(
        "Policy replay",
        "What another way of reordering would have come to on days that are over, by what was known then.",
        [link_button("Forecasts", "/admin/forecasts", icon_name="graph-up-arrow")],
    )
    if days is None:
        return html.Div([head, card(None, parts.too_young())])
    number = _shown(run)
    body, is_over = _body(number)
    products = _products()
    categories = sorted({product.category for product in products if product.category})
    names = [(product.product_id, product.name) for product in products]
    return html.Div(
        [
            head,
            card(
                "Policy",
                replay_form.form(page.id, days, categories, names, shop.formats, _asked(number)),
                class_name="apart",
            ),
            html.Div(body, id=page.id("result")),
            confirm_dialog(page.id, tells_refusal=True) if _may_apply() else None,
            dcc.Store(id=page.id("number"), data=number),
            dcc.Store(id=page.id("remembered")),
            dcc.Interval(id=page.id("again"), interval=LOOK_MS, disabled=is_over),
        ]
    )


@page.callback(
    Output(page.id("error"), "children"),
    Output(page.id("number"), "data"),
    Output(page.id("result"), "children"),
    Output(page.id("again"), "disabled"),
    Input(page.id("run"), "n_clicks"),
    *[State(page.id(name), "value") for name in FIELDS],
    prevent_initial_call=True,
    running=[(Output(page.id("run"), "disabled"), True, False)],
)
def ask(clicks: Any, *values: Any) -> tuple[Any, ...]:
    """A second click on the same finds the same one."""
    if not clicks:
        return (no_update,) * 4
    try:
        number = services().replays.ask(_request(dict(zip(FIELDS, values, strict=True))))
    except ShopError as error:
        return error.message, no_update, no_update, no_update
    body, is_over = _body(number)
    return "", number, body, is_over


@page.callback(
    Output(page.id("result"), "children", allow_duplicate=True),
    Output(page.id("again"), "disabled", allow_duplicate=True),
    Input(page.id("again"), "n_intervals"),
    State(page.id("number"), "data"),
    prevent_initial_call=True,
)
def look_again(_intervals: Any, number: Any) -> tuple[Any, bool]:
    return _body(numbers.row_id(number))


@page.callback(
    Output(page.id("confirm"), "is_open"),
    Output(page.id("confirm-title"), "children"),
    Output(page.id("confirm-words"), "children"),
    Output(page.id("confirm-yes"), "children"),
    Output(page.id("confirm-error"), "children"),
    Input(page.item("apply", ALL), "n_clicks"),
    Input(page.id("confirm-no"), "n_clicks"),
    State(page.id("number"), "data"),
    prevent_initial_call=True,
    access=Access.ADMIN,
)
def ask_to_apply(clicks: Any, _no: Any, number: Any) -> tuple[Any, ...]:
    if ctx.triggered_id == page.id("confirm-no"):
        return False, no_update, no_update, no_update, ""
    found = services().replays.result(numbers.row_id(number) or 0)
    if not (isinstance(clicks, list) and any(clicks)) or found is None:
        return (no_update,) * 5
    count = len(services().replays.applied_to(found))
    words = parts.apply_words(found.request.policy, count, services().formats)
    return True, "Apply this policy?", words, "Apply", ""


@page.callback(
    Output(page.id("confirm"), "is_open", allow_duplicate=True),
    Output(page.id("confirm-error"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("confirm-yes"), "n_clicks"),
    State(page.id("number"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("confirm-yes"), "disabled"), True, False)],
    access=Access.ADMIN,
)
def apply_policy(clicks: Any, number: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 3
    try:
        done = services().replays.apply(current_actor(), numbers.row_id(number) or 0)
    except ShopError as error:
        return no_update, error.message, no_update
    return False, "", toast(parts.applied_words(done.changed, len(done.left), services().formats))


clientside_callback(
    ClientsideFunction("admin", "rememberReplay"),
    Output(page.id("remembered"), "data"),
    Input(page.id("number"), "data"),
    prevent_initial_call=True,
)


# --- load, shape, draw -----------------------------------------------------------------------------


def _shown(run: Any) -> int | None:
    """The replay that an address names, else the last one."""
    asked = numbers.row_id(run)
    if asked is not None:
        return asked
    latest = services().replays.latest(1)
    return latest[0].replay_id if latest else None


def _asked(number: int | None) -> ReplayRequest | None:
    """What was asked for, which the form then shows."""
    try:
        return None if number is None else ReplayRequest.of_dict(services().replays.get(number).request)
    except NotFound:
        return None


def _body(number: int | None) -> tuple[Any, bool]:
    """What is shown of a replay, and whether it is over."""
    shop = services()
    if number is None:
        return parts.nothing_yet(), True
    try:
        kept = shop.replays.get(number)
    except NotFound as gone:
        return parts.failed(gone.message), True
    if kept.state in ("waiting", "running"):
        return parts.waiting(kept.steps, kept.of, shop.formats), False
    found = shop.replays.result(number)
    if found is None:
        return parts.failed(kept.words), True
    names = {product.product_id: product.name for product in shop.catalog.all(include_removed=True)}
    export = export_href("replay", {"run": str(number)})
    apply = parts.apply_button(page.item("apply", number)) if _may_apply() else None
    is_outdated = shop.replays.is_outdated(kept)
    return parts.result(page.id, found, names, shop.formats, is_outdated=is_outdated, export=export, apply=apply), True


def _may_apply() -> bool:
    return current_principal().may(Access.ADMIN)


def _products() -> list[Product]:
    found = [p for p in services().catalog.all() if p.product_id not in NON_MERCHANDISE]
    return sorted(found, key=lambda p: (p.name.lower(), p.product_id))


def _request(values: dict[str, Any]) -> ReplayRequest:
    """Raises InvalidInput."""
    which, names = _which(values["which"], values["products"])
    text = text_of(values["budget"], 40, "budget").strip().replace(" ", "")
    policy = Policy(
        whole_number(values["lead"], "lead_days", "The lead time must be a whole number of days."),
        whole_number(values["review"], "review_days", "The review period must be a whole number of days."),
        whole_number(values["service"], "service", "Choose one of the service levels shown."),
        parse_money(text, services().formats.digits, "Budget") if text else None,
    )
    start = values["start"]
    days = None if start in (None, "") else whole_number(start, "start_days", "The start stock must be whole days.")
    return ReplayRequest(policy, _day(values["first"]), _day(values["last"]), which, names, days)


def _which(which: Any, products: Any) -> tuple[Which, tuple[str, ...]]:
    """Chosen products go before the group."""
    if products:
        if not isinstance(products, list) or not all(isinstance(one, str) for one in products):
            raise InvalidInput("Choose products from the list.", "products")
        return "products", tuple(products)
    kind, _, name = text_of(which, 200, "which").partition(":")
    if kind == "class" and name in replay_form.CLASSES:
        return "class", (name,)
    if kind == "category" and name:
        return "category", (name,)
    if kind == "all":
        return "all", ()
    raise InvalidInput("Choose which products to replay.", "which")


def _day(value: Any) -> date:
    try:
        return numbers.day(text_of(value))
    except ValueError:
        raise InvalidInput("Choose the first and the last day.", "first") from None
