"""What an error of DynamoDB means: try again, a condition that did not hold, or words for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError

from app.errors import Busy, ShopError, StoreUnavailable
from app.stores.dynamo.items import Item, decode_item

FAILED_CONDITION = "ConditionalCheckFailed"
_CANCELLED = "TransactionCanceledException"
_CROWDED = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ReplicatedWriteConflictException",
}
_CROWDED_REASONS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_NOT_LET_IN = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
    "ResourceNotFoundException",
}

NETWORK_ERRORS = (HTTPClientError, ConnectionError, ResponseParserError)
CREDENTIAL_ERRORS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)
_NOBODY_THERE = (EndpointConnectionError, ConnectTimeoutError)
AWAY = "The shop's products cannot be reached right now. Try again in a moment."


class Refused(Exception):
    """A condition of a write did not hold, so nothing of it was written.

    `failed`: positions of such conditions in a transaction, (0,) for a single write. `item`: what the first
    one's item was, None when there was none.
    """

    def __init__(self, failed: Sequence[int], item: Item | None) -> None:
        super().__init__(f"conditions {list(failed)} did not hold")
        self.failed = tuple(failed)
        self.item = item


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def refusal(error: BaseException) -> Refused | None:
    """The condition behind an error; None when it is something else."""
    if not isinstance(error, ClientError):
        return None
    if code_of(error) == "ConditionalCheckFailedException":
        return Refused((0,), _item(error.response))
    reasons = _reasons(error)
    failed = [number for number, reason in enumerate(reasons) if reason.get("Code") == FAILED_CONDITION]
    return Refused(failed, _item(reasons[failed[0]])) if failed else None


def temporary(error: BaseException) -> ShopError | None:
    """What to say when it outlasts the retries; None for an error that another attempt would meet again."""
    if isinstance(error, NETWORK_ERRORS):
        return StoreUnavailable(AWAY)
    if not isinstance(error, ClientError):
        return None
    if code_of(error) in _CROWDED or any(reason.get("Code") in _CROWDED_REASONS for reason in _reasons(error)):
        return Busy()
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return StoreUnavailable(AWAY) if status >= 500 else None


def final(error: Exception) -> ShopError | None:
    """The words for an error that only the shop's operator can mend; None for a defect of ours."""
    if isinstance(error, CREDENTIAL_ERRORS) or (isinstance(error, ClientError) and code_of(error) in _NOT_LET_IN):
        return StoreUnavailable(AWAY)
    return None


def is_conflict(error: BaseException | None) -> bool:
    """True when somebody else was writing the same item, and nothing else was wrong."""
    if not isinstance(error, ClientError):
        return False
    codes = {reason.get("Code") for reason in _reasons(error)} - {"None"} or {code_of(error)}
    return codes <= {"TransactionConflict", "TransactionConflictException"}


def is_nobody_there(error: BaseException | None) -> bool:
    """True when nothing was sent, because nobody took the connection."""
    return isinstance(error, _NOBODY_THERE)


def _reasons(error: ClientError) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = error.response.get("CancellationReasons", ())
    return found if code_of(error) == _CANCELLED else ()


def _item(holder: Mapping[str, Any]) -> Item | None:
    item = holder.get("Item")
    return decode_item(item) if item else None
