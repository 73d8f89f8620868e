"""Programs whose host's clock is wrong by SKEW_HOURS, for tests only: the shop's web process and its worker.

Everything of the shop that asks Python what time it is gets the wrong one; nothing in `app` knows of it.
"""

from __future__ import annotations

import datetime as datetimes
import os
import sys
import time
from typing import Self

import flask

from app.__main__ import main
from app.server import create_app as create_real_app

SKEW = datetimes.timedelta(hours=float(os.environ["SKEW_HOURS"]))
_real_time = time.time


class _Skewed(datetimes.datetime):
    @classmethod
    def now(cls, tz: datetimes.tzinfo | None = None) -> Self:
        return super().now(tz) + SKEW


def skew() -> None:
    # In the shop's own modules only: compiled ones of others insist on Python's own class.
    time.time = lambda: _real_time() + SKEW.total_seconds()
    ours = [module for name, module in sys.modules.items() if name.split(".")[0] in ("app", "pages", "components")]
    for module in ours:
        if vars(module).get("datetime") is datetimes.datetime:
            vars(module)["datetime"] = _Skewed


def create_app() -> flask.Flask:
    skew()
    return create_real_app()


if __name__ == "__main__":
    skew()
    sys.exit(main(sys.argv[1:]))
