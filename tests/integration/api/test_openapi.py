"""The OpenAPI document and its page: whole, true to the routes, cached, and readable without outside help."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from openapi_pydantic import OpenAPI

from app.domain import Access, Scope
from app.web.api import ROUTES
from app.web.api.document import build_document

UNDESCRIBED = {"api.unknown", "api.root", "api.openapi_json", "api.docs", "api.stripe_event"}  # Stripe alone calls it

# The calls of docs/api.md.
CALLS = {
    "post /api/signup", "post /api/login", "get /api/logout", "post /api/logout", "get /api/current_user",
    "get /api/products", "post /api/products", "post /api/update_stock", "delete /api/delete_product/{product_id}",
    "get /api/cart", "post /api/cart", "post /api/cart/update_qty", "post /api/cart/remove", "delete /api/cart/clear",
    "post /api/record_payment", "get /api/orders", "get /api/orders/{order_id}", "get /api/get_users",
    "get /healthz", "get /readyz", "get /metrics",
    "get /api/analytics/sales", "get /api/analytics/customers/cohorts", "get /api/analytics/customers/segments",
    "get /api/analytics/customers/top", "get /api/analytics/products/abc",
    "get /api/analytics/products/{product_id}/movements", "get /api/analytics/products/{product_id}/forecast",
}  # fmt: skip


@pytest.fixture
def document(app_client):
    answer = app_client().get("/api/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return answer.json


def operations(document):
    return {
        f"{method} {path}": operation for path, item in document["paths"].items() for method, operation in item.items()
    }


class TestDocument:
    def test_it_is_openapi_3_1_and_its_references_lead_somewhere(self, document):
        assert OpenAPI.model_validate(document).openapi.startswith("3.1")
        named = set(re.findall(r"#/components/schemas/([\w.]+)", str(document)))
        assert named == set(document["components"]["schemas"]) & named
        assert named

    def test_it_describes_every_call_of_the_contract(self, document):
        assert set(operations(document)) >= CALLS

    def test_every_route_is_in_it_or_said_not_to_be(self):
        assert {name for name, known in ROUTES.items() if known.doc is None} == UNDESCRIBED

    def test_every_call_says_who_may_and_how_it_fails(self, document):
        for name, operation in operations(document).items():
            assert operation["summary"], name
            assert operation["operationId"], name
            assert {"200", "401", "403", "503"} <= set(operation["responses"]), name
            if "requestBody" in operation:
                assert {"400", "413", "415", "422"} <= set(operation["responses"]), name
                assert "example" in operation["requestBody"]["content"]["application/json"], name

    def test_operation_ids_are_unique(self, document):
        ids = [operation["operationId"] for operation in operations(document).values()]
        assert len(ids) == len(set(ids))

    def test_security_is_what_the_routes_declare(self, document):
        declared = operations(document)
        for known in ROUTES.values():
            if known.doc is None:
                continue
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", known.rule)
            for method in known.methods:
                security = declared[f"{method.lower()} {path}"]["security"]
                assert ({} in security) == (known.access is Access.PUBLIC), known.rule
                scopes = [scope for way in security for scope in way.get("token", ())]
                assert scopes == ([known.scope.value] if isinstance(known.scope, Scope) else []), known.rule
                assert any("session" in way for way in security) != known.only_token, known.rule

    def test_what_a_client_may_send_is_what_is_checked(self, document):
        schemas = document["components"]["schemas"]
        assert schemas["NewProduct"]["required"] == ["name", "price", "stock"]
        assert {option["type"] for option in schemas["NewStock"]["properties"]["stock"]["anyOf"]} == {
            "integer",
            "string",
        }
        assert "code" in schemas["SignIn"]["properties"]

    def test_it_does_not_change_from_process_to_process(self, document):
        assert build_document(ROUTES, document["info"]["title"].removesuffix(" API"), "retail_session") == document

    @pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs"])
    def test_it_is_cached(self, app_client, path):
        first = app_client().get(path)
        assert "max-age=300" in first.headers["Cache-Control"]
        again = app_client().get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.ids = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        self.addresses += [values[name] for name in ("src", "href") if name in values]
        self.ids += [values["id"]] if "id" in values else []


class TestPage:
    @pytest.fixture
    def page(self, app_client):
        answer = app_client().get("/api/docs")
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        return Page(answer.text)

    def test_every_call_has_its_place_and_a_command_to_try(self, app_client, page, document):
        text = app_client().get("/api/docs").text
        for operation in operations(document).values():
            assert operation["operationId"] in page.ids
        assert text.count("curl ") >= len(operations(document))

    def test_nothing_comes_from_elsewhere_and_everything_is_there(self, app_client, page):
        for address in page.addresses:
            assert address.startswith(("/", "#")), address
            if address.startswith("/"):
                assert app_client().get(address).status_code == 200, address
            else:
                assert address[1:] in page.ids

    def test_it_runs_under_the_strict_policy(self, app_client, page):
        policy = app_client().get("/api/docs").headers["Content-Security-Policy"]
        assert "'unsafe-eval'" not in policy
        assert all("src" in values for tag, values in page.tags if tag == "script"), "no script in the page itself"
        assert not [tag for tag, values in page.tags if tag == "style" or any(name.startswith("on") for name in values)]
