"""Every boundary between two steps that write: of a checkout, of a stock edit, and of the worker's round."""

from __future__ import annotations

# "Catalog", "Carts" and "Settlement" stand for whichever store keeps them.
_CHECKOUT = (
    "SqlOrders.begin",
    "Catalog.reserve",
    "SqlOrders.start_charging",
    "DemoPayments.start",
    "SqlOrders.complete",
    "Settlement.settle_and_take",
    "SqlOutbox.done_by_key",
    "SqlOrders.reject",
    "Catalog.release",
    "SqlOrders.fail",
)
_STOCK_EDIT = ("SqlLedger.intend", "Catalog.adjust_stock", "SqlLedger.complete")
_WORKER = (
    "SqlOutbox.claim",
    "Catalog.settle",
    "Carts.take_bought",
    "SesSender.send",
    "SnsAlerts.send",
    "SqlEpisodes.follow",
    "SqlOutbox.done",
    "SqlRollups.fold",
    "SqlOrders.claim_unfinished",
    "DemoPayments.state",
    "DemoPayments.void",
)


def steps(store: str) -> tuple[str, ...]:
    """ "Class.method" of each; `store` is "Sql" or "Dynamo", which keeps products and carts."""
    return tuple(
        f"{store}{step}" if step.startswith(("Catalog.", "Carts.", "Settlement.")) else step
        for step in (*_CHECKOUT, *_STOCK_EDIT, *_WORKER)
    )


def boundaries(store: str) -> list[str]:
    return [f"{when}:{step}" for step in steps(store) for when in ("before", "after")]


STEPS = steps("Sql") + tuple(step for step in steps("Dynamo") if step.startswith("Dynamo"))
