"""From when on carts are kept in maps by product id: before that, a version may run that reads lists of lines alone.

The first `migrate` of this version notes it in the table: at once where there are no carts yet, else in an hour, by
when the roll-out is over. Until then carts are read and written as they were, in two requests a change.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import put
from app.stores.dynamo.failures import Refused
from app.stores.dynamo.items import parse_time, time_text
from app.stores.dynamo.tables import CARTS

NOTE = "shape#maps"  # the owner of the item that is no cart
ROLL_OUT = timedelta(hours=1)


def note(dynamo: Dynamo) -> None:
    """Safe to run twice: the first one counts."""
    is_empty = next(dynamo.pages("scan", CARTS, Limit=1), None) is None
    since = dynamo.now() + (timedelta(0) if is_empty else ROLL_OUT)
    try:
        item = {"owner": NOTE, "since": time_text(since)}
        dynamo.transact([put(dynamo.table(CARTS), item, "attribute_not_exists(#owner)")])
    except Refused:
        pass


class CartShape:
    """What the note says, asked for once."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo
        self._since: datetime | None = None

    def is_maps(self) -> bool:
        """False without a note, too."""
        if self._since is None and (item := self._dynamo.get(CARTS, {"owner": NOTE})) is not None:
            self._since = parse_time(item["since"])
        return self._since is not None and self._dynamo.now() >= self._since
