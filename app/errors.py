"""One tree of errors whose words may be shown to a person.

Every `ShopError` carries the HTTP status and the stable code of the JSON API. Anything that is
not a `ShopError` is a defect: it is logged with an incident number and never shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.words import Sentence, joined, mark, mark_many


class ShopError(Exception):
    """Base of all errors with words for a person."""

    status = 400
    code = "invalid"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(ShopError):
    """A value that a person or client sent is wrong; `field` names it.

    `wrong`: messages by field where several were looked at together; the first one is the error's own.
    """

    status = 422
    code = "invalid_input"

    def __init__(self, message: str, field: str | None = None, wrong: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.wrong = wrong or ({field: message} if field else {})


class NotSignedIn(ShopError):
    status = 401
    code = "not_signed_in"

    def __init__(self, message: str = mark("Sign in to continue.")) -> None:
        super().__init__(message)


class WrongCredentials(ShopError):
    """The address or the password is wrong. The same words whether the account exists or not."""

    status = 401
    code = "wrong_credentials"

    def __init__(self, message: str = mark("E-mail or password is wrong.")) -> None:
        super().__init__(message)


class SecondFactorRequired(ShopError):
    """The password was right; a code from the authenticator app is still missing."""

    status = 401
    code = "second_factor_required"

    def __init__(self, message: str = mark("Enter the code from your authenticator app as well.")) -> None:
        super().__init__(message)


class WrongCode(ShopError):
    """A code of the second factor that is wrong, too old, or was used before."""

    status = 401
    code = "wrong_code"

    def __init__(
        self, message: str = mark("This code is wrong or was used already. Wait for the next one and try again.")
    ) -> None:
        super().__init__(message)


class Throttled(ShopError):
    """Too many attempts; `retry_after` whole seconds until the next one is looked at."""

    status = 429
    code = "throttled"

    def __init__(self, retry_after: int, message: str = "") -> None:
        super().__init__(message or mark("Too many attempts. Try again in {time}.", time=_span(retry_after)))
        self.retry_after = retry_after


class TooManyOrders(Throttled):
    """Past the budget of whoever orders; nothing was begun."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            retry_after,
            mark(
                "Many orders were placed in a short time. Try again in {time}. "
                "Nothing was charged, and your cart is kept.",
                time=_span(retry_after),
            ),
        )


class TooManyDeclines(Throttled):
    """Past the budget of declined cards; nothing was begun."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            retry_after,
            mark(
                "Too many cards were declined. Try again in {time}. Nothing was charged, and your cart is kept.",
                time=_span(retry_after),
            ),
        )


class TooManyCartChanges(Throttled):
    """Past the budget of changes to carts; nothing was changed."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            retry_after, mark("The cart changed many times just now. Try again in {time}.", time=_span(retry_after))
        )


class TooManyMails(Throttled):
    """Past the budget of a mailbox that mails with links were asked for."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            retry_after,
            mark("Several e-mails went to this address a moment ago. Try again in {time}.", time=_span(retry_after)),
        )


def _span(seconds: int) -> Sentence:
    if seconds < 90:
        return mark_many("{count} second", "{count} seconds", max(seconds, 1))
    return mark_many("{count} minute", "{count} minutes", -(-seconds // 60))


class LinkInvalid(ShopError):
    """A link from an e-mail that was used, has expired, or was made for something else."""

    status = 410
    code = "link_invalid"

    def __init__(self, message: str = mark("This link was used already or has expired. Ask for a new one.")) -> None:
        super().__init__(message)


class Forbidden(ShopError):
    status = 403
    code = "forbidden"

    def __init__(self, message: str = mark("Your account may not do this.")) -> None:
        super().__init__(message)


class NotFound(ShopError):
    status = 404
    code = "not_found"


class TakenOut(NotFound):
    """It was there once, and will not come back by itself."""


class Conflict(ShopError):
    """The state of the shop does not allow it (any more)."""

    status = 409
    code = "conflict"


class StaleEdit(Conflict):
    """It was edited since it was read, so nothing was written."""

    def __init__(self, message: str = "Somebody else changed this at the same moment. Try again.") -> None:
        super().__init__(message)


@dataclass(frozen=True)
class Clash:
    """A field that two people changed to different values: what stands there now, and what was not written."""

    field: str
    theirs: object
    mine: object


class EditClash(Conflict):
    """Somebody else changed the same fields since they were read; nothing was written."""

    code = "edit_clash"

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__("Somebody else changed the same meanwhile. Choose which value to keep, and save again.")
        self.clashes = tuple(clashes)


class EmailTaken(Conflict):
    code = "email_taken"

    def __init__(
        self, message: str = mark("There is already an account with this e-mail address. Sign in instead.")
    ) -> None:
        super().__init__(message)


class EmptyCart(ShopError):
    status = 400
    code = "empty_cart"

    def __init__(self, message: str = mark("Your cart is empty.")) -> None:
        super().__init__(message)


@dataclass(frozen=True)
class Shortage:
    """A line that cannot be had in full; `available` is what is left."""

    product_id: str
    name: str
    wanted: int
    available: int


class OutOfStock(Conflict):
    code = "out_of_stock"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        super().__init__(joined(_shortage_words(s) for s in self.shortages))


def _shortage_words(shortage: Shortage) -> Sentence:
    if shortage.available <= 0:
        return mark("{name} is sold out.", name=shortage.name)
    return mark(
        "Only {available} of {name} left; you asked for {wanted}.",
        available=shortage.available,
        name=shortage.name,
        wanted=shortage.wanted,
    )


@dataclass(frozen=True)
class PriceChange:
    product_id: str
    name: str
    was: int
    now: int


class PriceChanged(Conflict):
    code = "price_changed"

    def __init__(self, changes: Sequence[PriceChange]) -> None:
        self.changes = tuple(changes)
        names = ", ".join(c.name for c in self.changes)
        super().__init__(
            mark(
                "The price of {names} changed since you put it in the cart. Look at the cart and order again.",
                names=names,
            )
        )


class TotalChanged(Conflict):
    """The order would cost something else than what its buyer was shown."""

    code = "price_changed"

    def __init__(
        self, message: str = mark("The total changed since you last saw it. Look at the cart and order again.")
    ) -> None:
        super().__init__(message)


class CartChanged(Conflict):
    code = "cart_changed"

    def __init__(self, message: str = mark("Your cart changed in the meantime. Look at it and order again.")) -> None:
        super().__init__(message)


class DiscountRefused(Conflict):
    """The code of a cart takes nothing off this order: it is over, used up, or of another customer or goods."""

    code = "discount_refused"

    def __init__(self, message: str = mark("The discount code of this cart does not hold for this order.")) -> None:
        super().__init__(message)


class CheckoutInProgress(Conflict):
    code = "in_progress"

    def __init__(
        self, message: str = mark("This order is being paid right now. Look at your orders in a moment.")
    ) -> None:
        super().__init__(message)


class TooManyUnpaid(Conflict):
    """Whoever orders is to pay what they ordered before, or otherwise than later; nothing was begun."""

    code = "too_many_unpaid"


class PaymentRequired(ShopError):
    """The provider takes no order without the details of a payment."""

    status = 400
    code = "payment_required"

    def __init__(self, message: str = "Send the card to pay with as payment.") -> None:
        super().__init__(message)


class PaymentDeclined(ShopError):
    status = 402
    code = "payment_declined"

    def __init__(self, message: str = mark("The card was declined. Nothing was charged; try another card.")) -> None:
        super().__init__(message)


class PaymentUnavailable(ShopError):
    """The provider takes no payments of this shop now; nothing was begun."""

    status = 503
    code = "payment_unavailable"
    retry_after = 60

    def __init__(
        self,
        message: str = mark("Payment is not available right now. Nothing was charged, and your cart is kept."),
    ) -> None:
        super().__init__(message)


class PaymentUnclear(ShopError):
    """The provider did not answer in time: the order is settled later, by the sweeper."""

    status = 503
    code = "payment_unclear"
    retry_after = 30

    def __init__(
        self,
        message: str = (
            mark(
                "The payment provider did not answer in time. We are finding out whether the payment went through; "
                "your order list shows the result within a minute. You will not be charged twice."
            )
        ),
    ) -> None:
        super().__init__(message)


class Busy(ShopError):
    """A rush outlasted the bounded retries."""

    status = 503
    code = "busy"

    def __init__(
        self, message: str = mark("The shop is very busy right now. Try again in a few seconds."), retry_after: int = 2
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TermsChanged(Busy):
    """What an order was priced under is another one by now. Nothing was begun; priced anew, it may be."""


class StoreUnavailable(ShopError):
    """A database cannot be reached or refuses to write."""

    status = 503
    code = "store_unavailable"
    retry_after = 10


class CheckoutPaused(StoreUnavailable):
    """What a checkout needs is away. Whatever came of the attempt, its key or its cart leads to one order at most."""

    code = "checkout_paused"

    def __init__(
        self,
        message: str = (
            mark(
                "Checkout is paused: the shop cannot take orders right now. Your cart is kept, and no order "
                "is paid twice. "
                "Try again in a minute."
            )
        ),
    ) -> None:
        super().__init__(message)


class SessionUnchecked(StoreUnavailable):
    """The database that knows sessions is away, so nobody knows whether this one still holds."""

    def __init__(
        self,
        message: str = (
            mark(
                "Your sign-in cannot be checked right now, because the shop's database cannot be reached. "
                "You stay signed in, and your cart is kept. Try again in a minute."
            )
        ),
    ) -> None:
        super().__init__(message)


class DeliveryFailed(ShopError):
    """A message did not leave; the outbox tries it again."""

    status = 503
    code = "delivery_failed"


class ServiceAway(DeliveryFailed):
    """The service that delivers is away or overrun: nothing is wrong with the message, and it waits for a day."""


class Undeliverable(DeliveryFailed):
    """A message that no repetition delivers: it is given up at once, and may be sent again by hand."""


class NotSent(ShopError):
    """A message that is left unsent on purpose."""

    status = 409
    code = "not_sent"


class AwaitsConfirmation(NotSent):
    """It may go once somebody has confirmed that the mailbox is theirs."""


class HookRefused(ShopError):
    """A message from outside that nobody vouches for: it counts for nothing."""

    code = "message_refused"


class StartupError(Exception):
    """Stops the start of a command with words for the person who starts it."""
