"""How products are ordered anew: what is said of the product itself, else of its supplier, its category, the shop."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from app.domain import NON_MERCHANDISE, Actor, AuditAction, Product, ProductStatus, ReorderRule, RuleKey, RuleLevel
from app.errors import Busy, Clash, InvalidInput, NotFound, StaleEdit
from app.money import grouped
from app.services.audit.log import entry_of
from app.services.edit_clashes import changed_fields
from app.services.forecasts.plans import USUAL
from app.services.forecasts.ports import ReorderRuleStore, ReorderSettings

MOST_LEAD_DAYS = 28
MOST_SAFETY = 1_000_000
SERVICE_LEVELS = (80, 90, 95, 98, 99)  # per cent
SHARED = ("lead_days", "review_days", "service", "pack")  # what can be said of more than one product
NO_RULE = ReorderRule()
_MOST_TRIES = 20  # each one that is lost was won by somebody else


class Rules:
    """The rules as they were read at once."""

    def __init__(self, said: Mapping[RuleKey, ReorderRule]) -> None:
        self.said = said
        self._alike: dict[tuple[ReorderRule, str, str, str], ReorderSettings] = {}

    def own(self, product_id: str) -> ReorderRule:
        """What is said of the product itself."""
        return self.said.get(RuleKey(RuleLevel.PRODUCT, product_id), NO_RULE)

    def of(self, product: Product) -> ReorderSettings:
        """What holds for a product, field by field. Products of which nothing is said share it."""
        own = self.own(product.product_id)
        alike = own, product.product_id if own != NO_RULE else "", product.supplier, product.category
        if alike not in self._alike:
            self._alike[alike] = resolved(product, self.said)
        return self._alike[alike]

    def inherited(self, product: Product) -> ReorderSettings:
        """What would hold if nothing were said of the product itself."""
        return resolved(replace(product, product_id=""), self.said)


def resolved(product: Product, said: Mapping[RuleKey, ReorderRule]) -> ReorderSettings:
    """Each value of the narrowest level that says one, else as it is built in."""
    keys = (
        RuleKey(RuleLevel.PRODUCT, product.product_id),
        RuleKey(RuleLevel.SUPPLIER, product.supplier),
        RuleKey(RuleLevel.CATEGORY, product.category),
        RuleKey(RuleLevel.SHOP),
    )
    values: dict[str, int] = {}
    sources: dict[str, RuleKey] = {}
    for key in keys:
        rule = said.get(key)
        if rule is None:
            continue
        for name, value in asdict(rule).items():
            if value is not None and name not in values:
                values[name], sources[name] = value, key
    return replace(USUAL, **values, sources=sources)


@dataclass(frozen=True)
class ManySet:
    """What came of setting many products at once: so many `changed`, so many `same` before.

    `clashes`: by product id what somebody else has changed since, and left as it is.
    """

    changed: int
    same: int
    clashes: Mapping[str, Clash]


class ReorderRules:
    """Reads and sets the rules. `products` gives all that there are."""

    def __init__(self, store: ReorderRuleStore, products: Callable[[], tuple[Product, ...]]) -> None:
        self._store = store
        self._products = products

    def read(self) -> Rules:
        return Rules(self._store.rules())

    def of(self, product: Product) -> ReorderSettings:
        return self.read().of(product)

    def set_rule(self, key: RuleKey, rule: ReorderRule, actor: Actor, seen: ReorderRule) -> None:
        """Say it of a product, a supplier, a category or the shop; an empty rule takes back what was said.

        `seen`: what the actor was looking at. Raises EditClash when somebody else has said something else since,
        NotFound for a product that there is not, InvalidInput for numbers out of range.
        """
        key, name = self._named(key)
        check(rule, key.level)
        before = self._store.rules().get(key, NO_RULE)
        # One thing: a safety stock is meant for the lead time that it was chosen with.
        if not changed_fields({"plan": seen}, {"plan": rule}, {"plan": before}):
            return
        entry = entry_of(actor, AuditAction.REORDER_PLAN, key.level, key.name, name, facts(before), facts(rule))
        self._store.set_rule(key, _or_none(rule), entry, _or_none(before))

    def set_for_products(
        self,
        actor: Actor,
        product_ids: Collection[str],
        settings: Mapping[str, int | None],
        *,
        seen: Mapping[str, ReorderRule] | None = None,
        operation: str = "",
    ) -> ManySet:
        """Set these values, by the names of `ReorderRule`, of each product: one transaction with one audit entry.

        What `settings` does not name stays; None: as the product's supplier, category or shop has it. With `seen`, what
        the actor was looking at, a product of which somebody else has changed one of them since is left as it is and
        named. `operation` makes a repeat harmless. Raises InvalidInput, NotFound.
        """
        names = self._names(product_ids)
        check(replace(NO_RULE, **settings), RuleLevel.PRODUCT)
        key = f"reorder:{operation or secrets.token_hex(12)}"
        for _ in range(_MOST_TRIES):
            rules = self.read()
            before = {one: rules.own(one) for one in names}
            clashes = _clashes(before, settings, seen or {})
            wanted = {one: replace(rule, **settings) for one, rule in before.items() if one not in clashes}
            changes = {one: (before[one], rule) for one, rule in wanted.items() if rule != before[one]}
            found = ManySet(len(changes), len(wanted) - len(changes), clashes)
            if not changes:
                return found
            told = {name: _counted(getattr(old, name) for old, _ in changes.values()) for name in settings}
            title = names[next(iter(changes))] if len(changes) == 1 else f"{grouped(len(changes))} products"
            after = {name: "inherited" if value is None else value for name, value in settings.items()}
            after["products"] = ", ".join(sorted(changes))
            entry = entry_of(actor, AuditAction.REORDER_PLAN, "products", key, title, told, after)
            kept = {one: (_or_none(old), _or_none(new)) for one, (old, new) in changes.items()}
            try:
                is_new = self._store.set_of_products(kept, entry, key)
            except StaleEdit:
                continue
            return found if is_new else ManySet(0, len(wanted), clashes)
        raise Busy()

    def _names(self, product_ids: Collection[str]) -> dict[str, str]:
        wanted = set(product_ids)
        names = {p.product_id: p.name for p in self._products() if p.product_id in wanted and _is_ordered(p)}
        if missing := wanted - names.keys():
            raise NotFound(f"There is no such product in the store: {min(missing)}.")
        return {one: names[one] for one in sorted(names)}

    def _named(self, key: RuleKey) -> tuple[RuleKey, str]:
        """The key as it is kept, and what the audit log calls it."""
        level, name = key
        if level is RuleLevel.PRODUCT:
            return key, self._names([name])[name]
        if level is RuleLevel.SHOP:
            return RuleKey(level), "everything"
        if not name:
            raise InvalidInput(f"Name the {level}.", level)
        return key, f"{level} {name}"


def check(rule: ReorderRule, level: RuleLevel) -> None:
    """Raises InvalidInput naming the field that is out of range."""
    if rule.lead_days is not None and not 0 <= rule.lead_days <= MOST_LEAD_DAYS:
        raise InvalidInput(f"The lead time must be from 0 to {MOST_LEAD_DAYS} days.", "lead_days")
    if rule.safety_stock is not None and level is not RuleLevel.PRODUCT:
        raise InvalidInput("A safety stock is of one product.", "safety_stock")
    if rule.safety_stock is not None and not 0 <= rule.safety_stock <= MOST_SAFETY:
        raise InvalidInput(f"The safety stock must be from 0 to {grouped(MOST_SAFETY)} units.", "safety_stock")
    if rule.review_days is not None and not 1 <= rule.review_days <= MOST_LEAD_DAYS:
        raise InvalidInput(f"The review period must be from 1 to {MOST_LEAD_DAYS} days.", "review_days")
    if rule.service is not None and rule.service not in SERVICE_LEVELS:
        raise InvalidInput("Choose one of the service levels shown.", "service")
    if rule.pack is not None and not 1 <= rule.pack <= MOST_SAFETY:
        raise InvalidInput(f"A pack must be from 1 to {grouped(MOST_SAFETY)} units.", "pack")


def facts(rule: ReorderRule) -> dict[str, object] | None:
    """What the audit log keeps of a rule."""
    return {name: value for name, value in asdict(rule).items() if value is not None} or None


def _clashes(
    present: Mapping[str, ReorderRule], settings: Mapping[str, int | None], seen: Mapping[str, ReorderRule]
) -> dict[str, Clash]:
    return {
        one: Clash(name, theirs=getattr(rule, name), mine=value)
        for one, rule in present.items()
        for name, value in settings.items()
        if one in seen and getattr(rule, name) not in (getattr(seen[one], name), value)
    }


def _or_none(rule: ReorderRule) -> ReorderRule | None:
    return None if rule == NO_RULE else rule


def _counted(values: Iterable[int | None]) -> str:
    """ "7 (12), inherited (3)": each value with how many have it."""
    return ", ".join(f"{_said(value)} ({grouped(count)})" for value, count in Counter(values).most_common())


def _said(value: int | None) -> str:
    return "inherited" if value is None else grouped(value)


def _is_ordered(product: Product) -> bool:
    return product.status is ProductStatus.ACTIVE and product.product_id not in NON_MERCHANDISE
