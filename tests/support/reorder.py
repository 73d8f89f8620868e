"""Reorder rules in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain import AuditEntry, ReorderRule, RuleKey, RuleLevel
from app.errors import StaleEdit


class RuleStore:
    """Keeps the promises of `ReorderRuleStore`. `meanwhile` is run once, before the next write."""

    def __init__(self) -> None:
        self.said: dict[RuleKey, ReorderRule] = {}
        self.audited: list[AuditEntry] = []
        self.meanwhile: Callable[[], None] | None = None

    def rules(self) -> dict[RuleKey, ReorderRule]:
        return dict(self.said)

    def set_rule(
        self, key: RuleKey, rule: ReorderRule | None, audited: AuditEntry, present: ReorderRule | None
    ) -> None:
        self._write({key: (present, rule)})
        self.audited.append(audited)

    def set_of_products(self, changes: Mapping[str, tuple[ReorderRule | None, ReorderRule | None]]) -> None:
        self._write({RuleKey(RuleLevel.PRODUCT, one): change for one, change in changes.items()})

    def _write(self, changes: Mapping[RuleKey, tuple[ReorderRule | None, ReorderRule | None]]) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        if any(self.said.get(key) != present for key, (present, _) in changes.items()):
            raise StaleEdit()
        for key, (_, rule) in changes.items():
            self.said.pop(key, None)
            if rule is not None:
                self.said[key] = rule
