"""One request, followed from the edge to what the worker does for it: ids, lines, feed and trace of a real server."""

from __future__ import annotations

import http.server
import json
import socket
import threading
import time

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.domain import Role
from app.errors import StartupError
from app.ops import tracing
from app.stores.sql.jobs.outbox import SqlOutbox
from tests.support.dash_calls import callback_map, payload
from tests.support.server import RunningServer
from tests.support.shop import APPROVED, PASSWORD, add_people, add_product, build, settings_for
from tests.unit.ops.test_logs import check_line

GIVEN = "edge-0123456789"


class TestIds:
    def test_every_answer_has_one_of_its_own_and_none_that_a_stranger_chose(self, app_client):
        headers = {"X-Request-Id": GIVEN, "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678"}
        answers = [app_client().get(path, headers=headers) for path in ("/", "/api/products", "/api/none", "/none")]
        ids = {answer.headers["X-Request-Id"] for answer in answers}
        assert len(ids) == 4
        assert {len(one) for one in ids} == {16}

    def test_people_are_shown_it_where_the_shop_fails(self, wired_app, app_client, monkeypatch, caplog):
        monkeypatch.setattr(wired_app.services.invoices, "of_order", lambda *_: 1 / 0)
        monkeypatch.setattr(wired_app.services.orders, "get", lambda *_, **__: 1 / 0)
        answer = app_client(Role.ADMIN).get("/orders/1/invoice.pdf")
        assert answer.status_code == 500
        assert answer.headers["X-Request-Id"] in answer.text
        assert answer.headers["X-Request-Id"] in caplog.text

    def test_effects_keep_that_of_the_request_that_caused_them(self, wired_app, app_client):
        client = app_client(Role.CUSTOMER)
        product = add_product(wired_app.services, "Followed", 100, 5)
        client.delete("/api/cart/clear")
        client.post("/api/cart", json={"id": product.product_id})
        paid = client.post("/api/record_payment", json={"payment": APPROVED})
        (receipt, *_) = SqlOutbox(wired_app.database).entries(["receipt"])
        assert receipt.request_id == paid.headers["X-Request-Id"]


class TestCallbacks:
    def test_are_counted_by_output_and_strange_ones_as_unknown(self, app_client, monkeypatch):
        from app.ops import metrics

        counted = []
        monkeypatch.setattr(metrics, "request_answered", lambda *seen: counted.append(seen))
        client = app_client()
        output, entry = next(
            (k, e) for k, e in callback_map(client).items() if len(e["inputs"]) == 1 and not e["state"]
        )
        counted.clear()
        client.post("/_dash-update-component", json=payload(output, entry, [None], 0))
        client.post("/_dash-update-component", json={"output": "stranger31337.children"})
        client.get("/api/current_user")
        assert [callback for *_, callback in counted] == [output, "unknown", None]


class Collector(http.server.ThreadingHTTPServer):
    """Takes traces as OTLP over HTTP."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Taking)
        self.raw: list[bytes] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def spans(self):
        bodies = [ExportTraceServiceRequest.FromString(body) for body in self.raw]
        scopes = [scope for body in bodies for resource in body.resource_spans for scope in resource.scope_spans]
        return [span for scope in scopes for span in scope.spans]


class _Taking(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.raw.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def attributes(span):
    return {one.key: one.value.string_value for one in span.attributes}


def wait(is_so):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and not is_so():
        time.sleep(0.1)
    return is_so()


def traced(collector):
    """The spans of the trace of the checkout."""
    spans = collector.spans()
    asked = [span for span in spans if span.name == "POST /api/record_payment"]
    return [span for span in spans if asked and span.trace_id == asked[0].trace_id]


@pytest.fixture(scope="class")
def followed(tmp_path_factory):
    """The log's lines, the collector and the buyer after a checkout under the id GIVEN."""
    folder, collector = tmp_path_factory.mktemp("followed"), Collector()
    built, database = build(settings_for(folder))
    product = add_product(built, "Followed", 100, 5)
    buyer = add_people(database, 1, "followed")[0]
    database.dispose()
    environment = {
        "LOG_FORMAT": "json",
        "TRUSTED_PROXIES": "1",
        "PUBLIC_URL": "http://shop.example",
        "REQUEST_ID_HEADER": "X-Request-Id",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    with RunningServer(folder, workers=1, **environment) as server:
        browser = requests.Session()
        pair = {"email": buyer.email, "password": PASSWORD}
        browser.post(f"{server.url}/api/login", json=pair, timeout=10).raise_for_status()
        browser.post(f"{server.url}/api/cart", json={"id": product.product_id}, timeout=10).raise_for_status()
        paid = browser.post(
            f"{server.url}/api/record_payment",
            json={"payment": APPROVED},
            params={"note": "typed@shop.example"},
            headers={"X-Request-Id": GIVEN},
            timeout=20,
        )
        assert (paid.status_code, paid.headers["X-Request-Id"]) == (200, GIVEN), paid.text
        assert wait(lambda: '"receipt"' in server.log_path.read_text() and len(traced(collector)) > 5)
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as stranger:
            stranger.sendall(b"GET /?q=typed@shop.example HTTP/9.9\r\n\r\n")
            assert b" 400 " in stranger.recv(100)
        browser.close()  # a server waits for open connections
        assert server.stop() == 0
        lines = [json.loads(line) for line in server.log_path.read_text().splitlines()]
    collector.shutdown()
    return lines, collector, buyer


@pytest.mark.server
class TestOneRequest:
    def test_has_its_id_in_its_own_line_and_in_the_worker_s(self, followed):
        lines, _, _ = followed
        of_it = [line for line in lines if line.get("request_id") == GIVEN]
        (access,) = [line for line in of_it if line["logger"] == "app.access"]
        assert (access["method"], access["endpoint"], access["status"]) == ("POST", "api.record_payment", 200)
        assert access["ms"] > 0
        done = {line["kind"] for line in of_it if line["logger"] == "app.effects"}
        assert "receipt" in done

    def test_is_one_trace_with_its_statements(self, followed):
        lines, collector, _ = followed
        spans = traced(collector)
        (root,) = [span for span in spans if not span.parent_span_id]
        assert attributes(root)["http.route"] == "/api/record_payment"
        statements = [attributes(span)["db.statement"] for span in spans if "db.statement" in attributes(span)]
        assert any("INSERT INTO payments" in statement for statement in statements)
        assert {attributes(span)["retail.request_id"] for span in spans} == {GIVEN}
        (access,) = [one for one in lines if one.get("request_id") == GIVEN and one["logger"] == "app.access"]
        assert access["trace_id"] == root.trace_id.hex()
        assert {"effect receipt"} <= {span.name for span in collector.spans()}

    def test_leaves_nothing_of_the_person_in_traces_and_lines(self, followed):
        lines, collector, buyer = followed
        assert "a malformed request was refused" in [line.get("message") for line in lines]
        for text in (b"".join(collector.raw).decode(errors="replace"), json.dumps(lines)):
            for personal in (buyer.email, buyer.full_name, "typed@shop.example", "4242", APPROVED["name"]):
                assert personal not in text

    def test_is_in_the_feed_of_both_services(self, followed):
        told = [line for line in followed[0] if "_aws" in line]
        for line in told:
            check_line(line)
        assert {line["Service"] for line in told} == {"web", "worker"}
        web = [line for line in told if line["Service"] == "web"]
        assert sum(line["CheckoutsPaid"] for line in web) == 1
        assert sum(line["Requests"] for line in web) == 3


def test_traces_without_their_packages_stop_the_start_with_words(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setattr(tracing, "_NEEDED", ("opentelemetry.sdk", "opentelemetry.not_installed"))
    with pytest.raises(StartupError, match=r"pip install -r requirements-otel\.txt"):
        tracing.start("web")
