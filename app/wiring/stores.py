"""Which stores the settings choose. Apart from `composition`, so that a short command need not load
every service; what AWS needs is loaded where AWS is used.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from app.errors import StartupError
from app.services.books.ports import ReservationBook
from app.services.cart.ports import Carts
from app.services.catalog.ports import Catalog, Images, ProductLoader
from app.services.checkout.ports import Settlement
from app.services.messages.ports import AlertTopic, EventInbox, Sender
from app.settings.environment import Settings
from app.settings.in_force import settings_with
from app.stores.local import private
from app.stores.local.images import LocalImages
from app.stores.sql.books.books import SqlReservationBook
from app.stores.sql.cart.carts import SqlCarts
from app.stores.sql.cart.settlement import SqlSettlement
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.engine.changing_password import ChangingPassword
from app.stores.sql.engine.database import Database
from app.stores.sql.settings.settings import SqlSettings
from app.tools.transfer.ports import CatalogTarget

log = logging.getLogger(__name__)


def open_database(settings: Settings, *, patient: bool = False) -> Database:
    """The configured database; the embedded default's folder is made when missing.

    `patient`: for commands, which may wait for one statement over everything; requests and the worker may not.
    """
    if settings.is_embedded:
        _keep_private(settings)
    return Database(
        settings.resolved_database_url, patient=patient, password=password_of(settings), ca=settings.database_ca
    )


def in_force(settings: Settings, database: Database) -> Settings:
    """The environment's settings with what admins set. For who builds no services, which see it by themselves."""
    return settings_with(settings, stored_settings(database))


def stored_settings(database: Database) -> Mapping[str, str]:
    return SqlSettings(database).read().values


def _keep_private(settings: Settings) -> None:
    try:
        private.make_folder(settings.data_dir)
    except OSError as error:
        raise StartupError(f"DATA_DIR: cannot create {settings.data_dir}: {error.strerror}.") from error
    name = make_url(settings.resolved_database_url).database
    database = Path(name) if name and name != ":memory:" else None
    try:
        if database is not None and database.parent.is_dir():
            private.make_file(database)
        changed = private.tighten(settings.data_dir, database)
    except OSError as error:  # a disk that keeps no rights: SQLite says what it cannot do
        log.warning("cannot keep %s from other users of this machine: %s", settings.data_dir, error.strerror)
        return
    if changed:
        log.warning("other users of this machine could read %s (%s files); now they cannot", changed[0], len(changed))


def password_of(settings: Settings) -> ChangingPassword | None:
    """Where the database's password is kept when it is no part of DATABASE_URL."""
    if not settings.database_secret_arn:
        return None
    from app.stores.aws import client, database_password

    client.require_region("DATABASE_SECRET_ARN")
    return database_password.DatabasePassword(settings.database_secret_arn)


@dataclass(frozen=True)
class CatalogStores:
    """The stores of products, stock and carts.

    `loader`: None where products are part of the database's own transactions.
    """

    catalog: Catalog
    carts: Carts
    settlement: Settlement
    reservations: ReservationBook
    loader: ProductLoader | None = None


def catalog_stores(settings: Settings, database: Database, *, is_traced: bool = False) -> CatalogStores:
    """Where products, stock and carts live, by CATALOG_BACKEND. `is_traced`: whether traces follow what they ask."""
    if settings.catalog_backend == "sql":
        return CatalogStores(
            SqlCatalog(database), SqlCarts(database), SqlSettlement(database), SqlReservationBook(database)
        )
    from app.stores.dynamo import (  # boto3 is slow to load, and most never need it
        carts,
        catalog,
        loading,
        reservation_book,
        settlement,
        tables,
    )

    dynamo = tables.connect(settings.dynamodb_table_prefix, is_traced=is_traced)
    return CatalogStores(
        catalog.DynamoCatalog(dynamo),
        carts.DynamoCarts(dynamo),
        settlement.DynamoSettlement(dynamo),
        reservation_book.DynamoReservationBook(dynamo),
        loading.DynamoLoader(dynamo),
    )


def catalog_target(settings: Settings) -> CatalogTarget | None:
    """Where a transfer writes products, stock and carts; None where they go into the database."""
    if settings.catalog_backend == "sql":
        return None
    from app.stores.dynamo import tables, transfer

    return transfer.DynamoTransfer(tables.connect(settings.dynamodb_table_prefix))


def migrate_catalog(settings: Settings) -> list[str]:
    """Make the tables that CATALOG_BACKEND needs beside the database's; returns what is to be told."""
    if settings.catalog_backend == "sql":
        return []
    from app.stores.dynamo import cart_shape, tables

    dynamo = tables.connect(settings.dynamodb_table_prefix)
    report = tables.migrate(dynamo)
    cart_shape.note(dynamo)
    return report


def require_catalog(settings: Settings) -> None:
    """Raises StartupError, saying what to do, unless the store of CATALOG_BACKEND can be used."""
    if settings.catalog_backend != "sql":
        from app.stores.dynamo import tables

        tables.require_tables(tables.connect(settings.dynamodb_table_prefix))


def images_of(settings: Settings) -> Images:
    """Where pictures live, by S3_BUCKET."""
    if not settings.s3_bucket:
        return LocalImages(settings.images_dir)
    from app.stores.aws import client, s3

    client.require_region("S3_BUCKET")
    return s3.S3Images(settings.s3_bucket)


def aws_senders(
    settings: Settings, headed: Callable[[], tuple[str, str]], *, writes_to_reserved: bool = False
) -> tuple[Sender, Sender]:
    """What e-mails go by, and what alerts go by, with NOTIFIER=aws.

    `headed`: the sender's name and where answers go, as admins set them.

    `writes_to_reserved`: for a mail service that is none, also to addresses of domains that can have no mailboxes.
    """
    from app.stores.aws import client, reserved, ses, sns

    client.require_region("NOTIFIER=aws")
    mails: Sender = ses.SesSender(settings.ses_sender, settings.ses_configuration_set, headed)
    return mails if writes_to_reserved else reserved.RealSender(mails), sns.SnsAlerts(settings.sns_topic_arn)


def topic_of(settings: Settings) -> AlertTopic | None:
    """The topic whose subscribers get the alerts, where there is one."""
    if settings.notifier == "local":
        return None
    from app.stores.aws import sns

    return sns.SnsTopic(settings.sns_topic_arn)


def event_inbox_of(settings: Settings) -> EventInbox | None:
    """What reads the bounces and complaints that SES tells of, where they are told."""
    if not settings.ses_events_topic_arn:
        return None
    from app.stores.aws import ses_events

    return ses_events.SesEvents(settings.ses_events_topic_arn)
