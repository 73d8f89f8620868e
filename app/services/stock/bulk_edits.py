"""One change of many products: looked at before it is made, made once, and ended by the worker if its process dies."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from app.domain import NON_MERCHANDISE, Actor, AuditAction, AuditEntry, Product, ProductStatus, ReorderRule, RuleLevel
from app.errors import EditClash, InvalidInput, NotFound
from app.money import grouped
from app.services.audit.log import entry_of
from app.services.checks import line
from app.services.forecasts.reorder_rules import SHARED, ReorderRules, Rules, check
from app.services.stock.inventory import InventoryService
from app.services.stock.ports import BulkEdit, BulkEditStore
from app.services.stock.product_drafts import CATEGORY_LENGTH, SUPPLIER_LENGTH, checked_tax_class, edited_fields

MOST_PRODUCTS = 20_000  # at once
OF_PRODUCTS = ("supplier", "category", "tax_class")  # in the catalogue; the others are reorder rules
FIELDS = (*SHARED, *OF_PRODUCTS)
MOST_NAMED = 5  # of those that were left
MOST_TOLD = 1_000  # products in an entry of the audit log, each with what it had
ABANDONED_AFTER = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(days=2)

Values = Mapping[str, Any]


@dataclass(frozen=True)
class FieldChange:
    """What becomes of one field: how many products have which value now, and the new one."""

    field: str
    now: Sequence[tuple[Any, int]]
    new: Any


@dataclass(frozen=True)
class Preview:
    """What an edit would do: it changes `changing` of the `chosen` products."""

    edit_id: str
    chosen: int
    changing: int
    fields: Sequence[FieldChange]


@dataclass(frozen=True)
class BulkDone:
    """What came of it: so many of the edit's products `changed`.

    `left`: the names of those that somebody else changed or took out meanwhile, which were left as they are.
    """

    changed: int
    left: Sequence[str]
    product_ids: Collection[str] = ()

    @property
    def named(self) -> Sequence[str]:
        return self.left[:MOST_NAMED]

    @property
    def others(self) -> int:
        return len(self.left) - len(self.named)


class BulkEdits:
    """Changes supplier, category, tax class and reorder settings of many products. `products`: all there are now."""

    def __init__(
        self,
        store: BulkEditStore,
        rules: ReorderRules,
        inventory: InventoryService,
        products: Callable[[], tuple[Product, ...]],
    ) -> None:
        self._store = store
        self._rules = rules
        self._inventory = inventory
        self._products = products

    def preview(self, product_ids: Collection[str], wanted: Values) -> Preview:
        """What setting these fields would change; it is kept, for `apply` to do just that.

        A field that is not named stays; None is inherited. Raises InvalidInput, NotFound.
        """
        wanted = _checked(wanted)
        if not product_ids:
            raise InvalidInput("Choose products in the list first.", "products")
        if len(product_ids) > MOST_PRODUCTS:
            raise InvalidInput(
                f"At most {grouped(MOST_PRODUCTS)} products at once. Say it of their supplier or category.",
                "products",
            )
        known, rules = self._known(), self._rules.read()
        if missing := set(product_ids) - known.keys():
            raise NotFound(f"There is no such product in the store: {min(missing)}.")
        seen = {one: _fields(known[one], rules, wanted) for one in sorted(set(product_ids))}
        changing = {one: values for one, values in seen.items() if values != wanted}
        fields = [FieldChange(name, _counted(one[name] for one in seen.values()), new) for name, new in wanted.items()]
        edit = BulkEdit(secrets.token_hex(16), dict(wanted), changing)
        if changing:
            self._store.propose(edit)
        return Preview(edit.edit_id, len(seen), len(changing), fields)

    def apply(self, edit_id: str, actor: Actor) -> BulkDone:
        """Make the change that was looked at; again, it answers the same. Raises NotFound for one that is gone.

        What somebody else has changed since it was looked at is left as it is and named.
        """
        edit = self._store.begin(edit_id, actor)
        if edit is None:
            raise NotFound("This preview is gone. Make it again.")
        if edit.left is None:
            edit = self._done(edit)
        return self._said(edit)

    def set_for_products(self, actor: Actor, product_ids: Collection[str], wanted: Values) -> BulkDone:
        """`preview` and `apply` in one, for what was looked at elsewhere."""
        seen = self.preview(product_ids, wanted)
        return self.apply(seen.edit_id, actor) if seen.changing else BulkDone(0, ())

    def finish(self) -> int:
        """End what its process left half-way; how many there were. Called by the worker."""
        edits = self._store.begun(ABANDONED_AFTER)
        for edit in edits:
            self._done(edit)
        return len(edits)

    def forget_old(self) -> int:
        """Forget what was made, or only looked at, days ago; how many there were. Called by the worker."""
        return self._store.forget(FORGOTTEN_AFTER)

    def _done(self, edit: BulkEdit) -> BulkEdit:
        """Each product by itself; what is as it should be already is left alone, so that it can be repeated.

        A product of which somebody else changed one of the fields is left with all of them.
        """
        known, rules = self._known(), self._rules.read()
        free = {
            one: values
            for one, values in edit.seen.items()
            if one in known and not _is_clash(_fields(known[one], rules, edit.wanted), values, edit.wanted)
        }
        settings = {name: value for name, value in edit.wanted.items() if name in SHARED}
        fields = {name: value for name, value in edit.wanted.items() if name in OF_PRODUCTS}
        if settings and free:
            seen = {one: ReorderRule(**{name: values[name] for name in settings}) for one, values in free.items()}
            for one in self._rules.set_many(free, settings, seen):
                del free[one]
        for one, values in list(free.items()) if fields else ():
            try:
                self._inventory.set_fields(one, {name: values[name] for name in fields}, fields)
            except (EditClash, NotFound):  # since this began
                before = {name: values[name] for name in settings}
                self._rules.set_many([one], before, {one: ReorderRule(**settings)})
                del free[one]
        if fields:
            self._inventory.show_changes()
        done = replace(edit, left=sorted(edit.seen.keys() - free.keys()))
        self._store.end(done, _entry(done, free))
        return done

    def _said(self, edit: BulkEdit) -> BulkDone:
        names = {product.product_id: product.name for product in self._products()}
        left = [names.get(one, one) for one in edit.left or ()]
        return BulkDone(len(edit.seen) - len(left), left, tuple(edit.seen))

    def _known(self) -> dict[str, Product]:
        return {
            product.product_id: product
            for product in self._products()
            if product.status is ProductStatus.ACTIVE and product.product_id not in NON_MERCHANDISE
        }


def _checked(wanted: Values) -> dict[str, Any]:
    if not wanted:
        raise InvalidInput("Say what is to be set.", "form")
    if unknown := set(wanted) - set(FIELDS):
        raise InvalidInput(f"There is no such field: {min(unknown)}.", "form")
    values = {name: wanted[name] for name in FIELDS if name in wanted}
    check(ReorderRule(**{name: value for name, value in values.items() if name in SHARED}), RuleLevel.PRODUCT)
    if "supplier" in values:
        values["supplier"] = line(values["supplier"], "supplier", SUPPLIER_LENGTH)
    if "category" in values:
        values["category"] = line(values["category"], "category", CATEGORY_LENGTH, required=True)
    if "tax_class" in values:
        values["tax_class"] = checked_tax_class(values["tax_class"])
    return values


def _fields(product: Product, rules: Rules, wanted: Values) -> dict[str, Any]:
    """Of one product what it has now in place of `wanted`."""
    known = {**edited_fields(product), **asdict(rules.own(product.product_id))}
    return {name: known[name] for name in wanted}


def _is_clash(present: Values, seen: Values, wanted: Values) -> bool:
    return any(present[name] not in (seen[name], value) for name, value in wanted.items())


def _entry(edit: BulkEdit, changed: Mapping[str, Values]) -> AuditEntry:
    """What came of it, for the audit log: `changed`, with what each product had, and those that were left."""
    before = {name: _told(values[name] for values in changed.values()) for name in edit.wanted}
    had = [f"{one}: {', '.join(_shown(values[name]) for name in edit.wanted)}" for one, values in changed.items()]
    after = {**edit.wanted, "products": _first(list(changed))}
    if edit.left:
        after["left_as_is"] = _first(list(edit.left))
    title = f"{grouped(len(changed))} product{'' if len(changed) == 1 else 's'}"
    return entry_of(
        edit.actor,
        AuditAction.PRODUCTS_EDIT,
        "products",
        edit.edit_id,
        title,
        {**before, "products": _first(had, "; ")},
        after,
    )


def _first(words: Sequence[str], mark: str = ", ") -> str:
    more = len(words) - MOST_TOLD
    return mark.join([*words[:MOST_TOLD], *([f"and {grouped(more)} more"] if more > 0 else [])])


def _shown(value: Any) -> str:
    return "none" if value in (None, "") else str(value)


def _counted(values: Iterable[Any]) -> list[tuple[Any, int]]:
    return Counter(values).most_common()


def _told(values: Iterable[Any]) -> str:
    """ "7 (12), none (3)", for the audit log."""
    return ", ".join(f"{_shown(value)} ({grouped(n)})" for value, n in _counted(values))
