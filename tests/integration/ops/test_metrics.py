"""/metrics: what is counted, what is not told, who may read it, and that several workers add up."""

from __future__ import annotations

import contextlib
import itertools
import re
import time

import psutil
import pytest
import requests

from app.domain import Role, Scope
from app.services.accounts.api_tokens import TokenService
from app.stores.sql.accounts.api_tokens import SqlApiTokens
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.engine.database import Database
from tests.support.dash_calls import navigate
from tests.support.server import RunningServer
from tests.support.shop import PASSWORD, add_people, add_product, refused

_numbers = itertools.count(1)
LINE = re.compile(r"(\w+)(?:\{(.*)\})? ([0-9.e+-]+)")


def read(text):
    """Samples by (name, labels as text)."""
    return {(m[1], m[2] or ""): float(m[3]) for m in map(LINE.fullmatch, text.splitlines()) if m}


@pytest.fixture
def scrape(wired_app):
    admin = add_people(wired_app.database, 1, f"scraper{next(_numbers)}-", Role.ADMIN)[0]
    _, text = wired_app.services.tokens.create(admin, "Prometheus", [Scope.METRICS], None)

    def ask():
        answer = wired_app.client().get("/metrics", headers={"Authorization": f"Bearer {text}"})
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == "text/plain"
        return read(answer.text)

    return ask


class TestWho:
    def test_no_session_reads_it(self, app_client):
        refused(app_client().get("/metrics"), 401, "not_signed_in")
        for role in Role:
            refused(app_client(role).get("/metrics"), 403, "forbidden")

    def test_only_an_admin_s_token_with_the_scope(self, wired_app, app_client):
        admin = add_people(wired_app.database, 1, f"scraper{next(_numbers)}-", Role.ADMIN)[0]
        others = [scope for scope in Scope if scope is not Scope.METRICS]
        _, text = wired_app.services.tokens.create(admin, "Other", others, None)
        refused(app_client().get("/metrics", headers={"Authorization": f"Bearer {text}"}), 403, "forbidden")


class TestWhat:
    def test_requests_by_endpoint_and_status_with_their_latency(self, app_client, scrape):
        counted = ("retail_http_requests_total", 'endpoint="api.current_user",status="200"')
        timed = ("retail_http_request_seconds_count", 'endpoint="api.current_user",status="200"')
        before = scrape()
        for _ in range(3):
            app_client().get("/api/current_user")
        after = scrape()
        assert after[counted] - before.get(counted, 0) == 3
        assert after[timed] - before.get(timed, 0) == 3

    def test_checkouts_by_outcome(self, wired_app, app_client, scrape):
        before, client = scrape(), app_client(Role.CUSTOMER)
        product = add_product(wired_app.services, f"Vase {next(_numbers)}", 5_000, 3)
        client.delete("/api/cart/clear")
        client.post("/api/record_payment")
        client.post("/api/cart", json={"id": product.product_id})
        assert client.post("/api/record_payment").status_code == 200
        after = scrape()
        for outcome in ("paid", "empty_cart"):
            key = ("retail_checkouts_total", f'outcome="{outcome}"')
            assert after[key] - before.get(key, 0) == 1, outcome

    def test_the_outbox_and_the_viewers(self, scrape):
        found = scrape()
        assert {("retail_outbox_depth", 'state="pending"'), ("retail_outbox_depth", 'state="failed"')} <= set(found)
        assert found["retail_outbox_oldest_seconds", ""] >= 0
        assert ("retail_live_viewers", "") in found

    def test_no_label_holds_an_id_or_what_was_asked_for(self, app_client, scrape):
        app_client().get("/api/orders/31337")
        app_client().get("/product/secret-name-31337")
        app_client().get("/api/get_users?q=ada31337@shop.example")
        app_client().open("/api/cart", method="STRANGE31337")
        assert navigate(app_client(), "/product/secret-name-31337").status_code == 200  # a callback
        labels = " ".join(labels for _, labels in scrape())
        assert "31337" not in labels
        names = set(re.findall(r'(\w+)="', labels))
        known = {"endpoint", "status", "callback", "outcome", "store", "operation", "state", "version", "le"}
        assert names - {"verdict"} == known, "there is a verdict on the books once they were looked at"


@pytest.fixture(scope="class")
def running(tmp_path_factory):
    """A server with two workers, a browser of an admin, and `ask()` for its metrics."""
    folder = tmp_path_factory.mktemp("measured")
    (folder / "tmp").mkdir()
    with RunningServer(folder, workers=2, TMPDIR=str(folder / "tmp")) as server:
        database = Database(f"sqlite:///{folder / 'shop.db'}")
        admin = add_people(database, 1, "admin", Role.ADMIN)[0]
        tokens = TokenService(SqlApiTokens(database), SqlUsers(database))
        _, text = tokens.create(admin, "Prometheus", [Scope.METRICS], None)
        database.dispose()
        browser = requests.Session()
        pair = {"email": admin.email, "password": PASSWORD}
        assert browser.post(f"{server.url}/api/login", json=pair, timeout=10).status_code == 200

        def ask():
            headers = {"Authorization": f"Bearer {text}", "Connection": "close"}
            answer = requests.get(f"{server.url}/metrics", headers=headers, timeout=10)
            assert answer.status_code == 200, answer.text
            return read(answer.text)

        yield server, browser, ask


@pytest.mark.server
class TestWorkers:
    COUNTED = ("retail_http_requests_total", 'endpoint="api.current_user",status="200"')
    VIEWERS = ("retail_live_viewers", "")

    def call(self, server, times):
        for _ in range(times):  # a connection each, so that both workers get some
            requests.get(f"{server.url}/api/current_user", headers={"Connection": "close"}, timeout=10)

    def viewers_left(self, ask):
        """How many are counted once new workers answer and nobody is left, or after ten seconds."""
        deadline, viewers = time.monotonic() + 10, None
        while viewers != 0 and time.monotonic() < deadline:
            with contextlib.suppress(requests.ConnectionError):
                viewers = ask()[self.VIEWERS]
            time.sleep(0.2)
        return viewers

    def test_whichever_worker_is_asked_tells_what_all_of_them_did(self, running):
        server, _, ask = running
        before = ask().get(self.COUNTED, 0)
        self.call(server, 40)
        assert {ask()[self.COUNTED] for _ in range(6)} == {before + 40}

    def test_what_a_dead_worker_counted_stays_and_what_it_had_open_goes(self, running):
        server, browser, ask = running
        self.call(server, 10)
        before = ask()[self.COUNTED]
        with browser.get(f"{server.url}/live/stream", stream=True, timeout=10) as stream:
            assert next(stream.iter_lines())
            assert ask()[self.VIEWERS] == 1
            for worker in psutil.Process(server.pid).children():
                worker.kill()
            assert self.viewers_left(ask) == 0
        assert ask()[self.COUNTED] == before >= 10

    def test_each_start_has_a_folder_that_goes_with_it_or_by_the_next(self, running):
        server, _, ask = running
        folder = server.data_dir / "tmp"
        (left,) = folder.glob("retail-metrics-*")
        server.kill()
        server.start()
        (present,) = folder.glob("retail-metrics-*")
        assert present != left
        assert ask()
        assert server.stop() == 0
        assert not list(folder.glob("retail-metrics-*"))
