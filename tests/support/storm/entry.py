"""The shop's processes for a storm: web and worker as they are, but each can be killed at a named step.

`python -m tests.support.storm.entry` is the worker; `create_app` the web server's entry. Leases are
shorter than in a shop, so that minutes of storm see as many of them expire as months of trade.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

import flask

from app.stores.aws.ses import SesSender
from app.stores.aws.sns import SnsAlerts
from app.stores.dynamo.carts import DynamoCarts
from app.stores.dynamo.catalog import DynamoCatalog
from app.stores.dynamo.settlement import DynamoSettlement
from app.stores.local.demo_payments import DemoPayments
from app.stores.sql.cart.carts import SqlCarts
from app.stores.sql.cart.settlement import SqlSettlement
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.jobs import outbox as sql_outbox
from app.stores.sql.jobs.outbox import SqlOutbox
from app.stores.sql.orders import orders as sql_orders
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.stock.ledger import SqlLedger
from app.stores.sql.stock.low_stock_episodes import SqlEpisodes
from app.wiring import composition
from tests.support.storm import guards
from tests.support.storm.killswitch import Switch, arm
from tests.support.storm.steps import STEPS
from tests.support.unlimited import lift_budgets

SHORT_LEASE = timedelta(seconds=4)
CLASSES = (
    SqlOrders,
    SqlOutbox,
    SqlLedger,
    SqlRollups,
    SqlEpisodes,
    DemoPayments,
    SesSender,
    SnsAlerts,
    SqlCatalog,
    SqlCarts,
    SqlSettlement,
    DynamoCatalog,
    DynamoCarts,
    DynamoSettlement,
)


def prepare() -> None:
    """Arm this process, before it builds anything."""
    SqlOrders.__init__.__defaults__ = (SHORT_LEASE,)  # type: ignore[attr-defined]
    sql_orders.SWEEP_LEASE = SHORT_LEASE
    sql_outbox.LEASE = SHORT_LEASE
    lift_budgets()
    composition.build.__kwdefaults__["writes_to_reserved"] = True  # its post office is a stand-in
    guards.remove(os.environ.get("STORM_WITHOUT", ""))
    arm(Switch(Path(os.environ["STORM_FOLDER"])), CLASSES, STEPS)


def create_app() -> flask.Flask:
    from app.server import create_app as create_real_app

    prepare()
    return create_real_app()


if __name__ == "__main__":
    from app.__main__ import main

    prepare()
    sys.exit(main(["worker"]))
