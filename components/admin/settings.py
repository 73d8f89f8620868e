"""The shop's settings: a form for each section, and beside it what it makes of the shop."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain.shop import CONTENT_PAGES, OWN_ACCENTS, PAGE_LENGTH
from app.domain.taxes import TAX_CLASSES
from components.kit.forms import plain_form, submit_button
from components.kit.ui import field, icon, link_button

Ids = Callable[[str], str]
Item = Callable[[str, Any], dict[str, Any]]

SECTIONS = {
    "shop": "Shop",
    "looks": "Looks",
    "money": "Time and money",
    "tax": "Tax",
    "stock": "Stock",
    "mail": "Mail",
    "payment": "Payment",
    "pages": "Pages",
}
PAGES_BESIDE = {"shipping": ("Shipping", "/admin/settings/shipping")}  # sections that are pages of their own
MARKDOWN = "Markdown: # heading, **bold**, *italic*, - list, [link](https://…). Empty: there is no such page."
# Of each setting: what it is called, and what people need to know to fill it in.
LABELS: dict[str, tuple[str, str]] = {
    "name": ("Shop name", "In the header, on invoices and in e-mails."),
    "legal_name": ("Legal name", "Who sells, as in the commercial register. Empty: the shop’s name."),
    "address": ("Address", "Of the business, a line each; with its country."),
    "tax_number": ("Tax number", "VAT number, GSTIN or the like."),
    "email": ("E-mail", "Where customers write to."),
    "phone": ("Telephone", ""),
    "logo": ("Logo", "PNG, JPEG or WebP, up to 5 MB. It is shown 32 pixels high."),
    "accent": ("Accent", "Of buttons and links."),
    "accent_dark": ("Accent in the dark theme", "Such as #5eead4. Empty: the accent, as much lighter as it takes."),
    "timezone": ("Time zone", "Cuts days, weeks and months."),
    "currency": ("Currency", "Of every price and order."),
    "tax_prices": ("Prices of products", "As they are typed in the inventory and shown in the shop."),
    "tax_rates": (
        "Rates",
        "One a line: country, region, class, percent, name, from, to. What follows the percentage may be left out, the "
        "region be empty, and * is everywhere. The narrowest place counts; several names there are due together. "
        f"Classes: {', '.join(TAX_CLASSES)}. A table copied from a spreadsheet does as well. Empty: TAX_RATE holds.",
    ),
    "tax_shipping": ("Tax on shipping", ""),
    "tax_reverse": (
        "VAT numbers of businesses",
        "Their form and check digits are looked at. Nobody asks the country whether a number is in use.",
    ),
    "tax_region": ("Region of the shop", "State or province, where rates differ by it, such as Karnataka."),
    "low_stock_rule": ("Low-stock rule", ""),
    "sender_name": ("Sender’s name", "Whom e-mails come from. Empty: as SES_SENDER says."),
    "reply_to": ("Reply-to address", "Where answers to e-mails go. Empty: to the sender."),
    "mail_footer": ("Footer", "At the foot of every e-mail, under the shop’s name and address."),
    "pay_card": ("Card", "By Stripe where its keys are set, else by the demo, which takes no money."),
    "pay_transfer": ("Bank transfer", "Offered as soon as it says below where the money goes."),
    "transfer_text": ("Where the money goes", "Bank and account, as buyers are told. They give the order’s number."),
    "transfer_days": ("Days for a transfer", "So long the units are held; then the order is given up."),
    "pay_delivery": ("On delivery", "Whoever brings it takes the money."),
    "delivery_days": ("Days for a delivery", "So long the units are held; then the order is given up."),
    **{f"page_{name}": (name.capitalize(), MARKDOWN) for name in CONTENT_PAGES},
}
OF_SECTION: dict[str, tuple[str, ...]] = {
    "shop": ("name", "legal_name", "address", "tax_number", "email", "phone"),
    "looks": ("logo", "accent", "accent_dark"),
    "money": ("timezone", "currency"),
    "tax": ("tax_rates", "tax_prices", "tax_shipping", "tax_reverse", "tax_region"),
    "stock": ("low_stock_rule",),
    "mail": ("sender_name", "reply_to", "mail_footer"),
    "payment": ("pay_card", "pay_transfer", "transfer_text", "transfer_days", "pay_delivery", "delivery_days"),
}
SPARE_BANDS = 2  # empty rows of the low-stock rule, for new ones
HEADS = ("Price from", "below", "Low at, units")
BAND_PARTS = ("from", "below", "units")
_LENGTHS = {"name": 60, "legal_name": 120, "tax_number": 40, "email": 254, "phone": 40, "sender_name": 60,
            "reply_to": 254, "accent_dark": 7, "tax_region": 80, "transfer_days": 4, "delivery_days": 4}  # fmt: skip
_LINES = {"address": (400, 5), "mail_footer": (500, 4), "transfer_text": (600, 5), "tax_rates": (30_000, 12)}
_PLACEHOLDERS = {"tax_rates": "DE, , standard, 19, MwSt\nDE, , reduced, 7, MwSt\nFR, , standard, 20, TVA, 2027-01-01"}


def sections(current: str) -> html.Nav:
    own = {name: (words, f"/admin/settings?section={name}") for name, words in SECTIONS.items()}
    links = [
        dcc.Link(
            _tab(words, name == current),
            href=href,
            className="settings-tab is-on" if name == current else "settings-tab",
        )
        for name, (words, href) in {**own, **PAGES_BESIDE}.items()
    ]
    return html.Nav(links, className="settings-tabs", **{"aria-label": "Sections"})


def page_choice(current: str, written: Sequence[str]) -> html.Nav:
    """The content pages; those that say something are marked."""
    links = [
        dcc.Link(
            [
                icon("file-earmark-text-fill" if name in written else "file-earmark"),
                _tab(LABELS[f"page_{name}"][0], name == current),
            ],
            href=f"/admin/settings?section=pages&page={name}",
            className="settings-tab is-on" if name == current else "settings-tab",
        )
        for name in CONTENT_PAGES
    ]
    return html.Nav(links, className="settings-tabs", **{"aria-label": "Pages of the shop"})


def _tab(words: str, is_shown: bool) -> html.Span:
    return html.Span(words, **{"aria-current": "page"} if is_shown else {})


def form(
    ids: Ids,
    item: Item,
    names: Sequence[str],
    values: Mapping[str, str],
    locks: Mapping[str, str],
    choices: Mapping[str, Sequence[tuple[str, str]]],
) -> html.Form:
    """The fields of `names`. `locks`: why one cannot be changed; `choices`: of one that is chosen, (value, words)."""
    open_names = [name for name in names if name not in locks]
    return plain_form(
        [
            *(_field(ids, item, name, values[name], locks.get(name, ""), choices.get(name, ())) for name in names),
            html.Div(id=ids("clashes")),
            html.Div(id=ids("error"), className="field-error", role="alert"),
            html.Div(submit_button(ids("save"), "Save") if open_names else None, className="settings-foot"),
        ],
        class_name="settings-form",
    )


def _field(ids: Ids, item: Item, name: str, value: str, lock: str, choices: Sequence[tuple[str, str]]) -> Any:
    label, hint = LABELS[name]
    id_ = item("value", name)
    if lock:
        return _locked(item, name, label, value, lock, choices)
    if name == "logo":
        return _logo(ids, item, value, label, hint)
    if name == "low_stock_rule":
        return html.Div([bands(item, value), _error(item, name)], className="field")
    if choices:
        control: Any = dbc.Select(id=id_, options=[{"value": v, "label": words} for v, words in choices], value=value)
    elif name in _LINES or name.startswith("page_"):
        most, rows = _LINES.get(name, (PAGE_LENGTH, 18))
        control = dbc.Textarea(
            id=id_,
            value=value,
            maxLength=most,
            rows=rows,
            debounce=0.4,
            placeholder=_PLACEHOLDERS.get(name, ""),
            className="settings-lines" if name in _PLACEHOLDERS else "",
        )
    elif name == "accent":
        control = dbc.Input(id=id_, type="color", value=value or OWN_ACCENTS["light"], className="settings-colour")
    else:
        control = dbc.Input(
            id=id_, type="text", value=value, maxLength=_LENGTHS[name], autoComplete="off", debounce=0.3
        )
    return html.Div([field(label, control, for_id=_dom(id_), hint=hint), _error(item, name)])


def _locked(item: Item, name: str, label: str, value: str, lock: str, choices: Sequence[tuple[str, str]]) -> html.Div:
    shown = dict(choices).get(value, value)
    return html.Div(
        [
            html.Div(label, className="field-label"),
            html.Div([icon("lock"), html.Span(shown)], className="settings-locked"),
            html.Div(lock, className="field-hint"),
            _error(item, name),
        ],
        className="field",
    )


def _logo(ids: Ids, item: Item, value: str, label: str, hint: str) -> html.Div:
    return html.Div(
        [
            html.Div(label, className="field-label"),
            html.Div(
                [
                    dcc.Upload(
                        [icon("image"), html.Span("Choose a picture or drop it here")],
                        id=ids("upload"),
                        multiple=False,
                        className="upload settings-upload",
                        className_active="upload settings-upload upload-over",
                    ),
                    html.Button(
                        "Take it out", id=ids("logo-out"), n_clicks=0, type="button", className="btn btn-quiet"
                    ),
                ],
                className="settings-logo",
            ),
            dbc.Input(id=item("value", "logo"), type="hidden", value=value),
            html.Div(hint, className="field-hint"),
            _error(item, "logo"),
        ],
        className="field",
    )


def bands(item: Item, rule: str) -> html.Div:
    """The rule as a table: prices from and below, and the units at which one is low; the last row is for the rest."""
    known = [part.strip().split(":") for part in rule.split(",")]
    ranges = [(*band.split("-"), units) for band, units in known[:-1]]
    rows = [*ranges, *([("", "", "")] * SPARE_BANDS)]
    return html.Div(
        html.Table(
            [
                html.Thead(html.Tr([html.Th(words, scope="col") for words in HEADS])),
                html.Tbody(
                    [
                        *(
                            html.Tr(
                                [
                                    html.Td(_number(item, f"{at}-{part}", one, f"{words}, row {at + 1}"))
                                    for part, one, words in zip(
                                        BAND_PARTS, row, ("Price from", "Price below", "Low at"), strict=True
                                    )
                                ]
                            )
                            for at, row in enumerate(rows)
                        ),
                        html.Tr(
                            [
                                html.Td("All other prices", colSpan=2),
                                html.Td(_number(item, "else-units", known[-1][1], "Low at, all other prices")),
                            ]
                        ),
                    ]
                ),
            ],
            className="settings-bands",
        ),
        className="table-scroll",
    )


def _number(item: Item, key: str, value: str, words: str) -> html.Div:
    id_ = item("band", key)
    return html.Div(
        [
            html.Label(words, htmlFor=_dom(id_), className="visually-hidden"),
            dbc.Input(
                id=id_, type="text", inputMode="numeric", value=value, maxLength=10, autoComplete="off", debounce=0.3
            ),
        ]
    )


def _error(item: Item, name: str) -> html.Div:
    return html.Div(id=item("error", name), className="field-error", role="alert")


def _dom(id_: Mapping[str, Any]) -> str:
    """As Dash writes the id into the document."""
    return json.dumps(id_, sort_keys=True, separators=(",", ":"))


def preview_card(ids: Ids, content: Any, page_href: str = "") -> html.Section:
    actions = [link_button("Open the page", page_href, icon_name="box-arrow-up-right")] if page_href else []
    return html.Section(
        [
            html.Div(
                [html.H2("Preview", className="card-title"), html.Div(actions, className="card-actions")],
                className="card-head",
            ),
            html.Div(content, id=ids("preview"), className="card-body", **{"aria-live": "off"}),
        ],
        className="kit-card settings-preview",
    )
