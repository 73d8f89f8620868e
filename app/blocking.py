"""Run blocking native code off the gevent hub.

SQLite, argon2 and Pillow hold the thread while they work. Under gevent that would freeze every
other request of the process, so such work goes to the hub's pool of native threads. Without
gevent (commands, most tests) it runs where it is called.
"""

from __future__ import annotations

import contextvars
import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")

NATIVE_THREADS = 8


@functools.cache
def is_under_gevent() -> bool:
    """Whether gevent runs this process: web processes, not commands."""
    try:
        from gevent import monkey
    except ImportError:
        return False
    return bool(monkey.is_module_patched("threading"))


def offload(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Return `function(*args, **kwargs)`, computed in a native thread when gevent runs the process.

    Must not be nested: `function` itself must not call `offload`. Exceptions pass through.
    """
    if not is_under_gevent():
        return function(*args, **kwargs)
    import gevent

    hub = gevent.get_hub()
    if gevent.getcurrent() is hub or not _is_main_thread_hub(hub):
        return function(*args, **kwargs)
    pool = hub.threadpool
    pool.maxsize = NATIVE_THREADS
    # What is done there is still done for the same request.
    result, error = pool.apply(contextvars.copy_context().run, (_outcome, function, args, kwargs))
    if error is not None:
        raise error
    return cast(T, result)


def pause(seconds: float) -> None:
    """Stop this native thread; never to be called on the gevent hub's."""
    if is_under_gevent():
        from gevent import monkey

        monkey.get_original("time", "sleep")(seconds)
    else:
        time.sleep(seconds)


def _outcome(
    function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[T | None, BaseException | None]:
    # gevent prints the traceback of whatever leaves a pool's thread, expected errors too; so nothing does.
    try:
        return function(*args, **kwargs), None
    except BaseException as error:  # noqa: BLE001 - handed over and raised by the caller
        return None, error


def _is_main_thread_hub(hub: Any) -> bool:
    from gevent import monkey

    main_ident = monkey.get_original("threading", "main_thread")().ident
    current: int = monkey.get_original("_thread", "get_ident")()
    return bool(hub.main_hub) if hasattr(hub, "main_hub") else current == main_ident
