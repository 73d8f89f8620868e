"""Amazon's services as the tests have them: moto in this process, or a server of our own that fails as it is told."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.loaders import create_loader
from moto import mock_aws
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from app.stores.aws.client import forget_clients

REGION = "eu-west-1"
ACCOUNT = "123456789012"
SENDER = "Retail Sync <shop@shop.example>"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "for-tests",
    "AWS_SECRET_ACCESS_KEY": "for-tests",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}

# What botocore knows of the services: far more to read than all that a test does with them.
_known = functools.cache(create_loader)


@dataclass
class Aws:
    """What moto took."""

    topic: str
    bucket: str

    def mails(self) -> list[EmailMessage]:
        sent = ses_backends[ACCOUNT][REGION].sent_messages
        return [message_from_bytes(one.raw_data.encode(), policy=policy.default) for one in sent]

    def published(self) -> list[dict[str, Any]]:
        topic = sns_backends[ACCOUNT][REGION].topics[self.topic]
        return [{"text": text, "subject": subject} for _, text, subject, *_ in topic.sent_notifications]


@contextmanager
def fake_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """SES that knows our sender, a topic and a bucket."""
    set_up(monkeypatch, ENVIRONMENT)
    with mock_aws():
        boto3.client("sesv2").create_email_identity(EmailIdentity="shop@shop.example")
        topic = boto3.client("sns").create_topic(Name="low-stock")["TopicArn"]
        boto3.client("s3").create_bucket(
            Bucket="shop-pictures", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield Aws(topic, "shop-pictures")
    forget_clients()


@dataclass
class Failing:
    """A service on this machine that answers every request with `answers` in turn, the last one for ever."""

    answers: list[tuple[int, dict[str, Any], dict[str, str]]]
    asked: list[bytes] = field(default_factory=list)
    url: str = ""

    def answer(self) -> tuple[int, dict[str, Any], dict[str, str]]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def refusal(status: int, code: str, words: str = "") -> tuple[int, dict[str, Any], dict[str, str]]:
    """As SES words it."""
    return status, {"message": words}, {"x-amzn-ErrorType": code}


ACCEPTED: tuple[int, dict[str, Any], dict[str, str]] = (200, {"MessageId": "0100"}, {})


@contextmanager
def failing_ses(
    monkeypatch: pytest.MonkeyPatch, *answers: tuple[int, dict[str, Any], dict[str, str]]
) -> Iterator[Failing]:
    service = Failing(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            service.asked.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            status, body, headers = service.answer()
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()  # so often it looks whether it shall end
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        with endpoint(monkeypatch, "SESV2", service.url):
            yield service
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def endpoint(monkeypatch: pytest.MonkeyPatch, service: str, url: str) -> Iterator[None]:
    """boto3's own variable for where a service is."""
    set_up(monkeypatch, {**ENVIRONMENT, f"AWS_ENDPOINT_URL_{service}": url})
    yield
    forget_clients()
    monkeypatch.delenv(f"AWS_ENDPOINT_URL_{service}")
    assert f"AWS_ENDPOINT_URL_{service}" not in os.environ


def set_up(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    """For clients that are made from now on."""
    monkeypatch.setattr(botocore.session, "create_loader", _known)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    forget_clients()
