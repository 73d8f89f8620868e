"""The uses of discount codes by orders: counted and given back in the transactions that begin and end the orders.

The code's row comes last in each, after the order's: one order of locks, and the shortest one on what many buy with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from app.domain import OrderStatus
from app.domain.discounts import CodeUse
from app.errors import DiscountRefused
from app.stores.sql.engine.clock import NowBeside
from app.stores.sql.tables import discount_codes, order_lines, orders, return_lines, returns

_c, _o = discount_codes.c, orders.c
_NOW = NowBeside()
_HOLDS = (
    _c.code_id == bindparam("which"),
    _c.version == bindparam("seen"),
    or_(_c.use_limit.is_(None), _c.used < _c.use_limit),
    or_(_c.starts.is_(None), _c.starts <= _NOW),
    or_(_c.ends.is_(None), _c.ends > _NOW),
)
_THEIRS = or_(_o.email == bindparam("whose"), _o.user_id == bindparam("whose_account"))
_USE = update(discount_codes).where(*_HOLDS).values(used=_c.used + 1)
_USE_ON_FIRST = _USE.where(~select(_o.order_id).where(_o.status == OrderStatus.PAID.value, _THEIRS).exists())
_LESS = update(discount_codes).where(_c.code_id == bindparam("which"), _c.used > 0).values(used=_c.used - 1)


def columns_of(use: CodeUse | None) -> dict[str, Any]:
    """Of the order's own row."""
    if use is None:
        return {}
    return {"code_id": use.code_id, "code": use.text, "code_saved": use.saved, "code_use": use.key}


def redeem(connection: Connection, use: CodeUse, email: str | None, user_id: int | None) -> None:
    """Count the order's use, which must still be allowed. Raises DiscountRefused, so that nothing of it is kept."""
    values: Mapping[str, Any] = {"which": use.code_id, "seen": use.version}
    if use.first:
        counted = connection.execute(_USE_ON_FIRST, {**values, "whose": email, "whose_account": user_id})
    else:
        counted = connection.execute(_USE, values)
    if counted.rowcount != 1:
        raise DiscountRefused()


def give_back(connection: Connection, code_id: int | None) -> None:
    """One use, of an order that was just brought to its end by a guarded change, `code_use` included."""
    if code_id is not None:
        connection.execute(_LESS, {"which": code_id})


def give_back_if_cancelled(connection: Connection, order_id: int) -> None:
    """The use of a paid order of which nothing was sent, and nothing is left. Its row is locked by the caller."""
    used = select(_o.code_id).where(_o.order_id == order_id, _o.code_use.is_not(None))
    code_id = connection.execute(used).scalar()
    if code_id is None:
        return
    left = select(order_lines.c.line_no).where(
        order_lines.c.order_id == order_id, order_lines.c.returned < order_lines.c.quantity
    )
    sent = (
        select(return_lines.c.line_no)
        .select_from(return_lines.join(returns, returns.c.return_id == return_lines.c.return_id))
        .where(returns.c.order_id == order_id, return_lines.c.unsent < return_lines.c.quantity)
    )
    if any(connection.execute(some.limit(1)).first() is not None for some in (left, sent)):
        return
    held = update(orders).where(_o.order_id == order_id, _o.code_use.is_not(None)).values(code_use=None)
    if connection.execute(held).rowcount == 1:
        give_back(connection, code_id)
