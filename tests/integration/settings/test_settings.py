"""Settings in the wired shop: saved in one process, in force in another, on every page that shows them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from app.domain import Actor, Role
from app.services import Services, install
from app.stores.sql.engine.database import Database
from app.wiring import composition
from pages.admin import _settings_values as typed
from tests.conftest import WiredApp
from tests.support.dash_calls import call, callback_map, function_of, payload
from tests.support.shop import PASSWORD, add_people, add_product, build, settings_for

ASHA = Actor("asha@shop.example", 1)


@dataclass
class Shop:
    """Two processes of one shop; pages are answered by the one that was installed last."""

    app: WiredApp
    one: Services
    other: Services
    database: Database

    def save(self, **values: str) -> None:
        known = self.one.shop_settings.values()
        assert self.one.shop_settings.save("Shop", values, {name: known[name] for name in values}, ASHA)

    def page(self, path: str, of: Services | None = None) -> str:
        install(of or self.one)
        (of or self.one).shop_settings._asked_at = float("-inf")  # a second has passed
        (of or self.one).outages._asked_at = float("-inf")
        return str(self.app.server.test_client().get(path).text)


@pytest.fixture
def shop(built_app: WiredApp, tmp_path: Path) -> Iterator[Shop]:
    settings = settings_for(tmp_path)
    one, database = build(settings)
    other = composition.build(settings, database)
    add_product(one, "Brass lamp", 120_000, 5)
    yield Shop(built_app, one, other, database)
    for built in (one, other):
        built.live.close()
    install(built_app.services)
    database.dispose()


def shown_on(page: str, *words: str) -> list[str]:
    return [one for one in words if one in page]


def test_what_one_process_saves_stands_on_the_kept_pages_of_another(shop: Shop):
    assert not shown_on(shop.page("/", shop.other), "/pages/about", "<style>", "Cotton")
    shop.save(name="Cotton & Sons", accent="#1d4ed8", page_about="# We\n\n<script>alert(1)</script> make *cloth*.",
              legal_name="Cotton Ltd", phone="020 7946", address="1 Mill Lane\nLeeds", currency="GBP")  # fmt: skip
    front = ("Cotton &amp; Sons", "--accent:#1d4ed8", 'href="/pages/about"', "£1,200.00", '"legalName":"Cotton Ltd"',
             "1 Mill Lane, Leeds")  # fmt: skip
    assert shown_on(shop.page("/", shop.other), *front, "Retail Sync") == list(front)
    about = ("<em>cloth</em>", "&lt;script&gt;alert(1)", "Über uns")
    assert shown_on(shop.page("/de/pages/about", shop.other), *about) == list(about)
    one_text = (f'rel="canonical" href="{shop.one.settings.base_url}/pages/about"', 'dir="auto"')
    assert shown_on(shop.page("/de/pages/about", shop.other), *one_text, 'rel="alternate" hreflang') == list(one_text)
    assert "/pages/about</loc>" in shop.page("/sitemaps/lists.xml", shop.other)
    assert "/pages/about</loc>" not in shop.page("/sitemaps/de-lists.xml", shop.other)
    assert "020 7946" in shop.page("/pages/contact", shop.other)
    assert '"theme_color": "#1d4ed8"' in shop.page("/site.webmanifest", shop.other)
    install(shop.other)
    client = shop.app.server.test_client()
    assert [client.get(f"/pages/{name}").status_code for name in ("about", "terms", "../x", "contact")] == [
        200, 404, 404, 200
    ]  # fmt: skip


def admin_of(shop: Shop) -> FlaskClient:
    install(shop.one)
    person = add_people(shop.database, 1, "owner", role=Role.ADMIN)[0]
    client: FlaskClient = shop.app.server.test_client()
    assert client.post("/api/login", json={"email": person.email, "password": PASSWORD}).status_code == 200
    return client


def pressed(client: FlaskClient, name: str, values: list[Any], key: str) -> Any:
    (found,) = [
        (output, entry)
        for output, entry in callback_map(client).items()
        if function_of(entry).__module__ == "pages.admin.settings" and function_of(entry).__name__ == name
    ]
    output, entry = found
    return call(client, payload(output, entry, values, 0, key))


def test_the_page_uploads_a_logo_saves_it_and_says_what_is_wrong_where_it_is(shop: Shop):
    client = admin_of(shop)
    picture = BytesIO()
    Image.new("RGBA", (400, 100), (20, 80, 200, 128)).save(picture, "PNG")
    sent = f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"
    broken = pressed(client, "change_logo", [1, 0, "data:image/png;base64,AAAA"], "logo").json["response"]
    assert "PNG, JPEG or WebP" in str(broken)
    name = pressed(client, "change_logo", [1, 0, sent], "logo").json["response"]
    (logo,) = [one["value"] for one in name.values() if "value" in one]
    section, seen = ["looks", "logo", "accent", "accent_dark"], {"logo": "", "accent": "", "accent_dark": ""}
    answer = pressed(client, "save", [1, logo, None, section, seen, "mine"], "logo")
    assert "Saved" in answer.text
    assert shop.one.shop.logo == logo
    assert f"/media/products/{logo.partition('.')[0]}-320.webp" in shop.page("/", shop.other)
    drawn = client.get(shop.other.shop.logo_path)
    assert (drawn.status_code, drawn.mimetype) == (200, "image/png")
    assert client.get("/media/logo/" + "0" * 32 + ".png").status_code == 404
    refused = pressed(client, "save", [1, "#5eead4", None, section, {**seen, "logo": logo}, "mine"], "accent")
    assert "contrast of 1.3:1" in refused.text
    assert shop.one.shop.accent == ""


def test_a_long_text_that_was_not_touched_is_no_clash_whatever_became_of_it_meanwhile(shop: Shop):
    client = admin_of(shop)
    old, new = "We ship. " * 40 + "End.", "We ship faster. " * 40 + "End."
    shop.save(page_shipping=new)
    section, seen = ["pages", "page_shipping"], typed.digests({"page_shipping": old})
    answer = pressed(client, "save", [1, old, None, section, seen, "mine"], "page_shipping")
    assert "Nothing was changed" in answer.text
    assert shop.one.shop.page("shipping") == new
    changed = pressed(client, "save", [1, old + " Now.", None, section, seen, "mine"], "page_shipping")
    assert not shown_on(changed.text, "Nothing was changed", "Saved")
    assert shop.one.shop.page("shipping") == new
