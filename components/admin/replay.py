"""The policy replay: how far it is, and what it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import plotly.graph_objects as go
from dash import html

from app.domain import is_few
from app.money import Formats
from components.admin import grids, notes
from components.admin.chart_foot import chart_foot, takeaway
from components.admin.replay_form import Policy, Request
from components.kit import figures, theme
from components.kit.ui import card, empty_state, icon, kpi, meter

MOST_SHOWN = 500  # in the table; all are in the file


class Figures(Protocol):
    @property
    def days(self) -> int: ...
    @property
    def out(self) -> int: ...
    @property
    def sold(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def lost_value(self) -> int: ...
    @property
    def value(self) -> int: ...
    @property
    def orders(self) -> int: ...
    @property
    def ordered(self) -> int: ...
    @property
    def service(self) -> float | None: ...
    @property
    def fill_rate(self) -> float | None: ...


class Compared(Protocol):
    @property
    def played(self) -> Figures: ...
    @property
    def real(self) -> Figures: ...
    @property
    def fewer_out(self) -> int: ...
    @property
    def more_stock(self) -> float | None: ...


class Point(Protocol):
    @property
    def service(self) -> int: ...
    @property
    def reached(self) -> float: ...
    @property
    def value(self) -> int: ...
    @property
    def lost_value(self) -> int: ...


class Replay(Protocol):
    @property
    def request(self) -> Request: ...
    @property
    def products(self) -> Sequence[Any]: ...
    @property
    def by_difference(self) -> Sequence[Any]: ...
    @property
    def curve(self) -> Sequence[Point]: ...
    @property
    def most_tied_up(self) -> int: ...
    @property
    def reviews(self) -> int: ...
    @property
    def later(self) -> int: ...
    @property
    def played(self) -> Figures: ...
    @property
    def known(self) -> int: ...
    @property
    def compared(self) -> Compared | None: ...


def too_young() -> html.Div:
    return empty_state(
        "Nothing to replay yet",
        "A replay begins 28 days after the first sale, so that there was something to forecast from.",
        icon_name="hourglass-split",
        level=2,
    )


def nothing_yet() -> html.Section:
    words = "Choose how to reorder, and replay it: what would have been in stock, lost and ordered."
    return card(None, empty_state("No replay yet", words, icon_name="skip-backward", level=2))


# --- how far it is ----------------------------------------------------------------------------------


def waiting(steps: int, of: int, formats: Formats) -> html.Section:
    words = "Reading the past …" if not of else f"Day {formats.number(steps)} of {formats.number(of)} to order on …"
    body = [html.P(words, role="status"), meter(steps, of or 1), html.P("You may leave the page.", className="muted")]
    return card("Replaying", body)


def failed(words: str) -> html.Section:
    return card("This replay did not come to its end", html.P(words or "Run it again.", role="alert"))


# --- what it found ----------------------------------------------------------------------------------


def headline(found: Replay, formats: Formats) -> str:
    """The finding in one sentence."""
    service, compared = formats.hundredths(found.request.policy.service), found.compared
    if compared is None:
        share = "–" if found.played.service is None else formats.percent(found.played.service, 1)
        return (
            f"At {service} products would have been in stock on {share} of their days, with "
            f"{formats.money_short(found.played.value)} in stock. What really was in stock is not known."
        )
    known = f", of the {formats.counted(found.known, 'product')} whose stock is known"
    of = "" if found.known == len(found.products) else known
    return f"At {service} you would have {_fewer(compared, formats)} and {_more(compared, formats)}{of}."


def _fewer(compared: Compared, formats: Formats) -> str:
    fewer = compared.fewer_out
    if not fewer:
        return "been out of stock as often"
    return f"been out of stock {formats.counted(abs(fewer), 'product-day')} {'less' if fewer > 0 else 'more'}"


def _more(compared: Compared, formats: Formats) -> str:
    if compared.more_stock is None or is_few(compared.real.value):
        return f"had {formats.money_short(compared.played.value)} in stock"
    share = formats.percent(abs(compared.more_stock))
    if share == formats.percent(0):
        return "had as much money in stock"
    return f"had {share} {'more' if compared.more_stock > 0 else 'less'} money in stock"


def result(
    ids: Callable[[str], str],
    found: Replay,
    names: Mapping[str, str],
    formats: Formats,
    *,
    is_outdated: bool,
    export: str,
    apply: Any = None,
) -> html.Div:
    """`apply`: the way to make the policy that of the products, for those who may."""
    return html.Div(
        [
            _outdated() if is_outdated else None,
            card(
                "What it would have come to",
                [
                    html.P(headline(found, formats), className="replay-says", role="status"),
                    html.P(_what(found, formats), className="muted"),
                    *(html.P(words, className="muted") for words in _left_out(found, formats)),
                    apply,
                ],
                note=notes.REPLAY,
            ),
            _tiles(found, formats),
            _curve_card(ids, found, formats),
            _table_card(ids, found, names, formats, export),
        ],
        className="stack",
    )


def apply_button(part_id: Any) -> html.Button:
    words = [icon("check2-all"), "Apply to these products"]
    return html.Button(words, id=part_id, className="btn btn-quiet", type="button", n_clicks=0)


def apply_words(policy: Policy, products: int, formats: Formats) -> str:
    lead, review = (formats.counted(one, "day") for one in (policy.lead_days, policy.review_days))
    budget = "" if policy.budget is None else " The budget is not kept: a product knows none."
    return (
        f"This sets a lead time of {lead}, a review period of {review} and a service level of "
        f"{formats.hundredths(policy.service)} for {formats.counted(products, 'product')}. Packs stay as they are, and "
        f"so does a safety stock that somebody chose: it goes before the service level.{budget}"
    )


def applied_words(changed: int, left: int, formats: Formats) -> str:
    words = f"{formats.counted(changed, 'product')} changed." if changed else "They were all set so already."
    if left:
        words += f" {formats.counted(left, 'product')} somebody else changed meanwhile: left as they are."
    return words


def _outdated() -> html.Div:
    words = "Sales, stock, prices, costs, products, packs or the calendar have changed since: replay it again."
    return html.Div([icon("info-circle"), words], className="notice", role="status")


def _what(found: Replay, formats: Formats) -> str:
    request, policy = found.request, found.request.policy
    budget = "" if policy.budget is None else f", at most {formats.money(policy.budget)} tied up"
    products, days = formats.counted(len(found.products), "product"), formats.counted(found.reviews, "day")
    lead, review = (formats.counted(one, "day") for one in (policy.lead_days, policy.review_days))
    return (
        f"{products}, {formats.day(request.first)} to {formats.day(request.last)}, ordered on {days}: "
        f"lead time {lead}, review period {review}{budget}. Sales lost to empty shelves count as asked for, by their "
        "estimate."
    )


def _left_out(found: Replay, formats: Formats) -> list[str]:
    words, inferred = [], len(found.products) - found.known
    if inferred:
        products, days = formats.counted(inferred, "product"), formats.counted(found.request.covered_days, "day")
        words.append(
            f"The stock of {products} is inferred: nobody knows when it was out, so there is nothing to compare. "
            f"It began with {days} of expected sales."
        )
    if found.later:
        words.append(f"{formats.counted(found.later, 'product')} came after the first day: left out.")
    return words


def _tiles(found: Replay, formats: Formats) -> html.Div:
    played, compared = found.played, found.compared

    def really(show: Callable[[Figures], str], more: str = "") -> html.Span:
        if compared is None:
            return html.Span("really: not known")
        if found.known == len(found.products):
            return html.Span(f"really {show(compared.real)}{more}")
        known = f"of the {formats.number(found.known)} known: policy {show(compared.played)}"
        return html.Span(f"{known}, really {show(compared.real)}{more}")

    def share(value: float | None) -> str:
        return "–" if value is None else formats.percent(value, 1)

    return html.Div(
        [
            kpi(
                "Service level",
                share(played.service),
                change=really(lambda one: share(one.service)),
                beside=f"{formats.number(played.out)} of {formats.counted(played.days, 'product-day')} out of stock",
                note=notes.REPLAY_SERVICE,
            ),
            kpi(
                "Lost sales",
                formats.money_short(played.lost_value),
                change=really(lambda one: formats.money_short(one.lost_value), ", estimated"),
                beside=f"{formats.counted(played.lost, 'unit')}; fill rate {share(played.fill_rate)}",
                note=notes.REPLAY_LOST,
            ),
            kpi(
                "Mean stock value",
                formats.money_short(played.value),
                change=really(lambda one: formats.money_short(one.value)),
                beside=f"at most {formats.money_short(found.most_tied_up)} with orders, of all products",
                note=notes.REPLAY_VALUE,
            ),
            kpi(
                "Ordered",
                formats.counted(played.ordered, "unit"),
                change=really(lambda one: formats.counted(one.ordered, "unit"), " received"),
                beside=f"in {formats.counted(played.orders, 'order')} of a product",
                note=notes.REPLAY_ORDERS,
            ),
        ],
        className="kpi-row kpi-row-4",
    )


def _curve_card(ids: Callable[[str], str], found: Replay, formats: Formats) -> html.Section:
    title = f"Service level reached against mean stock value, {formats.currency}"
    rows = [
        [
            formats.hundredths(point.service),
            formats.percent(point.reached, 2),
            formats.money(point.value),
            formats.money(point.lost_value),
        ]
        for point in found.curve
    ]
    head = [("Asked for", False), ("Reached", True), ("Mean stock value", True), ("Lost sales", True)]
    says = "Each point is a service level asked for, everything else as chosen; the large one is this policy."
    return card(
        title,
        [
            html.Div(
                figures.graph(ids("curve"), curve(found, formats), height=340, label=title), className="replay-curve"
            ),
            chart_foot(says, head, rows, formats, caption="Service levels"),
        ],
        note=notes.REPLAY_SERVICE,
    )


def curve(found: Replay, formats: Formats) -> go.Figure:
    points, chosen = found.curve, found.request.policy.service
    x, y = figures.major([point.value for point in points], formats), [point.reached for point in points]
    words = [formats.hundredths(point.service) for point in points]
    hover = [
        f"{asked} asked for: {formats.percent(point.reached, 1)} at {formats.money(point.value)}"
        for asked, point in zip(words, points, strict=True)
    ]
    marker = {
        "opacity": 1,
        "size": [15 if point.service == chosen else 9 for point in points],
        "color": [theme.MAIN if point.service == chosen else theme.COMPARE for point in points],
    }
    sides = ["top left" if number % 2 else "bottom right" for number in range(len(points))]
    traces = [
        go.Scatter(
            x=x, y=y, mode="lines+markers+text", text=words, textposition=sides, cliponaxis=False,
            line={"color": theme.COMPARE, "width": 1.5}, marker=marker, customdata=hover,
            hovertemplate="%{customdata}<extra></extra>",
        )
    ]  # fmt: skip
    compared, real = found.compared, figures.major([found.compared.real.value], formats) if found.compared else []
    if compared is not None and found.known == len(found.products):  # of the same products
        share, value = compared.real.service, formats.money(compared.real.value)
        traces.append(
            go.Scatter(
                x=real, y=[share], mode="markers+text", text=["really"], textposition="top center",
                cliponaxis=False, marker={"color": theme.THRESHOLD, "size": 12, "symbol": "diamond"},
                hovertemplate=f"really {formats.percent(share or 0.0, 1)} at {value}<extra></extra>",
            )
        )  # fmt: skip
    return figures.base_figure(
        *traces,
        hovermode="closest",
        margin={"l": 8, "r": 24, "t": 28, "b": 8},
        xaxis={**_values_axis([*x, *real], formats), "title": {"text": "Mean stock value"}},
        yaxis={"tickformat": ".1~%", "rangemode": "normal", "title": {"text": "Service level reached"}},
        showlegend=False,
    )


def _values_axis(values: Sequence[float], formats: Formats) -> dict[str, Any]:
    """Just wide enough for the points and their words: points need no zero, and would stand in a corner with it."""
    least, most = min(values, default=0.0), max(values, default=0.0)
    room = max(most - least, most / 10) / 8
    return figures.money_axis(most + room, formats, max(0.0, least - room))


def _table_card(
    ids: Callable[[str], str], found: Replay, names: Mapping[str, str], formats: Formats, export: str
) -> html.Section:
    listed = found.by_difference[:MOST_SHOWN]
    rows = [row_of(one, names) for one in listed]
    money = f", {formats.currency}"
    columns = [  # the first three fit on a phone
        grids.product(),
        grids.number("out", "Days out", headerTooltip="Days out of stock under the policy"),
        grids.computed("real_out", "Really", "adminNumber(params.value)", headerTooltip="Days really out of stock"),
        grids.money("lost", f"Lost sales{money}", headerTooltip=notes.REPLAY_LOST),
        grids.computed("real_lost", "Really", "adminAmount(params.value)", minWidth=124),
        grids.money("value", f"Stock value{money}", headerTooltip=notes.REPLAY_VALUE),
        grids.computed("real_value", "Really", "adminAmount(params.value)", minWidth=124),
        grids.number("ordered", "Ordered, units", headerTooltip=notes.REPLAY_ORDERS),
        grids.computed("received", "Received", "adminNumber(params.value)", headerTooltip="Units really received"),
    ]
    more = len(found.products) - len(listed)
    left = html.P(f"The {formats.number(more)} that differ least are in the files.", className="sub") if more else None
    return card(
        "Products, the largest difference first",
        [
            grids.grid(ids("grid"), columns, rows, empty="No product was replayed.", row_height=44, height="480px"),
            html.Div([takeaway(export), left], className="chart-foot"),
        ],
        class_name="card-flush",
    )


def row_of(one: Any, names: Mapping[str, str]) -> dict[str, Any]:
    played, real = one.played, one.real
    return {
        "product_id": one.product_id,
        "name": names.get(one.product_id, one.product_id),
        "out": played.out,
        "lost": played.lost_value,
        "value": played.value,
        "ordered": played.ordered,
        "real_out": real and real.out,
        "real_lost": real and real.lost_value,
        "real_value": real and real.value,
        "received": real and real.ordered,
    }
