"""What stands beside the shop: gunicorn with the same workers, and next to nothing in them.

`ready` answers every path with bytes that were made before: files of a folder, with their headers. `empty_dash` is a
Dash application of one callback that does nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.support.server import ROOT, free_port

FOLDER = "BENCH_BODIES"
START_SECONDS = 30
_EMPTY_CALLBACK = {
    "output": "out.children",
    "outputs": {"id": "out", "property": "children"},
    "inputs": [{"id": "in", "property": "value", "value": "a"}],
    "state": [],
    "changedPropIds": ["in.value"],
}
EMPTY_CALLBACK = json.dumps(_EMPTY_CALLBACK)


class BareServer:
    def __init__(self, port: int, pid: int, seconds: float) -> None:
        self.port = port
        self.pid = pid  # of the main process, whose children are the workers
        self.started_seconds = seconds  # until its first answer


@contextmanager
def serving(entry: str, folder: Path, path: str = "/") -> Iterator[BareServer]:
    """gunicorn with two gevent workers and a function of this module; `path` is what it answers first."""
    port, began = free_port(), time.monotonic()
    program = [sys.executable, "-m", "gunicorn", "--worker-class", "gevent", "--workers", "2", "--log-level", "warning"]
    program += ["--bind", f"127.0.0.1:{port}", f"{__name__}:{entry}"]
    process = subprocess.Popen(program, cwd=ROOT, env={**os.environ, FOLDER: str(folder)})
    try:
        wait_for(f"http://127.0.0.1:{port}{path}")
        yield BareServer(port, process.pid, time.monotonic() - began)
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=2).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.02)
    raise TimeoutError(url)


def keep(folder: Path, name: str, body: bytes, headers: dict[str, str]) -> None:
    """Have `ready` answer `/name` with it."""
    (folder / name).write_bytes(body)
    (folder / f"{name}.headers").write_text(json.dumps(list(headers.items())))


def ready() -> Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]:
    folder = Path(os.environ[FOLDER])
    answers = {
        f"/{path.stem}": (json.loads(path.read_text()), [path.with_suffix("").read_bytes()])
        for path in folder.glob("*.headers")
    }
    answers["/"] = ([("Content-Type", "application/json"), ("Content-Length", "0")], [b""])

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        headers, body = answers[environ["PATH_INFO"]]
        start_response("200 OK", headers)
        return body

    return application


def empty_dash() -> Any:
    import dash
    from dash import Input, Output, dcc, html

    app = dash.Dash("empty")
    app.layout = html.Div([dcc.Input(id="in"), html.Div(id="out")])
    app.callback(Output("out", "children"), Input("in", "value"))(lambda value: value)
    return app.server
