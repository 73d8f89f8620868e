"""What a line of log looks like: text for people, or one JSON object for machines (LOG_FORMAT).

No text from outside can begin a line of its own: JSON escapes what would, and the text form does the same.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter

from app.ops import request_id

Format = Literal["text", "json"]
Service = Literal["web", "worker", "command"]

ACCESS = "app.access"  # a line per request
EFFECTS = "app.effects"  # a line per effect that the worker has done
FEED = "app.feed"  # for CloudWatch: written whatever LOG_LEVEL says

_BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NAMES = {"levelname": "level", "name": "logger", "exc_info": "traceback"}

# Set by what knows of traces; "" outside of one.
trace_id: Callable[[], str] = lambda: ""  # noqa: E731 - a place to put another one


def configure(form: Format, level: str, service: Service) -> None:
    """Everything this process logs goes to standard error in this form. Call it before the first line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(form, service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries tell of addresses, links and whole requests when they are let.
    root.setLevel(max(logging.WARNING, _number(level)))
    logging.getLogger("app").setLevel(_number(level))
    for name in (ACCESS, EFFECTS):  # people who watch a terminal want to see what is unusual
        logging.getLogger(name).setLevel(_number("warning") if (form, level) == ("text", "info") else logging.NOTSET)
    logging.getLogger(FEED).setLevel(logging.INFO)
    logging.captureWarnings(True)


def formatter(form: Format, service: Service) -> logging.Formatter:
    return _Json(service) if form == "json" else _Text()


def server_logger(form: Format) -> type:
    """Gunicorn's logger, whose lines look like ours."""
    from gunicorn.glogging import Logger

    class ServerLogger(Logger):  # type: ignore[misc]  # it ships no types
        def setup(self, cfg: Any) -> None:
            super().setup(cfg)
            self.error_log.addFilter(_impersonal)  # one and the same, however often it is set up
            for handler in self.error_log.handlers:
                handler.setFormatter(formatter(form, "web"))

    return ServerLogger


def _impersonal(record: logging.LogRecord) -> bool:
    """Gunicorn names who sent a malformed request, and the whole address that was asked for."""
    words = record.getMessage()
    if words.startswith("Invalid request from ip="):
        record.msg, record.args = "a malformed request was refused", ()
    elif words.startswith("Error handling request "):
        record.msg, record.args = "a request failed outside of the shop", ()
    return True


class _Json(JsonFormatter):
    """time, level, logger, message, service, request_id and trace_id where there is one, and what the line adds."""

    def __init__(self, service: Service) -> None:
        super().__init__(("levelname", "name", "message"), rename_fields=_NAMES, static_fields={"service": service})

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in log_data.items() if value not in (None, "")}

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        super().add_fields(log_data, record, message_dict)
        log_data |= {"request_id": request_id.current(), "trace_id": trace_id()}


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s [%(process)d] %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = _escaped(record.message)
        found = request_id.current()
        return super().formatMessage(record) + (f" [{found}]" if found else "")

    def formatException(self, ei: Any) -> str:
        # Indented, so that no line of it can pass for one of ours.
        return "\n".join(f"    {_escaped(line)}" for line in super().formatException(ei).splitlines())


def _escaped(text: str) -> str:
    return _BREAKING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
