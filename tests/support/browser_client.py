"""The client that tests send requests with."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class BrowserClient(FlaskClient):
    """Takes each answer to its end, as browsers do: what a server holds for a streamed answer is given back.

    With `buffered=False` a stream stays open until it is closed.
    """

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, **kwargs)
