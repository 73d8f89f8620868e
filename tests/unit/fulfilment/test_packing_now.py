"""What the wall hears of the packing table: numbers, by counting and not by reading what is counted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from app.domain import OutboxState
from app.domain.effects import EffectKind
from app.domain.fulfilment import NO_BACKLOG
from app.services.fulfilment.fulfilment import MOST_COUNTED, FulfilmentService


def test_every_mail_to_buyers_is_counted() -> None:
    store: Any = SimpleNamespace(backlog=lambda late, most: NO_BACKLOG, queue=lambda limit: ())
    asked: list[tuple[set[str], OutboxState, int]] = []

    def count(kinds: Any, state: OutboxState, most: int) -> int:
        asked.append((set(kinds), state, most))
        return len(asked)

    outbox: Any = SimpleNamespace(count=count)
    audit: Any = None
    found = FulfilmentService(store, audit, audit, outbox).packing()
    mails = {EffectKind.RECEIPT} | {kind for kind in EffectKind if kind.endswith("_mail")} - {EffectKind.ACCOUNT_MAIL}
    assert asked == [(mails, OutboxState.FAILED, MOST_COUNTED), (mails, OutboxState.PENDING, MOST_COUNTED)]
    assert (found.mails_failed, found.mails_waiting) == (1, 2)
