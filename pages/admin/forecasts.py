"""The forecasts' league: how good they were, against two simple methods, honestly."""

from __future__ import annotations

from typing import Any

from dash import html

from app.domain import Access
from app.services import services
from app.web.identity.principal import current_principal
from app.web.page import Page
from components.admin import forecasts as parts
from components.admin.left_out import bounded_card
from components.kit.ui import link_button, page_head

page = Page("admin-forecasts", path="/admin/forecasts", title="Forecasts", access=Access.ANALYTICS, frame="admin")


@page.layout
def layout(**_: Any) -> html.Div:
    shop = services()
    shown, tested = shop.league.tables()
    judged = shown if shown.days else tested
    names = {product.product_id: product.name for product in shop.catalog.all(include_removed=True)}
    cards = [
        parts.league_card(
            "As shown, once their days have passed",
            shown,
            "Every forecast that is shown is kept. The first ones are judged when 28 days have passed.",
            shop.formats,
        ),
        parts.league_card(
            "Back-test on the shop's own past",
            tested,
            "It needs a product that has been sold for 112 days, and 28 days after them.",
            shop.formats,
        ),
        parts.months_card(judged, shop.formats),
        parts.worst_card(judged, names, shop.formats),
        bounded_card(shop.forecasts.bounded(), names, shop.formats, may_open=current_principal().may(Access.ADMIN)),
    ]
    return html.Div(
        [
            page_head(
                "Forecasts",
                "How near they were to what then sold, beside two simple methods.",
                [link_button("Policy replay", "/admin/replay", icon_name="skip-backward")],
            ),
            html.Div([one for one in cards if one is not None], className="stack"),
        ]
    )
