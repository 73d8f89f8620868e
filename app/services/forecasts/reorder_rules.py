"""How products are ordered anew: what is said of the product itself, else of its supplier, its category, the shop."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace

from app.domain import NON_MERCHANDISE, Actor, AuditAction, Product, ProductStatus, ReorderRule, RuleKey, RuleLevel
from app.errors import Busy, InvalidInput, NotFound, StaleEdit
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
_NOTHING = Product("", "", 0, 0, 0, category="")
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
class Default:
    """What is said of the shop, a supplier or a category, of how many products that is, and what else would hold.

    `by_category`: the fields of a supplier of which its products' categories would have it differ from one another.
    """

    key: RuleKey
    rule: ReorderRule
    products: int
    inherited: ReorderSettings
    by_category: Collection[str] = ()


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
        name = self._named(key)
        check(rule, key.level)
        before = self._store.rules().get(key, NO_RULE)
        # One thing: a safety stock is meant for the lead time that it was chosen with.
        if not changed_fields({"plan": seen}, {"plan": rule}, {"plan": before}):
            return
        entry = entry_of(actor, AuditAction.REORDER_PLAN, key.level, key.name, name, facts(before), facts(rule))
        self._store.set_rule(key, _or_none(rule), entry, _or_none(before))

    def defaults(self) -> list[Default]:
        """Of the shop, then of every supplier and every category of which there is a product or a rule, by name."""
        said, ordered = self._store.rules(), [p for p in self._products() if _is_ordered(p)]
        counts = Counter({RuleKey(RuleLevel.SHOP): len(ordered)})
        counts.update(RuleKey(RuleLevel.SUPPLIER, p.supplier) for p in ordered if p.supplier)
        counts.update(RuleKey(RuleLevel.CATEGORY, p.category) for p in ordered)
        keys = counts.keys() | {key for key in said if key.level is not RuleLevel.PRODUCT}
        shop = resolved(_NOTHING, said)
        inherited: defaultdict[RuleKey, set[ReorderSettings]] = defaultdict(set)
        by_category = {name: resolved(replace(_NOTHING, category=name), said) for name in {p.category for p in ordered}}
        for one in ordered:
            if one.supplier:
                inherited[RuleKey(RuleLevel.SUPPLIER, one.supplier)].add(by_category[one.category])
        found = []
        for key in sorted(keys, key=lambda key: (key.level, key.name.casefold())):
            usual = [USUAL] if key.level is RuleLevel.SHOP else list(inherited[key]) or [shop]
            differ = [name for name in SHARED if len({getattr(one, name) for one in usual}) > 1]
            found.append(Default(key, said.get(key, NO_RULE), counts[key], usual[0], differ))
        return found

    def set_many(
        self,
        product_ids: Collection[str],
        settings: Mapping[str, int | None],
        seen: Mapping[str, ReorderRule],
    ) -> list[str]:
        """Set these values, by the names of `ReorderRule`, of each product, all in one transaction; safe to run twice.

        Products of which somebody has changed one of them since they were `seen` are left as they are, and answered.
        The caller has checked the values, and writes the audit log.
        """
        for _ in range(_MOST_TRIES):
            rules = self.read()
            before = {one: rules.own(one) for one in product_ids}
            left = [one for one, rule in before.items() if _is_clash(rule, settings, seen[one])]
            changes = {
                one: (_or_none(rule), _or_none(replace(rule, **settings)))
                for one, rule in before.items()
                if one not in left and replace(rule, **settings) != rule
            }
            try:
                self._store.set_of_products(changes)
            except StaleEdit:
                continue
            return left
        raise Busy()

    def _named(self, key: RuleKey) -> str:
        """What the audit log calls it. Raises NotFound."""
        level, name = key
        ordered = filter(_is_ordered, self._products())
        if level is RuleLevel.PRODUCT:
            called = next((p.name for p in ordered if p.product_id == name), None)
            if called is None:
                raise NotFound("There is no such product in the store.")
            return called
        if level is RuleLevel.SHOP:
            if name:
                raise NotFound("The shop has one rule, without a name.")
            return "everything"
        known = {p.supplier if level is RuleLevel.SUPPLIER else p.category for p in ordered} - {""}
        if name not in known and key not in self._store.rules():
            raise NotFound(f"No product has this {level}.")
        return f"{level} {name}"


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


def _is_clash(present: ReorderRule, settings: Mapping[str, int | None], seen: ReorderRule) -> bool:
    return any(getattr(present, name) not in (getattr(seen, name), value) for name, value in settings.items())


def _or_none(rule: ReorderRule) -> ReorderRule | None:
    return None if rule == NO_RULE else rule


def _is_ordered(product: Product) -> bool:
    return product.status is ProductStatus.ACTIVE and product.product_id not in NON_MERCHANDISE
