"""Replays as pages have them: asked for, looked at, and applied. The work itself is done in a process of its own."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain import NON_MERCHANDISE, Actor, Product, ProductStatus
from app.errors import Busy, InvalidInput, NotFound
from app.services.analytics.anchor import Anchor
from app.services.analytics.answer_cache import AnswerCache
from app.services.replay.inputs import ReplayInputs
from app.services.replay.policy import LEAST_HISTORY, ReplayRequest
from app.services.replay.ports import KeptReplay, ReplayStore
from app.services.replay.result import Replay
from app.services.stock.bulk_edits import BulkDone, BulkEdits

USUAL_DAYS = 91
MOST_PENDING = 5  # that wait or run, whoever asked for them
RETRY_SECONDS = 60


@dataclass(frozen=True)
class ReplayDays:
    """What can be replayed: from `earliest` to `last`; usually from `first` on."""

    earliest: date
    first: date
    last: date


class ReplayService:
    """`inputs` tell when a replay is out of date; `products`: all that there are."""

    def __init__(
        self,
        store: ReplayStore,
        inputs: ReplayInputs,
        anchor: Anchor,
        products: Callable[[], tuple[Product, ...]],
        edits: BulkEdits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._inputs = inputs
        self._anchor = anchor
        self._products = products
        self._edits = edits
        self._results: AnswerCache[Replay | None] = AnswerCache()
        self._made_of: AnswerCache[str] = AnswerCache(clock)

    def days(self) -> ReplayDays | None:
        """None in a shop that is too young."""
        trade = self._anchor.trade()
        last = trade.full_end - timedelta(days=1)
        if trade.first_day is None or trade.first_day + timedelta(days=LEAST_HISTORY) > last:
            return None
        earliest = trade.first_day + timedelta(days=LEAST_HISTORY)
        return ReplayDays(earliest, max(earliest, last - timedelta(days=USUAL_DAYS - 1)), last)

    def ask(self, request: ReplayRequest) -> int:
        """The id of the replay: a new one, or the same that was asked for before and is still true.

        Raises InvalidInput for what cannot be replayed, Busy while too many wait.
        """
        asked, days = request.checked().as_dict(), self.days()
        if days is None or request.first < days.earliest:
            raise InvalidInput(f"The first day must be {LEAST_HISTORY} days after the first sale.", "first")
        if request.last > days.last:
            raise InvalidInput(f"The last day must not be after {days.last}.", "last")
        made_of = self._inputs.hash_of(request)
        words = json.dumps([asked, made_of], sort_keys=True)
        found = self._store.ask(hashlib.sha256(words.encode()).hexdigest(), asked, made_of, MOST_PENDING)
        if found is None:
            raise Busy(
                f"{MOST_PENDING} replays wait or run already. Ask again when one of them is over.", RETRY_SECONDS
            )
        return found

    def get(self, replay_id: int) -> KeptReplay:
        """Raises NotFound."""
        found = self._store.get(replay_id)
        if found is None:
            raise NotFound("This replay is not kept any more. Run it again.")
        return found

    def latest(self, most: int) -> list[KeptReplay]:
        return self._store.latest(most)

    def result(self, replay_id: int) -> Replay | None:
        """None while it is not done."""
        return self._results.get(replay_id, lambda: self._read(replay_id))

    def _read(self, replay_id: int) -> Replay | None:
        found = self._store.result(replay_id)
        return Replay.of_dict(found) if found else None

    def is_outdated(self, kept: KeptReplay) -> bool:
        """Whether the past that it was made of is another one now, or was a moment ago: big shops take long to look."""
        request = ReplayRequest.of_dict(kept.request)
        return kept.made_of != self._made_of.get(kept.replay_id, lambda: self._inputs.hash_of(request))

    def applied_to(self, replay: Replay) -> list[str]:
        """The products that its policy can be applied to: those that are still in the store."""
        there = {
            p.product_id
            for p in self._products()
            if p.status is ProductStatus.ACTIVE and p.product_id not in NON_MERCHANDISE
        }
        return [one.product_id for one in replay.products if one.product_id in there]

    def apply(self, actor: Actor, replay_id: int) -> BulkDone:
        """Set lead time, review period and service level of its products as its policy has them; safe to run twice.

        Raises NotFound, InvalidInput when it is not done.
        """
        replay = self._read(self.get(replay_id).replay_id)
        if replay is None:
            raise InvalidInput("This replay is not done yet.", "replay")
        policy = replay.request.policy
        wanted = {"lead_days": policy.lead_days, "review_days": policy.review_days, "service": policy.service}
        return self._edits.set_for_products(actor, self.applied_to(replay), wanted)
