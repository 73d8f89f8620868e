"""What a client may send: these models validate requests, and the OpenAPI document is made from them."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from app import numbers
from app.domain import PASSWORD_LONGEST, UNIT_LIMIT
from app.services.accounts.accounts import EMAIL_LENGTH
from app.services.accounts.accounts import NAME_LENGTH as PERSON_LENGTH
from app.services.stock.inventory import MOST_UNITS
from app.services.stock.product_drafts import (
    ALT_LENGTH,
    BARCODE_LENGTH,
    BRAND_LENGTH,
    CATEGORY_LENGTH,
    DESCRIPTION_LENGTH,
    FAMILY_LENGTH,
    MOST_GRAMS,
    MOST_OPTIONS,
    MOST_TAGS,
    MOST_THRESHOLD,
    NAME_LENGTH,
    OPTION_LENGTH,
    SKU_LENGTH,
    SUPPLIER_LENGTH,
    TAG_LENGTH,
)
from app.web.api.cursors import LONGEST as LONGEST_CURSOR
from app.web.api.near_misses import near_miss

LARGEST_PAGE = 1_000
MOST_CUSTOMERS = 10_000
LARGEST_PRODUCT = 6 * 1024 * 1024  # bytes of a product with its picture
LONGEST_IMAGE = LARGEST_PRODUCT  # characters of a data URL: the body may have no more


def _whole(value: object) -> int:
    """Forms send numbers as text."""
    try:
        return numbers.whole(value)
    except ValueError:
        raise ValueError("must be a whole number") from None


def _amount(value: object) -> Decimal:
    """An amount in major units; how many decimals it may have is for the currency to say."""
    try:
        return numbers.amount(value)
    except ValueError:
        raise ValueError("must be an amount such as 199.00") from None


def _identifier(value: object) -> object:
    """Ids are text; a client that kept them as numbers is understood."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else "?"
    return value.strip() if isinstance(value, str) else value


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30 else value


def _nothing(value: object) -> object:
    """An empty field of a form is a field that was not given."""
    return None if isinstance(value, str) and not value.strip(numbers.BLANK) else value


_BLANKS = f"[{numbers.BLANK}]*"
_BLANK_TEXT = {"type": "string", "pattern": f"^{_BLANKS}$"}
_AMOUNT_SCHEMA: list[dict[str, Any]] = [
    {"type": "number", "minimum": 0, "maximum": 10**10},
    {"type": "string", "pattern": f"^{_BLANKS}{numbers.AMOUNT}{_BLANKS}$"},
]


def _whole_schema(low: int, high: int) -> list[dict[str, Any]]:
    return [
        {"type": "integer", "minimum": low, "maximum": high},
        {"type": "string", "pattern": f"^{_BLANKS}{numbers.WHOLE}{_BLANKS}$"},
    ]


def _any_of(*options: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": list(options)})


def _optional(*options: dict[str, Any]) -> WithJsonSchema:
    return _any_of(*options, _BLANK_TEXT, {"type": "null"})


Whole = Annotated[int, BeforeValidator(_whole)]
Units = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=UNIT_LIMIT), _any_of(*_whole_schema(0, UNIT_LIMIT))]
Stock = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=MOST_UNITS), _any_of(*_whole_schema(0, MOST_UNITS))]
Threshold = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=MOST_THRESHOLD)]
Amount = Annotated[Decimal, BeforeValidator(_amount), _any_of(*_AMOUNT_SCHEMA)]
ProductId = Annotated[
    str,
    BeforeValidator(_identifier),
    Field(min_length=1, max_length=64),
    _any_of({"type": "string", "minLength": 1, "maxLength": 64}, {"type": "integer"}),
]
CardText = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(max_length=120),
    _any_of({"type": "string", "maxLength": 120}, {"type": "integer"}),
]
# A code of the second factor: six digits, which some clients send as a number, or a recovery code.
CodeText = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(max_length=64),
    WithJsonSchema({"anyOf": [{"type": "string", "maxLength": 64}, {"type": "integer"}]}),
]


Image = Annotated[Annotated[str, Field(max_length=LONGEST_IMAGE)] | None, BeforeValidator(_nothing)]
Cursor = Annotated[str, Field(max_length=LONGEST_CURSOR, description="From the Link header of the page before.")]


BODY = {"is_body": True}  # the context in which bodies are validated, and query strings are not


class Body(BaseModel):
    """Base of what the API takes.

    Unknown fields are ignored: older clients send names and prices that the catalogue knows better. In bodies one
    that looks like a known field is refused, or what it was meant for would be missing in silence."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, str_max_length=10_000)

    @classmethod
    def still_open(cls, given: Collection[str]) -> Collection[str]:
        """The fields that a client may yet have meant by other names."""
        return [name for name in cls.model_fields if name not in given]

    @model_validator(mode="before")
    @classmethod
    def _refuse_near_misses(cls, values: Any, info: ValidationInfo) -> Any:
        if info.context == BODY and isinstance(values, dict):
            found = near_miss(values, cls.model_fields.keys(), cls.still_open(values))
            if found is not None:
                raise ValueError("{} is not a field here: write {}".format(*found))
        return values


EmailText = Annotated[str, Field(max_length=EMAIL_LENGTH)]
PasswordText = Annotated[str, Field(max_length=PASSWORD_LONGEST)]


class SignUp(Body):
    fullname: Annotated[str, Field(max_length=PERSON_LENGTH)]
    email: EmailText
    password: PasswordText


class SignIn(Body):
    email: EmailText
    password: PasswordText
    role: Literal["customer", "admin"] | None = None
    code: CodeText | None = None


class ProductRef(Body):
    id: ProductId


_ONE_OF_ACTION_AND_QTY: dict[str, Any] = {
    "oneOf": [
        {"required": ["action"], "properties": {"action": {"type": "string"}, "qty": {"type": "null"}}},
        {
            "required": ["qty"],
            "properties": {"qty": {"type": ["integer", "string"]}, "action": {"type": "null"}},
        },
    ]
}


class NewQuantity(Body):
    model_config = ConfigDict(json_schema_extra=_ONE_OF_ACTION_AND_QTY)

    id: ProductId
    action: Literal["inc", "dec"] | None = None
    qty: Units | None = None

    @classmethod
    def still_open(cls, given: Collection[str]) -> Collection[str]:
        """One of both is enough: what comes beside it is the client's own."""
        is_said = "action" in given or "qty" in given
        return [name for name in super().still_open(given) if name == "id" or not is_said]

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
    method: Annotated[
        str,
        Field(max_length=16, description="How it is to be paid, of those on offer; the shop's first one without it."),
    ] = ""


class NewProduct(Body):
    model_config = ConfigDict(json_schema_extra={"not": {"required": ["image", "image_data"]}})

    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
    price: Annotated[
        Amount, Field(description="Major units of the shop's currency, with no more decimals than it has.")
    ]
    stock: Stock
    image: Annotated[
        Image, Field(description="A data URL of a PNG, JPEG or WebP; without one the shop draws a picture.")
    ] = None
    image_data: Annotated[Image, Field(description="The same by the name that products are answered with.")] = None
    category: Annotated[Annotated[str, Field(max_length=CATEGORY_LENGTH)] | None, BeforeValidator(_nothing)] = None
    description: Annotated[str, Field(max_length=DESCRIPTION_LENGTH)] | None = None
    threshold: Annotated[
        Threshold | None,
        BeforeValidator(_nothing),
        _optional(*_whole_schema(0, MOST_THRESHOLD)),
        Field(description="Below this many units the stock is low; by the shop's rule unless given."),
    ] = None
    cost: Annotated[
        Amount | None,
        BeforeValidator(_nothing),
        _optional(*_AMOUNT_SCHEMA),
        Field(description="What the shop pays for one."),
    ] = None
    sku: Annotated[
        ProductId | None,
        BeforeValidator(_nothing),
        _optional({"type": "string", "minLength": 1, "maxLength": SKU_LENGTH}, {"type": "integer"}),
        Field(description="Your own number of it, which becomes its `product_id`; the shop makes one unless given."),
    ] = None
    brand: Annotated[str, Field(max_length=BRAND_LENGTH)] | None = None
    barcode: Annotated[
        Annotated[str, BeforeValidator(_as_text), Field(max_length=BARCODE_LENGTH)] | None,
        _any_of({"type": "string", "maxLength": BARCODE_LENGTH}, {"type": "integer"}, {"type": "null"}),
        Field(description="A GTIN of 8, 12, 13 or 14 digits, whose check digit is right."),
    ] = None
    tags: Annotated[list[Annotated[str, Field(max_length=TAG_LENGTH)]] | None, Field(max_length=MOST_TAGS)] = None
    weight: Annotated[
        Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MOST_GRAMS)] | None,
        BeforeValidator(_nothing),
        _optional(*_whole_schema(1, MOST_GRAMS)),
        Field(description="Whole grams."),
    ] = None
    image_alt: Annotated[
        Annotated[str, Field(max_length=ALT_LENGTH)] | None, Field(description="What the picture shows, in words.")
    ] = None
    family_id: Annotated[
        Annotated[str, Field(max_length=FAMILY_LENGTH)] | None,
        Field(description="The same for all products that differ by their options alone."),
    ] = None
    options: Annotated[
        dict[
            Annotated[str, Field(min_length=1, max_length=OPTION_LENGTH)],
            Annotated[str, Field(min_length=1, max_length=OPTION_LENGTH)],
        ]
        | None,
        Field(
            max_length=MOST_OPTIONS,
            description="By what it differs from the others of its family, which have the same options in another "
            "combination.",
        ),
    ] = None

    supplier: Annotated[
        Annotated[str, Field(max_length=SUPPLIER_LENGTH)] | None,
        Field(description="Of whom the shop buys it. It is not answered to shoppers."),
    ] = None
    ships_alone: Annotated[
        bool | None, Field(strict=True, description="Whether each unit is a parcel of its own. No, unless given.")
    ] = None
    tax_class: Annotated[
        Literal["standard", "reduced", "reduced_2", "zero"] | None,
        Field(description="By which the shop's tax rates are told apart; standard unless given."),
    ] = None

    @model_validator(mode="after")
    def _one_picture(self) -> NewProduct:
        if self.image is not None and self.image_data is not None:
            raise ValueError("image and image_data are the same: give one of them")
        return self


class NewStock(Body):
    id: ProductId
    stock: Stock


class ProductQuery(Body):
    q: Annotated[str, Field(max_length=200, description="Words to search for; typos are forgiven.")] = ""
    category: Annotated[str, Field(max_length=64)] | None = None
    sort: Literal["popular", "new", "price_asc", "price_desc", "name"] | None = None
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE), BeforeValidator(_whole)] = LARGEST_PAGE
    cursor: Cursor | None = None


class OrderQuery(Body):
    limit: Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)] = 100
    cursor: Cursor | None = None


class CustomerQuery(Body):
    q: Annotated[str, Field(max_length=100, description="Part of a name, an e-mail address or a country.")] = ""
    limit: Annotated[int, Field(ge=1, le=MOST_CUSTOMERS), BeforeValidator(_whole)] = MOST_CUSTOMERS
    cursor: Annotated[int, Field(ge=0, le=2**53), BeforeValidator(_whole)] = 0
