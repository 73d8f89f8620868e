"""What settings make of the shop, before they are saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from app.domain.amount_rows import amount_rows
from app.domain.order_money import OrderMoney
from app.domain.shop import AccentLook, Shop, contrast_words
from app.domain.taxes import TAX_CLASSES, RateRule, TaxRules
from app.money import Formats
from components.kit.markdown import markdown
from components.kit.ui import badge, icon, table
from components.shop.content import logo

MOST_SHOWN = 40  # rates


def shop_preview(shop: Shop) -> html.Div:
    """As it stands on an invoice."""
    contact = [text for text in (shop.email, shop.phone) if text]
    return html.Div(
        [
            html.Div([brand(shop), html.Div("Invoice 1001", className="muted")], className="preview-invoice-head"),
            html.Div(
                [
                    html.Strong(shop.seller),
                    *map(html.Div, shop.address_lines),
                    html.Div(shop.tax_number) if shop.tax_number else None,
                    *map(html.Div, contact),
                ],
                className="preview-seller",
            ),
        ],
        className="preview-sheet",
    )


def brand(shop: Shop) -> html.Div:
    mark = logo(shop.logo) if shop.logo else html.Span(className="brand-mark")
    return html.Div([mark, html.Span(shop.name)], className="brand preview-brand")


def looks_preview(shop: Shop, themes: Sequence[AccentLook]) -> html.Div:
    return html.Div([_theme(shop, one) for one in themes])


def _theme(shop: Shop, one: AccentLook) -> html.Div:
    words = f"{one.theme.capitalize()} theme: contrast {contrast_words(one.contrast)}:1"
    told = (
        badge(f"{words}, readable", "good", "check2")
        if one.is_readable
        else badge(f"{words}, 4.5:1 is needed", "bad", "exclamation-circle")
    )
    made = one.shades
    tokens = {"--ink": one.text, "--accent": made.accent, "--accent-ink": made.ink}
    shown = [
        brand(shop),
        html.Span("Add to cart", className="preview-button", style={"background": made.accent, "color": made.ink}),
        html.Span("A link to read", style={"color": made.accent, "textDecoration": "underline"}),
        html.Span(made.accent, className="preview-chip", style={"background": made.soft, "color": made.accent}),
    ]
    ground = {"background": one.ground, "color": one.text, **tokens}
    sheet = html.Div(shown, className="preview-looks", style=ground, **{"data-bs-theme": one.theme})
    return html.Div([sheet, html.P(told, className="preview-told")])


def money_preview(rows: Sequence[tuple[str, str]]) -> html.Dl:
    return html.Dl([html.Div([html.Dt(words), html.Dd(value)]) for words, value in rows], className="preview-facts")


def stock_preview(rows: Sequence[tuple[str, str, str, str]], changed: str) -> html.Div:
    """`rows`: prices, threshold, how many products it holds for, and how many of these are low with it."""
    head = (("Price", False), ("Low at", True), ("Products", True), ("Low then", True))
    return html.Div(
        [table(head, rows, caption="Products by the low-stock rule"), html.P(changed, className="field-hint")]
    )


def payment_preview(methods: Sequence[str], transfer_text: str) -> html.Div:
    return html.Div(
        [
            html.P("The checkout offers:"),
            html.Ul([html.Li(words) for words in methods])
            if methods
            else badge("Nothing: nobody can buy", "bad", "exclamation-circle"),
            html.Div(
                [html.P("Who pays by bank transfer is told:"), *map(html.Div, transfer_text.splitlines())],
                className="preview-sheet",
            )
            if transfer_text
            else None,
        ]
    )


def mail_preview(shop: Shop, sender: str) -> html.Div:
    return html.Div(
        [
            html.Dl(
                [
                    html.Div([html.Dt("From"), html.Dd(sender)]),
                    html.Div([html.Dt("Answers to"), html.Dd(shop.reply_to or "the sender")]),
                ],
                className="preview-facts",
            ),
            html.Div(
                [
                    brand(shop),
                    html.Div([html.P("Thank you, Asha."), html.P("Your order is paid.")], className="preview-letter"),
                    _small(shop.seller_lines),
                    _small(shop.mail_footer.splitlines()),
                ],
                className="preview-sheet",
            ),
        ]
    )


def tax_preview(money: OrderMoney, rules: TaxRules, later: Sequence[RateRule], formats: Formats) -> html.Div:
    """An example order, the rates that hold today, and those that come."""
    sums = [
        html.Div([html.Dt(row.words), html.Dd(formats.money(row.minor), className="num")])
        for row in amount_rows(money, formats.rate)
    ]
    told = f"A standard and a reduced product, sent within {formats.country(rules.home.country)} today."
    return html.Div(
        [
            html.P(told, className="field-hint"),
            html.Dl(sums, className="preview-facts"),
            _rates("Rates that hold today", rules.rates, formats),
            _rates("Rates to come", later, formats) if later else None,
        ]
    )


def _rates(title: str, rates: Sequence[RateRule], formats: Formats) -> html.Div:
    rows = [
        (
            ", ".join(part for part in (formats.country(one.country) or "Everywhere", one.region) if part),
            TAX_CLASSES[one.tax_class],
            one.name or "Tax",
            formats.rate(one.rate),
            _days(one, formats),
        )
        for one in rates[:MOST_SHOWN]
    ]
    more = len(rates) - len(rows)
    head = (("Where", False), ("Class", False), ("Name", False), ("Rate", True), ("Days", False))
    shown = table(head, rows, caption=title) if rows else html.P("None: nothing is taxed.", className="muted")
    rest = html.P(f"And {formats.number(more)} more.", className="field-hint") if more else None
    return html.Div([html.H3(title, className="preview-title"), shown, rest])


def _days(rate: RateRule, formats: Formats) -> str:
    if rate.starts and rate.ends:
        return f"{formats.day(rate.starts)} to {formats.day(rate.ends)}"
    if rate.starts:
        return f"from {formats.day(rate.starts)}"
    return f"to {formats.day(rate.ends)}" if rate.ends else "always"


def _small(lines: Sequence[str]) -> html.Div:
    return html.Div([html.Div(line) for line in lines], className="preview-small")


def page_preview(title: str, text: str) -> Any:
    if not text.strip():
        return html.P(
            [icon("file-earmark"), " Nothing is written, so the shop has no such page and no link to it."],
            className="muted",
        )
    return html.Div([html.H2(title, className="reading-title"), *markdown(text)], className="reading")


def refused(words: Sequence[str]) -> html.Ul:
    """Why there is nothing to show."""
    return html.Ul([html.Li(one) for one in words], className="preview-refused")
