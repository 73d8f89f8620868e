"""What the analytics answer."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import ConfigDict, Field

from app.services.analytics.rfm import Segment
from app.web.api.answers import Answer, Moment, Money

R = TypeVar("R", bound=Answer)

Share = Annotated[float, Field(ge=0, le=1)]


class Rows(Answer, Generic[R]):
    """A list of rows. `as_of`: the instant up to which the numbers are complete."""

    as_of: Moment
    currency: str
    rows: list[R]


class Made(Answer):
    """What sales brought beyond what their units cost, over those whose cost is known."""

    cost: Money | None = Field(description="Cost of goods: of units sold, less that of units put back into stock.")
    margin: Money | None = Field(description="Net sales less the cost of goods; null where no cost is known.")
    margin_rate: float | None = Field(description="`margin` of the net sales of the same lines.")
    unknown_cost_share: Share | None = Field(description="Of gross sales, those without a known cost.")


class SalesRow(Made):
    start: str = Field(description="First day of the store that the row counts.")
    complete: bool = Field(description="All days of the day, week or month are in the period, and over.")
    orders: int
    units: int
    gross: Money
    returns: Money
    net: Money
    aov: Money | None = Field(description="Gross sales per order; null without orders.")
    customers: int = Field(description="With an order; guests are left out.")
    returning_customers: int = Field(description="Of these, with an order later than their first ever.")


class CohortRow(Answer):
    cohort: str = Field(description="Store month of the first order.", examples=["2010-12"])
    size: int
    retained: list[int] = Field(description="Customers with an order in that month, in the next, and so on.")
    complete: list[bool] = Field(
        description="For each of these months, whether it is over and the shop sold to its end. Averages take these."
    )


class SegmentRow(Answer):
    segment: Segment
    customers: int
    monetary: Money = Field(description="Their lifetime values.")


class TopRow(Answer):
    user_id: int
    external_id: str | None = Field(description="An imported customer's own id.")
    full_name: str
    orders: int
    units: int
    lifetime_value: Money
    last_order_at: Moment
    segment: Segment


class AbcRow(Answer):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    product_id: str
    name: str
    units: int
    gross: Money
    margin: Money | None = Field(description="Gross margin; null where no cost is known.")
    share: Share
    cumulative_share: Share
    abc: Literal["A", "B", "C"] = Field(alias="class")


class MarginRow(Made):
    key: str = Field(description="A product's id, a category, or a country's code.")
    units: int
    gross: Money
    returns: Money
    net: Money


class MovementRow(Answer):
    at: Moment
    kind: Literal["sale", "return", "receipt", "correction", "write_off"]
    quantity: int
    on_hand: int = Field(description="Units after it.")
    cause: str
    actor: str
    inferred: bool = Field(description="Whether `on_hand` rests on stock that an import inferred.")


class ForecastRow(Answer):
    day: str
    mean: float = Field(description="Units.")
    q10: float
    q50: float
    q90: float
    q95: float


class LeadTimeRow(Answer):
    days: int = Field(description="Lead time and review period.")
    mean: float = Field(description="Units over all of these days.")
    q50: float
    q90: float
    q95: float


class SalesRows(Rows[SalesRow]):
    pass


class CohortRows(Rows[CohortRow]):
    pass


class SegmentRows(Rows[SegmentRow]):
    pass


class TopRows(Rows[TopRow]):
    pass


class AbcRows(Rows[AbcRow]):
    pass


class MarginRows(Rows[MarginRow]):
    shrinkage: Money = Field(description="What was written off, at the cost of each day: in no margin.")
    costs_filled_until: Moment | None = Field(description="Some sales up to it were given their cost later.")


class MovementRows(Rows[MovementRow]):
    pass


class ReorderRow(Answer):
    lead_days: int
    review_days: int
    service: int = Field(description="Per cent of times that stock is to be enough.")
    pack: int
    safety_stock: int | None = Field(description="Units; none: by the service level.")
    sources: dict[str, Literal["product", "supplier", "category", "shop"]] = Field(
        description="Of what each value is said; what is not named is built in."
    )


class LeftOutRow(Answer):
    order_id: int
    day: str
    units: int
    counted: int = Field(description="Far beyond the product's other lines; 0: cancelled within a week.")
    in_level: int = Field(description="Of these, what counts in what sells on a usual day.")


class ForecastRows(Rows[ForecastRow]):
    lead_time: LeadTimeRow
    reorder: ReorderRow
    left_out: list[LeftOutRow] = Field(description="Order lines taken for less than they were.")
