"""What a driver's error means: for the shopper, for the retries, and for whoever starts the program."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.errors import Busy, ShopError, StartupError, StoreUnavailable

# Numbers of MySQL and MariaDB, of the client from 2000 on.
CANNOT_CONNECT = frozenset({2002, 2003, 2005, 2012, 1042, 1043})
# The server went, was told to go, or ended this connection; so it is with 0, PyMySQL's for a closed one.
LOST = frozenset(
    {0, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 2014, 2045, 2055, 3169, 4031}
)
TOO_MANY = frozenset({1040, 1203, 1226})
REFUSED = frozenset({1044, 1045, 1049, 1129, 1130, 1251, 1698, 2059, 2061})
READ_ONLY = frozenset({1223, 1290, 1792, 1836})
FULL = frozenset({1021, 1114})
# Record changed, lock wait timeout, deadlock, its commit was refused by the other nodes of a cluster.
RETRYABLE = frozenset({1020, 1205, 1213, 1180, 3101})

AWAY = "The shop's database cannot be reached right now. Try again in a moment."


def code_of(error: DBAPIError) -> int | None:
    args: tuple[Any, ...] = getattr(error.orig, "args", ())
    return args[0] if args and isinstance(args[0], int) else None


def is_away(error: DBAPIError) -> bool:
    """Whether the server could not be reached, let nobody in, or the connection to it was lost."""
    if error.connection_invalidated:
        return True
    known = isinstance(error, OperationalError | InterfaceError)
    return known and code_of(error) in CANNOT_CONNECT | LOST | REFUSED


def is_lost(error: DBAPIError) -> bool:
    """Whether there was a connection, and it ended under the work."""
    return error.connection_invalidated or code_of(error) in LOST


def is_retryable(error: DBAPIError) -> bool:
    return isinstance(error, OperationalError) and code_of(error) in RETRYABLE


def is_locked(error: DBAPIError) -> bool:
    """Whether another writer holds SQLite's file."""
    return "database is locked" in str(error.orig)


def translate(error: DBAPIError) -> ShopError | None:
    """The user-safe error behind a driver's; None for a defect, and for what the caller tries again."""
    if is_away(error):
        return StoreUnavailable(AWAY)
    if not isinstance(error, OperationalError):
        return None
    words, code = str(error.orig), code_of(error)
    if is_locked(error) or code in TOO_MANY:
        return Busy()
    if "readonly database" in words or code in READ_ONLY:
        return StoreUnavailable("The shop's database is read-only, so nothing can be changed right now.")
    if "unable to open database" in words or "disk is full" in words or "disk I/O" in words or code in FULL:
        return StoreUnavailable("The shop's database cannot be reached right now.")
    return None


def at_start(error: DBAPIError, url: URL) -> StartupError:
    """What stops a command: the setting, what was tried, and what to do. Never the password."""
    if url.get_backend_name() == "sqlite":
        return StartupError(f"The database {url.render_as_string()} cannot be opened: {error.orig}.")
    code, where = code_of(error), _host(url)
    tried = f"Tried {url.render_as_string(hide_password=True)}: {_words(error)}."
    if code in (1045, 1130, 1251, 1698, 2059, 2061):
        what = f"the server at {where} does not let the user {url.username!r} in. Check user and password"
    elif code == 1049:
        what = (
            f"there is no database {url.database!r} on the server at {where}. Correct the name, or create it: "
            f"CREATE DATABASE {url.database} CHARACTER SET utf8mb4; then run: python -m app migrate"
        )
    elif code == 1044:
        what = f"the user {url.username!r} may not use the database {url.database!r} on the server at {where}"
    elif code in TOO_MANY:
        what = f"the server at {where} takes no more connections. Raise its max_connections, or start fewer processes"
    else:
        what = f"no database server answers at {where}. Is it running, and may this machine reach it?"
    return StartupError(f"DATABASE_URL: {what.removesuffix('.')}{'' if what.endswith('?') else '.'} {tried}")


def _host(url: URL) -> str:
    socket = url.query.get("unix_socket")
    return str(socket) if socket else f"{url.host or 'localhost'}:{url.port or 3306}"


def _words(error: DBAPIError) -> str:
    args: tuple[Any, ...] = getattr(error.orig, "args", ())
    return f"{args[1]} (error {args[0]})" if len(args) > 1 else str(error.orig)
