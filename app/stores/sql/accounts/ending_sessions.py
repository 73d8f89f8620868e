"""How every session of a user ends at once: by a new password, a second factor turned on or off, or staff."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from app.stores.sql.tables import users


def ends_every_session() -> dict[str, ColumnElement[int]]:
    """For the `values` of an update of `users`: sessions carry the version under which they began."""
    return {"session_version": users.c.session_version + 1}
