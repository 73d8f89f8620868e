"""The whole shop on any day; and any product at any minute, with every movement that led to what was on hand then."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, ctx, dcc, html, no_update

from app import numbers
from app.domain import Access, Product
from app.errors import InvalidInput
from app.services import services
from app.services.analytics.stock import AtMinute
from app.web.identity.principal import current_principal
from app.web.page import Page
from components.admin import notes, price_changes, shop_days, stock, time_machine
from components.admin.chart_foot import export_href, takeaway
from components.admin.overview import quiet_notice
from components.kit import figures
from components.kit.ui import card, icon, page_head, segmented, spoken_label
from pages.admin import _shop_days

SPANS = (("1", "1 day"), ("7", "7 days"), ("28", "28 days"), ("90", "90 days"), ("365", "A year"))
DEFAULT_SPAN = "28"
# Minutes that a step of the slider takes: about one every pixel.
STEPS = {"1": 1, "7": 10, "28": 30, "90": 120, "365": 360}

page = Page(
    "admin-time-machine", path="/admin/time-machine", title="Time machine", access=Access.ANALYTICS, frame="admin"
)


@page.layout
def layout(product: Any = None, at: Any = None, view: Any = None, **values: Any) -> html.Div:
    if product is None and view != "product":
        return _shop_days.layout(page, values.get("from"), values.get("to"))
    products = _products()
    head = page_head(
        "Time machine",
        "See what was on hand at any minute of a product's past, and how it came about.",
        [shop_days.other_view(is_shop=False)],
    )
    if not products:
        return html.Div([head, card(None, stock.no_products(current_principal().may(Access.ADMIN)))])
    chosen = next((p for p in products if p.product_id == product), None)
    unknown = product is not None and chosen is None
    one = chosen or products[0]
    moment = _asked(at)
    figure, state, moves, ends, take = _drawn(one, DEFAULT_SPAN, moment)
    return html.Div(
        [
            head,
            html.Div([icon("info-circle"), "This product was not found: another one is shown."], className="notice")
            if unknown
            else None,
            quiet_notice(services().sales.trade(), services().formats),
            card(
                "On hand, units",
                [
                    html.Div(
                        [
                            html.Div(state, id=page.id("state"), className="grow"),
                            html.Div(
                                [
                                    spoken_label("The minute to look at", page.id("at")),
                                    dbc.Input(
                                        id=page.id("at"), type="datetime-local", value=ends["at"], debounce=0.3
                                    ),
                                ],
                                className="moment",
                            ),
                        ],
                        className="scrub",
                    ),
                    figures.graph(page.id("chart"), figure, height=320, label="Units on hand over time"),
                    html.Div(
                        dcc.Slider(
                            id=page.id("minute"), min=0, max=ends["max"], step=STEPS[DEFAULT_SPAN],
                            value=ends["value"], marks=None, updatemode="drag", included=False,
                            allow_direct_input=False,
                        ),
                        className="scrub-slider",
                        **{"data-thumb-label": "The minute to look at", "data-below": page.id("chart")},
                    ),
                ],
                note=notes.STOCK_LEVEL,
                actions=[
                    html.Div(
                        dcc.Dropdown(
                            [{"value": p.product_id, "label": p.name} for p in products],
                            one.product_id,
                            id=page.id("product"),
                            clearable=False,
                            searchable=True,
                            maxHeight=360,
                            optionHeight=32,
                        ),
                        className="product-choice",
                    ),
                    segmented(page.id("span"), SPANS, DEFAULT_SPAN, label="Span"),
                ],
                class_name="course-card apart",
            ),
            card(
                "Movements around that minute",
                [html.Div(moves, id=page.id("moves")), html.Div(take, id=page.id("take"), className="chart-foot")],
                class_name="card-flush apart",
            ),
            card(
                "Prices and costs",
                html.Div(_prices(one), id=page.id("prices")),
                note=notes.PRICE_EFFECT,
                class_name="card-flush",
            ),
            dcc.Store(id=page.id("start"), data=ends["start"]),
            dcc.Store(id=page.id("remembered")),
        ]
    )  # fmt: skip


@page.callback(
    Output(page.id("chart"), "figure"),
    Output(page.id("state"), "children"),
    Output(page.id("moves"), "children"),
    Output(page.id("take"), "children"),
    Output(page.id("minute"), "max"),
    Output(page.id("minute"), "value"),
    Output(page.id("minute"), "step"),
    Output(page.id("start"), "data"),
    Input(page.id("product"), "value"),
    Input(page.id("span"), "value"),
    Input(page.id("at"), "value"),
    State(page.id("start"), "data"),
    prevent_initial_call=True,
)
def show(product_id: Any, span: Any, at: Any, start: Any) -> tuple[Any, ...]:
    """Days that hold the minute stay as they are: what is moved along must not move itself."""
    product = next((p for p in _products() if p.product_id == product_id), None)
    if product is None or not isinstance(span, str) or span not in dict(SPANS):
        raise InvalidInput("Choose one of the products and spans shown.", "product")
    if at is not None and not isinstance(at, str):
        raise InvalidInput("Enter a day and a time.", "at")
    if not at:  # on its way to being typed
        return (no_update,) * 8
    first = None if ctx.triggered_id == page.id("span") else _first_day(start)
    figure, state, moves, ends, take = _drawn(product, span, _asked(at), first)
    if first is not None and ends["start"] == start and ctx.triggered_id == page.id("at"):
        # The slider is where somebody has moved it, maybe further by now; its script follows what is typed.
        return figure, state, moves, take, *(no_update,) * 4
    return figure, state, moves, take, ends["max"], ends["value"], STEPS[span], ends["start"]


_shop_days.follow_dates(page)


@page.callback(Output(page.id("prices"), "children"), Input(page.id("product"), "value"), prevent_initial_call=True)
def show_prices(product_id: Any) -> Any:
    product = next((p for p in _products() if p.product_id == product_id), None)
    if product is None:
        raise InvalidInput("Choose one of the products shown.", "product")
    return _prices(product)


clientside_callback(
    ClientsideFunction("timeMachine", "scrub"),
    Output(page.id("at"), "value"),
    Input(page.id("minute"), "value"),
    State(page.id("start"), "data"),
    State(page.id("at"), "value"),
    State(page.id("chart"), "id"),
    State(page.id("at"), "id"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("timeMachine", "follow"),
    Output(page.id("minute"), "value", allow_duplicate=True),
    Input(page.id("at"), "value"),
    State(page.id("start"), "data"),
    State(page.id("minute"), "value"),
    State(page.id("minute"), "max"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("admin", "rememberMoment"),
    Output(page.id("remembered"), "data"),
    Input(page.id("product"), "value"),
    Input(page.id("at"), "value"),
    prevent_initial_call=True,
)


# --- load, shape, draw -----------------------------------------------------------------------------


def _products() -> list[Product]:
    """Those that left the store too: their past stays."""
    return sorted(services().catalog.all(include_removed=True), key=lambda p: (p.name.lower(), p.product_id))


def _prices(product: Product) -> Any:
    return price_changes.listed(services().price_effects.of(product.product_id), product, services().formats)


def _asked(at: Any) -> datetime:
    """The minute that an address or a field names, in the store's wall time; the usual one for anything else."""
    try:
        wanted = numbers.moment(str(at)[:16])
    except ValueError:
        return services().stock.minute(None)
    return services().stock.minute(wanted)


def _first_day(start: Any) -> date | None:
    try:
        return numbers.moment(str(start)[:16]).date()
    except ValueError:
        return None


def _drawn(
    product: Product, span: str, wall: datetime, first: date | None = None
) -> tuple[Any, Any, Any, dict[str, Any], Any]:
    """Figure, state, table of movements, the slider's ends, links to files."""
    shop = services()
    formats = shop.formats
    found = shop.stock.at_minute(product.product_id, wall, int(span), first)
    points = figures.wall_time(found.history, formats.zone)
    may_open = current_principal().may(Access.ADMIN)
    take = takeaway(export_href("movements", {"product": product.product_id, **found.period.address}))
    return (
        time_machine.course(points, wall, found.on_hand, product.threshold, formats, (found.begins, found.until)),
        time_machine.state(
            found.at,
            found.before[0] if found.before else None,
            formats,
            may_open,
            is_inferred=bool(found.before) and shop.holdings.inferred().has(product.product_id, found.at),
        ),
        time_machine.movements(found.before, found.after, formats, may_open),
        _slider(found, wall),
        take,
    )


def _slider(found: AtMinute, wall: datetime) -> dict[str, Any]:
    """In minutes from its start."""
    return {
        "start": found.begins.isoformat(timespec="minutes"),
        "max": int((found.until - found.begins).total_seconds() // 60),
        "value": int((wall - found.begins).total_seconds() // 60),
        "at": wall.isoformat(timespec="minutes"),
    }
