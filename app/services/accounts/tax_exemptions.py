"""Customers who pay no tax, as a charity or an embassy, and why."""

from __future__ import annotations

from app.domain import Actor, AuditAction, User
from app.errors import Conflict, NotFound
from app.services.accounts.ports import TaxExemptStore, Users
from app.services.audit.log import entry_of
from app.services.checks import line

REASON_LENGTH = 120


class TaxExemptions:
    """Notes who pays no tax; orders that begin after it bear none."""

    def __init__(self, users: Users, store: TaxExemptStore) -> None:
        self._users = users
        self._store = store

    def reason_of(self, user_id: int) -> str:
        """Why the customer pays no tax, "" where they do. Raises NotFound."""
        return self._get(user_id).tax_exempt

    def set(self, user_id: int, reason: object, seen: str, actor: Actor) -> bool:
        """`reason` "" lets them pay again; False when there was nothing to change. Safe to run twice.

        Raises NotFound, InvalidInput, and Conflict where it is not `seen` any more.
        """
        user = self._get(user_id)
        wanted = line(reason, "tax_exempt", REASON_LENGTH, label="The reason")
        if wanted == user.tax_exempt:
            return False
        before, after = {"tax_exempt": user.tax_exempt}, {"tax_exempt": wanted}
        entry = entry_of(actor, AuditAction.CUSTOMER_TAX, "customer", user_id, user.full_name, before, after)
        if seen != user.tax_exempt or not self._store.set_tax_exempt(user_id, seen, wanted, entry):
            raise Conflict("Somebody else changed this meanwhile. Load the page again.")
        return True

    def _get(self, user_id: int) -> User:
        user = self._users.get(user_id)
        if user is None or user.is_staff:
            raise NotFound("There is no such customer.")
        return user
