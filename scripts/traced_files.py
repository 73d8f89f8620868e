"""Name the project's files that one request runs through, in the order in which it enters them.

Usage: python scripts/traced_files.py payment|stock-number|stock-page [TREE]

On a small embedded shop of its own, through the public addresses alone, so that two trees can be compared.
Each request is made once before the one that is traced: what is only done once in a process is no part of the way.
"""

from __future__ import annotations

import importlib
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

PASSWORD = "quiet-otter-42-lamp"
OWNER = "owner@shop.example"


class Trail:
    """The files under `root` whose functions are called while it is open, each with the first of them."""

    def __init__(self, root: Path) -> None:
        self._inside = tuple(f"{root / top}{os.sep}" for top in ("app", "pages", "components"))
        self._root = root
        self.files: dict[str, str] = {}

    def __enter__(self) -> Trail:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(self._inside) and code.co_name != "<module>":
            self.files.setdefault(os.path.relpath(code.co_filename, self._root), code.co_qualname)


def payment(client: Any) -> Callable[[], Any]:
    """A shopper pays a cart of one line through the API."""
    shopper = {"fullname": "Ada Lovelace", "email": "ada@shop.example", "password": PASSWORD}
    _good(client.post("/api/signup", json=shopper))

    def pay() -> Any:
        return client.post("/api/record_payment")

    _put_in_cart(client)
    _good(pay())
    _put_in_cart(client)
    return pay


def stock_number(client: Any) -> Callable[[], Any]:
    """An admin chooses a product on /admin/stock: what is on hand and available of it, with its chart."""
    _sign_in_owner(client)
    return _callback(client, "admin-stock-facts.children", _product(client), "7")


def stock_page(client: Any) -> Callable[[], Any]:
    """An admin opens /admin/stock."""
    _sign_in_owner(client)
    return _callback(client, "_pages_content.children", "/admin/stock", "")


TRIPS = {"payment": payment, "stock-number": stock_number, "stock-page": stock_page}


def _good(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer


def _sign_in_owner(client: Any) -> None:
    _good(client.post("/api/login", json={"email": OWNER, "password": PASSWORD}))


def _product(client: Any) -> str:
    return next(p["product_id"] for p in client.get("/api/products").json if p["stock"] > 10)


def _put_in_cart(client: Any) -> None:
    _good(client.post("/api/cart", json={"id": _product(client)}))


def _callback(client: Any, output: str, *values: Any) -> Callable[[], Any]:
    """The callback that fills `output`, called as the renderer does; `values` for its inputs, in their order."""
    client.get("/login")  # Dash collects the callbacks on the first request
    dash = importlib.import_module("dash").get_app()
    key, entry = next((key, entry) for key, entry in dash.callback_map.items() if output in key and "callback" in entry)
    sent = [{**one, "value": value} for one, value in zip(entry["inputs"], values, strict=True)]
    body = {
        "output": key,
        "outputs": [{"id": one.component_id, "property": one.component_property} for one in entry["output"]],
        "inputs": sent,
        "state": [],
        "changedPropIds": [f"{sent[0]['id']}.{sent[0]['property']}"],
    }
    return lambda: client.post("/_dash-update-component", json=body)


def _shop(tree: Path, folder: str) -> Any:
    """A client of the tree's own application, over a demo shop in `folder`."""
    os.environ.update(DATA_DIR=folder, SECRET_KEY=secrets.token_hex(), LOG_LEVEL="error")
    os.chdir(tree)
    for arguments, words in (
        (["migrate"], ""),
        (["demo", "--orders", "600", "--products", "24", "--seed", "7"], ""),
        (["create-admin", "--email", OWNER, "--name", "The Owner", "--password-stdin"], PASSWORD),
    ):
        command = [sys.executable, "-m", "app", *arguments]
        subprocess.run(command, input=words, text=True, check=True, capture_output=True)
    sys.path.insert(0, str(tree))
    return importlib.import_module("app.server").create_app().test_client()


def main() -> None:
    if not 1 < len(sys.argv) < 4 or sys.argv[1] not in TRIPS:
        raise SystemExit(__doc__)
    tree = Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).parents[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        request = TRIPS[sys.argv[1]](_shop(tree, folder))
        if sys.argv[1] != "payment":  # which makes its own first one: paying twice takes a second cart
            _good(request())
        trail = Trail(tree)
        with trail:
            answer = request()
        _good(answer)
    for place, (path, function) in enumerate(trail.files.items(), 1):
        print(f"{place:3}  {path:50}{function}")
    rooms = {os.path.dirname(path) for path in trail.files}
    print(f"{len(trail.files)} files in {len(rooms)} folders")


if __name__ == "__main__":
    main()
