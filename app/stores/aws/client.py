"""One client per service and process, made when first needed: after the fork, and with tight bounds."""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from app.errors import StartupError

CONNECT_SECONDS = 2
READ_SECONDS = 8

# What is sent once only: their answer may be lost after they did it, and the outbox tries again by itself.
_ATTEMPTS = {"sesv2": 1, "sns": 1, "s3": 3, "secretsmanager": 3}
_THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "SlowDown"}
)
_NOT_ALLOWED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)

_made: dict[tuple[int, str], Any] = {}
_making = threading.Lock()


def client(service: str) -> Any:
    """This process's client of `service`."""
    key = (os.getpid(), service)
    with _making:
        if key not in _made:
            _made[key] = _new(service)
        return _made[key]


def forget_clients() -> None:
    """The next ones are made anew, from what the environment says then."""
    with _making:
        _made.clear()


def require_region(setting: str) -> None:
    """Raises StartupError when boto3 does not know where the services of `setting` are."""
    if boto3.session.Session().region_name is None:
        raise StartupError(f"AWS_DEFAULT_REGION: is required with {setting}: a region such as eu-west-1.")


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def is_away(error: BotoCoreError | ClientError) -> bool:
    """Whether the service did not answer, is overrun or broken: what passes without anybody's doing."""
    if not isinstance(error, ClientError):
        return not isinstance(error, NoCredentialsError | PartialCredentialsError)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return code_of(error) in _THROTTLED or status >= 500


def general_words(service: str, error: BotoCoreError | ClientError) -> str | None:
    """What is wrong where it is no matter of what was asked for; None for a refusal of the request itself."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return f"There are no credentials for {service}. Give this process a role, or AWS_ACCESS_KEY_ID and its secret."
    if not isinstance(error, ClientError):
        return f"{service} could not be reached."
    code = code_of(error)
    if code in _THROTTLED:
        return f"{service} asks for fewer requests."
    if code in _NOT_ALLOWED:
        return f"{service} does not let this shop's credentials do this. Look at their policy."
    if int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) >= 500:
        return f"{service} has a failure of its own."
    return None


def _new(service: str) -> Any:
    # At level debug they write whole requests, with the address and text of each mail.
    for name in ("boto3", "botocore", "s3transfer"):
        logging.getLogger(name).setLevel(logging.INFO)
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS[service]},
    )
    return boto3.session.Session().client(service, config=config)
