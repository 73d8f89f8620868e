"""Screens of the wall: paired by a code that the screen shows and somebody signed in enters.

A screen is given a random token with its code, and keeps it in a cookie; entering the code makes that token a
screen's. A code is one of a million, good once and for five minutes. Who enters codes is throttled, so that
guessing one of ten that wait takes weeks, and all it would do is to give somebody's screen the wrong name.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Collection
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.domain import Actor, AuditAction, Scene, Screen, ScreenSettings
from app.errors import Busy, InvalidInput, NotFound, NotSignedIn, ShopError
from app.services.audit.log import entry_of
from app.services.checks import line, whole
from app.services.edit_clashes import changed_fields
from app.services.limits.networks import network_of
from app.services.limits.throttle import PAIRING_ADDRESS, PAIRING_CODE, ThrottleService
from app.services.wall.ports import PairingState, Screens

LIFETIME = timedelta(minutes=5)
NAME_LENGTH = 60
TURN_SECONDS = (5, 600)
MOST_SCREENS = 200
KNOWN_SECONDS = 5.0  # a revoked screen goes dark after it, at most
SEEN_SECONDS = 60.0
_TRIES = 10
_CODE = re.compile(r"[0-9]{6}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Pairing(NamedTuple):
    """What a screen that is to be paired gets: the code to show, the token to keep."""

    code: str
    token: str
    ends_at: datetime


class ScreenService:
    """Pairs screens and says what each may show.

    Per process it asks for all screens at once, every few seconds at most, whatever their number.
    """

    def __init__(self, store: Screens, throttle: ThrottleService, secret_key: str) -> None:
        self._store = store
        self._throttle = throttle
        self._key = secret_key.encode()
        self._lock = threading.Lock()
        self._known: tuple[float, dict[str, Screen]] = (float("-inf"), {})
        self._seen: set[int] = set()
        self._seen_at = float("-inf")

    # --- pairing ----------------------------------------------------------------------------------

    def begin(self, address: str) -> Pairing:
        """A code for a screen at this network address. Raises Throttled, and Busy when every try hit a taken code."""
        self._throttle.take(PAIRING_ADDRESS, network_of(address))
        for _ in range(_TRIES):
            code, token = f"{secrets.randbelow(10**6):06}", secrets.token_urlsafe(32)
            ends_at = self._store.begin(self._code_hash(code), _hash(token), LIFETIME)
            if ends_at is not None:
                return Pairing(code, token, ends_at)
        raise Busy()

    def state(self, token: str) -> PairingState:
        """What became of the pairing that gave this token."""
        return self._store.state(_hash(token))

    def pair(self, code: object, settings: ScreenSettings, actor: Actor) -> Screen:
        """Make the screen that shows `code` one of the shop's. Raises InvalidInput, Throttled after wrong codes."""
        settings = checked(settings)
        digits = re.sub(r"[\s-]", "", code) if isinstance(code, str) else ""
        if not _CODE.fullmatch(digits):
            raise InvalidInput("The code has six digits. The screen shows it.", "code")
        if len(self._store.all()) >= MOST_SCREENS:
            raise InvalidInput(f"There are {MOST_SCREENS} screens. Remove one that is not needed any more.", "code")

        with self._throttle.attempt((PAIRING_CODE, str(actor.user_id))):
            screen = self._store.pair(
                self._code_hash(digits),
                settings,
                actor.name,
                lambda id_: entry_of(
                    actor, AuditAction.SCREEN_PAIR, "screen", id_, settings.name, after=_facts(settings)
                ),
            )
            if screen is None:
                raise InvalidInput("No screen shows this code, or it has expired. Look at the screen again.", "code")
        return screen

    # --- screens ----------------------------------------------------------------------------------

    def all(self) -> list[Screen]:
        return self._store.all()

    def change(self, screen_id: int, settings: ScreenSettings, actor: Actor, seen: ScreenSettings) -> None:
        """Write what `settings` changes of those `seen`; the screen shows it within seconds.

        Raises EditClash when somebody else has changed the same since, InvalidInput, NotFound.
        """
        before = self._get(screen_id).settings
        changed = changed_fields(fields_of(seen), fields_of(checked(settings)), fields_of(before))
        # Checked once more: the two ends of the night may come from two people.
        settings = checked(replace(before, **changed))
        old, new = _facts(before), _facts(settings)
        entry = entry_of(
            actor,
            AuditAction.SCREEN_CHANGE,
            "screen",
            screen_id,
            settings.name,
            before={key: value for key, value in old.items() if value != new[key]},
            after={key: value for key, value in new.items() if value != old[key]},
        )
        if before != settings and not self._store.change(screen_id, settings, entry, before):
            raise NotFound("This screen has been removed.")

    def revoke(self, screen_id: int, actor: Actor) -> None:
        """It goes dark within seconds. Raises NotFound."""
        name = self._get(screen_id).settings.name
        if not self._store.revoke(screen_id, entry_of(actor, AuditAction.SCREEN_REVOKE, "screen", screen_id, name)):
            raise NotFound("This screen has been removed.")

    def of_token(self, token: str) -> Screen:
        """The screen, as known some seconds ago at most. Raises NotSignedIn for one that is not, or not any more."""
        screen = self._all_known(missing=_hash(token)).get(_hash(token)) if token else None
        if screen is None:
            raise NotSignedIn("This screen is not paired.")
        self._seen.add(screen.screen_id)
        return screen

    def _get(self, screen_id: int) -> Screen:
        for screen in self._store.all():
            if screen.screen_id == screen_id:
                return screen
        raise NotFound("This screen has been removed.")

    def _all_known(self, missing: str) -> dict[str, Screen]:
        """By the hash of their tokens. When they cannot be read, those of before: that is more than a cache with a
        time to live does, which forgets what is too old.
        """
        with self._lock:
            read_at, known = self._known
            age = time.monotonic() - read_at
            # One that is missing may have been paired just now.
            if age > KNOWN_SECONDS or missing not in known:
                try:
                    known = self._store.by_token()
                    self._note_seen()
                except ShopError:
                    if missing not in known:
                        raise
                # Also after a failure: a store that is away is not asked by every screen.
                self._known = (time.monotonic(), known)
            return known

    def _note_seen(self) -> None:
        if self._seen and time.monotonic() - self._seen_at > SEEN_SECONDS:
            seen, self._seen, self._seen_at = self._seen, set(), time.monotonic()
            self._store.seen(seen)

    def _code_hash(self, code: str) -> str:
        return hmac.new(self._key, f"pairing\0{code}".encode(), hashlib.sha256).hexdigest()


def checked(settings: ScreenSettings) -> ScreenSettings:
    """The settings with a tidy name. Raises InvalidInput."""
    name = line(settings.name, "name", NAME_LENGTH, required=True)
    if not settings.scenes or not set(settings.scenes) <= set(Scene):
        raise InvalidInput("Choose at least one scene.", "scenes")
    whole(settings.turn_seconds, "turn_seconds", *TURN_SECONDS)
    night = (settings.night_from, settings.night_until)
    if any(night) and not all(isinstance(at, str) and _CLOCK.fullmatch(at) for at in night):
        raise InvalidInput("Enter both times for dimming at night, such as 22:00 and 06:30.", "night")
    return ScreenSettings(**{**asdict(settings), "name": name, "scenes": _in_order(settings.scenes)})


def fields_of(settings: ScreenSettings) -> dict[str, Any]:
    return {field.name: getattr(settings, field.name) for field in fields(settings)}


def _in_order(scenes: Collection[Scene]) -> tuple[Scene, ...]:
    return tuple(scene for scene in Scene if scene in scenes)


def _facts(settings: ScreenSettings) -> dict[str, object]:
    return {**asdict(settings), "scenes": [scene.value for scene in settings.scenes]}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
