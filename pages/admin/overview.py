"""How trade goes: what needs attention, today against last week, sales over time and what they are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from app import numbers
from app.domain import Access, Trade
from app.errors import InvalidInput, NotFound
from app.services import services
from app.services.analytics.breakdown import Part
from app.services.analytics.first_steps import first_steps
from app.services.analytics.periods import default_choice
from app.services.analytics.sales_over_time import Choice
from app.services.anomalies.words import anomaly_words
from app.web.identity.principal import current_actor, current_principal
from components.admin import attention, event_notes, live_parts, notes, overview, packing, sales_cards
from components.admin.anomalies import odd_days
from components.admin.books import books_badge
from components.admin.chart_foot import chart_foot, export_href
from components.admin.first_steps import checklist
from components.admin.periods import comparisons
from components.kit import chart_marks, figures, live
from components.kit.feedback import toast
from components.kit.ui import card, empty_state, loading, page_head, segmented
from pages.admin import _overview_numbers as load
from pages.admin import _parts_of_sales
from pages.admin._common import known_sales, text_of
from pages.admin._overview_charts import Drawn, draw
from pages.admin._overview_numbers import page

CHART_HEIGHT = 340
TOTALS_HEIGHT = 72  # what the totals over the chart take, where there are any
EVENT_LENGTH = 200


@page.layout
def layout(**values: Any) -> html.Div:
    shop = services()
    trade = shop.sales.trade()
    part, wrong = _parts_of_sales.known_part(values)
    asked, choice = _opening(values, part, trade)
    is_admin = current_principal().may(Access.ADMIN)
    drawn = draw(choice)
    first, last = choice.period.address.values()
    note = event_notes.event_form(page.id, trade.today) if current_principal().may(Access.NOTES) else None
    mark = overview.live_mark(page.id("mark"), trade, datetime.now(UTC), shop.formats)
    actions = [note, books_badge(shop.reconcile.latest(), shop.formats)]
    return html.Div(
        [
            page_head("Overview", as_of=mark, actions=actions),
            sales_cards.unknown_notice(wrong),
            overview.quiet_notice(trade, shop.formats),
            _first_steps(trade) if is_admin else None,
            _odd_days(trade),
            _to_ship(),
            _attention(trade) if not trade.is_quiet else None,
            html.Div(_tiles(choice), id=page.id("tiles"), className="kpi-row"),
            html.Div(drawn.chips, id=page.id("chips")),
            html.Div([_sales_card(choice, asked, drawn, first, last), _latest_card(is_admin)], className="cols"),
            html.Div(
                [
                    _part_card("Best sellers, less returns", "best", drawn.best, notes.BEST_SELLERS),
                    _part_card("Categories", "categories", drawn.categories, notes.CATEGORIES),
                    _part_card("Countries", "countries", drawn.countries, notes.COUNTRIES),
                ],
                className="cols cols-parts",
            ),
            html.Div([_forecast_card(), _low_card(is_admin)], className="cols"),
            _hours_card(drawn),
            html.Div(_report_switch(), id=page.id("report")),
            dcc.Store(id=page.id("ticked")),
            dcc.Store(id=page.id("pulse")),
            known_sales(page.id("known")),
            dcc.Store(id=page.id("remembered")),
            dcc.Store(id=page.id("part"), data=_parts_of_sales.kept(part)),
            live.stores(),
        ]
    )


def _opening(values: dict[str, Any], part: Part, trade: Trade) -> tuple[dict[str, str], Choice]:
    """What the address asks for; of what cannot be, the usual."""
    usual = default_choice(trade)
    asked = {
        "period": str(values.get("period") or usual),
        "compare": str(values.get("compare") or "previous"),
        "grain": str(values.get("grain") or "auto"),
    }
    of_part = _parts_of_sales.kept(part)
    try:
        choice = load.choose(
            asked["period"], asked["compare"], asked["grain"], values.get("from"), values.get("to"), of_part
        )
    except InvalidInput:
        asked = {"period": usual, "compare": "previous", "grain": "auto"}
        choice = load.choose(usual, part=of_part)
    return asked, choice


@page.callback(
    Output(page.id("chart"), "figure"),
    Output(page.id("totals"), "children"),
    Output(page.id("nothing"), "hidden"),
    Output(page.id("foot"), "children"),
    Output(page.id("best"), "children"),
    Output(page.id("categories"), "children"),
    Output(page.id("countries"), "children"),
    Output(page.id("hours"), "children"),
    Output(page.id("chips"), "children"),
    Output(page.id("events"), "children"),
    Output(page.id("tiles"), "children"),
    Output(page.id("cut"), "children"),
    Output(page.id("compare"), "disabled"),
    Output(page.id("compare"), "options"),
    Output(page.id("compare-box"), "title"),
    Output(page.id("dates"), "hidden"),
    Output(page.id("dates-error"), "children"),
    Input(page.id("period"), "value"),
    Input(page.id("compare"), "value"),
    Input(page.id("grain"), "value"),
    Input(page.id("from"), "value"),
    Input(page.id("to"), "value"),
    Input(page.id("part"), "data"),
    Input(page.id("pulse"), "data"),
    prevent_initial_call=True,
)
def show(period: Any, compare: Any, grain: Any, start: Any, end: Any, part: Any, _pulse: Any) -> tuple[Any, ...]:
    try:
        choice = load.choose(period, compare, grain, start, end, part)
    except InvalidInput as wrong:
        if period != "custom":
            raise
        # Dates on their way to being typed: what is drawn stays until they are right.
        return *[no_update] * 15, False, wrong.message
    if ctx.triggered_id == page.id("pulse") and not choice.has_today:
        raise PreventUpdate
    drawn = draw(choice)
    # Those of today are kept by the stream; a filter only says that they do not follow it.
    is_filter = ctx.triggered_id == page.id("part")
    tiles = _tiles(choice) if choice.trade.is_quiet or is_filter else no_update
    return (
        drawn.figure,
        drawn.totals,
        drawn.has_sales,
        drawn.foot,
        drawn.best,
        drawn.categories,
        drawn.countries,
        drawn.hours,
        drawn.chips,
        drawn.events,
        tiles,
        f", per {choice.cut}",
        bool(choice.alone),
        [{"value": key, "label": words} for key, words in comparisons(choice.feast, compare)],
        choice.alone,
        period != "custom",
        "",
    )


@page.callback(
    Output(page.id("event-error"), "children"),
    Output(page.id("event-words"), "value"),
    Output(page.id("pulse"), "data", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("event-add"), "n_clicks"),
    State(page.id("event-day"), "value"),
    State(page.id("event-kind"), "value"),
    State(page.id("event-words"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("event-add"), "disabled"), True, False)],
    access=Access.NOTES,
)
def note_event(clicks: Any, day: Any, kind: Any, words: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    try:
        on = numbers.day(text_of(day))
    except ValueError:
        return "Enter the day on which it happened.", no_update, no_update, no_update
    try:
        event = services().events.note(on, text_of(kind, 20), text_of(words, EVENT_LENGTH, "words"), current_actor())
    except InvalidInput as wrong:
        return wrong.message, no_update, no_update, no_update
    return "", "", _moment(), toast(f"Noted for {services().formats.day(event.day)}.")


@page.callback(
    Output(page.id("pulse"), "data", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.item("forget", ALL), "n_clicks"),
    prevent_initial_call=True,
    access=Access.NOTES,
)
def forget_event(clicks: Any) -> tuple[Any, ...]:
    triggered = ctx.triggered_id
    if not triggered or not any(clicks or []):
        return no_update, no_update
    event_id = numbers.row_id(triggered["key"])
    if event_id is None:
        raise NotFound("There is no such event.")
    services().events.remove(event_id, current_actor(), of_anybody=current_principal().may(Access.ADMIN))
    return _moment(), toast("The event is removed.")


@page.callback(
    Output(page.id("report"), "children"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("report-switch"), "n_clicks"),
    prevent_initial_call=True,
    running=[(Output(page.id("report-switch"), "disabled"), True, False)],
)
def switch_report(clicks: Any) -> tuple[Any, Any]:
    user_id = current_principal().user_id
    if not clicks or user_id is None:
        return no_update, no_update
    wants = not services().reports.reads(user_id)
    services().reports.set_reading(user_id, wants, current_actor())
    words = "The next report comes on Monday morning." if wants else "You get no more weekly reports."
    return _report_switch(), toast(words)


clientside_callback(
    ClientsideFunction("pulse", "overview"),
    Output(page.id("pulse"), "data"),
    Input(live.DATA, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("admin", "hoursBy"),
    Output(page.id("hours"), "className"),
    Input(page.id("hours-by"), "value"),
    prevent_initial_call=True,
)
_parts_of_sales.follow_picks(page)
clientside_callback(
    ClientsideFunction("admin", "rememberOverview"),
    Output(page.id("remembered"), "data"),
    *[Input(page.id(part), "value") for part in ("period", "compare", "grain", "from", "to")],
    Input(page.id("part"), "data"),
    prevent_initial_call=True,
)

for name, inputs, outputs in (
    ("overviewParts", [Input("live-data", "data")], [Output(page.id("ticked"), "data")]),
    (
        "overviewMark",
        [Input("live-data", "data"), Input("live-state", "data")],
        [Output(page.id("mark"), "children"), Output(page.id("mark"), "className")],
    ),
    (
        "salesLine",
        [Input("live-data", "data"), State(page.id("chart"), "figure")],
        [Output(page.id("chart"), "figure", allow_duplicate=True)],
    ),
):
    clientside_callback(ClientsideFunction("admin", name), *outputs, *inputs, prevent_initial_call=True)


# --- cards -------------------------------------------------------------------------------------------


def _tiles(choice: Choice) -> list[Any]:
    shop, part = services(), choice.part
    if choice.trade.is_quiet:
        whole, against = shop.sales_over_time.tiles(choice), choice.before.label if choice.before else ""
        behind = load.behind(whole.period, part)
        return list(
            overview.period_tiles(
                whole.now, whole.before, against, whole.trend, shop.formats, behind,
                median=whole.median, with_orders=not part.of_products,
                with_margin=current_principal().may(Access.ANALYTICS),
            )
        )  # fmt: skip
    today, then = shop.sales_over_time.today(choice), live_parts.last_week_words(choice.now, shop.formats)
    behind = load.behind(today.period, Part())
    tiles = overview.today_tiles(
        today.now, today.last_week, today.trend, shop.formats, page.id, then, behind, today.median
    )
    return [overview.whole_shop() if part else None, *tiles]


def _moment() -> int:
    """A value that the pulse has not had: what is drawn is drawn anew."""
    return int(datetime.now(UTC).timestamp() * 1000)


def _first_steps(trade: Trade) -> Any:
    shop = services()
    has_products = bool(shop.catalog.all(include_removed=True))
    chosen = (shop.shop_settings.chosen() | shop.settings.model_fields_set) - {"shipping"}
    chosen |= {"shipping"} if shop.shipping.is_in_force() else set()
    return checklist(first_steps(chosen, shop.shop.page_names, has_products, trade))


def _odd_days(trade: Trade) -> Any:
    shop = services()
    found = [(one, anomaly_words(one, trade.today, shop.formats)) for one in shop.anomalies.recent()]
    return odd_days(found, "/admin/alerts" if current_principal().may(Access.ADMIN) else "")


def _to_ship() -> Any:
    waits = services().fulfilment.backlog()
    return packing.backlog_notice(waits, services().formats, may_open=current_principal().may(Access.FULFIL))


def _attention(trade: Trade) -> Any:
    shop = services()
    if trade.first_day is None:
        return None
    found = attention.things(shop.attention.read(), shop.formats)
    return attention.attention_row(found, current_principal().may(Access.ANALYTICS))


def _sales_card(choice: Choice, asked: dict[str, str], drawn: Drawn, first: str, last: str) -> html.Section:
    is_quiet = choice.trade.is_quiet
    return card(
        ["Sales over time", html.Span(f", per {choice.cut}", id=page.id("cut"))],
        loading(
            [
                html.Div(drawn.totals, id=page.id("totals"), hidden=is_quiet),
                html.Div(overview.no_sales(), id=page.id("nothing"), className="over-chart", hidden=drawn.has_sales),
                figures.graph(
                    page.id("chart"),
                    drawn.figure,
                    height=CHART_HEIGHT + (TOTALS_HEIGHT if is_quiet else 0),
                    label="Gross sales over time",
                ),
                html.Div(drawn.foot, id=page.id("foot")),
                html.Div(drawn.events, id=page.id("events")),
            ]
        ),
        actions=overview.period_controls(page.id, asked, first, last, choice.alone, choice.feast),
        class_name="sales-card",
    )


def _part_card(title: str, name: str, body: Any, note: str) -> html.Section:
    return card(title, html.Div(body, id=page.id(name)), note=note, class_name="card-flush")


def _hours_card(drawn: Drawn) -> html.Section:
    """The darker the more orders; or sales, of which one large order makes the darkest hour."""
    by = segmented(page.id("hours-by"), (("orders", "Orders"), ("gross", "Sales")), "orders", label="Darker means more")
    return card(
        "When people buy",
        html.Div(drawn.hours, id=page.id("hours"), className="by-orders"),
        actions=[by],
        note=notes.HOURS,
        class_name="apart",
    )


def _forecast_card() -> html.Section:
    """The coming four weeks beside the last."""
    shop = services()
    outlook = shop.forecasts.outlook()
    if outlook is None:
        words = "The worker makes one within a few minutes, and a new one each day."
        return card(
            "Next 28 days", empty_state("No forecast yet", words, icon_name="graph-up-arrow"), note=notes.FORECAST
        )
    made = outlook.made
    figure = chart_marks.sales_forecast(outlook.past_days, outlook.past, made, shop.formats)
    may_take = current_principal().may(Access.ANALYTICS)
    return card(
        sales_cards.forecast_title(made, outlook.past_total, shop.formats),
        [
            figures.graph(page.id("forecast"), figure, height=270, label="Expected gross sales per day"),
            chart_foot(
                sales_cards.forecast_sentence(made, lambda error: shop.formats.money_short(round(error))),
                *sales_cards.forecast_table(made, shop.formats),
                shop.formats,
                export_href("forecast", {}) if may_take else "",
            ),
        ],
        note=notes.FORECAST,
    )


def _report_switch() -> html.Section:
    """For oneself: the weekly report by e-mail."""
    user_id = current_principal().user_id
    reads = user_id is not None and services().reports.reads(user_id)
    words = (
        "You get last week's numbers by e-mail each Monday at 07:00."
        if reads
        else "Get last week's numbers by e-mail each Monday at 07:00: sales, charts, and what to look after."
    )
    button = html.Button(
        "Stop it" if reads else "Send it to me",
        id=page.id("report-switch"),
        className="btn btn-quiet btn-sm",
        type="button",
        n_clicks=0,
    )
    return card("Weekly report", html.P(words, className="report-words"), actions=[button])


def _low_card(is_admin: bool) -> html.Section:
    low = live_parts.low_stock(services().live.snapshot()["low"], services().formats, may_receive=is_admin)
    body = live_parts.live("low", low, id=page.id("low"), may_follow=is_admin)
    more = dcc.Link("All stock", href="/admin/stock", className="btn btn-quiet btn-sm")
    may_open = current_principal().may(Access.ANALYTICS)
    return card("Low stock", body, note=notes.LOW_STOCK, actions=[more] if may_open else [], class_name="card-flush")


def _latest_card(is_admin: bool) -> html.Section:
    shop = services()
    snapshot = shop.live.snapshot()
    day = numbers.day(snapshot["day"])
    latest = live_parts.latest_orders(snapshot["latest"], day, shop.formats, may_open=is_admin)
    body = live_parts.live("latest", latest, id=page.id("latest"), may_follow=is_admin)
    more = dcc.Link("All orders", href="/admin/orders", className="btn btn-quiet btn-sm")
    return card("Latest orders", body, actions=[more] if is_admin else [], class_name="card-flush")
