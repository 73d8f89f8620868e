"""An admin's browser, and things of the shop that staff can change."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, update
from werkzeug.test import TestResponse

from app.domain import WEEKDAYS, AuditEntry, AuditKind, Role, User
from app.services.stock.product_drafts import edited_fields
from app.stores.sql.tables import users
from components.admin.product_form import options_text
from tests.conftest import WiredApp
from tests.support.dash_calls import call, callback_map, function_of, payload
from tests.support.shop import add_people, add_product


@dataclass
class Admin:
    """A signed-in admin's browser."""

    app: WiredApp
    client: FlaskClient
    user: User

    def press(self, function: str, *values: Any, pressed: Any = 1, key: Any = "x", changed: int = 0) -> TestResponse:
        """Call `module.function`: input number `changed` is pressed, `values` are the state's."""
        module, _, name = function.rpartition(".")
        (found,) = [
            (output, entry)
            for output, entry in callback_map(self.client).items()
            if (function_of(entry).__module__, function_of(entry).__name__) == (f"pages.{module}", name)
        ]
        output, entry = found
        inputs = [None] * len(entry["inputs"])
        inputs[changed] = pressed
        return call(self.client, payload(output, entry, [*inputs, *values], changed=changed, key=key))

    def entries(self) -> list[AuditEntry]:
        """What this admin changed, oldest first."""
        mine = self.app.services.audit.search(actor=str(self.user.email), kind=AuditKind.CHANGES)
        return list(reversed(mine.entries))

    def person(self, role: Role = Role.OPS) -> User:
        user = add_people(self.app.database, 1, f"staff-{secrets.token_hex(5)}-", role)[0]
        verified = update(users).where(users.c.user_id == user.user_id).values(email_verified_at=func.now())
        self.app.database.write(lambda c: c.execute(verified))
        return self.now(user)

    def now(self, user: User) -> User:
        found = self.app.services.accounts.get(user.user_id)
        assert found is not None
        return found


def lamp(app: WiredApp) -> str:
    return add_product(app.services, "Brass lamp", 120_000, 9).product_id


def seen_product(app: WiredApp, product_id: str) -> dict[str, Any]:
    """What the form of a product that was opened now keeps of it."""
    product = app.services.catalog.get(product_id)
    return {**edited_fields(product), "version": product.version}


def save_details(
    admin: Admin, product_id: str, *form: Any, seen: Any = None, choices: Any = None, key: Any = "x"
) -> TestResponse:
    """Save the form of a product, opened now unless `seen` says otherwise.

    `form`: from its name to its threshold; what stands below these is left as it is.
    """
    seen = seen_product(admin.app, product_id) if seen is None else seen
    product = admin.app.services.catalog.get(product_id)
    below = (
        product.sku, product.barcode, product.brand, ", ".join(product.tags), product.weight, product.family_id,
        options_text(product.options), product.supplier, product.ships_alone, product.tax_class,
        [picture.name for picture in product.pictures],
    )  # fmt: skip
    return admin.press("admin.inventory.save_details", *form, *below, product_id, seen, None, choices, key=key)


def seen_goals(app: WiredApp) -> dict[str, int | None]:
    return dict(zip(WEEKDAYS, app.services.goals.goals().weekdays, strict=True))


def new_address() -> str:
    return f"new-{secrets.token_hex(6)}@shop.example"
