"""How products are reordered where nothing is said of them: for the shop, by supplier and by category."""

from __future__ import annotations

from typing import Any

from dash import MATCH, Input, Output, State, ctx, html, no_update

from app.domain import Access, ReorderRule, RuleKey, RuleLevel
from app.errors import EditClash, NotFound, ShopError
from app.services import services
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import reorder_defaults as parts
from components.admin.reorder import seen_plan
from components.kit.ui import link_button, page_head
from pages.admin._reorder_values import clash_words, rule_of, rule_of_form

page = Page(
    "admin-reorder-settings",
    path="/admin/reorder-settings",
    title="Reorder settings",
    access=Access.ADMIN,
    frame="admin",
)


@page.layout
def layout(**_: Any) -> html.Div:
    return html.Div(
        [
            page_head(
                "Reorder settings",
                "What holds for a product is its own, else its supplier's, its category's, the shop's. "
                "A field that is left empty takes the next one's.",
                [
                    link_button("Policy replay", "/admin/replay", icon_name="skip-backward"),
                    link_button("Inventory", "/admin/inventory", icon_name="box-seam"),
                ],
            ),
            parts.settings(page.item, services().reorder.defaults(), services().formats),
        ]
    )


@page.callback(
    Output(page.item("said", MATCH), "children"),
    Output(page.item("seen", MATCH), "data"),
    Input(page.item("save", MATCH), "n_clicks"),
    *[State(page.item(name, MATCH), "value") for name in parts.FIELDS],
    State(page.item("seen", MATCH), "data"),
    prevent_initial_call=True,
)
def save(clicks: Any, lead: Any, review: Any, service: Any, pack: Any, seen: Any) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    key, reorder = _key_of(ctx.triggered_id), services().reorder
    try:
        rule = rule_of(lead, review, service, None, pack)
        reorder.set_rule(key, rule, current_actor(), rule_of_form(seen))
    except NotFound:
        raise
    except EditClash as clash:
        (one,) = clash.clashes
        theirs = one.theirs if isinstance(one.theirs, ReorderRule) else ReorderRule()
        return parts.wrong(clash_words(theirs, rule)), seen_plan(theirs)
    except ShopError as error:
        return parts.wrong(error.message), no_update
    return parts.saved(), seen_plan(rule)


def _key_of(triggered: Any) -> RuleKey:
    """Raises NotFound."""
    level, _, name = str(triggered["key"]).partition(":") if isinstance(triggered, dict) else ("", "", "")
    if level not in parts.LEVELS:
        raise NotFound("There is no such supplier or category.")
    return RuleKey(RuleLevel(level), name)
