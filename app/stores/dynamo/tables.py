"""The tables: made by `migrate`, looked at by every start. What has another shape is said, never changed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoRegionError
from tenacity import RetryError, Retrying, retry_if_exception, retry_if_result, stop_after_delay, wait_fixed

from app.errors import StartupError
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.failures import CREDENTIAL_ERRORS, NETWORK_ERRORS, code_of

SHARDS = 16  # partitions of each index, so that none is hot

PRODUCTS, CARTS, RESERVATIONS, MARKS = "products", "carts", "reservations", "stock_marks"
BY_CHANGE, BY_HELD, RECENT_CHANGES = "by_change", "by_held", "recent_changes"
CART_TTL = "expires_at"

ACTIVE_SECONDS = 300
BACKUP_SECONDS = 20
_POLL_SECONDS = 0.5
_WORDS = {"HASH": "partition key", "RANGE": "sort key", "S": "text", "N": "number", "B": "binary"}

Key = tuple[tuple[str, str, str], ...]  # (attribute, HASH or RANGE, S or N)


@dataclass(frozen=True)
class Index:
    """A global index. `holds`: what it has beside the keys of table and index; None: all attributes.

    `later`: older tables of the shop do not have it, and `migrate` adds it; they have `predecessor` instead, if any.
    """

    name: str
    key: Key
    holds: frozenset[str] | None = None
    later: bool = False
    predecessor: str | None = None

    @property
    def projection(self) -> dict[str, Any]:
        if self.holds is None:
            return {"ProjectionType": "ALL"}
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": sorted(self.holds)}

    @property
    def definition(self) -> dict[str, Any]:
        return {"IndexName": self.name, "KeySchema": _schema(self.key), "Projection": self.projection}


@dataclass(frozen=True)
class Table:
    """The shape of one DynamoDB table. It may have other indexes too: an older version's, or an operator's."""

    name: str
    key: Key
    indexes: tuple[Index, ...] = ()
    ttl: str | None = None


_BY_STAMP = (("shard", "HASH", "N"), ("changed_at", "RANGE", "S"))

TABLES = (
    # Every sale writes into the index: it holds what a sale changes, and which edition the rest is.
    # Earlier versions read all attributes from `by_change` instead: a table that has it keeps it while they run.
    Table(
        PRODUCTS,
        (("product_id", "HASH", "S"),),
        (Index(RECENT_CHANGES, _BY_STAMP, frozenset({"stock", "version", "load"}), later=True, predecessor=BY_CHANGE),),
    ),
    Table(CARTS, (("owner", "HASH", "S"),), (Index(BY_CHANGE, _BY_STAMP, later=True),), ttl=CART_TTL),
    # Sparse: only what is held has a held_shard.
    Table(RESERVATIONS, (("order_id", "HASH", "N"),), (Index(BY_HELD, (("held_shard", "HASH", "N"),)),)),
    Table(MARKS, (("edit_id", "HASH", "S"),)),
)


def shard_of(key: str) -> int:
    """Where in an index an item belongs: the same in every process, unlike Python's own hash."""
    return zlib.crc32(key.encode()) % SHARDS


def connect(prefix: str, *, is_traced: bool = False) -> Dynamo:
    """`is_traced`: see Dynamo. Raises StartupError where boto3 finds no region or cannot use what it was told."""
    try:
        return Dynamo(prefix, is_traced=is_traced)
    except NoRegionError as error:
        raise StartupError(
            "AWS_DEFAULT_REGION: is required with CATALOG_BACKEND=dynamodb: the tables' region, such as ap-south-1"
        ) from error
    except (BotoCoreError, ValueError) as error:
        raise StartupError(
            f"CATALOG_BACKEND: DynamoDB cannot be used: {error}. Look at AWS_DEFAULT_REGION, AWS_PROFILE and "
            "AWS_ENDPOINT_URL_DYNAMODB."
        ) from error


def migrate(dynamo: Dynamo) -> list[str]:
    """Make what is missing and wait until it can be used; returns lines for who ran it. Safe to run twice.

    Raises StartupError for a table of another shape, and for a service that cannot be used.
    """
    report = []
    for table, found in _looked_at(dynamo):
        if found is None:
            _create(dynamo, table)
            report.append(f"Made the DynamoDB table {dynamo.table(table.name)}.")
        else:
            report += [_add_index(dynamo, table, index) for index in _missing_indexes(table, found)]
    for table in TABLES:
        _wait_until_active(dynamo, table)
        if table.ttl is not None:
            _expire(dynamo, table, table.ttl)
    return report + [words for table in TABLES if (words := _ask_for_backups(dynamo, table))]


def require_tables(dynamo: Dynamo) -> None:
    """Raises StartupError unless every table is there, can be used and has its shape."""
    for table, found in _looked_at(dynamo):
        if found is None:
            raise StartupError(f"The DynamoDB table {dynamo.table(table.name)} is missing. Run: python -m app migrate")
        if missing := _missing_indexes(table, found):
            raise StartupError(
                f"The DynamoDB table {dynamo.table(table.name)} has no index {missing[0].name}. "
                "Run: python -m app migrate"
            )
        if not _is_active(found):
            raise StartupError(
                f"The DynamoDB table {dynamo.table(table.name)} is {_state(found)}. Wait until it is active, "
                "or run: python -m app migrate"
            )


def explained(error: Exception, tried: str) -> StartupError:
    """What to set so that DynamoDB can be used, for the person who starts the shop."""
    if isinstance(error, CREDENTIAL_ERRORS):
        return StartupError(
            "CATALOG_BACKEND: 'dynamodb' needs AWS credentials, and none were found. Set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or run the shop under a role that may use the tables."
        )
    if isinstance(error, NETWORK_ERRORS):
        return StartupError(
            f"CATALOG_BACKEND: DynamoDB cannot be reached at {tried} ({type(error).__name__}). Look at "
            "AWS_DEFAULT_REGION and AWS_ENDPOINT_URL_DYNAMODB, and whether this machine may connect there."
        )
    return StartupError(
        f"CATALOG_BACKEND: DynamoDB at {tried} refuses: {error}. Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, "
        "AWS_DEFAULT_REGION, this machine's clock, and what the key may do."
    )


def _ask(dynamo: Dynamo, operation: str, **request: Any) -> dict[str, Any]:
    """One request of a start: no shopper waits, and every error is the operator's to mend."""
    try:
        answer: dict[str, Any] = getattr(dynamo.client, operation)(**request)
        return answer
    except ClientError as error:
        if code_of(error) in ("ResourceNotFoundException", "ResourceInUseException"):
            raise
        raise explained(error, dynamo.endpoint) from error
    except BotoCoreError as error:
        raise explained(error, dynamo.endpoint) from error


def _looked_at(dynamo: Dynamo) -> list[tuple[Table, dict[str, Any] | None]]:
    """Every table with its description, None for a missing one; the shapes of all are right."""
    looked_at = [(table, _described(dynamo, table)) for table in TABLES]
    for table, found in looked_at:
        if found is not None:
            _check_shape(dynamo, table, found)
    return looked_at


def _described(dynamo: Dynamo, table: Table) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = _ask(dynamo, "describe_table", TableName=dynamo.table(table.name))["Table"]
    except ClientError:
        return None
    return found


def _create(dynamo: Dynamo, table: Table) -> None:
    keys = [table.key, *(index.key for index in table.indexes)]
    attributes = {name: kind for key in keys for name, _, kind in key}
    request: dict[str, Any] = {
        "TableName": dynamo.table(table.name),
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _schema(table.key),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in attributes.items()],
    }
    if table.indexes:
        request["GlobalSecondaryIndexes"] = [index.definition for index in table.indexes]
    try:
        _ask(dynamo, "create_table", **request)
    except ClientError as error:  # another `migrate` made it at this moment: then its shape is ours
        if code_of(error) != "ResourceInUseException":
            raise


def _missing_indexes(table: Table, found: dict[str, Any]) -> list[Index]:
    there = {one["IndexName"] for one in found.get("GlobalSecondaryIndexes", ())}
    return [index for index in table.indexes if index.later and index.name not in there]


def _add_index(dynamo: Dynamo, table: Table, index: Index) -> str:
    """Have an index made of a table that is in use; it stays in use meanwhile."""
    try:
        _ask(
            dynamo,
            "update_table",
            TableName=dynamo.table(table.name),
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": kind} for n, _, kind in index.key],
            GlobalSecondaryIndexUpdates=[{"Create": index.definition}],
        )
    except ClientError as error:  # another `migrate` began it at this moment
        if code_of(error) != "ResourceInUseException":
            raise
    return f"Made the index {index.name} of the DynamoDB table {dynamo.table(table.name)}."


def _schema(key: Key) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": role} for name, role, _ in key]


def _check_shape(dynamo: Dynamo, table: Table, found: dict[str, Any]) -> None:
    wrong = list(_differences(table, found))
    if wrong:
        raise StartupError(
            f"The DynamoDB table {dynamo.table(table.name)} is not the shop's: {'; '.join(wrong)}. It was left as it "
            "is. Choose another DYNAMODB_TABLE_PREFIX, or delete the table if nothing in it is needed."
        )


def _differences(table: Table, found: dict[str, Any]) -> Iterator[str]:
    kinds = {one["AttributeName"]: one["AttributeType"] for one in found["AttributeDefinitions"]}
    if (key := _key_of(found, kinds)) != table.key:
        yield f"its key is {_shown(key)} and should be {_shown(table.key)}"
    indexes = {one["IndexName"]: one for one in found.get("GlobalSecondaryIndexes", ())}
    for wanted in table.indexes:
        index = indexes.get(wanted.name)
        if index is None:
            if not wanted.later or wanted.predecessor not in {None, *indexes}:
                yield f"it has no index {wanted.name}"
        elif (key := _key_of(index, kinds)) != wanted.key:
            yield f"the key of its index {wanted.name} is {_shown(key)} and should be {_shown(wanted.key)}"
        elif not _holds(index["Projection"], wanted):
            what = "all attributes" if wanted.holds is None else ", ".join(sorted(wanted.holds))
            yield f"its index {wanted.name} does not hold {what}"


def _holds(projection: dict[str, Any], wanted: Index) -> bool:
    if projection["ProjectionType"] == "ALL":
        return True
    return wanted.holds is not None and wanted.holds <= set(projection.get("NonKeyAttributes", ()))


def _key_of(found: dict[str, Any], kinds: dict[str, str]) -> Key:
    return tuple((k["AttributeName"], k["KeyType"], kinds.get(k["AttributeName"], "?")) for k in found["KeySchema"])


def _shown(key: Key) -> str:
    return " and ".join(f"{_WORDS.get(role, role)} {name} ({_WORDS.get(kind, kind)})" for name, role, kind in key)


def _state(found: dict[str, Any]) -> str:
    return str(found.get("TableStatus", "")).lower()


def _is_active(found: dict[str, Any]) -> bool:
    states = [
        found.get("TableStatus"),
        *(index.get("IndexStatus") for index in found.get("GlobalSecondaryIndexes", ())),
    ]
    return all(state in ("ACTIVE", "UPDATING") for state in states)


def _wait_until_active(dynamo: Dynamo, table: Table) -> None:
    waiting = Retrying(
        retry=retry_if_result(lambda found: found is None or not _is_active(found)),
        wait=wait_fixed(_POLL_SECONDS),
        stop=stop_after_delay(ACTIVE_SECONDS),
    )
    try:
        waiting(_described, dynamo, table)
    except RetryError:
        raise StartupError(
            f"The DynamoDB table {dynamo.table(table.name)} did not become active in {ACTIVE_SECONDS // 60} minutes. "
            "Run `migrate` again to go on waiting."
        ) from None


def _expire(dynamo: Dynamo, table: Table, attribute: str) -> None:
    name = dynamo.table(table.name)
    found = _ask(dynamo, "describe_time_to_live", TableName=name)["TimeToLiveDescription"]
    if found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING"):
        if found.get("AttributeName") != attribute:
            raise StartupError(
                f"The DynamoDB table {name} is not the shop's: items expire by {found.get('AttributeName')} and "
                f"should by {attribute}. It was left as it is."
            )
        return
    _ask(
        dynamo,
        "update_time_to_live",
        TableName=name,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute},
    )


def _ask_for_backups(dynamo: Dynamo, table: Table) -> str:
    """Point-in-time recovery; words where the endpoint or the key does not allow it."""
    name = dynamo.table(table.name)
    while_young = Retrying(
        retry=retry_if_exception(_is_of_young_table),
        wait=wait_fixed(_POLL_SECONDS),
        stop=stop_after_delay(BACKUP_SECONDS),
        reraise=True,
    )
    recoverable = {"PointInTimeRecoveryEnabled": True}
    try:
        while_young(
            dynamo.client.update_continuous_backups, TableName=name, PointInTimeRecoverySpecification=recoverable
        )
    except (ClientError, BotoCoreError) as error:
        reason = code_of(error) if isinstance(error, ClientError) else type(error).__name__
        return f"{name} has no point-in-time recovery: the service answered {reason}."
    return ""


def _is_of_young_table(error: BaseException) -> bool:
    """A table that was only just made cannot have them for some seconds."""
    return isinstance(error, ClientError) and code_of(error) == "ContinuousBackupsUnavailableException"
