"""Keeps mail to invented people from leaving: of a demo, a simulation, an example."""

from __future__ import annotations

from app.domain import Message, is_reserved
from app.errors import NotSent
from app.services.messages.ports import Sender


class RealSender:
    """The `Sender` port before a mail service: invented people, as of a demo, are not written to.

    Such mail would only bounce, and bounces count against the shop's standing with the service.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def send(self, message: Message) -> None:
        """Raises NotSent for a reserved domain."""
        if is_reserved(message.to):
            domain = message.to.rpartition("@")[2]
            raise NotSent(f"Not sent: {domain} is a name for examples and tests, under which nobody has a mailbox.")
        self._sender.send(message)
