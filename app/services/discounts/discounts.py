"""What the code in a cart takes off, by the codes that are in force."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from app.domain import Product
from app.domain.discounts import (
    REFUSED,
    CartCode,
    CodeUse,
    DiscountCode,
    Goods,
    Refusal,
    customer_key,
    normal_code,
    refusal_of,
    savings,
)
from app.errors import DiscountRefused
from app.services.analytics import utc_now
from app.services.checks import line
from app.services.discounts.ports import CodesInForce, DiscountCodes, Standing
from app.words import mark

CODE_LENGTH = 40
_TYPED = 80  # with blanks


def discounted(lines: Iterable[tuple[Product, int]]) -> list[Goods]:
    """Of products and units of each."""
    return [Goods(product.price * units, product.category) for product, units in lines]


class DiscountService:
    """Knows the codes in memory: the store is asked when the settings say that they are others.

    `revision`: what they say. `refresh`: reads what admins set at this instant.
    """

    def __init__(
        self,
        store: DiscountCodes,
        revision: Callable[[], str],
        refresh: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._revision = revision
        self._refresh = refresh
        self._now = now
        self._known = CodesInForce("", ())
        self._by_text: dict[str, DiscountCode] = {}

    def applied(self, text: str, goods: Sequence[Goods]) -> CartCode | None:
        """What the code of that text takes off these lines, as far as the code itself says; None without a code.

        Whether it is used up, or was used by its customer, is looked at in `seen_by` and guarded by the order's insert.
        """
        if not text:
            return None
        code = self._find(text)
        refusal = Refusal.UNKNOWN if code is None else refusal_of(code, goods, self._now())
        if code is None or refusal is not None:
            return CartCode(text, code, refusal, (0,) * len(goods))
        return CartCode(text, code, None, savings(code, goods))

    def seen_by(self, found: CartCode | None, user_id: int | None, email: str | None = None) -> CartCode | None:
        """The same, refused where its orders say so by now."""
        if found is None or found.known is None or found.refusal is not None:
            return found
        code = found.known
        if code.limit is None and not code.once and not code.first:
            return found
        refusal = _by_standing(code, self._store.standing(code.code_id, user_id, email))
        return found if refusal is None else CartCode(found.text, code, refusal, (0,) * len(found.savings))

    def entered(self, text: object) -> str:
        """What was typed, as a cart keeps it. Raises InvalidInput for what is none, DiscountRefused for one that
        does not exist or is over."""
        typed = line(text, "code", _TYPED, mark("Enter a discount code."), mark("The discount code"))
        normal = normal_code(typed)
        if len(normal) > CODE_LENGTH:
            raise DiscountRefused(REFUSED[Refusal.UNKNOWN])
        code = self._find(normal)
        if code is None:
            raise DiscountRefused(REFUSED[Refusal.UNKNOWN])
        if code.is_over(self._now()):
            raise DiscountRefused(REFUSED[Refusal.OVER])
        return normal

    def refused(self, use: CodeUse, user_id: int | None, email: str | None) -> DiscountRefused:
        """Why an order with that use of a code was refused, by what is so at this instant."""
        self._refresh()
        code = self._store.get(use.code_id)
        if code is None or code.version != use.version:
            return DiscountRefused(REFUSED[Refusal.CHANGED])
        if code.is_over(self._now()):
            return DiscountRefused(REFUSED[Refusal.OVER])
        refusal = _by_standing(code, self._store.standing(code.code_id, user_id, email))
        return DiscountRefused(REFUSED[refusal or Refusal.CHANGED])

    def _find(self, text: str) -> DiscountCode | None:
        """In memory while it holds; one that is over, or does not exist, is looked up."""
        revision = self._revision()
        if revision and revision != self._known.revision:
            self._known = self._store.in_force(self._now())
            self._by_text = {code.code: code for code in self._known.codes}
        if not revision:
            return None  # there never was a code
        return self._by_text.get(text) or self._store.find(text)


def used_by(code: CartCode | None, email: str | None, user_id: int | None, saved: int) -> CodeUse | None:
    """An order's use of the code in its cart; None where that takes nothing off it. `saved`: minor units."""
    if code is None or code.known is None or code.refusal is not None:
        return None
    known = code.known
    key = customer_key(known.code_id, email, user_id) if known.once or known.first else secrets.token_hex(16)
    return CodeUse(known.code_id, known.version, known.code, saved, key, known.first)


def _by_standing(code: DiscountCode, standing: Standing) -> Refusal | None:
    if code.limit is not None and standing.used >= code.limit:
        return Refusal.USED_UP
    if (code.once or code.first) and standing.has_used:
        return Refusal.USED
    if code.first and standing.has_bought:
        return Refusal.NOT_FIRST
    return None
