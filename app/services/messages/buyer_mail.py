"""Mail to buyers: what an order's mailbox may get, and that it goes out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import NamedTuple

from app.domain import Message, Order
from app.errors import AwaitsConfirmation, ShopError
from app.services.messages.ports import ManySender, Sender
from app.services.messages.unconfirmed_mailboxes import WORDS, UnconfirmedMail


class ToBuyer(NamedTuple):
    """`anyway`: however many went to its mailbox before."""

    order: Order
    message: Message
    anyway: bool

    @property
    def addressee(self) -> tuple[str, int | None]:
        """A guest may be anybody, also where the order came to an account since."""
        return self.message.to, None if self.order.is_of_guest else self.order.user_id


class BuyerMail:
    """Sends mails of orders; a mailbox that its buyer has not confirmed gets a few an hour."""

    def __init__(self, sender: Sender, unconfirmed: UnconfirmedMail) -> None:
        self._sender = sender
        self._unconfirmed = unconfirmed

    def send(self, mail: ToBuyer) -> None:
        """Raises AwaitsConfirmation past the mailbox's budget, and what the sender raises."""
        is_free = mail.anyway or self._unconfirmed.is_confirmed(*mail.addressee)
        with nullcontext() if is_free else self._unconfirmed.counted(mail.message.to):
            self._sender.send(mail.message)

    def send_many(self, sender: ManySender, mails: Sequence[ToBuyer]) -> list[ShopError | None]:
        """Of each what `send` would have raised. Raises what concerns all of them; then none went out."""
        unconfirmed = self._of_unconfirmed(mails)
        fits = self._unconfirmed.count([mails[number].message.to for number in unconfirmed])
        over = {number for number, has_room in zip(unconfirmed, fits, strict=True) if not has_room}
        going = [number for number in range(len(mails)) if number not in over]
        ends: list[ShopError | None] = [AwaitsConfirmation(WORDS) for _ in mails]
        unsent = set(unconfirmed) - over
        try:
            for number, end in zip(going, sender.send_many([mails[one].message for one in going]), strict=True):
                ends[number] = end
                if end is None:
                    unsent.discard(number)
        finally:
            self._unconfirmed.uncount([mails[number].message.to for number in sorted(unsent)])
        return ends

    def _of_unconfirmed(self, mails: Sequence[ToBuyer]) -> list[int]:
        """The positions of those that count."""
        counting = {mail.addressee for mail in mails if not mail.anyway}
        confirmed = self._unconfirmed.confirmed(counting)
        return [n for n, mail in enumerate(mails) if not mail.anyway and mail.addressee not in confirmed]
