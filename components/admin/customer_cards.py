"""Who the customers are: new against returning, what they are worth, where they live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import plotly.graph_objects as go
from dash import html

from app.domain import Period, ShopEvent, is_few, share_words
from app.money import Formats
from components.admin import notes
from components.admin.chart_foot import chart_foot
from components.kit import figures, theme
from components.kit.chart_marks import mark_events
from components.kit.ui import card, empty_state, ended, meter

HEIGHT = 230
LINE = 20  # pixels that a word in a chart takes, of a plot that is a little less high
LISTED = 8


class Week(Protocol):
    @property
    def new_customers(self) -> int: ...
    @property
    def returning_customers(self) -> int: ...
    @property
    def period(self) -> Period: ...


class NewAndReturning(Protocol):
    @property
    def weeks(self) -> Sequence[Week]: ...
    @property
    def customers(self) -> int: ...
    @property
    def returning(self) -> int: ...


class Band(Protocol):
    @property
    def low(self) -> int | None: ...
    @property
    def high(self) -> int | None: ...
    @property
    def customers(self) -> int: ...


class Values(Protocol):
    """`median`: the lifetime value in the middle; `top_value`: what the best tenth of the `buyers` brought."""

    @property
    def bands(self) -> Sequence[Band]: ...
    @property
    def median(self) -> int: ...
    @property
    def buyers(self) -> int: ...
    @property
    def lifetime(self) -> int: ...
    @property
    def top_value(self) -> int: ...


class Country(Protocol):
    @property
    def country(self) -> str: ...
    @property
    def customers(self) -> int: ...
    @property
    def worth(self) -> int: ...
    @property
    def customers_of_all(self) -> int: ...
    @property
    def worth_of_all(self) -> int: ...


def new_returning_card(
    customers: NewAndReturning, events: Sequence[ShopEvent], graph_id: str, formats: Formats, export: str
) -> html.Section:
    """Customers with an order per week: those who came for the first time, and those who came back."""
    if not customers.customers:
        body = empty_state(
            "Nobody has bought yet", "New and returning customers will be compared here.", icon_name="people"
        )
        return card("New and returning customers", body, note=notes.NEW_RETURNING)
    days = [week.period.start for week in customers.weeks]
    returning = [week.returning_customers for week in customers.weeks]
    new = [week.new_customers for week in customers.weeks]
    parts = (("returning", returning, theme.MAIN), ("new", new, theme.COMPARE))
    least = LINE * max(map(sum, zip(returning, new, strict=True)), default=0) / HEIGHT
    middles = (returning[-1] / 2, max(returning[-1] + new[-1] / 2, returning[-1] / 2 + least))
    span = [(days[0] - timedelta(days=4)).isoformat(), (days[-1] + timedelta(days=4)).isoformat()]
    figure = figures.base_figure(
        *(
            go.Bar(
                x=days,
                y=values,
                name=name,
                marker={"color": colour},
                customdata=[formats.number(value) for value in values],
                hovertemplate="<b>%{customdata}</b> " + name + "<extra></extra>",
            )
            for name, values, colour in parts
        ),
        margin={"l": 8, "r": 76, "t": 16, "b": 8},
        barmode="stack",
        bargap=0.2,
        annotations=[
            {
                "x": days[-1], "y": middle, "text": name, "showarrow": False, "xanchor": "left", "xshift": 14,
                "font": {"size": 12, "color": colour},
            }
            for (name, _, colour), middle in zip(parts, middles, strict=True)
        ],
        xaxis=figures.time_axis(
            formats, days, hoverformat=f"week of {figures.d3(formats, 'day')}", range=span
        ),
        yaxis={"tickformat": ",d"},
    )  # fmt: skip
    mark_events(figure, events, formats)
    head = [("Week of", False), ("New", True), ("Returning", True)]
    rows = [
        [formats.day(day), formats.number(n), formats.number(r)] for day, n, r in zip(days, new, returning, strict=True)
    ]
    return card(
        _returning_title(customers, formats),
        [
            figures.graph(graph_id, figure, height=HEIGHT, label="New and returning customers per week"),
            chart_foot(
                f"New and returning customers with an order, per week, over {formats.number(len(days))} weeks.",
                head,
                rows,
                formats,
                export,
            ),
        ],
        note=notes.NEW_RETURNING,
    )


def _returning_title(found: NewAndReturning, formats: Formats) -> str:
    share = share_words(found.returning, found.customers, formats)
    if is_few(found.customers):
        return f"{share} customers had bought before"
    return f"{share} of the customers of a week have bought before"


def values_card(values: Values, graph_id: str, formats: Formats) -> html.Section:
    """How many customers are worth how much."""
    bands = values.bands
    if not bands:
        body = empty_state(
            "No customers yet", "The spread of lifetime values will be shown here.", icon_name="bar-chart"
        )
        return card("Lifetime value", body, note=notes.LIFETIME)
    labels, median = [_band(band, formats) for band in bands], formats.money_short(values.median)
    counts = [band.customers for band in bands]
    every = max(1, -(-len(labels) // 6))
    places = list(range(0, len(labels), every))
    figure = figures.base_figure(
        go.Bar(
            x=list(range(len(labels))), y=counts, marker={"color": theme.MAIN, "cornerradius": 3},
            customdata=[f"{formats.counted(n, 'customer')}, {words}" for n, words in zip(counts, labels, strict=True)],
            hovertemplate="%{customdata}<extra></extra>",
        ),
        margin={"l": 8, "r": 12, "t": 16, "b": 8},
        hovermode="closest",
        bargap=0.12,
        xaxis={
            "tickmode": "array", "tickvals": places, "ticktext": [_edge(bands[i], formats) for i in places],
            "tickangle": 0,
        },
        yaxis={"tickformat": ",d"},
    )  # fmt: skip
    rows = [[words, formats.number(count)] for words, count in zip(labels, counts, strict=True)]
    return card(
        _best_words(values, formats),
        [
            figures.graph(graph_id, figure, height=HEIGHT, label="Customers by lifetime value"),
            chart_foot(
                ended(f"Customers by lifetime value; half of them are worth less than {median}"),
                [("Lifetime value", False), ("Customers", True)],
                rows,
                formats,
            ),
        ],
        note=notes.LIFETIME,
    )


def _best_words(values: Values, formats: Formats) -> str:
    if values.lifetime <= 0:
        return "Lifetime value"
    share = share_words(values.top_value, values.lifetime, formats, formats.money_short, values.buyers)
    if is_few(values.buyers):
        return f"The best customer brings {share} of lifetime value"
    return f"The best tenth brings {share} of all lifetime value"


def _edge(band: Band, formats: Formats) -> str:
    return "below 0" if band.low is None else formats.money_short(band.low)


def _band(band: Band, formats: Formats) -> str:
    if band.low is None:
        return "below zero: more was returned than bought"
    high = "" if band.high is None else f" to {formats.money_short(band.high)}"
    return f"{formats.money_short(band.low)}{high}"


def countries_card(countries: Sequence[Country], formats: Formats) -> html.Section:
    """`countries`: those with the most customers first."""
    if not countries:
        body = empty_state(
            "No customers yet", "The countries of your customers will be listed here.", icon_name="globe"
        )
        return card("Where customers are", body, note=notes.CUSTOMER_COUNTRIES)
    shown, rest = countries[:LISTED], countries[LISTED:]
    rows = [
        html.Li(
            [
                html.Div(
                    [
                        html.Span(formats.country(c.country) if c.country else "Not known", className="name"),
                        meter(c.customers, shown[0].customers),
                    ],
                    className="grow",
                ),
                html.Div(
                    [
                        formats.number(c.customers),
                        html.Span(_worth(c, formats), className="sub"),
                    ],
                    className="num",
                ),
            ]
        )
        for c in shown
    ]
    first = shown[0]
    share = share_words(first.customers, first.customers_of_all, formats)
    of_all = "customers" if is_few(first.customers_of_all) else "of the customers"
    where = formats.country(first.country) if first.country else "countries that are not known"
    title = f"{share} {of_all} are in {where}"
    others = "1 more country" if len(rest) == 1 else f"{len(rest)} more countries"
    more = html.P(f"and {others}", className="sub muted part-rest") if rest else None
    return card(
        title, [html.Ul(rows, className="kit-list"), more], note=notes.CUSTOMER_COUNTRIES, class_name="card-flush"
    )


def _worth(country: Country, formats: Formats) -> str:
    things = country.customers_of_all
    share = share_words(country.worth, country.worth_of_all, formats, formats.money_short, things)
    return share if is_few(things) else f"{share} of value"
