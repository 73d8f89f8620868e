"""The process that runs replays: one after the other, until none waits."""

from __future__ import annotations

import logging
from datetime import timedelta

from app.errors import ShopError
from app.services.replay.policy import ReplayRequest
from app.services.replay.ports import ReplayStore
from app.services.replay.replaying import Replaying

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # a big shop's past is read in a minute


class TakenOver(Exception):
    """Another process has the lease: this one took too long between two steps."""


class ReplayRuns:
    def __init__(self, store: ReplayStore, replaying: Replaying) -> None:
        self._store = store
        self._replaying = replaying

    def run(self, holder: str) -> int:
        """How many were run. None is while another `holder` is at it."""
        count = 0
        while (asked := self._store.take(holder, LEASE)) is not None:
            number = asked.replay_id

            def progress(steps: int, of: int, number: int = number) -> None:
                if not self._store.step(number, holder, steps, of, LEASE):
                    raise TakenOver

            try:
                found = self._replaying.run(ReplayRequest.of_dict(asked.request), progress)
            except TakenOver:
                return count
            except ShopError as error:
                self._store.finish(number, holder, None, error.message)
            else:
                self._store.finish(number, holder, found.as_dict(), "")
            count += 1
            log.info("replay %s is over", number)
        return count
