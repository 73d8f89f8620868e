"""Product pictures over HTTP."""

from __future__ import annotations

import shutil
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace
from xml.etree import ElementTree

import flask
import pytest
from PIL import Image

from app import services as registry
from app.domain import Product
from app.domain.picture_sizes import PICTURE_WIDTHS
from app.errors import NotFound, ShopError
from app.pictures import product_image_url, shared_pictures
from app.services.catalog.pictures import PictureService
from app.services.limits.throttle import ThrottleService
from app.stores.local.images import LocalImages
from app.stores.shared.pictures import FOR_VISITORS
from app.web import media
from app.web.identity.sessions import Sessions
from tests.support.sign_in_fakes import Clock, FakeThrottles

MUG = Product("mug/1", "Blue <b>Mug", 100, stock=1, threshold=1, category="Ceramics")


class FakeCatalog:
    def find(self, product_id: str) -> Product:
        raise NotFound("removed")

    def get(self, product_id: str) -> Product:
        if product_id != MUG.product_id:
            raise NotFound("There is no such product.")
        return MUG


@pytest.fixture
def client(tmp_path, monkeypatch):
    images = LocalImages(tmp_path / "images")
    picture = BytesIO()
    Image.new("RGB", (8, 10), "red").save(picture, "PNG")
    name = images.save(picture.getvalue())
    (tmp_path / "shop.db").write_bytes(b"secret")
    throttle = ThrottleService(FakeThrottles(Clock()), "a key of the tests")
    shop = SimpleNamespace(catalog=FakeCatalog(), pictures=PictureService(images), throttle=throttle)
    monkeypatch.setattr(registry, "_installed", shop)
    server = flask.Flask("pictures")
    server.secret_key = "x" * 32
    server.session_interface = Sessions()
    server.register_blueprint(media.blueprint)
    server.register_error_handler(ShopError, lambda error: (error.message, error.status))
    server.before_request(lambda: flask.session.update(guest="me"))
    client = server.test_client()
    client.uploaded = f"/media/products/{name}"
    return client


class TestDrawn:
    def test_is_an_svg_that_may_do_nothing(self, client):
        response = client.get(product_image_url(MUG))
        assert response.status_code == 200
        assert response.mimetype == "image/svg+xml"
        ElementTree.fromstring(response.data)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"

    def test_is_kept_for_a_year_under_its_version_and_for_minutes_otherwise(self, client):
        current = client.get(product_image_url(MUG))
        assert current.cache_control.max_age == media.YEAR
        assert current.cache_control.immutable
        assert client.get("/media/drawn/mug%2F1.svg?v=old").cache_control.max_age == media.MINUTES

    def test_an_unchanged_one_is_not_sent_again(self, client):
        tag = client.get(product_image_url(MUG)).headers["ETag"]
        again = client.get(product_image_url(MUG), headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")

    def test_is_a_jpeg_for_programs_that_show_no_svg(self, client):
        (address,) = shared_pictures(MUG)
        response = client.get(address)
        assert (response.status_code, response.mimetype, response.cache_control.max_age) == (
            200,
            "image/jpeg",
            media.YEAR,
        )
        with Image.open(BytesIO(response.data)) as shown:
            assert (shown.format, shown.size) == ("JPEG", (800, 1000))
            assert len(shown.getcolors(1 << 20)) > 500, "something is drawn on it"

    def test_what_has_to_be_drawn_is_counted_by_address_and_what_was_drawn_is_not(self, client, monkeypatch):
        monkeypatch.setattr(media, "DRAWN_PICTURE", replace(media.DRAWN_PICTURE, burst=1))
        monkeypatch.setattr("app.services.catalog.pictures.as_jpeg", lambda svg: b"jpeg")
        (address,) = shared_pictures(MUG)
        assert [client.get(address).status_code for _ in range(3)] == [200, 200, 200]
        monkeypatch.setattr(media, "draw", lambda *_: "<svg/>")
        assert client.get(address).status_code == 429
        assert client.get(address, environ_base={"REMOTE_ADDR": "198.51.100.7"}).status_code == 200

    def test_an_unknown_product_has_none(self, client):
        assert client.get("/media/drawn/nope.svg").status_code == 404
        assert client.get("/media/drawn/nope.jpg").status_code == 404

    def test_a_session_is_not_put_into_what_caches_keep(self, client):
        assert "Set-Cookie" not in client.get(product_image_url(MUG)).headers
        assert "Set-Cookie" in client.get("/media/drawn/nope.svg").headers, "elsewhere it is"


class TestUploaded:
    def test_is_served_as_what_it_is(self, client):
        response = client.get(client.uploaded)
        assert (response.status_code, response.mimetype) == (200, "image/webp")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.cache_control.immutable

    def test_its_sizes_are_addresses_of_their_own_that_nothing_varies(self, client):
        stem = client.uploaded.removesuffix(".webp")
        for width in PICTURE_WIDTHS:
            response = client.get(f"{stem}-{width}.webp", headers={"Accept": "image/avif"})
            assert (response.status_code, response.mimetype) == (200, "image/webp")
            assert response.cache_control.immutable
            assert "Accept" not in response.headers.get("Vary", "").replace("Accept-Encoding", "")
        assert client.get(f"{stem}-161.webp").status_code == 404
        assert client.get(f"{stem}-0320.webp").status_code == 404

    def test_while_sizes_are_being_made_for_long_the_whole_is_sent_and_not_kept(self, client, tmp_path, monkeypatch):
        shutil.rmtree(tmp_path / "images-made")
        monkeypatch.setattr(FOR_VISITORS, "_patience", 0.05)
        size = f"{client.uploaded.removesuffix('.webp')}-320.webp"
        with FOR_VISITORS.taken():
            response = client.get(size)
        assert (response.status_code, response.data) == (200, client.get(client.uploaded).data)
        assert response.headers["Cache-Control"] == "no-store"
        assert client.get(size).cache_control.immutable

    @pytest.mark.parametrize(
        "name",
        ["../shop.db", "..%2fshop.db", "%2e%2e%2fshop.db", "....//shop.db", "x.webp", "%00.webp", "a%00b", "", "."],
    )
    def test_nothing_else_can_be_reached(self, client, name: str):
        response = client.get(f"/media/products/{name}")
        assert response.status_code == 404
        assert b"secret" not in response.data
