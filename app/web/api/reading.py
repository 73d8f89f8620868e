"""What a client sent, checked: bodies and query strings become pydantic models, or a 4xx naming the field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import flask
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from app.errors import InvalidInput, ShopError
from app.web.api.requests import BODY

M = TypeVar("M", bound=BaseModel)

KEY_HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class BadJson(ShopError):
    status = 400
    code = "invalid_json"

    def __init__(self, message: str = "The request body is not valid JSON.") -> None:
        super().__init__(message)


def read_body(model: type[M], *, optional: bool = False) -> M:
    """The JSON body as `model`. Raises BadJson, UnsupportedMediaType or InvalidInput naming the field.

    `optional`: no body at all stands for an empty object.
    """
    if optional and not raw_body().strip():
        return _checked(model, {}, BODY)
    if not flask.request.is_json:
        raise UnsupportedMediaType("Send JSON, with the header Content-Type: application/json.")
    body = _json_body()
    if not isinstance(body, dict):
        raise BadJson("The request body must be a JSON object.")
    return _checked(model, body, BODY)


def raw_body() -> bytes:
    """The body as it was sent. Raises RequestEntityTooLarge."""
    data = flask.request.get_data(cache=True)
    limit = flask.request.max_content_length
    if flask.request.content_length is None and limit is not None and len(data) >= limit:
        raise RequestEntityTooLarge()  # sent in chunks, and cut off at the limit
    return data


def _json_body() -> Any:
    try:
        return json.loads(raw_body())
    except (ValueError, RecursionError):  # nested too deep is no use to anyone either
        raise BadJson() from None


def read_query(model: type[M]) -> M:
    """The query string as `model`; an empty value counts as not given."""
    return _checked(model, {key: value for key, value in flask.request.args.items() if value != ""})


def idempotency_key() -> str | None:
    key = flask.request.headers.get(KEY_HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidInput(f"{KEY_HEADER} must be 1 to 128 visible ASCII characters.", KEY_HEADER)
    return key


def _checked(model: type[M], values: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> M:
    try:
        return model.model_validate(values, context=context)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        words = _words(dict(first))
        if not field:  # a rule about several fields: its words begin with the first of them
            raise InvalidInput(_sentence(words), words.split(" ")[0].strip(":")) from None
        raise InvalidInput(_sentence(f"{field} {words}"), field) from None


def _words(error: dict[str, Any]) -> str:
    context = error.get("ctx", {})
    known = {
        "missing": "is required",
        "string_type": "must be text",
        "string_unicode": "contains characters that are no text",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        # Without "string_" where the text was turned into one first: the limits hold for what came out.
        "string_too_short": "must not be empty",
        "too_short": "must not be empty",
        "string_too_long": f"may have at most {context.get('max_length')} characters",
        "too_long": f"may have at most {context.get('max_length')} characters",
        "greater_than_equal": f"must be {context.get('ge')} or more",
        "less_than_equal": f"may be at most {context.get('le')}",
        "literal_error": f"must be one of {context.get('expected')}",
        "model_type": "must be an object",
        "model_attributes_type": "must be an object",
    }
    return known.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words}."
