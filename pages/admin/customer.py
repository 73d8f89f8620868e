"""One customer: what they bought, when, and what to do about them."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app import numbers
from app.domain import Access
from app.errors import Conflict, InvalidInput, NotFound
from app.services import services
from app.web.identity.principal import current_actor, current_principal
from app.web.page import Page
from components.admin import customer_profile as parts
from components.admin.overview import quiet_notice
from components.kit.feedback import toast
from components.kit.ui import empty_state, icon, link_button, page_head
from pages.admin._common import page_number, text_of

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
            _tax_card(profile.row.user_id) if is_admin else None,
        ]
    )


def _tax_card(user_id: int) -> Any:
    try:
        reason = services().tax_exemptions.reason_of(user_id)
    except NotFound:  # of somebody who works here
        return None
    return parts.tax_card(page.id, reason, user_id)


@page.callback(
    Output(page.id("tax-error"), "children"),
    Output(page.id("tax-seen"), "data"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("tax-save"), "n_clicks"),
    State(page.id("tax-reason"), "value"),
    State(page.id("tax-seen"), "data"),
    access=Access.ADMIN,
    prevent_initial_call=True,
    running=[(Output(page.id("tax-save"), "disabled"), True, False)],
)
def save_tax(clicks: Any, reason: Any, seen: Any) -> tuple[Any, ...]:
    """`seen`: whose, and what the card showed."""
    if not clicks:
        return no_update, no_update, no_update
    is_known = isinstance(seen, list) and len(seen) == 2 and isinstance(seen[1], str)
    user_id = numbers.row_id(seen[0]) if is_known else None
    if user_id is None:
        return "This page is out of date. Load it again.", no_update, no_update
    try:
        is_changed = services().tax_exemptions.set(user_id, text_of(reason, 1_000), seen[1], current_actor())
    except (Conflict, InvalidInput, NotFound) as error:
        return error.message, no_update, no_update
    kept = services().tax_exemptions.reason_of(user_id)
    return "", [user_id, kept], toast("Saved." if is_changed else "Nothing was changed.")


def _user_id(value: Any) -> int:
    user_id = numbers.natural(value)
    if user_id is None:
        raise NotFound("There is no such customer.")
    return user_id
