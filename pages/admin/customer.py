"""One customer: what they bought, when, and what to do about them."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from app import numbers
from app.domain import Access
from app.errors import NotFound
from app.services import services
from app.web.identity.principal import current_principal
from app.web.page import Page
from components.admin import customer_profile as parts
from components.admin.overview import quiet_notice
from components.kit.ui import empty_state, icon, link_button, page_head
from pages.admin._common import page_number

page = Page(
    "admin-customer",
    path_template="/admin/customers/<user_id>",
    title="Customer",
    access=Access.ANALYTICS,
    frame="admin",
    finds=lambda user_id: services().customers.profile(_user_id(user_id)),
)


@page.layout
def layout(user_id: Any = None, **values: Any) -> html.Div:
    try:
        profile = services().customers.profile(_user_id(user_id), page_number(values.get("page")))
    except NotFound:
        return html.Div(
            empty_state(
                "There is no such customer",
                "They may have deleted their account. Look for them by name or country.",
                icon_name="person",
                level=1,
                action=link_button("All customers", "/admin/customers"),
            )
        )
    row, formats = profile.row, services().formats
    page.entitle(row.full_name)
    is_admin = current_principal().may(Access.ADMIN)
    about = [row.email] if is_admin and row.email else []
    about += [formats.country(row.country)] if row.country else []
    names = {p.product_id: p.name for p in services().catalog.all(include_removed=True)}
    return html.Div(
        [
            dcc.Link([icon("chevron-left"), "Customers"], href="/admin/customers", className="back-link"),
            page_head(row.full_name, " · ".join(about), as_of=parts.segment_words(row)),
            quiet_notice(services().sales.trade(), formats),
            parts.person_tiles(row, profile.aov, profile.recency, formats),
            html.Div(
                [
                    parts.course_card(profile.course, page.id("months"), formats),
                    parts.favourites_card(profile.products, names, profile.latest, formats),
                ],
                className="cols",
            ),
            parts.orders_card(profile, formats, is_admin),
        ]
    )


def _user_id(value: Any) -> int:
    user_id = numbers.natural(value)
    if user_id is None:
        raise NotFound("There is no such customer.")
    return user_id
