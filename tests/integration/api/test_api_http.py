"""The JSON API's manners: unknown paths, methods, bodies and health."""

from __future__ import annotations

import pytest

from app.domain import Role
from tests.support.shop import refused


@pytest.fixture
def client(app_client):
    return app_client(Role.CUSTOMER)


class TestHttp:
    @pytest.mark.parametrize("method", ["get", "post", "put", "delete", "patch"])
    @pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/cart/", "/api/cart/other", "/api//cart"])
    def test_unknown_paths_are_a_json_404(self, app_client, method, path):
        answer = getattr(app_client(), method)(path)
        assert answer.status_code in (404, 308), answer.text
        if answer.status_code == 404:
            refused(answer, 404, "not_found")

    def test_a_known_path_asked_wrongly_is_a_json_405(self, app_client):
        answer = app_client().delete("/api/login")
        refused(answer, 405, "method_not_allowed")
        assert "POST" in answer.headers["Allow"]

    @pytest.mark.parametrize("body", ["", "{", "nul", "[1]", '"x"', "[" * 60_000, '{"id": 1' + "0" * 9000 + "}"])
    def test_malformed_json_is_a_400(self, client, body):
        answer = client.post("/api/cart", data=body, content_type="application/json")
        refused(answer, 400, "invalid_json")

    def test_another_type_of_body_is_a_415(self, client):
        refused(client.post("/api/cart", data={"id": "x"}), 415, "unsupported_media_type")

    def test_a_body_over_six_megabytes_is_a_413(self, client):
        body = b'{"id": "' + b"x" * (6 * 1024 * 1024) + b'"}'
        refused(client.post("/api/cart", data=body, content_type="application/json"), 413, "too_large")

    def test_alive_and_ready(self, app_client):
        assert app_client().get("/healthz").json == {"status": "ok"}
        ready = app_client().get("/readyz")
        assert (ready.status_code, ready.json["dependencies"]) == (200, {"database": "ok", "catalogue": "ok"})

    def test_not_ready_says_what_does_not_answer(self, app_client, wired_app, monkeypatch):
        def fails(_user_id):
            raise OSError("secret address 10.1.2.3")

        monkeypatch.setattr(wired_app.services.accounts, "get", fails)
        answer = app_client().get("/readyz")
        assert answer.status_code == 503
        assert answer.json["dependencies"] == {"database": "unavailable", "catalogue": "ok"}
        assert "10.1.2.3" not in answer.text

    def test_not_ready_before_the_migrations_and_while_it_is_stopped(self, wired_app, app_client, monkeypatch):
        monkeypatch.setattr(wired_app.services.vitals, "schema_is_behind", lambda: True)
        monkeypatch.setattr(wired_app.services.live, "_closed", True)
        answer = app_client().get("/readyz")
        assert answer.status_code == 503
        states = {"database": "ok", "catalogue": "ok", "schema": "unavailable", "process": "unavailable"}
        assert answer.json["dependencies"] == states
        assert app_client().get("/healthz").status_code == 200
