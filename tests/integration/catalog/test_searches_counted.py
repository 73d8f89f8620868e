"""A search counts when a shopper's browser asks for it, and staff read what was not found."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from app.domain import Role
from tests.conftest import WiredApp
from tests.support.dash_calls import navigate

Clients = Callable[..., FlaskClient]


def test_three_browsers_that_found_nothing_are_told_to_admins(wired_app: WiredApp, app_client: Clients) -> None:
    built = wired_app.services
    for _ in range(3):
        app_client().get("/?q=zyzzogeton")  # nobody yet: robots ask so, too
        navigate(app_client(Role.ADMIN), "/", "?q=zyzzogeton")
    built.searches.write()
    assert [one for one in built.searches.told() if one.words == "zyzzogeton"] == []
    for _ in range(3):
        client = app_client()
        for search in ("?q=zyzzogeton", "?q=zyzzogeton", "?q=zyzzogeton&page=2", "?q=zyzzogeton&in_stock=1"):
            navigate(client, "/", search)
    built.searches.write()
    (told,) = [one for one in built.searches.told() if one.words == "zyzzogeton"]
    assert (told.visits, told.found_nothing) == (3, 3)
    shown = navigate(app_client(Role.ADMIN), "/admin/inventory").get_data(as_text=True)
    assert "zyzzogeton" in shown
    assert "/admin/inventory?do=add" in shown
