"""Stripe's HTTP interface as far as the shop uses it, with the ways in which a network and a service go wrong.

It is honest about what matters: an idempotency key gives the first answer again as it was then, other parameters
under the same key are refused, a session is paid or expired but never both, and nothing is refunded twice.
"""

from __future__ import annotations

import html
import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import stripe

SECRET_KEY = "sk_test_fake"
WEBHOOK_SECRET = "whsec_fake"
SHORTEST = 30 * 60
LARGEST = 99_999_999

Json = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, code: str, kind: str = "invalid_request_error") -> None:
        super().__init__(code)
        self.status, self.body = status, {"error": {"type": kind, "code": code, "message": code}}


class FakeStripe:
    """A server of its own thread. `cut(n)`: it acts on the next n calls, but their answers are lost."""

    def __init__(self) -> None:
        self.sessions: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.disputes: dict[str, Json] = {}
        self.answers: dict[str, tuple[str, Json]] = {}  # by idempotency key: of which parameters, and the first answer
        self.calls: list[str] = []
        self.clock: Callable[[], float] = time.time
        self.is_away = False
        self.key = SECRET_KEY
        self._cut: dict[str, int] = {}
        self._lock = threading.Lock()
        self._names = iter(range(1, 10**6))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- what tests do to it

    def cut(self, times: int = 2, call: str = "POST /v1/checkout/sessions") -> None:
        """Two, since the library asks a second time."""
        self._cut[call] = times

    def forget_keys(self) -> None:
        """As Stripe does after a day."""
        self.answers.clear()

    def session_of(self, number: str) -> Json:
        return next(one for one in self.sessions.values() if one["intent"]["metadata"]["order"] == number)

    def pay(self, reference: str, *, last4: str = "4242", amount: int | None = None, currency: str = "") -> bool:
        """As the shopper does at the hosted page; False when it is not open any more."""
        with self._lock:
            one = self._aged(self.sessions[reference])
            if one["status"] != "open":
                return False
            one |= {"status": "complete", "payment_status": "paid"}
            one["amount_total"] = one["amount_total"] if amount is None else amount
            one["currency"] = currency or one["currency"]
            one["intent"] |= {"id": f"pi_{next(self._names)}", "last4": last4}
            return True

    def dispute(self, reference: str, status: str = "needs_response") -> Json:
        """Of a session's payment; once more to change what it is."""
        one = self.sessions[reference]
        found = {
            "id": f"dp_{reference}", "object": "dispute", "amount": one["amount_total"], "currency": one["currency"],
            "reason": "fraudulent", "status": status, "payment_intent": one["intent"]["id"],
        }  # fmt: skip
        self.disputes[found["id"]] = found
        return found

    def message(self, kind: str, about: Json, *, secret: str = WEBHOOK_SECRET, age: int = 0) -> tuple[bytes, Json]:
        """Body and headers of a webhook."""
        told = {"id": f"evt_{next(self._names)}", "object": "event", "type": kind, "data": {"object": about}}
        body = json.dumps(told)
        stamp = int(time.time()) - age
        signature = stripe.WebhookSignature.generate_signature_header(body, secret, stamp)
        return body.encode(), {"Stripe-Signature": signature, "Content-Type": "application/json"}

    def deliver(self, shop: str, kind: str, about: Json, **signing: Any) -> requests.Response:
        body, headers = self.message(kind, about, **signing)
        return requests.post(f"{shop}/webhooks/stripe", data=body, headers=headers, timeout=30)

    def shown(self, reference: str) -> Json:
        """A session as events and answers have it."""
        one = dict(self._aged(self.sessions[reference]))
        one["payment_intent"] = one.pop("intent").get("id")
        return one

    # --- what it answers

    def answer(self, method: str, path: str, given: Json, key: str | None) -> Json:
        if key and key in self.answers:
            sent, first = self.answers[key]
            if sent != json.dumps(given, sort_keys=True):
                raise Refused(400, "idempotency_key_reused", "idempotency_error")
            return first
        result = self._route(method, path, given)
        if key:
            self.answers[key] = (json.dumps(given, sort_keys=True), json.loads(json.dumps(result)))
        return result

    def _route(self, method: str, path: str, given: Json) -> Json:
        parts = path.removeprefix("/v1/").split("/")
        match (method, *parts):
            case ("POST", "checkout", "sessions"):
                return self._make(given)
            case ("GET", "checkout", "sessions"):
                first, last = int(given["created[gte]"]), int(given["created[lte]"])
                found = [self.shown(key) for key, one in self.sessions.items() if first <= one["created"] <= last]
                return {"object": "list", "data": found, "has_more": False, "url": path}
            case ("GET", "checkout", "sessions", reference):
                return self._expanded(self._known(self.sessions, reference))
            case ("POST", "checkout", "sessions", reference, "expire"):
                one = self._aged(self._known(self.sessions, reference))
                if one["status"] != "open":
                    raise Refused(400, "checkout_session_not_open")
                one["status"] = "expired"
                return self.shown(reference)
            case ("GET", "refunds"):
                if all(s["intent"].get("id") != given["payment_intent"] for s in self.sessions.values()):
                    raise Refused(404, "resource_missing")
                found = [one for one in self.refunds.values() if one["payment_intent"] == given["payment_intent"]]
                return {"object": "list", "data": found, "has_more": False, "url": path}
            case ("POST", "refunds"):
                return self._refund(given)
            case ("GET", "disputes", reference):
                one = dict(self._known(self.disputes, reference))
                paid = next(
                    s["intent"] for s in self.sessions.values() if s["intent"].get("id") == one["payment_intent"]
                )
                return one | {
                    "payment_intent": {"id": paid["id"], "object": "payment_intent", "metadata": paid["metadata"]}
                }
        raise Refused(404, "resource_missing")

    def _make(self, given: Json) -> Json:
        amount = int(given["line_items[0][price_data][unit_amount]"])
        if amount > LARGEST:
            raise Refused(400, "amount_too_large")
        if int(given["expires_at"]) < self.clock() + SHORTEST:
            raise Refused(400, "parameter_invalid_integer")
        reference = f"cs_test_{next(self._names)}"
        self.sessions[reference] = {
            "id": reference, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
            "url": f"{self.url}/pay/{reference}", "amount_total": amount,
            "currency": given["line_items[0][price_data][currency]"], "created": int(self.clock()),
            "expires_at": int(given["expires_at"]), "client_reference_id": given["client_reference_id"],
            "success_url": given["success_url"], "cancel_url": given["cancel_url"], "given": given,
            "intent": {
                "metadata": {
                    "token": given["payment_intent_data[metadata][token]"],
                    "order": given["payment_intent_data[metadata][order]"],
                }
            },
        }  # fmt: skip
        return self.shown(reference)

    def _expanded(self, one: Json) -> Json:
        shown, intent = self.shown(one["id"]), one["intent"]
        if intent.get("id"):
            card = {"object": "charge", "payment_method_details": {"card": {"last4": intent["last4"]}}}
            shown["payment_intent"] = {"id": intent["id"], "object": "payment_intent", "latest_charge": card}
        return shown

    def _refund(self, given: Json) -> Json:
        paid_by, amount = given["payment_intent"], int(given["amount"])
        paid = sum(s["amount_total"] for s in self.sessions.values() if s["intent"].get("id") == paid_by)
        before = sum(one["amount"] for one in self.refunds.values() if one["payment_intent"] == paid_by)
        if before + amount > paid:
            raise Refused(400, "charge_already_refunded" if before == paid else "amount_too_large")
        made = {
            "id": f"re_{next(self._names)}", "object": "refund", "payment_intent": paid_by, "amount": amount,
            "status": "succeeded", "metadata": {"refund": given["metadata[refund]"]},
        }  # fmt: skip
        self.refunds[made["id"]] = made
        return made

    def _known(self, among: dict[str, Json], reference: str) -> Json:
        if reference not in among:
            raise Refused(404, "resource_missing")
        return among[reference]

    def _aged(self, one: Json) -> Json:
        if one["status"] == "open" and one["expires_at"] <= self.clock():
            one["status"] = "expired"
        return one

    def _takes(self, call: str) -> bool:
        """Whether the answer to this call is to be lost."""
        left = self._cut.get(call, 0)
        self._cut[call] = max(0, left - 1)
        return left > 0

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                if address.path.startswith("/pay/"):
                    self._page(address.path.rpartition("/")[2])
                else:
                    self._call("GET", address.path, dict(parse_qsl(address.query)))

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                address = urlsplit(self.path)
                if address.path.startswith("/pay/"):
                    reference = address.path.rpartition("/")[2]
                    fake.pay(reference)
                    self.send_response(303)
                    self.send_header("Location", fake.sessions[reference]["success_url"])
                    self.end_headers()
                else:
                    self._call("POST", address.path, dict(parse_qsl(sent, keep_blank_values=True)))

            def _call(self, method: str, path: str, given: Json) -> None:
                call = f"{method} {re.sub(r'/(cs_test|dp|pi|re)_[^/]+', '/*', path)}"
                status, body = 200, {}
                with fake._lock:
                    fake.calls.append(call)
                    is_cut = fake._takes(call)
                    try:
                        if fake.is_away:
                            raise Refused(503, "away", "api_error")
                        if self.headers.get("Authorization") != f"Bearer {fake.key}":
                            raise Refused(401, "api_key_invalid")
                        body = fake.answer(method, path, given, self.headers.get("Idempotency-Key"))
                    except Refused as refused:
                        status, body = refused.status, refused.body
                if is_cut:
                    self.close_connection = True
                    self.connection.close()
                    return
                self._send(status, "application/json", json.dumps(body).encode())

            def _page(self, reference: str) -> None:
                one = fake.shown(reference)
                if one["status"] != "open":
                    self._send(200, "text/html", b"<h1>This page has expired</h1>")
                    return
                back = html.escape(one["cancel_url"])
                form = f'<h1>Pay</h1><form method="post"><button>Pay now</button></form><a href="{back}">Back</a>'
                self._send(200, "text/html", form.encode())

            def _send(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
