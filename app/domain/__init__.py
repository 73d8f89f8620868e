"""What the shop is made of: frozen values without behaviour of any store or framework.

Money is an integer count of minor units (paise, cents); times are aware UTC datetimes.
"""

from __future__ import annotations

from app.domain.audit import (
    AuditAction,
    AuditEntry,
    AuditOutcome,
)
from app.domain.carts import (
    LINE_LIMIT,
    UNIT_LIMIT,
    Cart,
    CartLine,
    PricedCart,
    PricedLine,
)
from app.domain.lists import (
    Page,
    Period,
)
from app.domain.messages import (
    Episode,
    MailboxMessage,
    Message,
    OutboxEntry,
    OutboxState,
)
from app.domain.orders import (
    ORDER_NUMBER_OFFSET,
    Address,
    Charge,
    ChargeState,
    Order,
    OrderLine,
    OrderPage,
    OrderReturn,
    OrderStatus,
    OrderSummary,
    ReturnLine,
    order_number,
)
from app.domain.outages import (
    Outage,
)
from app.domain.people import (
    LINK_LIFETIMES,
    MAY,
    PASSWORD_LONGEST,
    PASSWORD_SHORTEST,
    Access,
    AccountLink,
    Actor,
    ApiToken,
    LinkPurpose,
    Notice,
    Principal,
    Role,
    Scope,
    User,
)
from app.domain.reconcile import (
    Difference,
    Mend,
    Mended,
    Reconciliation,
    Verdict,
)
from app.domain.stock import (
    NON_MERCHANDISE,
    MovementKind,
    Product,
    ProductStatus,
    Quantity,
    Reservation,
    ReservationState,
    StockChange,
    StockMovement,
)

__all__ = [
    "LINE_LIMIT",
    "LINK_LIFETIMES",
    "MAY",
    "NON_MERCHANDISE",
    "ORDER_NUMBER_OFFSET",
    "PASSWORD_LONGEST",
    "PASSWORD_SHORTEST",
    "UNIT_LIMIT",
    "Access",
    "AccountLink",
    "Actor",
    "Address",
    "ApiToken",
    "AuditAction",
    "AuditEntry",
    "AuditOutcome",
    "Cart",
    "CartLine",
    "Charge",
    "ChargeState",
    "Difference",
    "Episode",
    "LinkPurpose",
    "MailboxMessage",
    "Mend",
    "Mended",
    "Message",
    "MovementKind",
    "Notice",
    "Order",
    "OrderLine",
    "OrderPage",
    "OrderReturn",
    "OrderStatus",
    "OrderSummary",
    "Outage",
    "OutboxEntry",
    "OutboxState",
    "Page",
    "Period",
    "PricedCart",
    "PricedLine",
    "Principal",
    "Product",
    "ProductStatus",
    "Quantity",
    "Reconciliation",
    "Reservation",
    "ReservationState",
    "ReturnLine",
    "Role",
    "Scope",
    "StockChange",
    "StockMovement",
    "User",
    "Verdict",
    "order_number",
]
