"""The database's password in AWS Secrets Manager, as RDS keeps and rotates it: JSON with a field `password`."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from app.errors import StoreUnavailable
from app.stores.aws.client import client, code_of, general_words

log = logging.getLogger(__name__)

ASKED_EVERY_SECONDS = 2.0  # at most, however many connections are refused at once
_AWAY = "The shop's database cannot be reached right now. Try again in a moment."


class DatabasePassword:
    """The `ChangingPassword` of `app.stores.sql`."""

    def __init__(self, secret_arn: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._secret_arn = secret_arn
        self._clock = clock
        self._lock = threading.Lock()
        self._known = ""
        self._asked_at = float("-inf")

    def current(self) -> str:
        return self._known or self.renewed()

    def renewed(self) -> str:
        with self._lock:
            if not self._known or self._clock() - self._asked_at >= ASKED_EVERY_SECONDS:
                self._known = self._ask()
                self._asked_at = self._clock()
            return self._known

    def _ask(self) -> str:
        try:
            secret = client("secretsmanager").get_secret_value(SecretId=self._secret_arn)["SecretString"]
            return str(json.loads(secret)["password"])
        except (BotoCoreError, ClientError) as error:
            why = general_words("Secrets Manager", error) or _refusal(error)
        except (ValueError, KeyError, TypeError):
            why = "The secret is no JSON object with a field 'password'."
        log.error("DATABASE_SECRET_ARN: %s", why)
        raise StoreUnavailable(_AWAY) from None  # what was answered may hold the secret


def _refusal(error: BotoCoreError | ClientError) -> str:
    code = code_of(error) if isinstance(error, ClientError) else type(error).__name__
    return f"Secrets Manager refused it ({code})."
