"""A database server's password that somebody else keeps, and changes while the shop runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from pymysql.err import OperationalError
from sqlalchemy import Engine, event

ACCESS_DENIED = 1045


class ChangingPassword(Protocol):
    def current(self) -> str:
        """As it was when last asked. Raises StoreUnavailable when it cannot be had."""

    def renewed(self) -> str:
        """As it is now. Raises StoreUnavailable when it cannot be had."""


def connect_with(engine: Engine, new: Callable[..., Any], password: ChangingPassword | None) -> None:
    """Connections are made by `new`. Each takes the password of its moment; open ones outlive a change."""

    def connect(_dialect: Any, _record: Any, args: list[Any], params: dict[str, Any]) -> Any:
        if password is None:
            return new(*args, **params)
        params["password"] = password.current()
        try:
            return new(*args, **params)
        except OperationalError as error:
            if error.args[0] != ACCESS_DENIED:
                raise
        params["password"] = password.renewed()
        return new(*args, **params)

    event.listen(engine, "do_connect", connect)
