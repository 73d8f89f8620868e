"""SES and SNS as far as the shop uses them: takes what it is handed, and counts it by the key of each message."""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

TOPIC = "arn:aws:sns:ap-south-1:123456789012:low-stock"


class PostOffice:
    """As a context manager it is open; `url` is the endpoint of both services.

    `leave` and `come_back`: as when the services are stopped and started again at the same address.
    """

    def __init__(self) -> None:
        self.mails: Counter[str] = Counter()
        self.alerts: Counter[str] = Counter()
        self.is_there = True
        self.turned_away = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True, name="post office").start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def leave(self) -> None:
        self.is_there = False

    def come_back(self) -> None:
        self.is_there = True

    def environment(self) -> dict[str, str]:
        return {
            "NOTIFIER": "aws",
            "SES_SENDER": "shop@shop.example",
            "SNS_TOPIC_ARN": TOPIC,
            "AWS_ENDPOINT_URL_SESV2": self.url,
            "AWS_ENDPOINT_URL_SNS": self.url,
        }

    def _take(self, path: str, body: bytes) -> tuple[str, str]:
        """The answer and its content type."""
        with self._lock:
            if path.endswith("/outbound-emails"):
                tags = {tag["Name"]: tag["Value"] for tag in json.loads(body)["EmailTags"]}
                self.mails[tags["message_key"].replace("_", ":")] += 1
                return json.dumps({"MessageId": f"mail-{self.mails.total()}"}), "application/json"
            form = dict(urllib.parse.parse_qsl(body.decode()))
            names = [name for name, value in form.items() if value == "message_key"]
            self.alerts[form[names[0].replace(".Name", ".Value.StringValue")]] += 1
            answer = f"<MessageId>alert-{self.alerts.total()}</MessageId>"
        return f"<PublishResponse><PublishResult>{answer}</PublishResult></PublishResponse>", "text/xml"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        office = self

        class Counter(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                if not office.is_there:  # the connection just ends
                    office.turned_away += 1
                    self.close_connection = True
                    return
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer, kind = office._take(self.path, body)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *_: object) -> None:
                pass

        return Counter
