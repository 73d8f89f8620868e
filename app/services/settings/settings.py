"""What admins set of the shop: kept with optimistic revisions, audited, and known in memory by every process.

Nothing that a page or a mail asks for costs a query: `follow` reads the revision at most once a second, in place of
the ping by which a process notices that its database is away, and the rest only when the revision is another one.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from app.domain import Actor, AuditAction
from app.domain.shop import Shop
from app.domain.taxes import TaxRules
from app.errors import Busy, Conflict, ShopError, StaleEdit
from app.money import Formats
from app.services.audit.log import entry_of
from app.services.checks import noting
from app.services.edit_clashes import changed_fields
from app.services.settings.ports import MOST_COUNTED, SettingsStore, Stored
from app.services.settings.values import checked, rule_text
from app.settings.environment import Settings
from app.settings.in_force import (
    NAMES,
    OF_ENVIRONMENT,
    OF_PAYMENT,
    OF_TAXES,
    locked_by_environment,
    settings_with,
    shop_of,
    taxes_of,
)

log = logging.getLogger(__name__)

FRESH_SECONDS = 1.0
_UNSET = OF_TAXES | OF_PAYMENT
_MOST_TRIES = 5
# Rows hold what these made of them: amounts, and days.
_FIXED_BY_ORDERS = ("timezone", "currency")


@dataclass(frozen=True)
class Present:
    """What is in force, or would be."""

    stored: Stored
    settings: Settings
    shop: Shop
    formats: Formats
    taxes: TaxRules


class SettingsService:
    """Knows what is in force, and changes it."""

    def __init__(
        self,
        store: SettingsStore,
        environment: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._environment = environment
        self._clock = clock
        self._following = Lock()
        self._asked_at = float("-inf")
        self._error: ShopError | None = None
        self._present: Present | None = None

    # --- what is in force -------------------------------------------------------------------------

    def settings(self) -> Settings:
        return self._now().settings

    def shop(self) -> Shop:
        return self._now().shop

    def formats(self) -> Formats:
        return self._now().formats

    def taxes(self) -> TaxRules:
        """With the rates that hold today."""
        present = self._now()
        return present.taxes.on(present.formats.today())

    def values(self) -> dict[str, str]:
        """All of them by name, as a form shows and keeps them."""
        present = self._now()
        settings = present.settings
        of_environment = {
            "name": settings.store_name,
            "timezone": settings.store_timezone,
            "currency": settings.currency,
            "low_stock_rule": rule_text(settings.low_stock_rule),
        }
        stored = present.stored.values
        return {name: of_environment.get(name) or stored.get(name) or _UNSET.get(name, "") for name in NAMES}

    def chosen(self) -> frozenset[str]:
        """Names of what somebody set, here or in the environment, instead of leaving it as it comes."""
        stored = self._now().stored.values
        return locked_by_environment(self._environment) | {name for name, value in stored.items() if value}

    def preview(self, values: Mapping[str, object]) -> tuple[Present, dict[str, str]]:
        """What would be in force with these `values` by name; those that are wrong are left out, and why."""
        right: dict[str, str] = {}
        wrong: dict[str, str] = {}
        for name, value in values.items():
            with noting(wrong):
                right |= checked({name: value})
        return self._made(Stored(values={**self._now().stored.values, **right})), wrong

    def locks(self) -> dict[str, str]:
        """By name, why a setting cannot be changed here."""
        locks = {
            name: f"Set by {OF_ENVIRONMENT[name].upper()} in the environment."
            for name in locked_by_environment(self._environment)
        }
        if orders := self._store.orders():
            count = "There is 1 order" if orders == 1 else f"There are {self._counted(orders)} orders"
            locks |= {
                "timezone": f"{count}, whose days were cut by these clocks.",
                "currency": f"{count} in this currency, and amounts are not converted.",
            } | {name: words for name, words in locks.items() if name in _FIXED_BY_ORDERS}
        return locks

    def _counted(self, orders: int) -> str:
        words = self.formats().number(orders)
        return f"{words} and more" if orders >= MOST_COUNTED else words

    def follow(self) -> None:
        """Take up what other processes changed; asks the store at most once a second. Raises what keeps it from that.

        Also by whoever only wants to know whether the store is there.
        """
        if not self._is_fresh() and self._following.acquire(blocking=self._present is None):
            try:
                if not self._is_fresh():  # who waited for the first read has it now
                    self._ask()
            finally:
                self._following.release()
        if self._error is not None:
            raise self._error.with_traceback(None)

    def _is_fresh(self) -> bool:
        return self._clock() - self._asked_at < FRESH_SECONDS

    def _ask(self) -> None:
        """An error stays until an answer comes: who asks meanwhile hears of it."""
        try:
            if self._present is None or self._store.revision() != self._present.stored.revision:
                self._take_up(self._store.read())
            self._error = None
        except ShopError as error:
            self._error = error
        finally:
            self._asked_at = self._clock()

    def known(self) -> Stored:
        """What was last read of the store. Raises Busy while nothing was: what would hold then is a guess, by which
        nothing may be sold."""
        self._now()
        if self._present is None:
            raise Busy()
        return self._present.stored

    def refresh(self) -> None:
        """Read what is stored at this instant."""
        self._take_up(self._store.read())

    def _now(self) -> Present:
        if self._present is None:
            try:
                self.follow()
            except ShopError as error:
                log.warning("what admins set cannot be read yet, so the environment's settings hold: %s", error)
        return self._present or self._made(Stored())

    def _take_up(self, stored: Stored) -> None:
        self._present = self._made(stored)

    def _made(self, stored: Stored) -> Present:
        settings = settings_with(self._environment, stored.values)
        return Present(
            stored,
            settings,
            shop_of(settings, stored.values, stored.revision),
            formats_of(settings),
            taxes_of(settings, stored.values),
        )

    # --- changing it ------------------------------------------------------------------------------

    def save(self, section: str, values: Mapping[str, object], seen: Mapping[str, str], actor: Actor) -> bool:
        """Write what `values` change of `seen`, both by name; False when there was nothing to change.

        What others changed meanwhile stays. `section`: what the audit log calls them. Raises InvalidInput naming all
        that are wrong, EditClash for what somebody else changed to something else, and Conflict for what is locked.
        """
        wanted = checked(values)
        for _ in range(_MOST_TRIES):
            self._take_up(self._store.read())
            present = self.values()
            mine = changed_fields(seen, wanted, {name: present[name] for name in wanted})
            changes = {name: value for name, value in mine.items() if value != present[name]}
            if not changes:
                return False
            self._refuse_locked(changes)
            try:
                self._write(section, changes, present, actor)
            except StaleEdit:
                continue
            return True
        raise Busy()

    def _write(self, section: str, changes: Mapping[str, str], present: Mapping[str, str], actor: Actor) -> None:
        before = {name: present[name] for name in changes}
        entry = entry_of(actor, AuditAction.SETTINGS_CHANGE, "settings", section, section, before, changes)
        is_fixed = not set(changes).isdisjoint(_FIXED_BY_ORDERS)
        seen = self._now().stored.revision
        self._store.write(changes, seen, secrets.token_hex(8), entry, without_orders=is_fixed)
        self._take_up(self._store.read())

    def _refuse_locked(self, changes: Mapping[str, str]) -> None:
        locks = self.locks()
        for name in changes:
            if name in locks:
                raise Conflict(f"{name.replace('_', ' ').capitalize()} cannot be changed here. {locks[name]}")


def formats_of(settings: Settings) -> Formats:
    return Formats(settings.currency, settings.currency_digits, settings.store_locale, settings.zone, settings.country)
