"""Between Python values and DynamoDB's attribute values. Every number of ours is an integer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Item = dict[str, Any]

KEY_BYTES = 2048  # what a partition key may have


def encode(value: Any) -> dict[str, Any]:
    """One attribute value of text, integer, boolean, None, list or mapping."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case Mapping():
            return {"M": encode_item(value)}
        case list() | tuple():
            return {"L": [encode(part) for part in value]}
    raise TypeError(f"no attribute value for {type(value).__name__}")


def encode_item(item: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: encode(value) for name, value in item.items()}


def decode(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return int(content)
        case "NULL":
            return None
        case "M":
            return decode_item(content)
        case "L":
            return [decode(part) for part in content]
    return content


def decode_item(item: Mapping[str, Any]) -> Item:
    return {name: decode(value) for name, value in item.items()}


def can_be_key(text: str) -> bool:
    """False for what no item can have as its key; asking for it would be an error."""
    return 0 < len(text.encode(errors="replace")) <= KEY_BYTES


def time_text(at: datetime) -> str:
    """Sorts as time does: always UTC, always microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text)
