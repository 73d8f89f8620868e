"""Where replays are kept that somebody asked for: waiting, running, done or failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

State = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True)
class KeptReplay:
    """`request` as `ReplayRequest.as_dict` has it; `made_of` says what the past was when it was asked for.

    `steps` done of `of`, while it runs; `words` say why it failed.
    """

    replay_id: int
    request: Mapping[str, Any]
    made_of: str
    state: State
    asked_at: datetime
    steps: int
    of: int
    words: str


class ReplayStore(Protocol):
    def ask(self, key: str, request: Mapping[str, Any], made_of: str, most: int) -> int | None:
        """The id of the replay with this key: a new one that waits, or the one that is there; it waits again if it
        failed. None, and nothing is kept, where `most` others wait or run already."""

    def get(self, replay_id: int) -> KeptReplay | None: ...

    def latest(self, most: int) -> list[KeptReplay]:
        """The last ones asked for, newest first."""

    def result(self, replay_id: int) -> Mapping[str, Any] | None:
        """What it found, as `Replay.as_dict` has it; None unless it is done."""

    def waits(self, holder: str) -> bool:
        """Whether one is to be run, and no other holder is at it."""

    def take(self, holder: str, lease: timedelta) -> KeptReplay | None:
        """The oldest that waits, or was left half-way; None when there is none, or another holder has the lease.

        One that was begun too often fails instead.
        """

    def step(self, replay_id: int, holder: str, steps: int, of: int, lease: timedelta) -> bool:
        """So far it is; False when another holder has taken over."""

    def finish(self, replay_id: int, holder: str, result: Mapping[str, Any] | None, words: str) -> None:
        """Done with this result, or failed with these words; nothing when another holder has taken over."""
