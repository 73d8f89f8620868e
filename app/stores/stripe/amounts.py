"""Amounts as Stripe counts them, by https://docs.stripe.com/currencies (read in November 2026)."""

from __future__ import annotations

from babel.numbers import get_currency_precision

from app.errors import InvalidInput
from app.words import mark

_ZERO = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
# Counted in hundredths though they have none: only whole units are taken.
_WHOLE = frozenset(["ISK", "UGX"])


def to_stripe(amount: int, currency: str) -> int:
    """Minor units of ours as Stripe's. Raises InvalidInput for an amount that cards of this currency cannot pay."""
    more = _digits(currency) - _our_digits(currency)
    theirs, rest = (amount * _ten_to(more), 0) if more >= 0 else divmod(amount, _ten_to(-more))
    # The networks take thousandths by the ten alone.
    if rest or (currency in _THREE and theirs % 10) or (currency in _WHOLE and theirs % 100):
        raise InvalidInput(
            mark("This total cannot be paid by card: its last digit is too small for cards in {code}.", code=currency)
        )
    return theirs


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's units of an amount as ours; what is smaller than ours is rounded up, so that it is no amount of ours."""
    more = _our_digits(currency) - _digits(currency)
    return amount * _ten_to(more) if more >= 0 else -(-amount // _ten_to(-more))


def _ten_to(power: int) -> int:
    return int(10**power)


def _our_digits(currency: str) -> int:
    return int(get_currency_precision(currency))


def _digits(currency: str) -> int:
    return 0 if currency in _ZERO else 3 if currency in _THREE else 2
