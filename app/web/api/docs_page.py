"""The OpenAPI document as the values that the docs page shows.

Swagger UI, Redoc and Scalar need a script in the page itself, which the policy forbids, one to three megabytes, and a
browser that runs them; this page can be read without.
"""

from __future__ import annotations

import json
import re
import shlex
from collections import defaultdict
from html import escape
from typing import Any

from markupsafe import Markup

from app.money import grouped
from app.web.api.document import EMPTY

Document = dict[str, Any]


def docs_page(document: Document, shop: str, base_url: str) -> dict[str, Any]:
    """What the template needs: an introduction, and the calls under their tags in the document's order."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            groups[operation["tags"][0]].append(_call(document, path, method.upper(), operation, base_url))
    return {
        "shop": shop,
        "title": document["info"]["title"],
        "version": document["info"]["version"],
        "introduction": [_marked(part) for part in document["info"]["description"].split("\n\n")],
        "scopes": _marked(document["components"]["securitySchemes"]["token"]["description"]),
        "groups": [
            {"id": tag["name"], "title": tag["description"], "calls": groups[tag["name"]]}
            for tag in document["tags"]
            if groups[tag["name"]]
        ],
    }


def _call(document: Document, path: str, method: str, operation: Document, base_url: str) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "id": operation["operationId"],
        "method": method,
        "path": path,
        "summary": operation["summary"],
        "description": _marked(operation.get("description", "")),
        "who": _who(operation["security"]),
        "parameters": [_parameter(parameter) for parameter in operation.get("parameters", ())],
        "fields": _fields(document, body["schema"]) if body else [],
        "answer": _shape(document, _success_schema(operation)),
        "failures": [
            {"status": status, "words": _marked(response["description"].partition(". ")[2])}
            for status, response in operation["responses"].items()
            if not status.startswith("2")
        ],
        "curl": _curl(path, method, operation, body, base_url),
    }


def _success_schema(operation: Document) -> Document:
    (content,) = operation["responses"]["200"]["content"].values()
    schema: Document = content["schema"]
    return schema


def _who(security: list[dict[str, list[str]]]) -> str:
    if {} in security:
        return "Anyone"
    scopes = [scope for way in security for scope in way.get("token", ())]
    by_session = any("session" in way for way in security)
    words = [*(["session cookie"] if by_session else []), *(f"token with scope {scope}" for scope in scopes)]
    return " or ".join(words).capitalize()


def _parameter(parameter: Document) -> dict[str, str]:
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "type": _type(parameter["schema"]),
        "words": parameter.get("description", ""),
        "needed": "required" if parameter.get("required") else "",
    }


def _fields(document: Document, schema: Document) -> list[dict[str, str]]:
    model = _resolved(document, schema)
    needed = model.get("required", ())
    return [
        {
            "name": name,
            "where": "body",
            "type": _type(field),
            "words": field.get("description", ""),
            "needed": "required" if name in needed else "",
        }
        for name, field in model.get("properties", {}).items()
    ]


def _type(schema: Document) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2]).lower()
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        options = [_type(option) for option in schema["anyOf"] if option.get("type") != "null" and option != EMPTY]
        return " or ".join(dict.fromkeys(option for part in options for option in part.split(" or ")))
    kind = str(schema.get("type", "any"))
    low, high = schema.get("minimum"), schema.get("maximum")
    if kind == "integer" and low is not None and high is not None and high < 2**53:
        return f"integer {grouped(int(low))} to {grouped(int(high))}"
    if kind == "string" and "maxLength" in schema and schema["maxLength"] <= 10_000:
        return f"string up to {schema['maxLength']}"
    return kind


def _shape(document: Document, schema: Document) -> str:
    """An answer as an outline: its fields with their types, arrays with one member."""
    return json.dumps(_sample(document, schema), indent=2, ensure_ascii=False)


def _sample(document: Document, schema: Document) -> Any:
    known = _resolved(document, schema)
    for choice in ("anyOf", "oneOf"):
        if choice in known:
            options = [option for option in known[choice] if option.get("type") != "null"]
            return _sample(document, options[0])
    if "const" in known:
        return known["const"]
    if "enum" in known:
        return known["enum"][0]
    if known.get("type") == "array":
        return [_sample(document, known["items"])]
    if "properties" in known:
        return {name: _sample(document, field) for name, field in known["properties"].items()}
    return {"integer": 1, "number": 249.5, "boolean": True, "object": {}}.get(known.get("type", ""), "…")


def _resolved(document: Document, schema: Document) -> Document:
    if "$ref" not in schema:
        return schema
    found: Document = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _curl(path: str, method: str, operation: Document, body: Document, base_url: str) -> str:
    address = base_url + re.sub(r"\{\w*order_id\}", "1", path).replace("{product_id}", "ceramic-mug-1a2b3c")
    parts = [f"curl {address}" if method == "GET" else f"curl -X {method} {address}"]
    if any("token" in way for way in operation["security"]) and {} not in operation["security"]:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    elif operation["tags"][0] in ("people", "data"):
        parts.append("-b cookies.txt -c cookies.txt")
    if "example" in body:
        parts += ['-H "Content-Type: application/json"', f"-d {shlex.quote(json.dumps(body['example']))}"]
    return " \\\n  ".join(parts)


def _marked(text: str) -> Markup:
    """Escaped text in which `code` stands as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))  # noqa: S704 - escaped just before  # nosec B704
