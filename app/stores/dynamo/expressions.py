"""Writes and conditions as requests. Expressions name attributes as #name, since many names are reserved words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.stores.dynamo.items import encode_item

Action = dict[str, dict[str, Any]]  # one write of a transaction

_NAME = re.compile(r"#(\w+)")


def named(
    expressions: Mapping[str, str], values: Mapping[str, Any], keys: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Request parameters: the expressions with the #names they use and their :values.

    `keys`: what #names stand for that are keys of a map, such as ids.
    """
    known = keys or {}
    request: dict[str, Any] = dict(expressions)
    if names := {name for expression in expressions.values() for name in _NAME.findall(expression)}:
        request["ExpressionAttributeNames"] = {f"#{name}": known.get(name, name) for name in sorted(names)}
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": value for name, value in encode_item(values).items()}
    return request


def put(table: str, item: Mapping[str, Any], condition: str) -> Action:
    conditions = named({"ConditionExpression": condition}, {})
    return {"Put": {"TableName": table, "Item": encode_item(item), **conditions, **_TELL}}


def update(table: str, key: Mapping[str, Any], change: str, condition: str, values: Mapping[str, Any]) -> Action:
    return {"Update": update_request(table, key, change, condition, values)}


def update_request(
    table: str,
    key: Mapping[str, Any],
    change: str,
    condition: str,
    values: Mapping[str, Any],
    keys: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What `update_item` takes as well."""
    expressions = named({"UpdateExpression": change, "ConditionExpression": condition}, values, keys)
    return {"TableName": table, "Key": encode_item(key), **expressions, **_TELL}


def check(table: str, key: Mapping[str, Any], condition: str, values: Mapping[str, Any]) -> Action:
    """No write, but a condition for the others of its transaction."""
    expressions = named({"ConditionExpression": condition}, values)
    return {"ConditionCheck": {"TableName": table, "Key": encode_item(key), **expressions}}


def assignments(values: Mapping[str, Any]) -> str:
    return "SET " + ", ".join(f"#{name} = :{name}" for name in values)


_TELL = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
