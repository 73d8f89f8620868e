"""What a client gets, as models: the OpenAPI document is made from them, and tests hold every answer against them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

Money = Annotated[float, Field(description="Major units of the shop's currency.")]
Moment = Annotated[str, Field(description="UTC, ISO 8601.", examples=["2026-03-01T09:30:00+00:00"])]


class Answer(BaseModel):
    """Base of what the API answers. Nothing comes that is not written here."""

    model_config = ConfigDict(extra="forbid")


class Done(Answer):
    success: Literal[True]


class SignedIn(Done):
    redirect: str = Field(description="Where the shop's own pages go on for this account.")


class SomebodyAnswer(Answer):
    is_logged_in: Literal[True]
    name: str
    role: Literal["customer", "ops", "analyst", "admin"]


class NobodyAnswer(Answer):
    is_logged_in: Literal[False]


class CurrentUser(RootModel[SomebodyAnswer | NobodyAnswer]):
    pass


class PictureAnswer(Answer):
    url: str = Field(description="What an <img src> can show.")
    alt: str = Field(description="What it shows, in words.")


class ProductAnswer(Answer):
    product_id: str
    name: str
    price: Money
    stock: int = Field(ge=0, description="Units that can be sold now.")
    threshold: int = Field(ge=0)
    category: str
    description: str
    image_data: str = Field(description="What an <img src> can show: an address or a data URL.")
    sku: str = Field(description="The shop's own number of it.")
    brand: str
    barcode: str = Field(description="A GTIN, or nothing.")
    tags: list[str]
    weight: int | None = Field(ge=1, description="Grams.")
    ships_alone: bool = Field(description="Whether each unit is a parcel of its own.")
    pictures: list[PictureAnswer] = Field(description="The first one is `image_data`.")
    family_id: str = Field(description="The same for all products that differ by their options alone, or nothing.")
    options: dict[str, str] = Field(description="By what it differs from the others of its family.")


class Products(RootModel[list[ProductAnswer]]):
    pass


class ProductAdded(Done):
    product_id: str


class CartLineAnswer(Answer):
    id: str
    name: str
    price: Money
    qty: int = Field(ge=1)


class CartAnswer(RootModel[list[CartLineAnswer]]):
    pass


class Paid(Done):
    order_id: int
    invoice_url: str
    total: Money
    payment_url: str | None = Field(
        default=None, description="Where the buyer pays it in a browser; left out when it is paid, or not paid online."
    )
    payment_due: Moment | None = Field(
        default=None, description="It awaits its payment, and its units are held, until then; left out when it is paid."
    )


RefundState = Literal["none", "partly", "wholly"]
OrderState = Literal["pending", "charging", "paid", "payment_failed", "rejected"]


class OrderSummaryAnswer(Answer):
    order_id: int
    number: str
    status: OrderState
    units: int
    total: Money
    refunded: Money
    refund_state: RefundState
    created_at: Moment
    paid_at: Moment | None
    invoice_url: str


class Orders(RootModel[list[OrderSummaryAnswer]]):
    pass


class OrderLineAnswer(Answer):
    id: str
    name: str
    price: Money
    qty: int
    returned: int
    total: Money


class OrderTaxAnswer(Answer):
    name: str = Field(description="Empty where it is just called tax.")
    rate: str = Field(description="A part of one, such as 0.2.")
    base: Money = Field(description="What it is due on, without the tax itself.")
    tax: Money


class OrderAnswer(Answer):
    order_id: int
    number: str
    status: OrderState
    currency: str
    subtotal: Money
    tax: Money
    total: Money
    refunded: Money
    refund_state: RefundState
    created_at: Moment
    paid_at: Moment | None
    payment_method: str | None
    failure: str | None
    invoice_url: str
    shipping: Money | None = Field(None, description="What delivery cost; absent where nothing.")
    discount: Money | None = Field(None, description="What was taken off the goods; absent where nothing.")
    tax_included: Money | None = Field(
        None,
        description="The tax that the prices hold; absent where none. "
        "`total` is `subtotal` less `discount`, with `shipping` and `tax`.",
    )
    taxes: list[OrderTaxAnswer] | None = Field(None, description="By rate; absent where one rate is on the subtotal.")
    lines: list[OrderLineAnswer]


class CustomerAnswer(Answer):
    user_id: int
    full_name: str
    email: str | None = Field(description="Null for somebody who never signed up.")
    total_qty: int = Field(description="Units bought, all time.")
    total_amount: Money = Field(description="Gross sales, all time: before tax, returns not taken off.")


class Customers(RootModel[list[CustomerAnswer]]):
    pass


class Alive(Answer):
    status: Literal["ok"]


class Ready(Answer):
    status: Literal["ok", "unavailable"]
    dependencies: dict[str, Literal["ok", "unavailable"]]
