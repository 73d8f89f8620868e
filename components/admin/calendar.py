"""The calendar's parts: a month by weeks, days in a list, the form of an entry, whose holidays count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import CalendarEntry, EntryKind, KnownDay, NoteKind, ShopNote
from app.money import Formats
from components.admin.periods import days_words
from components.kit.forms import TAKES_FOCUS, plain_form, select_field, submit_button, text_field
from components.kit.ui import empty_state, field, icon, spoken

Ids = Callable[[str], str]
ItemId = Callable[[str, Any], Any]

KINDS = {
    EntryKind.PROMOTION: ("Promotion", "megaphone"),
    EntryKind.PRICE: ("Price action", "tag"),
    EntryKind.CLOSED: ("Closed", "door-closed"),
    EntryKind.OUTAGE: ("Outage", "exclamation-triangle"),
    EntryKind.OTHER: ("Other", "flag"),
}
NOTES = {
    NoteKind.SALE: ("Sale started", "tags"),
    NoteKind.PRICE: ("Price changed", "tag"),
    NoteKind.SOLD_OUT: ("Sold out", "box"),
}
UNCHOSEN = "*"  # a browser shows none whose value is empty
SHOWN = 3  # of a day in the month; the list under it has all


class ShownDay(Protocol):
    @property
    def day(self) -> date: ...
    @property
    def known(self) -> KnownDay | None: ...
    @property
    def notes(self) -> tuple[ShopNote, ...]: ...
    @property
    def is_today(self) -> bool: ...
    @property
    def is_outside(self) -> bool: ...


def ways(months: Sequence[str], words: str, view: str) -> html.Div:
    """Back, on, and the other view; addresses, so that a month can be kept and sent.

    `months`: the one that is shown, the one before and the one after, as "2026-12".
    """
    month, before, after = months
    other = ("list", "List", "list-ul") if view == "month" else ("month", "Month", "calendar3")
    return html.Div(
        [
            dcc.Link(
                [icon("chevron-left"), spoken("Earlier")], href=_address(before, view),
                className="btn btn-quiet btn-sm", title="Earlier",
            ),
            html.Span(words, className="cal-title", role="status"),
            dcc.Link(
                [icon("chevron-right"), spoken("Later")], href=_address(after, view), className="btn btn-quiet btn-sm",
                title="Later",
            ),
            dcc.Link("Today", href=_address("", view), className="btn btn-quiet btn-sm"),
            dcc.Link(
                [icon(other[2]), other[1]], href=_address(month, other[0]), className="btn btn-quiet btn-sm"
            ),
        ],
        className="cal-ways",
    )  # fmt: skip


def _address(month: str, view: str) -> str:
    return f"/admin/calendar?view={view}" + (f"&month={month}" if month else "")


def month_table(weeks: Sequence[Sequence[ShownDay]], formats: Formats, item: ItemId, may_edit: bool) -> html.Table:
    """A day's number opens the form for it; so does an entry."""
    heads = [html.Th(formats.weekday_short(day.day), scope="col") for day in weeks[0]]
    rows = [html.Tr([_cell(day, formats, item, may_edit) for day in week]) for week in weeks]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="cal-month")


def _cell(day: ShownDay, formats: Formats, item: ItemId, may_edit: bool) -> html.Td:
    marks = _marks(day, item, may_edit)
    number = str(day.day.day)
    head: Any = html.Span(number, className="cal-number")
    if may_edit:
        head = html.Button(
            number, id=item("day", day.day.isoformat()), type="button", n_clicks=0, className="cal-number",
            title="Add an entry on this day", **{"aria-label": f"Add an entry on {formats.day(day.day)}"},
        )  # fmt: skip
    more = [html.Span(f"+{len(marks) - SHOWN}", className="cal-more")] if len(marks) > SHOWN else []
    names = ("cal-day", day.is_today and "cal-today", day.is_outside and "cal-outside", _is_closed(day) and "cal-off")
    return html.Td([head, *marks[:SHOWN], *more], className=" ".join(name for name in names if name))


def _is_closed(day: ShownDay) -> bool:
    return day.known is not None and day.known.factor == 0


def _marks(day: ShownDay, item: ItemId, may_edit: bool) -> list[Any]:
    known = day.known
    holidays = [_mark("holiday", "stars", one.name) for one in known.holidays] if known else []
    entries = [
        _mark(entry.kind.value, KINDS[entry.kind][1], entry.words, _edit_id(item, day, entry) if may_edit else None)
        for entry in (known.entries if known else ())
    ]
    notes = [_mark("note", NOTES[note.kind][1], f"{NOTES[note.kind][0]}: {note.words}") for note in day.notes]
    return [*holidays, *entries, *notes]


def _edit_id(item: ItemId, day: ShownDay, entry: CalendarEntry) -> Any:
    return item("entry", f"{entry.entry_id}:{day.day.isoformat()}")  # one of several days has a button on each


def _mark(kind: str, icon_name: str, words: str, id_: Any = None) -> Any:
    parts = [icon(icon_name), html.Span(words)]
    names = f"cal-mark cal-{kind}"
    if id_ is None:
        return html.Div(parts, className=names, title=words)
    return html.Button(parts, id=id_, type="button", n_clicks=0, className=names, title=f"{words}: edit")


def day_list(days: Sequence[ShownDay], formats: Formats, item: ItemId, may_edit: bool) -> Any:
    """Each day on which there is something, with what is expected of it."""
    if not days:
        return empty_state(
            "Nothing in the calendar here",
            "Promotions, price actions and closed days shape forecasts, goals and alerts. Public holidays come by "
            "themselves.",
            icon_name="calendar3",
        )
    return html.Ul([_listed(day, formats, item, may_edit) for day in days], className="cal-list")


def _listed(day: ShownDay, formats: Formats, item: ItemId, may_edit: bool) -> html.Li:
    known, rows = day.known, list[Any]()
    if known:
        rows += [_line("stars", f"{formats.country(one.country)}: {one.name}") for one in known.holidays]
        rows += [_entry_line(day, entry, formats, item, may_edit) for entry in known.entries]
        if known.factor != 1:
            words = "Nothing is expected to sell" if not known.factor else (
                f"Expected sales: {formats.percent(known.factor)} of a usual day"
            )  # fmt: skip
            rows.append(html.Div(words, className="muted"))
    rows += [_line(NOTES[note.kind][1], f"{NOTES[note.kind][0]}: {note.words}") for note in day.notes]
    when = [html.Span(formats.weekday_short(day.day), className="muted"), " ", formats.day(day.day)]
    return html.Li([html.Div(when, className="cal-when num"), html.Div(rows, className="grow")])


def _line(icon_name: str, words: Any) -> html.Div:
    return html.Div([icon(icon_name), html.Span(words)], className="cal-line")


def _entry_line(day: ShownDay, entry: CalendarEntry, formats: Formats, item: ItemId, may_edit: bool) -> html.Div:
    name, icon_name = KINDS[entry.kind]
    about = [name, entry.category, days_words(entry.first, entry.last, formats) if entry.days > 1 else ""]
    parts: list[Any] = [
        icon(icon_name),
        html.Span([html.Strong(entry.words), html.Span(f" · {', '.join(filter(None, about))}", className="muted")]),
    ]
    if may_edit:
        key = f"{entry.entry_id}:{day.day.isoformat()}:list"
        parts.append(
            html.Button(
                "Edit", id=item("entry", key), type="button", n_clicks=0, className="btn btn-quiet btn-sm",
                **{"aria-label": f"Edit {entry.words}"},
            )
        )  # fmt: skip
    return html.Div(parts, className="cal-line")


def entry_form(
    ids: Ids, values: Mapping[str, Any], categories: Sequence[str], entry_id: int | None, *, is_opened: bool
) -> html.Div:
    """A new entry, or one to be changed. `values`: its fields; `is_opened`: by a click, which takes the focus here."""
    focus = TAKES_FOCUS if is_opened else {}
    percent = values.get("percent")
    return html.Div(
        [
            html.H2("Edit entry" if entry_id else "New entry", className="card-title", **focus),
            plain_form(
                [
                    select_field(
                        ids("kind"), "Kind", [(kind.value, words) for kind, (words, _) in KINDS.items()], values["kind"]
                    ),
                    text_field(
                        ids("words"), "What", value=values["words"], maxLength=120, placeholder="Lamps, 20 % off"),
                    html.Div(
                        [
                            field("First day", _day(ids("first"), values["first"]), for_id=ids("first")),
                            field("Last day", _day(ids("last"), values["last"]), for_id=ids("last")),
                        ],
                        className="cal-days",
                    ),
                    text_field(
                        ids("percent"), "Expected sales, % of a usual day", optional=True, inputMode="numeric",
                        maxLength=6, value="" if percent is None else str(percent), placeholder="150",
                        hint="150: half as much again. Leave it empty if you do not know.",
                    ),
                    select_field(
                        ids("category"), "Products", [(UNCHOSEN, "All products"), *((one, one) for one in categories)],
                        values["category"] or UNCHOSEN,
                    ),
                    html.Div(id=ids("clashes")),
                    html.Div(id=ids("entry-error"), className="field-error", role="alert"),
                    html.Div(
                        [
                            submit_button(ids("save"), "Save" if entry_id else "Add"),
                            html.Button(
                                "Remove", id=ids("remove"), type="button", n_clicks=0, hidden=not entry_id,
                                className="btn btn-quiet",
                            ),
                            html.Button(
                                "Cancel", id=ids("cancel"), type="button", n_clicks=0, hidden=not entry_id,
                                className="btn btn-quiet",
                            ),
                        ],
                        className="form-actions",
                    ),
                ]
            ),
            dcc.Store(id=ids("entry"), data=entry_id),
            dcc.Store(id=ids("seen"), data=dict(values)),
        ],
        className="cal-form",
    )  # fmt: skip


def removal_words(entry: CalendarEntry, formats: Formats) -> str:
    """What goes, before it does."""
    days = days_words(entry.first, entry.last, formats) if entry.days > 1 else formats.day(entry.first)
    return f"{entry.words}, {days}. Forecasts, goals and alerts forget it."


def _day(id_: str, value: str) -> dbc.Input:
    return dbc.Input(id=id_, type="date", value=value)


def countries(
    ids: Ids, home: str, knows_home: bool, added: Sequence[str], choices: Sequence[str], formats: Formats, item: ItemId,
    may_edit: bool,
) -> html.Div:  # fmt: skip
    """Whose public holidays count."""
    words = f"{formats.country(home)}, the shop's own country" if knows_home else (
        f"The public holidays of {formats.country(home)} are not known. Add closed days by hand, or a country that "
        "keeps the same feasts."
    )  # fmt: skip
    rows = [html.Li(words, className="" if knows_home else "field-error")]
    for code in added:
        name = formats.country(code)
        button = html.Button(
            icon("x-lg"), id=item("country", code), type="button", n_clicks=0, className="event-remove",
            title=f"Take out {name}", **{"aria-label": f"Take out the holidays of {name}"},
        )  # fmt: skip
        rows.append(html.Li([html.Span(name, className="grow"), button if may_edit else None]))
    body: list[Any] = [html.Ul(rows, className="event-list")]
    if may_edit:
        options = sorted(((code, formats.country(code)) for code in choices), key=lambda one: one[1])
        body += [
            select_field(ids("add-country"), "Another country", [(UNCHOSEN, "Choose a country"), *options], UNCHOSEN),
            html.Div(id=ids("country-error"), className="field-error", role="alert"),
            html.Button("Add its holidays", id=ids("add"), type="button", n_clicks=0, className="btn btn-quiet btn-sm"),
        ]
    return html.Div(body)
