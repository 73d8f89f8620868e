"""Requests to DynamoDB that do not go through boto3's client: everything that boto3 found out still holds for them."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import botocore.session
import pytest
from botocore.credentials import RefreshableCredentials

from app.errors import StoreUnavailable
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.failures import Refused
from tests.support.aws import ENVIRONMENT, set_up
from tests.support.certificates import authority

KEY = {"product_id": "MUG"}
FOUND = {"Item": {"product_id": {"S": "MUG"}, "stock": {"N": "20"}}}


class Service(ThreadingHTTPServer):
    """Answers with what `answers` holds, the last of them again and again, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[tuple[int, bytes]] = [(200, json.dumps(FOUND).encode())]
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.connections = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((dict(self.headers), body))
        status, answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[Service]:
    service = Service()
    if context is not None:
        service.socket = context.wrap_socket(service.socket, server_side=True)
    Thread(target=service.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    set_up(monkeypatch, ENVIRONMENT)
    with running() as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{service.server_port}")
        yield service


def refused(code: str, **more: object) -> bytes:
    return json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no", **more}).encode()


class TestARequest:
    def test_goes_where_the_variable_says_signed_and_named(self, service: Service):
        assert Dynamo("x-").get("products", KEY) == {"product_id": "MUG", "stock": 20}
        headers, body = service.asked[0]
        assert headers["X-Amz-Target"] == "DynamoDB_20120810.GetItem"
        assert headers["Content-Type"] == "application/x-amz-json-1.0"
        assert "Credential=for-tests/" in headers["Authorization"]
        assert "/eu-west-1/dynamodb/aws4_request" in headers["Authorization"]
        assert json.loads(body) == {
            "TableName": "x-products",
            "Key": {"product_id": {"S": "MUG"}},
            "ConsistentRead": True,
        }

    def test_is_what_the_client_would_have_sent(self, service: Service):
        for is_traced in (False, True):
            Dynamo("x-", is_traced=is_traced).get("products", KEY)
        (ours, our_body), (theirs, their_body) = service.asked
        assert json.loads(our_body) == json.loads(their_body)
        assert ours.keys() <= theirs.keys()
        assert ours["X-Amz-Target"] == theirs["X-Amz-Target"]

    def test_uses_its_connection_again(self, service: Service):
        dynamo = Dynamo("x-")
        for _ in range(5):
            dynamo.get("products", KEY)
        assert (len(service.asked), service.connections) == (5, 1)


class TestCredentials:
    def test_that_run_out_are_renewed_between_two_requests(self, service: Service, monkeypatch: pytest.MonkeyPatch):
        given = iter(("first", "second", "third"))

        def renew() -> dict[str, str]:
            soon = datetime.now(UTC) + timedelta(seconds=1)  # within the time in which they are renewed at once
            name = next(given)
            return {"access_key": name, "secret_key": "s", "token": f"of-{name}", "expiry_time": soon.isoformat()}

        credentials = RefreshableCredentials.create_from_metadata(renew(), renew, "tests")
        monkeypatch.setattr(botocore.session.Session, "get_credentials", lambda *_, **__: credentials)
        dynamo = Dynamo("x-")
        for _ in range(2):
            dynamo.get("products", KEY)
        signed = [(h["Authorization"].split("=")[1].split("/")[0], h["X-Amz-Security-Token"]) for h, _ in service.asked]
        assert signed == [("second", "of-second"), ("third", "of-third")]

    def test_without_any_the_shop_says_that_it_waits(self, service: Service, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(botocore.session.Session, "get_credentials", lambda *_, **__: None)
        with pytest.raises(StoreUnavailable):
            Dynamo("x-").get("products", KEY)
        assert service.asked == []


class TestAnswers:
    def test_a_condition_that_did_not_hold_comes_with_what_was_there(self, service: Service):
        service.answers = [(400, refused("ConditionalCheckFailedException", Item=FOUND["Item"]))]
        with pytest.raises(Refused) as caught:
            Dynamo("x-").call("update_item", TableName="x-products", Key={"product_id": {"S": "MUG"}})
        assert caught.value.item == {"product_id": "MUG", "stock": 20}

    def test_a_transaction_says_which_condition_it_was(self, service: Service):
        reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": FOUND["Item"]}]
        service.answers = [(400, refused("TransactionCanceledException", CancellationReasons=reasons))]
        with pytest.raises(Refused) as caught:
            Dynamo("x-").transact([])
        assert caught.value.failed == (1,)

    @pytest.mark.parametrize(
        "first",
        [
            (200, b'{"Item": {"product_id": {"S": "MU'),
            (200, b""),
            (200, b"[]"),
            (502, b"<html>Bad gateway</html>"),
            (500, refused("InternalServerError")),
            (400, refused("ProvisionedThroughputExceededException")),
        ],
    )
    def test_what_may_pass_is_asked_again(self, service: Service, first: tuple[int, bytes]):
        service.answers.insert(0, first)
        assert Dynamo("x-").get("products", KEY) == {"product_id": "MUG", "stock": 20}
        assert len(service.asked) == 2


class TestTls:
    def test_a_server_is_believed_by_the_bundle_of_the_environment_only(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ):
        set_up(monkeypatch, ENVIRONMENT)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority().sign_for("127.0.0.1", tmp_path))
        bundle = tmp_path / "authority.pem"
        bundle.write_text(authority().pem)
        with running(context) as service:
            monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"https://127.0.0.1:{service.server_port}")
            with pytest.raises(StoreUnavailable):
                Dynamo("x-", retry_seconds=0.01).get("products", KEY)
            assert service.asked == []
            monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
            assert Dynamo("x-").get("products", KEY) == {"product_id": "MUG", "stock": 20}
