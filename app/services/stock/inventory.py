"""What an admin does to products and their stock; every change of stock ends in the ledger.

A stock edit takes three steps that can each be repeated: its intent in SQL, one marked write in the
catalogue, the ledger entry. `finish_edits` takes up what a dead process left half-way.
"""

from __future__ import annotations

import logging
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b

from app.domain import (
    Actor,
    AuditAction,
    MovementKind,
    Product,
    ProductPicture,
    ProductStatus,
    StockChange,
    StockMovement,
)
from app.errors import Busy, Conflict, InvalidInput, NotFound, StaleEdit
from app.services.audit.log import AuditService, differing
from app.services.catalog.ports import Catalog, Images
from app.services.checks import line, whole
from app.services.edit_clashes import changed_fields
from app.services.stock.ports import StockEdit, StockLedger
from app.services.stock.product_drafts import ALT_LENGTH, ProductDraft, checked, edited_fields, with_fields
from app.services.stock.product_families import check_family, check_sku

log = logging.getLogger(__name__)

NOTE_LENGTH = 200
ACTOR_LENGTH = 120
MOST_UNITS = 100_000_000  # of one edit
ABANDONED_AFTER = timedelta(seconds=5)
_MOST_REWRITES = 20  # each one that is lost was won by somebody else
_SLUG_LENGTH = 40
_EDIT_ID_LENGTH = 64
_EDIT_ID = re.compile(rf"[A-Za-z0-9_:.\-]{{1,{_EDIT_ID_LENGTH}}}")
_AUDITED = (
    "name", "price", "category", "description", "cost", "threshold", "threshold_manual", "image", "sku", "brand",
    "barcode", "weight", "family_id", "supplier", "ships_alone", "tax_class",
)  # fmt: skip
_ACTIONS = {
    MovementKind.RECEIPT: AuditAction.STOCK_RECEIVE,
    MovementKind.WRITE_OFF: AuditAction.STOCK_WRITE_OFF,
    MovementKind.CORRECTION: AuditAction.STOCK_CORRECT,
}


class InventoryService:
    """Adds, edits and removes products, and books their stock.

    Every change is in the audit log. `changed` is called after it, so that this process shows it at once.
    """

    def __init__(
        self,
        catalog: Catalog,
        ledger: StockLedger,
        images: Images,
        default_threshold: Callable[[int], int],
        audit: AuditService,
        changed: Callable[[], None] = lambda: None,
        everything: Callable[[], Iterable[Product]] | None = None,
        priced: Callable[[Product | None, Product, str], object] = lambda before, after, actor: None,
    ) -> None:
        """`everything`: all products as they are now, in the store or not, for what no two of them may share; from the
        catalogue unless given. `priced` is told of each product that somebody added or edited: as it was, is, and who.
        """
        self._catalog = catalog
        self._ledger = ledger
        self._images = images
        self.default_threshold = default_threshold
        self._audit = audit
        self._changed = changed
        self._priced = priced
        self._everything = everything or (lambda: catalog.changes_since(None).products)

    def add_product(self, draft: ProductDraft, actor: Actor) -> Product:
        """Put a product into the store, with its opening stock as a receipt; a given SKU is its id.

        Raises InvalidInput, and Conflict for an SKU that another product has.
        """
        fields = checked(draft, self.default_threshold)
        opening = whole(draft.stock, "stock", 0, MOST_UNITS)
        self._check_shared(fields, has_sku=bool(fields.sku))
        self._check_pictures(draft)
        pictures = self._new_picture(draft) or fields.pictures
        product = replace(fields, product_id=fields.sku or _new_id(fields.name), pictures=pictures)
        edit = StockEdit(
            _opening_id(product.product_id),
            product.product_id,
            MovementKind.RECEIPT,
            opening,
            None,
            _actor(actor),
            "Opening stock",
        )
        made = {**_facts(product), "stock": opening}
        with self._audit.around(
            actor, AuditAction.PRODUCT_ADD, "product", product.product_id, product.name, None, made
        ):
            # The intent comes first: a process that dies after it leaves the whole product with its stock, or neither.
            if opening:
                self._ledger.intend(edit)
            try:
                self._catalog.add(product)
            except Conflict as error:
                if opening:  # or it would be booked for the product that has this SKU
                    self._ledger.refuse(edit.edit_id)
                raise Conflict(f"There is already a product with the SKU {product.sku}. Choose another one.") from error
            if opening:
                self._apply(edit)
        self._changed()
        added = self._get(product.product_id)
        self._priced(None, added, _actor(actor))
        return added

    def edit_product(self, product_id: str, draft: ProductDraft, actor: Actor, seen: Mapping[str, object]) -> Product:
        """Write what the draft changes of `seen`, the `edited_fields` that its author was looking at.

        What others changed meanwhile stays, and stock is left alone. Raises EditClash when they changed the
        same fields, InvalidInput, NotFound.
        """
        present = self._get(product_id)
        self._check_pictures(draft, present)
        wanted = edited_fields(checked(draft, self.default_threshold))
        if draft.sku is None:
            wanted["sku"] = seen["sku"]
        if draft.pictures is None:
            wanted["pictures"] = seen["pictures"]
        for picture in self._new_picture(draft):
            wanted["pictures"] = [[picture.name, picture.alt], *wanted["pictures"][1:]]
        merged = self._merged(present, seen, wanted)
        before, after = differing(_facts(present), _facts(merged))
        if not after:
            return present
        self._check_shared(merged, present)
        with self._audit.around(actor, AuditAction.PRODUCT_EDIT, "product", product_id, present.name, before, after):
            product = self._rewritten(product_id, lambda now: self._merged(now, seen, wanted))
        self._priced(present, product, _actor(actor))
        self._changed()
        return product

    def set_fields(self, product_id: str, seen: Mapping[str, object], wanted: Mapping[str, object]) -> None:
        """Write some `edited_fields` over what was `seen` of them, in a change that its caller audits and shows.

        Safe to run twice. Raises EditClash when somebody else changed them, NotFound.
        """

        def merged(now: Product) -> Product:
            fields = edited_fields(now)
            mine = changed_fields(seen, wanted, {name: fields[name] for name in wanted})
            return with_fields(now, fields | mine, self.default_threshold)

        self._rewritten(product_id, merged)

    def show_changes(self) -> None:
        """After `set_fields`."""
        self._changed()

    def receive(
        self, product_id: str, units: int, actor: Actor, note: str = "", edit_id: str | None = None
    ) -> StockChange:
        """Units came in. `edit_id` makes a repeated click harmless; so do those of the next two."""
        units = whole(units, "units", 1, MOST_UNITS)
        return self._move(product_id, MovementKind.RECEIPT, actor, note, edit_id, delta=units)

    def write_off(
        self, product_id: str, units: int, actor: Actor, note: str, edit_id: str | None = None
    ) -> StockChange:
        """Units are lost. Raises Conflict when fewer are available."""
        units = whole(units, "units", 1, MOST_UNITS)
        return self._move(product_id, MovementKind.WRITE_OFF, actor, note, edit_id, delta=-units)

    def correct(self, product_id: str, set_to: int, actor: Actor, note: str, edit_id: str | None = None) -> StockChange:
        """A count: what is available becomes `set_to`; the ledger gets the difference to what it was then."""
        set_to = whole(set_to, "stock", 0, MOST_UNITS)
        return self._move(product_id, MovementKind.CORRECTION, actor, note, edit_id, set_to=set_to)

    def remove(self, product_id: str, actor: Actor) -> None:
        """Take the product out of the store; its stock, history and past orders stay. Safe to run twice."""
        self._set_status(product_id, ProductStatus.REMOVED, actor)

    def restore(self, product_id: str, actor: Actor) -> None:
        """Put a removed product back. Safe to run twice."""
        self._set_status(product_id, ProductStatus.ACTIVE, actor)

    def movements(self, product_id: str, limit: int = 50) -> tuple[StockMovement, ...]:
        """The latest ledger entries, newest first."""
        return self._ledger.movements(product_id, limit)

    def on_hand(self, product_id: str) -> int:
        return self._ledger.on_hand(product_id)

    def held(self) -> dict[str, int]:
        """Units per product in checkouts that are neither paid nor given up."""
        return self._catalog.held()

    def finish_edits(self, older_than: timedelta = ABANDONED_AFTER, limit: int = 50) -> int:
        """Complete or refuse edits that their process left half-way; how many there were. Called by the worker."""
        edits = self._ledger.pending(older_than, limit)
        for edit in edits:
            try:
                self._apply(edit)
            except (Conflict, NotFound) as error:
                log.warning("an unfinished stock edit was refused: %s", error, extra={"edit_id": edit.edit_id})
        if edits:
            self._changed()
        return len(edits)

    def _move(
        self,
        product_id: str,
        kind: MovementKind,
        actor: Actor,
        note: str,
        edit_id: str | None,
        delta: int | None = None,
        set_to: int | None = None,
    ) -> StockChange:
        if edit_id is not None and not (isinstance(edit_id, str) and _EDIT_ID.fullmatch(edit_id)):
            raise InvalidInput("The change has no valid id. Reload the page and try again.", "edit_id")
        note = line(note, "note", NOTE_LENGTH)
        product = self._get(product_id)
        edit = StockEdit(edit_id or secrets.token_hex(16), product_id, kind, delta, set_to, _actor(actor), note)
        before: dict[str, object] | None = None
        after: dict[str, object] = {"units": abs(delta or 0)}
        if set_to is not None:
            before, after = {"stock": product.stock}, {"stock": set_to}
        key = f"stock:{edit.edit_id}"
        with self._audit.around(
            actor, _ACTIONS[kind], "product", product_id, product.name, before, after, note=note, key=key
        ):
            self._ledger.intend(edit)
            change = self._apply(edit)
        self._changed()
        return change

    def _apply(self, edit: StockEdit) -> StockChange:
        """The second and third step; the mark in the catalogue makes both safe to repeat."""
        try:
            change = self._catalog.adjust_stock(edit.edit_id, edit.product_id, delta=edit.delta, set_to=edit.set_to)
        except (Conflict, NotFound):
            self._ledger.refuse(edit.edit_id)
            raise
        self._ledger.complete(edit.edit_id, change)
        return change

    def _set_status(self, product_id: str, status: ProductStatus, actor: Actor) -> None:
        product = self._get(product_id)
        if product.status is status:
            return
        self._check_shared(replace(product, status=status), product)
        action = AuditAction.PRODUCT_REMOVE if status is ProductStatus.REMOVED else AuditAction.PRODUCT_RESTORE
        before, after = {"status": product.status.value}, {"status": status.value}
        with self._audit.around(actor, action, "product", product_id, product.name, before, after):
            self._rewritten(product_id, lambda now: replace(now, status=status))
        self._changed()

    def _rewritten(self, product_id: str, change: Callable[[Product], Product]) -> Product:
        """The product after `change`, which is made anew when somebody else was faster. Raises Busy, NotFound."""
        for _ in range(_MOST_REWRITES):
            present = self._get(product_id)
            wanted = change(present)
            if wanted == present:
                return present
            with suppress(StaleEdit):
                return self._catalog.update(wanted)
        raise Busy()

    def _merged(self, present: Product, seen: Mapping[str, object], wanted: Mapping[str, object]) -> Product:
        fields = edited_fields(present)
        return with_fields(present, fields | changed_fields(seen, wanted, fields), self.default_threshold)

    def _get(self, product_id: str) -> Product:
        product = self._catalog.get(product_id) if isinstance(product_id, str) else None
        if product is None:
            raise NotFound("There is no such product.")
        return product

    def picture(self, name: str) -> bytes:
        """An uploaded picture (WebP) by its file name. Raises NotFound."""
        return self._images.load(name)

    def add_picture(self, data: bytes) -> str:
        """Keep an uploaded picture, for a product that is still being edited, and return its file name.

        Raises InvalidInput("image").
        """
        return self._images.save(data)

    def _check_shared(self, wanted: Product, present: Product | None = None, has_sku: bool = True) -> None:
        """Raises InvalidInput or Conflict for what another product has; asks for all of them only where it may."""
        sku_is_new = has_sku and (present is None or present.sku != wanted.sku)
        family_is_new = bool(wanted.family_id) and (present is None or _place_of(present) != _place_of(wanted))
        if not (sku_is_new or family_is_new):
            return
        products = tuple(self._everything())
        if sku_is_new:
            check_sku(wanted.sku, wanted.product_id, products)
        if family_is_new:
            check_family(wanted, products)

    def _check_pictures(self, draft: ProductDraft, present: Product | None = None) -> None:
        """Raises InvalidInput for a picture that was never kept."""
        kept = {picture.name for picture in present.pictures} if present else set()
        for picture in draft.pictures or ():
            if picture.name not in kept:
                try:
                    self._images.load(picture.name)
                except NotFound:
                    words = "A picture of this product is gone. Remove it, or add it again."
                    raise InvalidInput(words, "pictures") from None

    def _new_picture(self, draft: ProductDraft) -> tuple[ProductPicture, ...]:
        alt = line(draft.image_alt, "image_alt", ALT_LENGTH, label="What a picture shows")
        return () if draft.image is None else (ProductPicture(self._images.save(draft.image), alt),)


def _opening_id(product_id: str) -> str:
    """The same for the same product, so that a product that is added again after a death gets its units once."""
    plain = f"opening:{product_id}"
    return (
        plain
        if len(plain) <= _EDIT_ID_LENGTH
        else f"opening:{blake2b(product_id.encode(), digest_size=24).hexdigest()}"
    )


def _actor(actor: Actor) -> str:
    return actor.name[:ACTOR_LENGTH]


def _facts(product: Product) -> dict[str, object]:
    """What the audit log compares; money in minor units, lists as text."""
    return {
        **{name: getattr(product, name) for name in _AUDITED},
        "tags": ", ".join(product.tags),
        "pictures": "; ".join(picture.alt or picture.name for picture in product.pictures),
        "options": ", ".join(f"{name}: {value}" for name, value in product.options),
    }


def _place_of(product: Product) -> tuple[object, ...]:
    """What decides whether a product fits its family."""
    return product.status, product.family_id, product.options


def _new_id(name: str) -> str:
    """A readable id: the name's letters and digits, and a suffix that makes it unique."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_SLUG_LENGTH].strip("-") or "product"
    return f"{slug}-{secrets.token_hex(3)}"
