"""How much somebody may order to be paid later: its units are held for days, and nobody else can buy them meanwhile."""

from __future__ import annotations

from app.domain.payments import LATER
from app.errors import TooManyUnpaid
from app.services.orders.ports import NewOrder, Orders
from app.words import mark

MOST_UNPAID = 3  # orders of one owner, or of one e-mail address
GUEST_UNITS = 20  # of a guest, over all of these


def refuse_too_much_unpaid(orders: Orders, new: NewOrder) -> None:
    """Raises TooManyUnpaid. Orders that begin at the same instant may be as many more."""
    if new.pay_by not in LATER:
        return
    unpaid = orders.unpaid_of(new.owner, new.email)
    if len(unpaid) >= MOST_UNPAID:
        raise TooManyUnpaid(
            mark(
                "{count} orders of yours still wait for their payment. Pay one of them first, or pay this one in "
                "another way.",
                count=len(unpaid),
            )
        )
    if new.user_id is None and sum(unpaid) + sum(line.quantity for line in new.lines) > GUEST_UNITS:
        raise TooManyUnpaid(
            mark(
                "Without an account at most {count} units can be ordered to be paid later. Take fewer, sign in, or pay "
                "in another way.",
                count=GUEST_UNITS,
            )
        )
