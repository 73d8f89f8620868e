"""Addresses that cannot be written to: what mail services tell of them, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain import Actor, AddressBlock, AuditAction, BlockReason, Message
from app.errors import Conflict, NotFound, NotSent, ShopError
from app.money import Formats
from app.services.audit.log import entry_of
from app.services.messages.ports import AddressBlocks, EventInbox, ManySender, Sender

MOST_SHOWN = 100


OLD_MESSAGES = 100  # deleted at once, at most: few enough to be found by their keys


class CarefulSender:
    """The `Sender` port: writes to nobody whose address is blocked."""

    def __init__(self, sender: Sender, blocks: AddressBlocks, formats: Formats) -> None:
        self._sender = sender
        self._blocks = blocks
        self._formats = formats

    def send(self, message: Message) -> None:
        """Raises NotSent, saying why, and whatever the sender behind it raises."""
        block = self._blocks.of(message.to.lower())
        if block is not None:
            raise self._not_to(block)
        self._sender.send(message)

    def _not_to(self, block: AddressBlock) -> NotSent:
        return NotSent(f"Not sent: {block_words(block, self._formats)}.")


class CarefulManySender(CarefulSender):
    """The same in front of a sender of many."""

    def __init__(self, sender: ManySender, blocks: AddressBlocks, formats: Formats) -> None:
        super().__init__(sender, blocks, formats)
        self._many = sender

    def send_many(self, messages: Sequence[Message]) -> list[ShopError | None]:
        """Of each message what `send` would have raised."""
        blocks = self._blocks.among({message.to.lower() for message in messages})
        free = [message for message in messages if message.to.lower() not in blocks]
        outcomes = iter(self._many.send_many(free) if free else ())
        return [
            self._not_to(blocks[message.to.lower()]) if message.to.lower() in blocks else next(outcomes)
            for message in messages
        ]


def block_words(block: AddressBlock, formats: Formats) -> str:
    day = formats.day(formats.store_day(block.at))
    if block.reason is BlockReason.BOUNCE:
        return f"the address bounced on {day}"
    return f"its owner reported a mail as spam on {day}"


class MailEventService:
    """Takes a mail service's words on bounces and complaints.

    `inbox` None: this shop takes no events. It is called from outside, by whoever likes.
    """

    def __init__(self, inbox: EventInbox | None, blocks: AddressBlocks) -> None:
        self._inbox = inbox
        self._blocks = blocks

    def receive(self, body: bytes) -> None:
        """Take a message of the mail service, once. Raises HookRefused, NotFound where none are taken."""
        if self._inbox is None:
            raise NotFound("This shop takes no messages here.")
        self._blocks.record(self._inbox.read(body))

    def block_of(self, email: str | None) -> AddressBlock | None:
        return self._blocks.of(email) if email else None

    def blocks(self) -> tuple[AddressBlock, ...]:
        """The latest."""
        return self._blocks.latest(MOST_SHOWN)

    def lift(self, block_id: int, actor: Actor) -> None:
        """Write to the address again. Raises NotFound."""
        block = self._blocks.get(block_id)
        # The log keeps entries for good: whose address it was stands in no entry.
        domain = block.email.rpartition("@")[2] if block else ""
        audited = entry_of(actor, AuditAction.ADDRESS_LIFT, "address", block_id, f"an address at {domain}")
        if block is None or not self._blocks.lift(block_id, audited):
            raise NotFound("This address is not blocked any more.")

    def try_again(self, email: str) -> None:
        """Its owner says that it works. Raises Conflict for an address whose owner complained."""
        block = self._blocks.of(email)
        if block is not None and block.reason is BlockReason.COMPLAINT:
            raise Conflict("A mail to this address was reported as spam. Use another, or ask the shop to unblock it.")
        self._blocks.lift_bounce(email)

    def forget_old(self) -> int:
        return self._blocks.forget_messages(OLD_MESSAGES)
