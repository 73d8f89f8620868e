"""The discount code at the checkout: entered and taken out beside the totals that it changes."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, no_update

from app.domain import Principal
from app.errors import DiscountRefused, InvalidInput
from app.services import services
from app.web.identity.principal import cart_changer
from app.web.page import Page
from app.words import say
from pages.shop._buyer import typed_buyer
from pages.shop._cart_changes import announce
from pages.shop._checkout_totals import TOTAL_FIELDS, current


def serve(page: Page) -> None:
    shown = (
        Output(page.id("summary"), "children", allow_duplicate=True),
        Output(page.id("pay-words"), "children", allow_duplicate=True),
        Output(page.id("shown"), "data", allow_duplicate=True),
    )
    typed_fields = [State(f"checkout-{name}", "value") for name in TOTAL_FIELDS]

    @page.callback(
        Output(page.id("code-error"), "children"),
        *shown,
        Input(page.id("code-apply"), "n_clicks"),
        State(page.id("code-text"), "value"),
        *typed_fields,
        prevent_initial_call=True,
    )
    def enter_code(clicks: int | None, text: Any, *typed: Any) -> tuple[Any, ...]:
        if not clicks:
            return (no_update,) * 4
        principal = cart_changer()
        try:
            announce(services().cart.enter_code(principal.owner, text or ""))
        except (InvalidInput, DiscountRefused) as error:
            return say(error.message), *(no_update,) * 3
        return "", *_totals(principal, typed)

    @page.callback(*shown, Input(page.id("code-remove"), "n_clicks"), *typed_fields, prevent_initial_call=True)
    def remove_code(clicks: int | None, *typed: Any) -> tuple[Any, ...]:
        if not clicks:
            return (no_update,) * 3
        principal = cart_changer()
        announce(services().cart.remove_code(principal.owner))
        return _totals(principal, typed)


def _totals(principal: Principal, typed: tuple[Any, ...]) -> tuple[Any, Any, Any]:
    values = dict(zip(TOTAL_FIELDS, typed, strict=True))
    return current(services().cart.view(principal.owner, typed_buyer(principal, values)), principal, values)
