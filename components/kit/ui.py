"""The kit that every page is built from: pure functions from data to components.

Classes are styled in assets/20-kit.css; nothing here sets colours or sizes inline.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Literal

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Change, change_of, change_words
from app.money import Formats
from components.kit import light
from components.kit.static_html import inside

MANY_TIMES = 9
SEARCH_LENGTH = 254  # an e-mail address may be looked for

Tone = Literal["neutral", "good", "warn", "bad"]


def icon(name: str, class_name: str = "", of: Any = html) -> Any:
    """A Bootstrap icon, for decoration only: screen readers skip it. `of` as in `table`."""
    return of.I(className=f"bi bi-{name} {class_name}".strip(), **{"aria-hidden": "true"})


def page_head(title: str, lead: str = "", actions: Sequence[Any] = (), as_of: Any = None) -> html.Div:
    """Title and lead on the left, actions on the right."""
    left: list[Any] = [html.H1(title, className="page-title")]
    if lead:
        left.append(html.P(lead, className="page-lead"))
    if as_of is not None:
        left.append(html.P(as_of, className="as-of"))
    return html.Div(
        [html.Div(left), html.Div(list(actions), className="page-actions")],
        className="page-head",
    )


def card(
    title: str | list[Any] | None,
    body: Any,
    *,
    actions: Sequence[Any] = (),
    note: str = "",
    class_name: str = "",
    **props: Any,
) -> html.Section:
    """A bordered surface with an optional heading; `note` explains how its numbers are computed."""
    head = []
    if title:
        titles: list[Any] = [html.H2(title, className="card-title")]
        if note:
            titles.append(explain(note))
        head = [
            html.Div(
                [html.Div(titles, className="card-titles"), html.Div(list(actions), className="card-actions")],
                className="card-head",
            )
        ]
    return html.Section(
        [*head, html.Div(body, className="card-body")], className=f"kit-card {class_name}".strip(), **props
    )


def explain(note: str, of: Any = html) -> Any:
    """An (i) that shows `note` on hover and keyboard focus. `of` as in `table`."""
    words = light.Span(note, className="explain-words", **{"aria-hidden": "true"})  # said by the label already
    props = {"className": "explain", "role": "note", "tabIndex": "0", "aria-label": note}
    return _piece(of, [icon("info-circle", of=light), words], **props)


def _piece(of: Any, parts: Any, **props: Any) -> Any:
    """A span of `dash.html` with `parts` sent as HTML inside, or one that is itself sent so."""
    return light.Span(parts, **props) if of is light else html.Span(**props, **inside(parts))


def kpi(
    label: str,
    value: Any,
    *,
    change: Any = None,
    beside: Any = None,
    note: str = "",
    spark: Any = None,
    href: str = "",
) -> html.Div:
    """One number that matters: label, value, change against what, sparkline. `href`: where its rows are.

    `beside`: a second measure of the same, without which the first could mislead. Value, change and it may be elements
    of their own, which have the class of their place.
    """
    return html.Div(
        [
            html.Div(
                className="kpi-label",
                **inside(
                    [
                        light.A(label, href=href, className="kpi-link", title="Show the rows behind it")
                        if href
                        else light.Span(label),
                        explain(note, light) if note else None,
                    ]
                ),
            ),
            _placed(value, "kpi-value"),
            _placed(change, "kpi-change") if change is not None else None,
            _placed(beside, "kpi-beside") if beside is not None else None,
            html.Div(spark, className="kpi-spark") if spark is not None else None,
        ],
        className="kpi",
    )


def _placed(content: Any, class_name: str) -> Any:
    return content if getattr(content, "className", "") == class_name else html.Div(content, className=class_name)


def change(
    now: float,
    before: float,
    against: str,
    formats: Formats,
    *,
    good: Literal["up", "down"] = "up",
    words: str = "",
    title: str | None = None,
    of: Any = html,
    show: Callable[[Any], str] | None = None,
    things: float | None = None,
) -> Any:
    """Relative change with arrow and words; "none then" when there is nothing to compare with.

    `good` says which way is welcome: "down" for returns. `words` stand instead of "against ...", and say what it was
    before. `of` as in `table`; `show` and `things` as in `change_words`.
    """
    titled = {} if title is None else {"title": title}
    found = change_of(now, before, things)
    if found is None:
        return of.Span(f"none {against}" if now else f"same as {against}", className="delta delta-flat", **titled)
    up = found.is_rise
    tone, arrow = ("up" if up == (good == "up") else "down"), ("arrow-up-right" if up else "arrow-down-right")
    if found.is_none:
        tone, arrow = "flat", "arrow-right"
    parts = [
        light.Span([icon(arrow, of=light), _size(found, formats, show, bool(words))], className="delta-value"),
        light.Span(words or f"against {against}", className="delta-against"),
    ]
    return _piece(of, parts, className=f"delta delta-{tone}", **titled)


def _size(found: Change, formats: Formats, show: Callable[[Any], str] | None, is_said: bool) -> str:
    """`is_said`: what it was before stands behind it."""
    if found.is_of_few:
        return ("up" if found.is_rise else "down") if is_said else change_words(found, formats, show)
    # Thousands of per cent say less than how many times as much.
    many = found.ratio >= MANY_TIMES
    return f"{formats.number(found.times, 0)} times" if many else formats.percent(abs(found.ratio))


def compared(
    now: float,
    before: float,
    formats: Formats,
    show: Callable[[Any], str] | None = None,
    things: float | None = None,
) -> str:
    """ "12% more than", "as much as", of few "up from 4"; `before` is not zero. The rest as in `change_words`."""
    found = Change(now, before, things)
    if found.is_none:
        return "as much as"
    words = change_words(found, formats, show)
    return words if found.is_of_few else f"{words} than"


def ended(words: str) -> str:
    """A sentence with its full stop, which an amount such as "5 kr." may have brought along."""
    return words if words.endswith(".") else f"{words}."


def spoken(words: str, of: Any = html) -> Any:
    """Words for screen readers only. `of` as in `table`."""
    return of.Span(words, className="visually-hidden")


def badge(words: str, tone: Tone = "neutral", icon_name: str | None = None, of: Any = html) -> Any:
    mark = icon(icon_name, of=of) if icon_name else None
    return of.Span([mark, words], className=f"kit-badge kit-badge-{tone}")


def empty_state(
    title: str,
    words: str,
    *,
    icon_name: str = "inbox",
    action: Any = None,
    level: Literal[1, 2, 3] = 3,
    of: Any = html,
) -> Any:
    """What will be here, and what to do to get there. `of` as in `table`.

    `level` of its heading: 3 in a card, 2 under the page's own heading, 1 where there is no other.
    """
    heading = {1: "H1", 2: "H2", 3: "H3"}[level]
    return of.Div(
        [
            of.Div(icon(icon_name, of=of), className="empty-icon"),
            getattr(of, heading)(title, className="empty-title"),
            of.P(words),
            action,
        ],
        className="empty-state",
    )


def table(
    head: Sequence[tuple[Any, bool]],
    rows: Sequence[Sequence[Any]],
    *,
    caption: str = "",
    class_name: str = "",
    of: Any = html,
) -> Any:
    """A plain table. `head`: (words or a control, is a number column); number cells are right-aligned and tabular.

    `of`: `dash.html`, or `components.kit.light` for a table that is sent as HTML.
    """
    numeric = [is_number for _, is_number in head]
    return of.Div(
        of.Table(
            [
                of.Caption(caption, className="visually-hidden") if caption else None,
                of.Thead(of.Tr([of.Th(w, className="num" if n else "", scope="col") for w, n in head])),
                of.Tbody(
                    [
                        of.Tr([of.Td(cell, className="num" if n else "") for cell, n in zip(row, numeric, strict=True)])
                        for row in rows
                    ]
                ),
            ],
            className=f"kit-table {class_name}".strip(),
        ),
        className="table-scroll",
    )


def field(label: str, control: Any, *, for_id: str, hint: str = "", error_id: str | None = None) -> html.Div:
    """A labelled form control with a hint and a place for its error."""
    return html.Div(
        [
            html.Label(label, htmlFor=for_id, className="field-label"),
            control,
            html.Div(hint, className="field-hint") if hint else None,
            html.Div(id=error_id, className="field-error", role="alert") if error_id else None,
        ],
        className="field",
    )


def link_button(
    words: str, href: str, *, primary: bool = False, icon_name: str | None = None, of: Any = dcc.Link
) -> Any:
    """`of`: what makes the link, as the icon in it."""
    return of(
        [icon(icon_name) if icon_name else None, words],
        href=href,
        className=f"btn {'btn-primary' if primary else 'btn-quiet'}",
    )


def segmented(control_id: str, options: Sequence[tuple[str, str]], value: str, *, label: str) -> html.Div:
    """One choice of a few, as joined buttons. `options`: (value, words); `label` is for screen readers."""
    return html.Div(
        dbc.RadioItems(
            id=control_id,
            options=[{"value": key, "label": words} for key, words in options],
            value=value,
            className="segmented",
            inputClassName="btn-check",
            labelClassName="segment",
            labelCheckedClassName="segment-on",
        ),
        role="group",
        className="segmented-box",
        **{"aria-label": label},
    )


def spoken_label(words: str, for_id: str | dict[str, Any]) -> html.Label:
    """A control's name for screen readers only; Bootstrap's inputs take no aria attributes."""
    if isinstance(for_id, dict):  # as Dash writes an id of several parts into the page
        for_id = json.dumps(for_id, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return html.Label(words, htmlFor=for_id, className="visually-hidden")


def search_box(control_id: str, placeholder: str, value: str = "", *, keeps_words: bool = False) -> html.Div:
    """A search field that reports a little after the last key.

    `keeps_words`: going back to the page finds them again. The tab remembers them until it is loaded anew;
    the URL never does, because they may be somebody's name or address.
    """
    return html.Div(
        [
            spoken_label(placeholder, control_id),
            icon("search"),
            dbc.Input(
                id=control_id, type="search", placeholder=placeholder, value=value, debounce=0.3,
                maxLength=SEARCH_LENGTH, autoComplete="off", persistence=keeps_words, persistence_type="memory",
            ),
        ],
        className="search-box",
    )  # fmt: skip


def day_span(verb: str, first_id: str, last_id: str, first: str = "", last: str = "") -> html.Div:
    """Two date fields, both days included: `verb` ("Paid") says what happened on them."""
    return html.Div(
        [
            html.Span(verb, className="muted"),
            spoken_label(f"{verb} from this day on", first_id),
            dbc.Input(id=first_id, type="date", value=first, debounce=0.4),
            html.Span("to", className="muted"),
            spoken_label(f"{verb} until the end of this day", last_id),
            dbc.Input(id=last_id, type="date", value=last, debounce=0.4),
        ],
        className="dates",
    )


def loading(content: Any, **props: Any) -> dcc.Loading:
    """Dim what is being loaded, but only once it takes noticeably long."""
    return dcc.Loading(
        content,
        delay_show=350,
        delay_hide=100,
        overlay_style={"visibility": "visible", "opacity": 0.5},
        custom_spinner=html.Span(className="kit-spinner"),
        **props,
    )


def pager(previous_id: str, next_id: str, words_id: str) -> html.Div:
    """Where in a long list one is, with a way back and on; a callback fills the words and disables the ends."""
    return html.Div(
        [
            html.Span(id=words_id, className="pager-words", role="status"),
            html.Button(
                [icon("chevron-left"), "Previous"], id=previous_id, className="btn btn-quiet btn-sm", n_clicks=0
            ),
            html.Button(["Next", icon("chevron-right")], id=next_id, className="btn btn-quiet btn-sm", n_clicks=0),
        ],
        className="pager",
    )


def facts(pairs: Sequence[tuple[str, Any]]) -> html.Dl:
    """Names and values under each other."""
    return html.Dl([part for name, value in pairs for part in (html.Dt(name), html.Dd(value))], className="facts")


def meter(value: float, most: float, of: Any = html) -> Any:
    """A thin bar behind a list row, as long as `value` is beside `most`, which fills it."""
    share = value / most if most > 0 else 0.0
    return of.Span(
        of.Span(style={"width": f"{max(0.0, min(1.0, share)) * 100:.1f}%"}),
        className="meter",
        **{"aria-hidden": "true"},
    )
