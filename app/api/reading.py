"""What a client sent, checked: bodies and query strings become pydantic models, or a 4xx naming the field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import flask
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from app.domain import UNIT_LIMIT
from app.errors import InvalidInput, ShopError

M = TypeVar("M", bound=BaseModel)

KEY_HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_WHOLE = re.compile(r"[+-]?\d{1,19}(\.0{1,9})?")

LARGEST_PAGE = 1_000


class BadJson(ShopError):
    status = 400
    code = "invalid_json"

    def __init__(self, message: str = "The request body is not valid JSON.") -> None:
        super().__init__(message)


def _whole(value: object) -> object:
    """Forms send numbers as text; 2.0 is 2, and 2.5, true or NaN are no counts."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    if isinstance(value, float):
        if not value.is_integer() or abs(value) > 2**53:
            raise ValueError("must be a whole number")
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        if not _WHOLE.fullmatch(text):
            raise ValueError("must be a whole number")
        return int(text.partition(".")[0])
    return value


def _identifier(value: object) -> object:
    """Ids are text; a client that kept them as numbers is understood."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else "?"
    return value.strip() if isinstance(value, str) else value


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30 else value


Whole = Annotated[int, BeforeValidator(_whole)]
ProductId = Annotated[str, BeforeValidator(_identifier), Field(min_length=1, max_length=64)]
CardText = Annotated[str, BeforeValidator(_as_text), Field(max_length=120)]


class Body(BaseModel):
    """Unknown fields are ignored: older clients send names and prices that the catalogue knows better."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, str_max_length=10_000)


class SignUp(Body):
    fullname: str
    email: str
    password: str


class SignIn(Body):
    email: str
    password: str
    role: Literal["customer", "admin"] | None = None


class ProductRef(Body):
    id: ProductId


class NewQuantity(Body):
    id: ProductId
    action: Literal["inc", "dec"] | None = None
    qty: Annotated[Whole, Field(ge=0, le=UNIT_LIMIT)] | None = None

    @model_validator(mode="after")
    def _one_of(self) -> NewQuantity:
        if (self.action is None) == (self.qty is None):
            raise ValueError("action or qty: give exactly one of them")
        return self


class Card(Body):
    """A card as the payment step takes it; it is handed to the provider and kept nowhere."""

    number: CardText
    expiry: CardText
    cvc: CardText
    name: CardText = ""


class Payment(Body):
    payment: Card | None = None


class ProductQuery(Body):
    q: Annotated[str, Field(max_length=200)] = ""
    category: Annotated[str, Field(max_length=64)] | None = None
    sort: Literal["popular", "new", "price_asc", "price_desc", "name"] | None = None
    limit: Annotated[Whole, Field(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE
    cursor: Annotated[str, Field(max_length=200)] | None = None


class OrderQuery(Body):
    limit: Annotated[Whole, Field(ge=1, le=100)] = 100
    cursor: Annotated[Whole, Field(ge=1, le=1_000_000)] = 1


def read_body(model: type[M], *, optional: bool = False) -> M:
    """The JSON body as `model`. Raises BadJson, UnsupportedMediaType or InvalidInput naming the field.

    `optional`: no body at all stands for an empty object.
    """
    if optional and not _data().strip():
        return _checked(model, {})
    if not flask.request.is_json:
        raise UnsupportedMediaType("Send JSON, with the header Content-Type: application/json.")
    body = _json_body()
    if not isinstance(body, dict):
        raise BadJson("The request body must be a JSON object.")
    return _checked(model, body)


def _data() -> bytes:
    data = flask.request.get_data(cache=True)
    limit = flask.request.max_content_length
    if flask.request.content_length is None and limit is not None and len(data) >= limit:
        raise RequestEntityTooLarge()  # sent in chunks, and cut off at the limit
    return data


def _json_body() -> Any:
    try:
        return json.loads(_data())
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


def _checked(model: type[M], values: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(values)
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
