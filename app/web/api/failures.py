"""Every way in which a call can be refused: status, stable code, when, and what the answer holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from app import errors


class Failure(BaseModel):
    model_config = ConfigDict(extra="forbid")

    success: Literal[False]
    message: str = Field(description="What is wrong, for a person.")


class WithField(Failure):
    field: str = Field(default="", description="The field that is wrong; left out when it is none in particular.")
    fields: dict[str, str] = Field(
        default={}, description="What is wrong with each field; left out unless several are. `field` is the first."
    )


class ShortLine(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    wanted: int
    available: int


class WithShortLines(Failure):
    items: list[ShortLine]


class ChangedPrice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    was: float
    now: float


class WithChangedPrices(Failure):
    items: list[ChangedPrice] = Field(default=[], description="Left out when only the total changed.")


@dataclass(frozen=True)
class Refusal:
    status: int
    code: str
    when: str
    shape: type[Failure] = Failure

    @property
    def model(self) -> type[BaseModel]:
        return _model(self)


@cache
def _model(refusal: Refusal) -> type[BaseModel]:
    name = "".join(word.title() for word in refusal.code.split("_")) + "Failure"
    code: Any = (Literal[refusal.code], ...)  # a type that is only known now
    return create_model(name, __base__=refusal.shape, code=code)


def _refusal(error: type[errors.ShopError], when: str, shape: type[Failure] = Failure) -> Refusal:
    return Refusal(error.status, error.code, when, shape)


# What any call can answer.
NOT_SIGNED_IN = _refusal(errors.NotSignedIn, "Nobody is signed in, or the token is not valid, or no longer valid.")
FORBIDDEN = _refusal(
    errors.Forbidden, "The account or the token may not do this, or the request was started by another site."
)
STORE_UNAVAILABLE = _refusal(errors.StoreUnavailable, "A database cannot be reached or written right now.")
BUSY = _refusal(errors.Busy, "A rush outlasted the retries; nothing was changed.")

# What a call with a body or a query can.
INVALID_JSON = Refusal(400, "invalid_json", "The body is not a JSON object.")
TOO_LARGE = Refusal(413, "too_large", "The body is larger than 64 KB, or with a product's picture than 6 MB.")
NOT_JSON = Refusal(415, "unsupported_media_type", "The body is sent as something else than application/json.")
INVALID_INPUT = _refusal(errors.InvalidInput, "A field is missing or wrong.", WithField)

# What single calls can.
NOT_FOUND = _refusal(errors.NotFound, "There is no such thing, or it is somebody else's.")
CONFLICT = _refusal(errors.Conflict, "The state of the shop does not allow it any more.")
EMAIL_TAKEN = _refusal(errors.EmailTaken, "There is an account with this e-mail address.")
WRONG_CREDENTIALS = _refusal(errors.WrongCredentials, "The pair, or the role, is wrong; the words never say which.")
SECOND_FACTOR_REQUIRED = _refusal(errors.SecondFactorRequired, "The password was right; `code` is missing.")
WRONG_CODE = _refusal(errors.WrongCode, "The code is wrong, too old, or was used before.")
THROTTLED = _refusal(errors.Throttled, "Too many attempts; `Retry-After` says when the next one is looked at.")
OUT_OF_STOCK = _refusal(errors.OutOfStock, "Lines are short; each is named with what is left.", WithShortLines)
PRICE_CHANGED = _refusal(
    errors.PriceChanged, "The cart's prices are not the catalogue's any more; GET /api/cart accepts them.",
    WithChangedPrices,
)  # fmt: skip
CART_CHANGED = _refusal(errors.CartChanged, "The cart changed while it was being paid for.")
IN_PROGRESS = _refusal(errors.CheckoutInProgress, "The same order is being paid for right now.")
EMPTY_CART = _refusal(errors.EmptyCart, "There is nothing to buy.")
PAYMENT_REQUIRED = _refusal(errors.PaymentRequired, "The payment provider needs `payment`.")
PAYMENT_DECLINED = _refusal(errors.PaymentDeclined, "The card was declined; nothing was charged.")
CHECKOUT_PAUSED = _refusal(errors.CheckoutPaused, "What a checkout needs is away; the cart is kept.")
PAYMENT_UNCLEAR = _refusal(errors.PaymentUnclear, "The provider did not answer in time; the order list will tell.")
PAYMENT_UNAVAILABLE = _refusal(errors.PaymentUnavailable, "The provider takes no payments now; nothing was charged.")
MESSAGE_REFUSED = _refusal(
    errors.HookRefused, "The message has no valid signature, is not for this shop, or is too old."
)
