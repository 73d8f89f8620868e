"""Shipments, and what staff did about orders.

The release before goes on beside this one: orders that it makes paid are taken up by the worker. Orders of before have
no state: nobody knows what was sent of them.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.stores.sql.tables.base import BigId, UtcDateTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("fulfilment", sa.String(length=16), nullable=True))
    op.add_column("orders", sa.Column("open_since", UtcDateTime(), nullable=True))
    op.add_column("orders", sa.Column("hold", sa.String(length=200), nullable=True))
    op.create_index(op.f("ix_orders_fulfilment_paid_at"), "orders", ["fulfilment", "paid_at"])
    op.create_index(op.f("ix_orders_open_since"), "orders", ["open_since"])
    op.add_column("return_lines", sa.Column("unsent", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "shipments",
        sa.Column("shipment_id", BigId, autoincrement=True, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("request_key", sa.String(length=128), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("tracking", sa.String(length=60), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("shipped_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_shipments_order_id")),
        sa.PrimaryKeyConstraint("shipment_id", name=op.f("pk_shipments")),
        sa.UniqueConstraint("request_key", name=op.f("uq_shipments_request_key")),
        sqlite_autoincrement=True,
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_shipments_order_id"), "shipments", ["order_id"])
    op.create_table(
        "shipment_lines",
        sa.Column("shipment_id", BigId, autoincrement=False, nullable=False),
        sa.Column("line_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.shipment_id"], name=op.f("fk_shipment_lines_shipment_id")
        ),
        sa.PrimaryKeyConstraint("shipment_id", "line_no", name=op.f("pk_shipment_lines")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "order_steps",
        sa.Column("step_id", BigId, autoincrement=True, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("request_key", sa.String(length=128), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_steps_order_id")),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_order_steps")),
        sa.UniqueConstraint("request_key", name=op.f("uq_order_steps_request_key")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_order_steps_order_id_step_id"), "order_steps", ["order_id", "step_id"])
    op.create_table(
        "order_tags",
        sa.Column("order_id", BigId, autoincrement=False, nullable=False),
        sa.Column("tag", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_tags_order_id")),
        sa.PrimaryKeyConstraint("order_id", "tag", name=op.f("pk_order_tags")),
        sqlite_with_rowid=False,
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_order_tags_tag_order_id"), "order_tags", ["tag", "order_id"])
    # What is paid from now on is followed, whichever release takes the money.
    op.bulk_insert(
        sa.table("shop_facts", sa.column("name", sa.String), sa.column("value", sa.Text)),
        [{"name": "fulfilment.since", "value": datetime.now(UTC).isoformat(timespec="seconds")}],
    )
