"""The client that tests send requests with."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class BrowserClient(FlaskClient):
    """Takes each answer to its end, as browsers do: what a server holds for a streamed answer is given back.

    With `buffered=False` it stays open until it is closed, and so do live streams, which never end by themselves.
    """

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, buffered=False, **kwargs)
        if buffered and answer.mimetype != "text/event-stream":
            answer.get_data()
            answer.close()
        return answer
