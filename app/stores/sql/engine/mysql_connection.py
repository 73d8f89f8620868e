"""A connection to a database server that asks for nothing the server would answer with "there is nothing to do"."""

from __future__ import annotations

from typing import Any

from pymysql import Connection
from pymysql.constants import SERVER_STATUS

_ISOLATION = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"


class MysqlConnection(Connection):  # type: ignore[misc]  # it ships no types
    """Each statement is a transaction of its own until BEGIN, as the server has it from the start.

    So a read needs no end of its transaction, and a rollback is sent only where one may be open: SQLAlchemy asks for
    one after every read, and after every commit when the connection goes back to its pool.
    """

    def connect(self, sock: Any = None) -> None:
        super().connect(sock)
        # Before SQLAlchemy looks: what it finds here is what it later goes back to from another level.
        self.query(_ISOLATION)

    def rollback(self) -> None:
        # The server says with each answer how it stands. An error carries no such word, and what it said before
        # holds: inside a transaction it is still sent.
        status = self.server_status
        if not status & SERVER_STATUS.SERVER_STATUS_IN_TRANS and status & SERVER_STATUS.SERVER_STATUS_AUTOCOMMIT:
            return
        super().rollback()
