"""How each number is computed, in the words of the metric definitions; shown by the (i) beside it."""

from __future__ import annotations

GROSS = "Gross sales: unit price × quantity over the lines of orders paid in the period, before tax."
GROSS_AND_NET = GROSS + " Net: less the returns booked in the period."
ORDERS = "Paid orders. An order counts at the moment it was paid."
AOV = (
    "Average order value: gross sales ÷ orders, rounded half up. Median: half of the orders are worth no more; a few "
    "large ones do not move it. To three significant digits."
)
UNITS = "Quantities summed over the lines of orders paid in the period."
RETURNS = "Unit price × quantity returned, before tax, booked on the day of the return."
NET = "Gross sales − returns."
MARGIN = (
    "Gross margin: net sales less the cost of goods (what a unit cost when it was sold × quantity, less that of units "
    "put back into stock), over the lines whose cost is known; the rate is of the net sales of the same lines. Beside "
    "it stands how much of gross sales has no known cost."
)
SAME_CLOCK = " Compared with the same weekday last week up to the same clock time."
BEST_SELLERS = (
    "Net sales per product: gross sales in the period less the returns booked in it, before tax; units likewise."
)
LOW_STOCK = (
    "Products with fewer available units than their threshold: what sells first, the fewest days left on top. Alerts "
    "go by what is on hand, so units held by a checkout raise none."
)
SOLD_OUT = "Sold out: products of which nothing is available."
VELOCITY = "Sales velocity: units sold per day over the last 28 full days, or since the product was first stocked."
COVER = (
    "Days of cover: days until the expected demand from now on adds up to what is available, by the product's "
    "forecast; where it has none, available ÷ sales velocity."
)
RUNS_OUT = "Today + days of cover; in a shop that has gone quiet, the day after its last sale + days of cover."
STOCK_LEVEL = "On hand = available + held by checkouts that are not yet paid. The ledger says every step."
LIFETIME = (
    "Lifetime value: gross sales − returns of a customer with an order, all time, before tax. Customers with returns "
    "only have none: what they bought is not known."
)
RETURNING = "Customers with an order later than their first one ÷ customers with an order. Guests are left out."
SEGMENTS = (
    "Recency, frequency and lifetime value, each scored 1 to 5 by how many customers are strictly worse; R and the "
    "rounded mean of F and M name the segment. Customers with an order, and nobody else; recalculated every minute."
)
COHORTS = (
    "Cohort: the calendar month of a customer's first order. A cell is the share of the cohort with an order that many "
    "months later, through the last month with a sale; of fewer than ten customers it is the two counts. The sentence "
    "takes months that are over only, and in which sales did not stop."
)
REFUND = "Unit price × quantity returned, plus its share of the order's tax."
CATEGORIES = "Gross sales in the period by the product's category today. A click shows only that one on this page."
COUNTRIES = (
    "Gross sales in the period by the country that orders were sent to. A click shows only that one on this page."
)
HOURS = (
    "Orders, or gross sales, in the period by weekday and hour of payment, on the store's clocks. The darker, the more."
)
FORECAST = (
    "Gross sales a day: the sum of what is expected of every product, by six simple methods whose shares all products "
    "have in common, at what a unit brought lately. Closed weekdays and days sell nothing. The band holds four days in "
    "five."
)
LEAGUE = (
    "WAPE: sum of how far totals of 28 days were off ÷ sum of what sold. Bias: sum of forecasts less what sold ÷ what "
    "sold. Pinball: the loss of the 90 % quantile of 14 days' sales; covered: how often no more than that was sold. "
    "Products sold for 112 days; groups by gross sales."
)
REORDER = (
    "Reorder at: what is enough for the sales of lead time and review period, as often as the service level says, or "
    "expected sales + the safety stock that was chosen. Order: what brings stock to that point and one review "
    "period's expected sales. Order by: the day on which stock is expected to be down to that point."
)
BOUNDED = (
    "One order must not make a forecast. A line of more than 40 times what 95 of 100 lines of its product stay within "
    "counts as that much, and in what sells on a usual day only as what those lines stay within."
)
STOCK_VALUE = "Units on hand × cost price, else price. Each day is valued at its own costs and prices."
PRICE_EFFECT = (
    "Units sold in up to 28 days after a change against those expected: units a day in up to 28 days before it × how "
    "the rest of the shop's units a day changed. The range holds four times in five. Days of another price and the day "
    "of the change, are left out; below seven days on a side or 20 units in all it is too little to say."
)
SHOP_DAY = (
    "Units on hand at the end of the day × cost price, or price where no cost is set, as both were then. All "
    "merchandise, also what has left the store."
)
SHOP_LOW = (
    "Products of today's store that had been in stock by then: low below their threshold, sold out with nothing on "
    "hand, by what was on hand at the end of the day. A threshold that follows the price follows that day's."
)
SHOP_CAUSES = (
    "Movements from the ledger at what a unit was worth at the end of their day; costs and prices that changed, at "
    "what lay there when they did. Written off is shrinkage: it is in no margin."
)
DEAD_STOCK = "On hand, and neither sold nor first stocked in the last 90 days; at cost price, else at price."
LOST_SALES = (
    "An estimate: hours out of stock in the last 28 days × units sold per in-stock hour over the 28 days before it ran "
    "out, with the sale that emptied the shelf × the price when it ran out. Hours count by how busy they usually are. "
    "Four times in five the truth is within the range. Inferred stock counts as never out."
)
SHORT_LINES = (
    "Units that checkouts of the last 28 days asked for beyond what was left when they were refused. A shopper who "
    "tried again counts once, with the most that was missing. Of the latest 2,000 refused checkouts."
)
ABC_SPEED = (
    "ABC: products by gross sales, or gross margin, of the last 365 days, A up to 80 % of the sum, B up to 95 %, C the "
    "rest. Fast: as many units a day as the median of what sells, or more; slow: fewer; still: none in 28 days."
)
SELL_THROUGH = (
    "Units sold in the last 28 full days ÷ (on hand at their start + units received in them). More than 100 % where "
    "units came back, or were found by a count, and sold again."
)
NEW_RETURNING = (
    "Customers with an order in the week: returning ones have an order in it strictly later than their first ever, new "
    "ones have not. Guests are left out."
)
CUSTOMER_COUNTRIES = "Customers with an order by the country they gave; value is lifetime value. A minute old at most."
REPLAY = (
    "On each review day everything is ordered by the forecasts as they were known on its morning, by the rule of the "
    "reorder form, in packs; it comes after the lead time. Asked for is what was really sold, without orders cancelled "
    "within a week, and the estimate of lost sales where the shop was out. Returns, corrections and write-offs are not "
    "replayed. It begins with what was on hand, and nothing on order."
)
REPLAY_SERVICE = (
    "The share of product-days that did not end with nothing on hand, replayed and real alike. Inferred stock counts "
    "as never out, so nothing real stands beside it."
)
REPLAY_LOST = (
    "Units asked for that were not there, at the price of the day. What was really lost is the estimate of lost sales."
)
REPLAY_VALUE = (
    "The mean over the days of what lay on the shelves at their end, at the cost of each day (price where no cost was "
    "set). With a budget, orders are cut to what is left of it in whole packs: first those that save most per money."
)
REPLAY_ORDERS = "Units and orders of single products; of what really happened, the units that were received."
