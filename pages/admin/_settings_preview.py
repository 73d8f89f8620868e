"""What the settings in a form would make of the shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dash import html

from app.domain.payments import PayBy
from app.domain.shop import COLOUR
from app.services import services
from app.services.settings.settings import Present
from app.services.settings.tax_example import example_of
from app.services.stock.thresholds import effects_of
from app.words import say
from components.admin import settings_previews as previews
from components.shop.checkout_form import METHOD_WORDS
from components.shop.content import PAGE_TITLES

_AMOUNT = 124_950  # minor units, to show how money is written


def preview_of(section: str, names: tuple[str, ...], values: Mapping[str, object]) -> Any:
    made, wrong = services().shop_settings.preview(values)
    if section == "looks":
        return html.Div([_told(wrong), _looks(made, values)])
    shown = {"shop": _shop, "money": _money, "stock": _stock, "mail": _mail, "tax": _tax, "payment": _payment}.get(
        section
    )
    if shown is not None:
        return html.Div([_told(wrong), shown(made)])
    name = names[0].removeprefix("page_")
    return html.Div([_told(wrong), previews.page_preview(say(PAGE_TITLES[name]), made.shop.page(name))])


def _told(wrong: Mapping[str, str]) -> Any:
    return previews.refused(list(wrong.values())) if wrong else None


def _shop(made: Present) -> Any:
    return previews.shop_preview(made.shop)


def _looks(made: Present, values: Mapping[str, object]) -> Any:
    """Also of a colour that cannot be read: one sees why."""
    accent, dark = (str(values.get(name) or "").lower() for name in ("accent", "accent_dark"))
    shown = replace(
        made.shop, accent=accent if COLOUR.fullmatch(accent) else "", accent_dark=dark if COLOUR.fullmatch(dark) else ""
    )
    return previews.looks_preview(shown, shown.looks())


def _money(made: Present) -> Any:
    formats = made.formats
    return previews.money_preview(
        [
            ("It is now", formats.moment(datetime.now(UTC))),
            ("Today begins at", f"{formats.day_start(formats.today()):%H:%M} UTC"),
            ("An amount", formats.money(_AMOUNT)),
        ]
    )


def _stock(made: Present) -> Any:
    number = made.formats.number
    bands, changed = effects_of(made.settings, services().catalog.all())
    rows = [
        (
            "all others" if one.high is None else f"{number(one.low)} to below {number(one.high)}",
            number(one.threshold),
            number(one.products),
            number(one.low_then),
        )
        for one in bands
    ]
    told = (
        f"{made.formats.counted(changed, 'product')} would get another threshold, within seconds. Products with a "
        "threshold of their own keep it."
    )
    return previews.stock_preview(rows, told)


def _tax(made: Present) -> Any:
    example = example_of(made)
    return previews.tax_preview(example.money, example.rules, example.later, made.formats)


def _mail(made: Present) -> Any:
    shop, settings = made.shop, services().settings
    address = settings.ses_sender or "the mailbox of the shop"
    return previews.mail_preview(shop, f"{shop.sender_name} ({address})" if shop.sender_name else address)


def _payment(made: Present) -> Any:
    """What the checkout would offer, and what who pays by transfer is told."""
    offered = services().payments.offered_by(made.shop)
    words = [METHOD_WORDS[PayBy(name)] for name in offered]
    return previews.payment_preview(words, made.shop.transfer_text if PayBy.TRANSFER in offered else "")
